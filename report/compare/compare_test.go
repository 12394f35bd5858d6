package compare

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
)

// found is a finding of NET-01 for a workload of a namespace.
func found(status audit.Status, namespace string) audit.Finding {
	s := audit.Subject{Kind: "Deployment", Namespace: namespace, Name: "web"}
	f := audit.Finding{ID: audit.FindingID("NET-01", s), Check: "NET-01", Status: status, Subject: s}
	if status == audit.Waived {
		f.Waiver = "W-1"
	}
	if status == audit.NotAssessed {
		f.Reason = audit.Forbidden
	}
	return f
}

func side(findings ...audit.Finding) *Side {
	return &Side{
		Checks:   []Check{{ID: "NET-01", Title: "isolated", Controls: []string{"A.8.20"}}},
		Controls: []Control{{ID: "A.8.20", Edition: "2022"}},
		Findings: findings,
	}
}

// TestChange: what became of one finding, by what it was and what it is; -1 is none.
func TestChange(t *testing.T) {
	const none = audit.Status(-1)
	for _, tc := range []struct {
		was, is audit.Status
		want    Change
	}{
		{none, audit.Fail, New}, {none, audit.Warning, New}, {none, audit.Pass, ""}, {none, audit.Waived, NewlyWaived}, {none, audit.NotAssessed, ""},
		{audit.Pass, audit.Fail, New}, {audit.Pass, audit.Pass, ""}, {audit.Pass, none, ""}, {audit.Pass, audit.NotAssessed, NoLongerAssessed},
		{audit.Pass, audit.Attested, NoLongerAssessed}, {audit.Pass, audit.Waived, NewlyWaived},
		{audit.Fail, audit.Fail, Persisting}, {audit.Fail, audit.Warning, Persisting}, {audit.Warning, audit.Fail, Persisting},
		{audit.Fail, audit.Pass, Resolved}, {audit.Fail, audit.NotApplicable, Resolved}, {audit.Fail, none, Resolved},
		{audit.Fail, audit.Waived, NewlyWaived}, {audit.Fail, audit.NotAssessed, NoLongerAssessed}, {audit.Fail, audit.Attested, NoLongerAssessed}, {audit.Attested, audit.Attested, ""}, {audit.Attested, audit.Pass, ""},
		{audit.Waived, audit.Waived, Persisting}, {audit.Waived, audit.Fail, Reopened}, {audit.Waived, audit.Pass, Resolved},
		{audit.Waived, none, Resolved}, {audit.Waived, audit.NotAssessed, NoLongerAssessed},
		{audit.NotAssessed, audit.Fail, New}, {audit.NotAssessed, audit.Pass, ""}, {audit.NotAssessed, audit.NotAssessed, ""}, {audit.NotAssessed, audit.Attested, ""},
		{audit.Attested, audit.NotAssessed, NoLongerAssessed}, {audit.Attested, audit.Fail, Reopened}, {audit.Attested, none, ""}, {audit.NotApplicable, audit.NotAssessed, ""}, {audit.NotApplicable, audit.Fail, New},
	} {
		older, newer := side(), side()
		if tc.was != none {
			older.Findings = append(older.Findings, found(tc.was, "app"))
		}
		if tc.is != none {
			newer.Findings = append(newer.Findings, found(tc.is, "app"))
		}
		c := Of(older, newer, nil)
		var got Change
		if len(c.Entries) > 0 {
			got = c.Entries[0].Change
		}
		if got != tc.want || len(c.Entries) > 1 {
			t.Errorf("%s, then %s: %q, want %q", tc.was, tc.is, got, tc.want)
		}
		if tc.want != "" && (c.Counts.Of(tc.want) != 1 || c.ByControl[0].Counts.Of(tc.want) != 1) {
			t.Errorf("%s, then %s: not counted: %+v, %+v", tc.was, tc.is, c.Counts, c.ByControl)
		}
	}
}

