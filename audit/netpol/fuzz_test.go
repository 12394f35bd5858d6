package netpol

import (
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"
)

func addCases(f *testing.F) {
	cases, _ := filepath.Glob("testdata/*/*.txtar")
	for _, file := range cases {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
	}
}

// FuzzEvaluate feeds manifests of any shape. Nothing may panic, every Pod has a verdict in both directions, and
// what can't be understood leaves a trace.
func FuzzEvaluate(f *testing.F) {
	addCases(f)
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

// FuzzReach feeds manifests of any shape. Nothing may panic, nothing is both allowed and indeterminate, what is
// allowed has a reason, and the matrix is the sum of the paths.
func FuzzReach(f *testing.F) {
	addCases(f)
	f.Fuzz(func(t *testing.T, stream []byte) {
		var m manifest
		if m.read(stream) != nil || len(m.Pods) > 8 {
			return
		}
		r := EvaluateReachability(&m.Cluster)
		for i := range m.Pods {
			for j := range m.Pods {
				checkPath(t, &r.Reach(PodEndpoint(i), PodEndpoint(j))[0])
			}
			for _, d := range Directions {
				for _, p := range r.Outside(i, d) {
					checkPath(t, &p)
				}
			}
		}
		checkMatrix(t, &m.Cluster, r)
	})
}

func checkPath(t *testing.T, p *Path) {
	t.Helper()
	if !p.Allowed.intersection(p.Indeterminate).Empty() {
		t.Errorf("allowed %s, indeterminate %s", p.Allowed, p.Indeterminate)
	}
	for _, side := range []*Passage{p.Egress, p.Ingress} {
		if side == nil {
			continue
		}
		networkPolicies := !slices.ContainsFunc(side.SelectedBy, func(p PolicyRef) bool { return p.Kind != "" })
		if networkPolicies && side.Verdict == Restricted && !side.Allowed.Empty() && len(side.Decided) == 0 {
			t.Errorf("%s allowed for no reason: %+v", side.Allowed, side)
		}
		if p.Always == "" && !p.Allowed.minus(side.Allowed).Empty() {
			t.Errorf("allowed %s, but one end only %s", p.Allowed, side.Allowed)
		}
	}
}
