package audit

import (
	"strings"
	"testing"
	"time"
)

func day(text string) Date {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return Date{t}
}

func factsAt(at time.Time) *Facts {
	return Derive(&Snapshot{}, DefaultConfig(), Options{At: at})
}

func TestWaive(t *testing.T) {
	subject := Subject{Kind: "Deployment", Namespace: "shop", Name: "legacy"}
	waiver := Waiver{ID: "W", Check: "NET-01", ApprovedAt: day("2026-11-01"), ExpiresAt: day("2026-11-22")}
	for name, test := range map[string]struct {
		at     time.Time
		status Status
		edit   func(*Waiver)
		want   Status
		state  string
	}{
		"a failure is waived":          {noon, Fail, nil, Waived, "expiring"},
		"a warning is waived":          {noon, Warning, nil, Waived, "expiring"},
		"a pass stays":                 {noon, Pass, nil, Pass, "unused"},
		"not assessed is never waived": {noon, NotAssessed, nil, NotAssessed, "unused"},
		"holds to the end of its day":  {noon.Add(12*time.Hour - time.Nanosecond), Fail, nil, Waived, "expiring"},
		"expires with it":              {noon.Add(12 * time.Hour), Fail, nil, Fail, "expired"},
		"not before its approval":      {day("2026-10-31").Time, Fail, nil, Fail, "notYetValid"},
		"another check":                {noon, Fail, func(w *Waiver) { w.Check = "NET-02" }, Fail, "unused"},
		"another namespace":            {noon, Fail, func(w *Waiver) { w.Subject.Namespace = "other" }, Fail, "unused"},
		"a glob":                       {noon, Fail, func(w *Waiver) { w.Subject.Name = "leg*" }, Waived, "expiring"},
		"far from its end":             {noon, Fail, func(w *Waiver) { w.ExpiresAt = day("2027-03-01") }, Waived, "active"},
		"known at approval":            {noon, Fail, func(w *Waiver) { w.AtApproval = []string{"Deployment/shop/legacy"} }, Waived, "expiring"},
		"appeared after approval":      {noon, Fail, func(w *Waiver) { w.AtApproval = []string{"Deployment/shop/other"} }, Fail, "unused"},
	} {
		w := waiver
		if test.edit != nil {
			test.edit(&w)
		}
		findings := []Finding{{ID: "1", Check: "NET-01", Status: test.status, Subject: subject, Message: "m"}}
		states, _ := factsAt(test.at).Waive(findings, []Waiver{w}, nil)
		got := findings[0]
		if got.Status != test.want || states[0].State != test.state || got.Message != "m" {
			t.Errorf("%s: %s, waiver %s; want %s, %s", name, got.Status, states[0].State, test.want, test.state)
		}
		if (got.Before != nil) != (got.Status == Waived) || got.Status == Waived && (*got.Before != test.status || got.Waiver != "W") {
			t.Errorf("%s: the finding forgets what it was: %+v", name, got)
		}
		if name == "appeared after approval" && len(states[0].ForReview) != 1 {
			t.Errorf("%s: not listed for review", name)
		}
	}
}

func TestAttest(t *testing.T) {
	a := Attestation{ID: "A", Checks: []string{"PRV-02"}, Statement: "audited", Date: day("2026-11-01"), ValidUntil: day("2027-06-30")}
	for name, test := range map[string]struct {
		at         time.Time
		status     Status
		attestable bool
		want       Status
		state      string
	}{
		"not assessed is attested":          {noon, NotAssessed, false, Attested, "active"},
		"a conflicting observation stays":   {noon, Fail, false, Fail, "unused"},
		"unless the requirement takes it":   {noon, Fail, true, Attested, "active"},
		"a warning stays":                   {noon, Warning, true, Warning, "unused"},
		"after its end nothing is attested": {day("2027-07-01").Time, NotAssessed, false, NotAssessed, "expired"},
		"nor where it would stand in":       {day("2027-07-01").Time, Fail, true, Fail, "expired"},
		"before its date neither":           {day("2026-10-31").Time, NotAssessed, false, NotAssessed, "notYetValid"},
	} {
		findings := []Finding{{ID: "1", Check: "PRV-02", Status: test.status, Attestable: test.attestable, Subject: ClusterSubject()}}
		_, states := factsAt(test.at).Waive(findings, nil, []Attestation{a})
		if test.want == Attested && *findings[0].Before != test.status {
			t.Errorf("%s: the finding forgets that it was %s", name, test.status)
		}
		if findings[0].Status != test.want || states[0].State != test.state {
			t.Errorf("%s: %s, attestation %s; want %s, %s", name, findings[0].Status, states[0].State, test.want, test.state)
		}
	}
}

