package netpol

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shared holds cases with known answers that are kept outside this repository.
const shared = "../../../shared/cases/network-policies"

// TestSharedCases compares the isolation of each workload, and the policies that select nothing, with what two
// other implementations and the tables of Kubernetes' own end-to-end tests say.
func TestSharedCases(t *testing.T) {
	cases, _ := filepath.Glob(filepath.Join(shared, "*", "expected.json"))
	if len(cases) == 0 {
		t.Skipf("no cases with known answers at %s", shared)
	}
	workloads := 0
	for _, expected := range cases {
		folder := filepath.Dir(expected)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			var want sharedCase
			read(t, expected, func(content []byte) error { return json.Unmarshal(content, &want) })
			got := evaluateFolder(t, folder)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("isolation differs (-want +got):\n%s", diff)
			}
			workloads += len(got.Workloads)
		})
	}
	t.Logf("%d cases, %d workloads", len(cases), workloads)
}

type sharedCase struct {
	Workloads        map[string]sharedWorkload `json:"workloads"`
	SelectingNothing []string                  `json:"policiesSelectingNothing"`
}

type sharedWorkload struct {
	IngressIsolated bool     `json:"ingressIsolated"`
	EgressIsolated  bool     `json:"egressIsolated"`
	SelectedBy      []string `json:"selectedBy"`
}

func readFolder(t *testing.T, folder string) *manifest {
	t.Helper()
	var m manifest
	for _, pattern := range []string{"*.yaml", "*.json"} {
		files, _ := filepath.Glob(filepath.Join(folder, pattern))
		for _, file := range files {
			if filepath.Base(file) != "expected.json" {
				read(t, file, m.read)
			}
		}
	}
	return &m
}

func evaluateFolder(t *testing.T, folder string) sharedCase {
	m := readFolder(t, folder)
	r := Evaluate(&m.Cluster)
	got := sharedCase{Workloads: map[string]sharedWorkload{}, SelectingNothing: []string{}}
	for i, workload := range m.workloads {
		w := sharedWorkload{SelectedBy: []string{}}
		for _, d := range Directions {
			for _, ref := range r.Column(i, d).SelectedBy {
				w.SelectedBy = append(w.SelectedBy, ref.String())
			}
		}
		w.IngressIsolated = isolated(r.Column(i, Ingress).Verdict)
		w.EgressIsolated = isolated(r.Column(i, Egress).Verdict)
		slices.Sort(w.SelectedBy)
		w.SelectedBy = slices.Compact(w.SelectedBy)
		if known, ok := got.Workloads[workload]; ok && !cmp.Equal(known, w) {
			t.Errorf("Pods of %s differ: %v, %v", workload, known, w)
		}
		got.Workloads[workload] = w
	}
	for _, p := range r.Policies() {
		if p.SelectsNothing() {
			got.SelectingNothing = append(got.SelectingNothing, p.PolicyRef.String())
		}
	}
	return got
}

func isolated(v Verdict) bool { return v == Restricted || v == Open }

func read(t *testing.T, file string, decode func([]byte) error) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err == nil {
		err = decode(content)
	}
	if err != nil {
		t.Fatalf("read %s: %v", file, err)
	}
}
