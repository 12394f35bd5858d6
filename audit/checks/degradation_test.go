package checks

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/collect"
)

// A thousand terminated Pods, with the labels and addresses of one that runs, change
// nothing but the ledger.
func TestThousandTerminatedPods(t *testing.T) {
	evaluate := func(terminated int) (string, int) {
		var text strings.Builder
		text.WriteString("{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {containers: [{name: c, env: [{name: A, value: 10.0.0.9}]}]}, status: {podIPs: [{ip: 10.0.0.1}]}}\n")
		for i := range terminated {
			phase := []string{"Succeeded", "Failed"}[i%2]
			fmt.Fprintf(&text, "---\n{apiVersion: v1, kind: Pod, metadata: {name: job-%d, namespace: shop, labels: {app: web, run: r%d}}, spec: {hostNetwork: true, containers: [{name: c, ports: [{containerPort: 80, hostPort: 80}]}]}, status: {phase: %s, podIPs: [{ip: 10.0.0.9}]}}\n", i, i, phase)
		}
		at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		s, err := collect.Files(context.Background(), collect.FilesOptions{Paths: []string{"-"}, Stdin: strings.NewReader(text.String()), At: at})
		if err != nil {
			t.Fatal(err)
		}
		result := audit.Run(audit.Derive(s, audit.DefaultConfig(), audit.Options{At: at}), All)
		if len(result.Panics) > 0 {
			t.Fatal(result.Panics)
		}
		var all strings.Builder
		for i := range All {
			for _, f := range result.Findings {
				if f.Check == All[i].ID {
					all.WriteString(f.Check + " " + lines(&All[i], []audit.Finding{f}))
				}
			}
		}
		excluded := 0
		for _, q := range s.Collection.Queries {
			if q.Resource == audit.Pods {
				for _, e := range q.Excluded {
					excluded += e.Count
				}
			}
		}
		return all.String(), excluded
	}
	want, _ := evaluate(0)
	got, excluded := evaluate(1000)
	if got != want {
		t.Errorf("with them\n%s\nwithout\n%s", got, want)
	}
	if excluded != 1000 {
		t.Errorf("the ledger has %d excluded Pods, want 1000", excluded)
	}
}
