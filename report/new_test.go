package report_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/controls"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/recordtest"
)

func TestLedgerAddsUp(t *testing.T) {
	r := recordtest.Sample(t)
	if len(r.Collection.Queries) == 0 {
		t.Fatal("no row")
	}
	for _, q := range r.Collection.Queries {
		if q.Listed != q.Evaluated+q.Excluded+q.Errored {
			t.Errorf("%s %s: %d listed, %d + %d + %d", q.Resource, q.Scope, q.Listed, q.Evaluated, q.Excluded, q.Errored)
		}
		by := 0
		for _, e := range q.ExcludedBy {
			by += e.Count
		}
		if by != q.Excluded {
			t.Errorf("%s %s: %d excluded, %d by rules", q.Resource, q.Scope, q.Excluded, by)
		}
	}
}

// TestLedgerByName: that an object doesn't exist is none that was received; the ledger says
// which were asked for. Where one couldn't be read, the others of its namespace still count.
func TestLedgerByName(t *testing.T) {
	in := recordtest.Input()
	s := in.Facts.Snapshot
	s.Secrets = []audit.Secret{
		{Object: audit.Object{Namespace: "shop", Name: "gone"}, Absent: true},
		{Object: audit.Object{Namespace: "shop", Name: "web"}},
	}
	s.Collection.Queries = append(s.Collection.Queries, audit.Query{
		Resource: audit.Secrets, Scope: "shop", Request: "GET /api/v1/namespaces/shop/secrets/{name}", Pages: 3,
		Asked: []string{"gone", "other", "web"}, Absent: 1, Listed: 1, Error: "secret other: forbidden",
	})
	r, err := report.New(in)
	if err != nil {
		t.Fatal(err)
	}
	q := r.Collection.Queries[slices.IndexFunc(r.Collection.Queries, func(q report.Query) bool { return q.Resource == audit.Secrets })]
	if q.State != "read" || q.Listed != 1 || q.Evaluated != 1 || q.Absent != 1 || len(q.Asked) != 3 {
		t.Errorf("the row is %+v", q)
	}
	if problems := report.Reconcile(r); len(problems) > 0 {
		t.Errorf("%q", problems)
	}
	reportsSay(t, r, "asked for by name: gone, other, web (3 names, of which 1 absent)")
}

// reportsSay holds that both the HTML report and the PDF have some words.
func reportsSay(t *testing.T, r *report.Record, want string) {
	t.Helper()
	if !strings.Contains(renderHTML(t, r), want) {
		t.Errorf("the page doesn't say %q", want)
	}
	t.Run("pdf", func(t *testing.T) {
		var pdf bytes.Buffer
		if err := report.WritePDF(&pdf, r); err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(strings.Fields(textOfPDF(t, pdf.Bytes())), " "); !strings.Contains(text, want) {
			t.Errorf("the PDF doesn't say %q", want)
		}
	})
}

