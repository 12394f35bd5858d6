package recordtest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/controls"
	"github.com/kubevidence/kubevidence/report"
)

// Input is the evaluation behind the sample, made anew.
func Input() report.Input {
	config := configuration()
	facts := audit.Derive(snapshot(), config, audit.Options{At: At})
	return evaluate(facts, checks())
}

func evaluate(facts *audit.Facts, selected []audit.Check) report.Input {
	result := audit.Run(facts, selected)
	waivers, attestations := facts.Waive(result.Findings, facts.Config.Waivers, facts.Config.Attestations)
	return report.Input{
		Facts: facts, Checks: selected, Catalogue: checks(), Result: result, Waivers: waivers, Attestations: attestations,
		Assessments: controls.Assess(result.Findings, selected),
		Tool: report.Tool{
			Name: "kubevidence", Version: "v0.1.0", Commit: "3f786850e387550fdab836ed7e6dc881de23001b",
			SHA256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae", Go: "go1.26.0",
		},
	}
}

// Sample is a record of a believable cluster: every status, both parties, gaps, waivers
// in every state, an attestation, certificates.
func Sample(tb testing.TB) *report.Record {
	tb.Helper()
	r, err := report.New(Input())
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// Small is the sample narrowed to one namespace and two checks: small enough for goldens
// that people read.
func Small(tb testing.TB) *report.Record {
	tb.Helper()
	selected, err := audit.Select(checks(), []string{"CRT-05", "NET-01"}, nil)
	if err != nil {
		tb.Fatal(err)
	}
	options := audit.Options{At: At, Namespace: "search", Checks: []string{"CRT-05", "NET-01"}}
	config := configuration()
	config.Waivers, config.Attestations = nil, nil
	r, err := report.New(evaluate(audit.Derive(snapshot(), config, options), selected))
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// Large is the sample with findings of NET-01 until there are n.
func Large(tb testing.TB, n int) *report.Record {
	tb.Helper()
	in := Input()
	in.Result.Findings = in.Result.Findings[:min(n, len(in.Result.Findings))]
	for i := len(in.Result.Findings); i < n; i++ {
		f := audit.Finding{
			Check: "NET-01", Status: audit.Statuses[i%len(audit.Statuses)], Severity: audit.High, Responsible: audit.User,
			Subject:  audit.Subject{APIVersion: "apps/v1", Kind: "Deployment", Namespace: fmt.Sprintf("team-%03d", i%200), Name: fmt.Sprintf("service-%d", i), UID: uid(fmt.Sprint(i)), ResourceVersion: fmt.Sprint(i)},
			Expected: "every workload is isolated for ingress",
			Observed: "no NetworkPolicy selects it", Message: "no NetworkPolicy isolates it for ingress: every Pod of the cluster can reach it",
			Evidence: []audit.Evidence{{Path: "spec.podSelector", Value: "app=service", Level: audit.Configured}},
			Command:  fmt.Sprintf("kubectl get deployment.apps service-%d -n team-%03d -o yaml", i, i%200),
			Pods:     &audit.PodCount{Total: 3},
		}
		if f.Status == audit.NotAssessed {
			f.Reason = audit.Forbidden
		}
		f.ID = audit.FindingID(f.Check, f.Subject)
		in.Result.Findings = append(in.Result.Findings, f)
	}
	slices.SortFunc(in.Result.Findings, audit.CompareFindings)
	in.Assessments = controls.Assess(in.Result.Findings, in.Checks)
	r, err := report.New(in)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}