// TestGone: a deviation that the newer record doesn't have is resolved only where its
// population was read.
func TestGone(t *testing.T) {
	broken := audit.Finding{ID: "b", Check: "NET-01", Reason: audit.Failed, Subject: audit.ClusterSubject()}
	other := audit.Finding{ID: "o", Check: "NET-02", Status: audit.Pass, Subject: found(audit.Pass, "app").Subject}
	for name, tc := range map[string]struct {
		change func(*Side)
		want   Change
	}{
		"read":                           {func(*Side) {}, Resolved},
		"check not run":                  {func(s *Side) { s.Checks = nil }, NoLongerAssessed},
		"resource unread":                {func(s *Side) { s.Gaps = []Gap{{Checks: []string{"NET-01"}}} }, NoLongerAssessed},
		"unread in the namespace":        {func(s *Side) { s.Gaps = []Gap{{Namespace: "app", Checks: []string{"NET-01"}}} }, NoLongerAssessed},
		"unread in another":              {func(s *Side) { s.Gaps = []Gap{{Namespace: "other", Checks: []string{"NET-01"}}} }, Resolved},
		"unread by another check":        {func(s *Side) { s.Gaps = []Gap{{Checks: []string{"NET-02"}}} }, Resolved},
		"namespace excluded":             {func(s *Side) { s.Scope.Exclusions = []string{"a*"} }, NoLongerAssessed},
		"narrowed to another":            {func(s *Side) { s.Scope.Namespace = "other" }, NoLongerAssessed},
		"narrowed to the same namespace": {func(s *Side) { s.Scope.Namespace = "app" }, Resolved},
		"the check broke":                {func(s *Side) { s.Findings = []audit.Finding{broken} }, NoLongerAssessed},
		"files without it":               {func(s *Side) { s.Source = audit.FromFiles }, NoLongerAssessed},
		"files that hold it":             {func(s *Side) { s.Source, s.Findings = audit.FromFiles, []audit.Finding{other} }, Resolved},
	} {
		newer := side()
		tc.change(newer)
		if c := Of(side(found(audit.Fail, "app")), newer, nil); len(c.Entries) != 1 || c.Entries[0].Change != tc.want || c.Entries[0].Why == "" {
			t.Errorf("%s: %+v, want %s", name, c.Entries, tc.want)
		}
	}
}

// TestNotLookedAt: what deviates and nobody had looked at is new, and the comparison says
// that nobody had.
func TestNotLookedAt(t *testing.T) {
	global := audit.Finding{ID: "g", Check: "NET-01", Status: audit.Fail, Subject: audit.Subject{Kind: "ClusterIssuer", Name: "staging"}}
	fail := found(audit.Fail, "app")
	for name, tc := range map[string]struct {
		is     audit.Finding
		change func(*Side)
		want   string
	}{
		"read":                   {fail, func(*Side) {}, "the older record has no finding of it"},
		"check not run":          {fail, func(s *Side) { s.Checks = nil }, "the older record has no finding of it: check NET-01 wasn’t run"},
		"unread":                 {fail, func(s *Side) { s.Gaps = []Gap{{Words: "pods: no", Checks: []string{"NET-01"}}} }, "the older record has no finding of it: what it rests on wasn’t read: pods: no"},
		"out of scope":           {fail, func(s *Side) { s.Scope.Namespace = "other" }, "the older record has no finding of it: namespace app was out of scope"},
		"files without it":       {fail, func(s *Side) { s.Source = audit.FromFiles }, "the older record has no finding of it: the files don’t hold it; they were given, not read"},
		"not assessed":           {fail, func(s *Side) { s.Findings = []audit.Finding{found(audit.NotAssessed, "app")} }, "it wasn’t assessed before: forbidden"},
		"its users out of scope": {global, func(s *Side) { s.Scope.Exclusions = []string{"app"} }, "it may rest on what was out of scope in the older record: the whole cluster but app"},
	} {
		older := side()
		tc.change(older)
		if c := Of(older, side(tc.is), nil); len(c.Entries) != 1 || c.Entries[0].Change != New || c.Entries[0].Why != tc.want {
			t.Errorf("%s: %+v, want new: %s", name, c.Entries, tc.want)
		}
	}
}

