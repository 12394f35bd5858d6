package netpol

import (
	"encoding/json"
	"path/filepath"
	"testing"
)

// TestSharedCilium compares whether workloads are isolated by all policies together with what Cilium's own validation
// and repository make of them.
func TestSharedCilium(t *testing.T) {
	cases, _ := filepath.Glob(filepath.Join(shared, "ks-*", "expected.json"))
	if len(cases) == 0 {
		t.Skipf("no cases with known answers at %s", shared)
	}
	compared := 0
	for _, expected := range cases {
		folder := filepath.Dir(expected)
		var want struct {
			Workloads map[string]struct{ EffectiveIngressIsolated, EffectiveEgressIsolated *bool }
		}
		read(t, expected, func(content []byte) error { return json.Unmarshal(content, &want) })
		m := readFolder(t, folder)
		r := EvaluateReachability(&m.Cluster)
		for i, workload := range m.workloads {
			w := want.Workloads[workload]
			for d, isolates := range []*bool{Ingress: w.EffectiveIngressIsolated, Egress: w.EffectiveEgressIsolated} {
				if isolates == nil {
					continue
				}
				compared++
				if got := r.Columns(i, Direction(d)).Effective.Verdict; isolated(got) != *isolates {
					t.Errorf("%s: %s %s is %s, want isolated %t", filepath.Base(folder), workload, Direction(d), got, *isolates)
				}
			}
		}
	}
	if compared == 0 {
		t.Error("no case has Cilium's answer")
	}
}