// A pattern over labels covers what has them; where nobody knows the labels it covers
// nothing, and the finding is listed.
func TestWaiveByLabels(t *testing.T) {
	object := func(name string, labels map[string]string) Controller {
		return Controller{Object: Object{Namespace: "shop", Name: name}, PodLabels: labels, Kind: "Deployment"}
	}
	snapshot := &Snapshot{Controllers: []Controller{object("old", map[string]string{"app": "legacy"}), object("new", map[string]string{"app": "web"}), object("bare", nil)}}
	for selector, want := range map[string]string{
		"app=legacy":         "old waived, listed: gone",
		"app in (web)":       "new waived, listed: gone",
		"app!=legacy":        "bare new waived, listed: gone",
		"!app":               "bare waived, listed: gone",
		"tier":               "waived, listed: gone",
		"":                   "bare gone new old waived, listed:",
		"app=legacy,tier=db": "waived, listed: gone",
	} {
		var findings []Finding
		for _, name := range []string{"bare", "gone", "new", "old"} {
			findings = append(findings, Finding{ID: name, Check: "NET-01", Status: Fail, Subject: Subject{Kind: "Deployment", Namespace: "shop", Name: name}})
		}
		w := Waiver{ID: "W", Check: "NET-01", Subject: SubjectPattern{Labels: selector}, ApprovedAt: day("2026-11-01"), ExpiresAt: day("2027-01-01")}
		states, _ := (&Facts{Snapshot: snapshot, Config: &Config{}, At: noon}).Waive(findings, []Waiver{w}, nil)
		var waived []string
		for _, f := range findings {
			if f.Status == Waived {
				waived = append(waived, f.ID)
			}
		}
		got := strings.Join(strings.Fields(strings.Join(waived, " ")+" waived, listed: "+strings.Join(states[0].Unlabelled, " ")), " ")
		if got != want {
			t.Errorf("%q: %s; want %s", selector, got, want)
		}
	}
}

// An attestation of another cluster doesn't count, whatever else it says.
func TestAttestForACluster(t *testing.T) {
	for clusters, want := range map[string]string{
		"": "active", "production": "active", "prod*": "active", "kube-admin@production": "active", "uid-1": "active", "staging production": "active",
		"staging": "otherCluster", "prod": "otherCluster",
	} {
		a := Attestation{ID: "A", Checks: []string{"PRV-02"}, Clusters: strings.Fields(clusters), Date: day("2026-11-01"), ValidUntil: day("2027-06-30")}
		f := factsAt(noon)
		f.Config.ClusterName, f.Config.Attestations = "production", []Attestation{a}
		f.Snapshot.Cluster = Cluster{Name: "kube-admin@production", UID: "uid-1"}
		findings := []Finding{{ID: "1", Check: "PRV-02", Status: NotAssessed, Subject: ClusterSubject()}}
		_, states := f.Waive(findings, nil, f.Config.Attestations)
		if states[0].State != want || (findings[0].Status == Attested) != (want == "active") || states[0].Holds() != (want == "active") {
			t.Errorf("%q: %s, %s; want %s", clusters, states[0].State, findings[0].Status, want)
		}
		if spoken := f.AttestationOf(&findings[0]); (spoken != nil) != (want == "active") {
			t.Errorf("%q: AttestationOf says %v", clusters, spoken)
		}
	}
}

// A renewed attestation counts beside the one that it renews.
func TestAttestationOfPrefersTheValid(t *testing.T) {
	a := Attestation{ID: "old", Checks: []string{"PRV-02"}, Date: day("2025-01-01"), ValidUntil: day("2025-12-31")}
	b := a
	b.ID, b.Date, b.ValidUntil = "new", day("2026-01-01"), day("2026-12-31")
	f := factsAt(noon)
	f.Config.Attestations = []Attestation{a, b}
	if got := f.AttestationOf(&Finding{Check: "PRV-02"}); got == nil || got.ID != "new" {
		t.Errorf("got %+v", got)
	}
}