// TestNewRefusesAPopulationThatDoesNotAddUp: evaluated objects are counted, so that an
// object lost on the way shows.
func TestNewRefusesAPopulationThatDoesNotAddUp(t *testing.T) {
	pods := func(in report.Input) *audit.Query {
		queries := in.Facts.Collection.Queries
		return &queries[slices.IndexFunc(queries, func(q audit.Query) bool { return q.Resource == audit.Pods })]
	}
	for _, c := range []struct {
		name  string
		spoil func(report.Input)
		want  string
	}{
		{"an object was lost", func(in report.Input) { pods(in).Listed++ }, "pods in scope \"\": 73 listed, but 64 evaluated + 8 excluded + 0 errored"},
		{"an object came from nowhere", func(in report.Input) { in.Facts.Snapshot.Pods = append(in.Facts.Snapshot.Pods, audit.Pod{}) }, "72 listed, but 65 evaluated"},
		{"an undecodable object wasn't listed", func(in report.Input) { pods(in).Errors = []string{"bad"} }, "+ 1 errored"},
		{"nothing was listed", func(in report.Input) {
			c := &in.Facts.Snapshot.Collection
			c.Queries = slices.DeleteFunc(c.Queries, func(q audit.Query) bool { return q.Resource == audit.Pods })
			c.Readings = slices.DeleteFunc(c.Readings, func(r audit.Reading) bool { return r.Resource == audit.Pods })
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := recordtest.Input()
			c.spoil(in)
			r, err := report.New(in)
			if c.want == "" {
				if err != nil || !slices.ContainsFunc(r.Collection.Gaps, func(g report.Gap) bool { return g.Resource == audit.Pods }) {
					t.Errorf("got %v; want a gap", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want … %s", err, c.want)
			}
		})
	}
}

func TestGapsNameTheChecksTheyCost(t *testing.T) {
	var got []string
	for _, g := range recordtest.Sample(t).Collection.Gaps {
		got = append(got, string(g.Resource)+" "+g.Namespace+" "+string(g.Reason)+": "+strings.Join(g.Checks, " "))
	}
	want := []string{
		"gateways.gateway.networking.k8s.io  forbidden: GW-01",
		"networkpolicies.networking.k8s.io warehouse forbidden: NET-01 NET-02 NET-03 NET-06",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// whole is the sample without gaps, exclusions and terminated Pods.
func whole() report.Input {
	in := recordtest.Input()
	c := &in.Facts.Snapshot.Collection
	for i := range c.Readings {
		if c.Readings[i].Resource != audit.Secrets {
			c.Readings[i].State, c.Readings[i].Gaps = audit.Read, nil
		}
	}
	for i := range c.Queries {
		c.Queries[i].Error = ""
		for _, e := range c.Queries[i].Excluded {
			c.Queries[i].Listed -= e.Count
		}
		c.Queries[i].Excluded = nil
	}
	in.Facts.Config.Scope.Exclusions = nil
	return in
}

func TestComplete(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(report.Input)
		want  bool
	}{
		{"everything was read", func(report.Input) {}, true},
		{"a namespace is excluded", func(in report.Input) {
			in.Facts.Config.Scope.Exclusions = []audit.Exclusion{{Namespace: "batch", Reason: "why"}}
		}, false},
		{"an excluded namespace that isn't there", func(in report.Input) {
			in.Facts.Config.Scope.Exclusions = []audit.Exclusion{{Namespace: "nowhere", Reason: "why"}}
		}, true},
		{"a namespace alone is evaluated", func(in report.Input) { in.Facts.Options.Namespace = "batch" }, false},
		{"a resource was refused", func(in report.Input) {
			in.Facts.Snapshot.Collection.Readings[0].Gaps = []audit.Gap{{Namespace: "batch", Reason: audit.Forbidden, Verb: "list"}}
		}, false},
		{"an object can't be decoded", func(in report.Input) {
			q := &in.Facts.Snapshot.Collection.Queries[0]
			q.Listed, q.Errors = q.Listed+1, []string{"bad"}
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := whole()
			c.spoil(in)
			r, err := report.New(in)
			if err != nil {
				t.Fatal(err)
			}
			if r.Collection.Complete != c.want {
				t.Errorf("complete %v, want %v", r.Collection.Complete, c.want)
			}
			claimed := strings.Contains(renderHTML(t, r), "whole population of each resource was evaluated; no sampling. Reads were not simultaneous")
			if claimed != c.want {
				t.Errorf("the whole population claimed: %v, want %v", claimed, c.want)
			}
		})
	}
}

// composed composes a record of findings under the sample's facts.
func composed(t *testing.T, findings ...audit.Finding) *report.Record {
	t.Helper()
	in := whole()
	for i := range findings {
		f := &findings[i]
		f.ID = audit.FindingID(f.Check, f.Subject)
		if f.Responsible == 0 {
			f.Responsible = audit.User
		}
	}
	slices.SortFunc(findings, audit.CompareFindings)
	in.Result.Findings = findings
	in.Waivers, in.Attestations = nil, nil
	in.Assessments = controls.Assess(findings, in.Checks)
	r, err := report.New(in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func on(check string, status audit.Status, name string) audit.Finding {
	return audit.Finding{Check: check, Status: status, Severity: audit.Medium, Subject: audit.Subject{Kind: "Deployment", Namespace: "team", Name: name}}
}

// A gap makes a record incomplete even where every finding could be decided, if any of
// its checks looks at what is missing.
func TestGapIsIncomplete(t *testing.T) {
	for resource, want := range map[audit.Resource]report.State{audit.Pods: report.Incomplete, "widgets.example.com": report.NoDeviations} {
		in := whole()
		in.Result.Findings, in.Waivers, in.Attestations = nil, nil, nil
		in.Assessments = nil
		readings := slices.DeleteFunc(in.Facts.Snapshot.Collection.Readings, func(r audit.Reading) bool { return r.Resource == resource })
		in.Facts.Snapshot.Collection.Readings = append(readings, audit.Reading{
			Resource: resource, Gaps: []audit.Gap{{Reason: audit.Forbidden, Verb: "list", Message: "no"}},
		})
		r, err := report.New(in)
		if err != nil {
			t.Fatal(err)
		}
		if r.Summary.State != want {
			t.Errorf("without %s: %s, want %s", resource, r.Summary.State, want)
		}
	}
}

func TestState(t *testing.T) {
	notRequested := on("NET-01", audit.NotAssessed, "n")
	notRequested.Reason = audit.NotRequested
	for _, c := range []struct {
		name     string
		findings []audit.Finding
		want     report.State
	}{
		{"nothing", nil, report.NoDeviations},
		{"passes", []audit.Finding{on("NET-01", audit.Pass, "a")}, report.NoDeviations},
		{"a warning", []audit.Finding{on("NET-01", audit.Warning, "a")}, report.NoDeviations},
		{"waived and attested", []audit.Finding{on("NET-01", audit.Waived, "a"), on("NET-01", audit.Attested, "b")}, report.NoDeviations},
		{"an opt-in", []audit.Finding{on("NET-01", audit.Pass, "a"), notRequested}, report.NoDeviations},
		{"something open", []audit.Finding{on("NET-01", audit.Pass, "a"), on("NET-01", audit.NotAssessed, "b")}, report.Incomplete},
		{"a fail", []audit.Finding{on("NET-01", audit.NotAssessed, "a"), on("NET-02", audit.Fail, "b")}, report.DeviationsFound},
		{"a fail of a check that only supports", []audit.Finding{on("NET-06", audit.Fail, "a")}, report.DeviationsFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := composed(t, c.findings...).Summary.State; got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestCountsBeforeAndAfterWaivers(t *testing.T) {
	s := recordtest.Sample(t).Summary
	if s.Counts.Total() != s.BeforeWaivers.Total() {
		t.Errorf("%d findings after waivers, %d before", s.Counts.Total(), s.BeforeWaivers.Total())
	}
	if s.BeforeWaivers.Waived+s.BeforeWaivers.Attested != 0 || s.Counts.Waived != 3 || s.Counts.Attested != 1 {
		t.Errorf("before %+v, after %+v", s.BeforeWaivers, s.Counts)
	}
	if want := (report.Counts{Fail: s.Counts.Fail + 2, Warning: s.Counts.Warning + 1, NotAssessed: s.Counts.NotAssessed + 1,
		Pass: s.Counts.Pass, NotRequested: 1, NotApplicable: s.Counts.NotApplicable}); s.BeforeWaivers != want {
		t.Errorf("before %+v, want %+v", s.BeforeWaivers, want)
	}
	var parties report.Counts
	for _, p := range s.ByResponsible {
		parties.Fail, parties.Pass = parties.Fail+p.Counts.Fail, parties.Pass+p.Counts.Pass
	}
	if parties.Fail != s.Counts.Fail || parties.Pass != s.Counts.Pass {
		t.Errorf("the parties' counts don't add up: %+v", parties)
	}
}

func TestCoverageNeverCountsWhatWasNotRead(t *testing.T) {
	s := recordtest.Sample(t).Summary
	if s.Assessed.Denominator-s.Assessed.Numerator != s.Counts.NotAssessed+s.Counts.Attested {
		t.Errorf("assessed %+v of %+v", s.Assessed, s.Counts)
	}
	if want := (report.Ratio{Numerator: 32, Denominator: 34}); s.Resources != want {
		t.Errorf("resources %+v, want %+v", s.Resources, want)
	}
	if diff := cmp.Diff([]string{"SEC-02"}, s.NotRequested); diff != "" {
		t.Errorf("not requested (-want +got):\n%s", diff)
	}
}

func TestCauses(t *testing.T) {
	deny := func(name string, status audit.Status) audit.Finding {
		f := on("NET-03", status, name)
		f.Subject = audit.Subject{Kind: "Namespace", Name: name}
		return f
	}
	behind := func(f audit.Finding, cause audit.Finding) audit.Finding {
		f.Cause, f.Severity = audit.FindingID(cause.Check, cause.Subject), audit.High
		return f
	}
	circle := on("CRT-01", audit.Fail, "x")
	circle = behind(circle, circle)
	administrators := on("CM-01", audit.Fail, "cm")
	administrators.Responsible = audit.Administrator
	r := composed(t,
		deny("a", audit.Fail), deny("b", audit.Fail), deny("c", audit.Pass),
		behind(on("NET-01", audit.Fail, "one"), deny("a", audit.Fail)),
		behind(on("NET-02", audit.Fail, "one"), deny("a", audit.Fail)),
		behind(on("NET-01", audit.Waived, "two"), deny("a", audit.Fail)),
		behind(on("NET-01", audit.Fail, "orphan"), deny("c", audit.Pass)), // what would explain it passes
		administrators, circle, on("ING-01", audit.NotAssessed, "open"),
	)
	type line struct {
		Check              string
		Severity           audit.Severity
		Places             string
		Subjects, Findings int
	}
	var got []line
	for _, c := range r.Summary.Causes {
		got = append(got, line{c.Check, c.Severity, strings.Join(c.Places, ", "), c.Subjects, c.Findings})
		if c.Remedy == "" || c.Title == "" {
			t.Errorf("%s: no remedy or title", c.Check)
		}
	}
	want := []line{
		{"NET-03", audit.High, "Namespace a, Namespace b", 3, 4},
		{"CRT-01", audit.High, "Deployment team/x", 1, 1},
		{"NET-01", audit.High, "Deployment team/orphan", 1, 1},
		{"CM-01", audit.Medium, "Deployment team/cm", 1, 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDeviationsFromDefaults(t *testing.T) {
	in := whole()
	c := in.Facts.Config
	c.Scope.Exclusions = []audit.Exclusion{{Namespace: "batch", Reason: "a reason"}}
	c.Administrator.Namespaces = []string{"monitoring"}
	c.Thresholds.KeyProfile, c.Thresholds.WaiverMaxDays = "bsi", 90
	in.Facts.Options.Checks, in.Facts.Options.ReadSecrets = []string{"NET-01"}, true
	r, err := report.New(in)
	if err != nil {
		t.Fatal(err)
	}
	want := []report.Deviation{
		{Setting: "scope.exclusions", Default: "none", Effective: "batch", Reason: "a reason", Objects: 5},
		{Setting: "administrator.namespaces", Default: "recognized namespaces only", Effective: "monitoring", Reason: "not stated by the organization", Findings: 5},
		{Setting: "thresholds.keyProfile", Default: "standard", Effective: "bsi", Reason: "not stated by the organization"},
		{Setting: "thresholds.waiverMaxDays", Default: "365", Effective: "90", Reason: "not stated by the organization", Findings: 3},
		{Setting: "check", Default: "the whole catalogue", Effective: "NET-01", Reason: "given on the command line", Findings: len(r.Findings)},
		{Setting: "read-secrets", Default: "false", Effective: "true", Reason: "given on the command line"},
	}
	if diff := cmp.Diff(want, r.Deviations); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	in = whole()
	in.Facts.Config.Administrator.Namespaces = nil
	if r, err = report.New(in); err != nil || len(r.Deviations) != 0 {
		t.Errorf("defaults deviate: %v, %v", r.Deviations, err)
	}
}

func TestIsolationOfWhatWasNotRead(t *testing.T) {
	verdicts := map[string]string{}
	for _, w := range recordtest.Sample(t).Inventory.Isolation {
		verdicts[w.Workload] = w.Ingress.ByNetworkPolicy + " " + w.Egress.ByNetworkPolicy + " " + strings.Join(w.Ingress.SelectedBy, " ")
	}
	for workload, want := range map[string]string{
		"warehouse/stock-sync[Deployment]":    "indeterminate indeterminate ", // its policies were refused
		"analytics/dashboard[Deployment]":     "open none analytics/allow-all",
		"payments/payments-api[Deployment]":   "restricted restricted payments/allow-checkout payments/default-deny",
		"monitoring/node-exporter[DaemonSet]": "notCoverable notCoverable ",
		"sandbox-anna/experiment[Deployment]": "", // excluded
	} {
		if verdicts[workload] != want {
			t.Errorf("%s: %q, want %q", workload, verdicts[workload], want)
		}
	}
}

// TestReachabilityHasGrounds: whatever is allowed, to the outside too, says by what.
func TestReachabilityHasGrounds(t *testing.T) {
	outside := 0
	for _, row := range recordtest.Sample(t).Inventory.Reachability {
		if slices.Contains(slices.Concat(row.Sources, row.Destinations), report.Outside) {
			outside++
		}
		if len(row.Allowed) > 0 && len(row.AllowedBy)+len(row.Unisolated) == 0 {
			t.Errorf("from %v to %v: allowed by nothing", row.Sources, row.Destinations)
		}
	}
	if outside < 2 {
		t.Errorf("%d rows of the outside", outside)
	}
}

func TestCertificateInventory(t *testing.T) {
	bySecret := map[string]report.Certificate{}
	for _, c := range recordtest.Sample(t).Inventory.Certificates {
		bySecret[c.Secret] = c
	}
	known := bySecret["www.example.com-tls"]
	if known.Level != audit.Issued || known.Key != "ECDSA P-256" || known.Serial == "" || known.Issuer != "ClusterIssuer letsencrypt-prod" ||
		!slices.Equal(known.Names, []string{"www.example.com"}) || !slices.Equal(known.UsedBy, []string{"Ingress shop-web/frontend"}) {
		t.Errorf("issued: %+v", known)
	}
	ended := bySecret["stock.example.com-tls"] // of its certificate only the end is known, from status
	if ended.Level != audit.Issued || ended.NotAfter.IsZero() || ended.Serial != "" || len(ended.Names) != 0 {
		t.Errorf("known from status: %+v", ended)
	}
	unknown := bySecret["dashboard.example.com-tls"]
	if unknown.Level != "" || unknown.Presence != "notRead" || !unknown.NotAfter.IsZero() {
		t.Errorf("unknown: %+v", unknown)
	}
}

func TestLimitationsFollowTheReading(t *testing.T) {
	said := func(in report.Input, words string) bool {
		t.Helper()
		r, err := report.New(in)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(r.Limitations, func(s string) bool { return strings.Contains(s, words) })
	}
	files := whole()
	files.Facts.Snapshot.Collection.Source = audit.FromFiles
	later, earlier := whole(), whole()
	later.Facts.At = time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC)
	earlier.Facts.At = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, words string
		in          report.Input
		want        bool
	}{
		{"a day in 2029", "The table of public roots in this build is of 20", later, true},
		{"a day before the tables'", "more than twelve months before", earlier, false},
		{"a day in their year", "more than twelve months before", whole(), false},
		{"a cluster", "The population was given, not read", whole(), false},
		{"files", "The population was given, not read", files, true},
		{"files", "Reads were not simultaneous", files, false},
		{"a cluster", "Reads were not simultaneous", whole(), true},
		{"a cluster", "Declared policy isn't observed traffic", whole(), true},
		{"no gap", "Not everything could be read", whole(), false},
		{"gaps", "Not everything could be read: the ledger lists 2 gaps", recordtest.Input(), true},
	} {
		if got := said(c.in, c.words); got != c.want {
			t.Errorf("%s: %q said: %v, want %v", c.name, c.words, got, c.want)
		}
	}
}

// TestDigests: the catalogue's digest doesn't follow the findings, the configuration's not
// the instant.
func TestDigests(t *testing.T) {
	first := recordtest.Sample(t)
	in := recordtest.Input()
	in.Result.Findings = in.Result.Findings[:1]
	in.Facts.At = in.Facts.At.AddDate(0, 0, 1)
	in.Facts.Options.At = in.Facts.At
	other, err := report.New(in)
	if err != nil {
		t.Fatal(err)
	}
	if first.Catalogue.Digest != other.Catalogue.Digest || first.Config.Digest != other.Config.Digest {
		t.Error("a digest follows what it shouldn't")
	}
	in.Facts.Config.Thresholds.KeyProfile = "bsi"
	in.Checks[0].Logic += "."
	if other, err = report.New(in); err != nil || first.Catalogue.Digest == other.Catalogue.Digest || first.Config.Digest == other.Config.Digest {
		t.Error("a digest doesn't follow what it should")
	}
}
