package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
)

// A cluster of 300 namespaces without policies reads as a few hundred causes, not ten
// thousand failures: each hangs on its namespace's missing default-deny.
func TestCausesOfManyNamespaces(t *testing.T) {
	const namespaces, workloads = 300, 12
	var text strings.Builder
	for n := range namespaces {
		fmt.Fprintf(&text, "{apiVersion: v1, kind: Namespace, metadata: {name: team-%03d, labels: {tenant: t%d}}}\n---\n", n, n%50)
		for w := range workloads {
			fmt.Fprintf(&text, "{apiVersion: v1, kind: Pod, metadata: {name: app-%d-x, namespace: team-%03d, labels: {app: a%d}, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: app-%d, uid: u, controller: true}]}, "+
				"spec: {containers: [{name: c}]}, status: {podIPs: [{ip: 10.%d.%d.%d}]}}\n---\n", w, n, w, w, n/256, n%256, w+1)
		}
	}
	folder := t.TempDir()
	manifests := filepath.Join(folder, "all.yaml")
	if err := os.WriteFile(manifests, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	s := &scan{edition: bothEditions, input: input{std: streams{out: &stdout, err: &stderr}, paths: []string{manifests}, at: "2026-11-22"}, output: "json", exitZero: true}
	if err := s.complete(); err != nil {
		t.Fatal(err)
	}
	if err := s.run(context.Background()); err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	var record report.Record
	if err := json.Unmarshal(stdout.Bytes(), &record); err != nil {
		t.Fatal(err)
	}

	byID := map[string]*audit.Finding{}
	for i := range record.Findings {
		byID[record.Findings[i].ID] = &record.Findings[i]
	}
	failures := 0
	for _, f := range byID {
		switch f.Check {
		case "NET-01", "NET-02", "SEG-01":
			if f.Status != audit.Fail {
				t.Fatalf("%s of %s is %s: %s", f.Check, f.Subject, f.Status, f.Message)
			}
			failures++
			if c := byID[f.Cause]; c == nil || c.Check != "NET-03" || c.Subject.Name != f.Subject.Namespace || c.Status != audit.Fail {
				t.Fatalf("%s of %s hangs on %v, not on its namespace's missing default-deny", f.Check, f.Subject, c)
			}
		}
	}
	if want := 3 * namespaces * workloads; failures != want {
		t.Errorf("%d failures of NET-01, NET-02 and SEG-01, want %d", failures, want)
	}
	places := 0
	for _, c := range record.Summary.Causes {
		if c.Status == audit.Fail {
			places += len(c.Places)
		}
	}
	if places < namespaces || places > namespaces+20 {
		t.Errorf("%d failures read as %d causes, want about %d", record.Summary.Counts.Fail, places, namespaces)
	}
	first := record.Summary.Causes[0]
	if first.Check != "NET-03" || len(first.Places) != namespaces || first.Findings != failures+namespaces {
		t.Errorf("the first cause is %s in %d places with %d findings, want NET-03 in %d with %d", first.Check, len(first.Places), first.Findings, namespaces, failures+namespaces)
	}
	var summary bytes.Buffer
	if err := summarize(&summary, &record, "", nil); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(summary.String(), "\n"); n > 60 || !strings.Contains(summary.String(), "300 places to mend: 11100 findings hang on them") {
		t.Errorf("the summary has %d lines and doesn't lead with the cause:\n%s", n, &summary)
	}
}
