package netpol

import (
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"
)

// FuzzEvaluate feeds manifests of any shape. Nothing may panic, every Pod has a verdict in both directions, and
// what can't be understood leaves a trace.
func FuzzEvaluate(f *testing.F) {
	cases, _ := filepath.Glob("testdata/isolation/*.txtar")
	for _, file := range cases {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		var m manifest
		if m.read(stream) != nil {
			return
		}
		r := Evaluate(&m.Cluster)
		for i, p := range m.Pods {
			for _, d := range Directions {
				e := r.Explain(i, d)
				if p.HostNetwork != (e.Verdict == NotCoverable) {
					t.Errorf("Pod %s/%s, hostNetwork %t, is %s", p.Namespace, p.Name, p.HostNetwork, e.Verdict)
				}
				if (e.Verdict == Indeterminate) != (len(e.Unparseable) > 0) || (e.Verdict == Open) != (len(e.OpenedBy) > 0) {
					t.Errorf("Pod %s/%s without a reason: %+v", p.Namespace, p.Name, e)
				}
				r.DefaultDeny(p.Namespace, d)
			}
		}
		r.Policies()
		r.Unparseable()
	})
}