// TestOutOfScope: what isn't looked at any more is never resolved, whatever it was and
// wherever its namespace is written.
func TestOutOfScope(t *testing.T) {
	of := func(status audit.Status, kind, namespace, name string) audit.Finding {
		s := audit.Subject{Kind: kind, Namespace: namespace, Name: name}
		return audit.Finding{ID: audit.FindingID("NET-01", s), Check: "NET-01", Status: status, Subject: s}
	}
	exclude := func(s *Side) { s.Scope.Exclusions = []string{"app"} }
	unchecked := func(s *Side) { s.Checks = nil }
	passes := of(audit.Pass, "ClusterIssuer", "", "staging")
	for name, tc := range map[string]struct {
		was    audit.Finding
		is     *audit.Finding
		change func(*Side)
		want   Change
	}{
		"a namespace that is excluded":                {of(audit.Fail, "Namespace", "", "app"), nil, exclude, NoLongerAssessed},
		"another namespace":                           {of(audit.Fail, "Namespace", "", "other"), nil, exclude, Resolved},
		"a pass in a namespace that is excluded":      {of(audit.Pass, "Deployment", "app", "web"), nil, exclude, NoLongerAssessed},
		"a pass of a check that isn't run":            {of(audit.Pass, "Deployment", "app", "web"), nil, unchecked, NoLongerAssessed},
		"an attestation of one":                       {of(audit.Attested, "Cluster", "", "cluster"), nil, unchecked, NoLongerAssessed},
		"what didn't apply":                           {of(audit.NotApplicable, "Deployment", "app", "web"), nil, unchecked, ""},
		"the cluster's, and its users are excluded":   {of(audit.Fail, "ClusterIssuer", "", "staging"), &passes, exclude, NoLongerAssessed},
		"the cluster's, gone with them":               {of(audit.Fail, "ClusterIssuer", "", "staging"), nil, exclude, NoLongerAssessed},
		"the cluster itself, and files":               {of(audit.Fail, "Cluster", "", "cluster"), nil, func(s *Side) { s.Source = audit.FromFiles }, Resolved},
		"the cluster's, and files that don't hold it": {of(audit.Fail, "ClusterIssuer", "", "staging"), nil, func(s *Side) { s.Source = audit.FromFiles }, NoLongerAssessed},
		"the cluster's, and the scope is as it was":   {of(audit.Fail, "ClusterIssuer", "", "staging"), &passes, func(*Side) {}, Resolved},
	} {
		newer := side()
		if tc.is != nil {
			newer.Findings = append(newer.Findings, *tc.is)
		}
		tc.change(newer)
		var got Change
		for _, e := range Of(side(tc.was), newer, nil).Entries {
			got = e.Change
		}
		if got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// TestAttestedInstead: where the requirement takes an attestation for what fails, it is as
// with a waiver.
func TestAttestedInstead(t *testing.T) {
	was, is, before := found(audit.Fail, "app"), found(audit.Attested, "app"), audit.Fail
	is.Before, is.Attestation = &before, "A-1"
	c := Of(side(was), side(is), nil)
	if len(c.Entries) != 1 || c.Entries[0].Change != NewlyWaived || c.Entries[0].Why != "attestation A-1 stands in for what fails" {
		t.Errorf("%+v", c.Entries)
	}
}

func TestHindrances(t *testing.T) {
	base := func() *Side {
		s := side()
		s.Evaluation = Evaluation{ClusterUID: "u", Cluster: "prod", Version: "v1", GeneratedAt: time.Unix(0, 0)}
		return s
	}
	for name, tc := range map[string]struct {
		change func(*Side)
		want   []Difference
	}{
		"none":              {func(*Side) {}, nil},
		"renamed":           {func(s *Side) { s.Evaluation.Cluster = "production" }, nil},
		"another cluster":   {func(s *Side) { s.Evaluation.ClusterUID = "w" }, []Difference{OtherCluster}},
		"cluster not known": {func(s *Side) { s.Evaluation.ClusterUID = "" }, []Difference{OtherCluster}},
		"narrowed":          {func(s *Side) { s.Scope.Namespace = "app" }, []Difference{OtherScope}},
		"excluding":         {func(s *Side) { s.Scope.Exclusions = []string{"sandbox"} }, []Difference{OtherScope}},
		"another version":   {func(s *Side) { s.Evaluation.Version = "v2" }, []Difference{OtherCatalogue}},
		"a check more":      {func(s *Side) { s.Checks = append(s.Checks, Check{ID: "NET-02"}) }, []Difference{OtherCatalogue}},
		"all":               {func(s *Side) { *s = Side{Scope: Scope{Namespace: "x"}} }, []Difference{OtherCluster, OtherScope, OtherCatalogue}},
	} {
		newer := base()
		tc.change(newer)
		var got []Difference
		for _, h := range Hindrances(base(), newer) {
			got = append(got, h.Difference)
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	files := side()
	files.Evaluation.Cluster = "a"
	other := side()
	other.Evaluation.Cluster = "b"
	if got := Hindrances(files, other); len(got) != 1 || got[0].Difference != OtherCluster {
		t.Errorf("files of different names: %v", got)
	}
}
