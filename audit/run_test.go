package audit

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// allPods fails every Pod of namespace bad and passes the others.
var allPods = Check{
	ID: "TST-01", Title: "Pods are good", Severity: High, Responsible: User, Needs: []Resource{Pods},
	Run: func(f *Facts) []Finding {
		var findings []Finding
		for i := range f.Pods {
			j := Judge(Subject{APIVersion: "v1", Kind: "Pod", Namespace: f.Pods[i].Namespace, Name: f.Pods[i].Name})
			if f.Pods[i].Namespace == "bad" {
				j.Fail("it is bad")
			} else {
				j.Pass("it is good")
			}
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

func pods(names ...string) []Pod {
	var list []Pod
	for _, name := range names {
		namespace, pod, _ := strings.Cut(name, "/")
		list = append(list, Pod{Object: Object{Namespace: namespace, Name: pod}})
	}
	return list
}

func TestRun(t *testing.T) {
	panics := allPods
	panics.Run = func(*Facts) []Finding { panic("boom") }
	for name, test := range map[string]struct {
		check   Check
		reading Reading
		pods    []Pod
		config  func(*Config, *Options)
		want    []string
		panics  int
	}{
		"judged": {allPods, Reading{State: Read}, pods("bad/a", "good/b"), nil,
			[]string{"fail Pod bad/a user", "pass Pod good/b user"}, 0},
		"no subject": {allPods, Reading{State: Read}, nil, nil,
			[]string{"notApplicable Cluster cluster user"}, 0},
		"not served": {allPods, Reading{State: NotServed}, nil, nil,
			[]string{"notApplicable Cluster cluster user"}, 0},
		"forbidden": {allPods, Reading{Gaps: []Gap{{Reason: Forbidden, Verb: "list", Message: "no"}}}, pods("good/b"), nil,
			[]string{"notAssessed forbidden Cluster cluster user"}, 0},
		"never read": {allPods, Reading{Resource: "other"}, pods("good/b"), nil,
			[]string{"notAssessed failed Cluster cluster user"}, 0},
		"forbidden in one namespace": {allPods, Reading{State: Read, Gaps: []Gap{{Namespace: "bad", Reason: Forbidden, Verb: "list", Message: "no"}}}, pods("good/b"), nil,
			[]string{"notAssessed forbidden Namespace bad user", "pass Pod good/b user"}, 0},
		"panic": {panics, Reading{State: Read}, pods("good/b"), nil,
			[]string{"notAssessed failed Cluster cluster user"}, 1},
		"excluded": {allPods, Reading{State: Read}, pods("bad/a", "good/b"),
			func(c *Config, _ *Options) { c.Scope.Exclusions = []Exclusion{{Namespace: "b*", Reason: "r"}} },
			[]string{"pass Pod good/b user"}, 0},
		"excluded with its gap": {allPods, Reading{State: Read, Gaps: []Gap{{Namespace: "bad", Reason: Forbidden}}}, pods("good/b"),
			func(c *Config, _ *Options) { c.Scope.Exclusions = []Exclusion{{Namespace: "bad", Reason: "r"}} },
			[]string{"pass Pod good/b user"}, 0},
		"narrowed": {allPods, Reading{State: Read}, pods("bad/a", "good/b"),
			func(_ *Config, o *Options) { o.Namespace = "good" },
			[]string{"pass Pod good/b user"}, 0},
		"administrator's": {allPods, Reading{State: Read}, pods("bad/a"),
			func(c *Config, _ *Options) { c.Administrator.Namespaces = []string{"bad"} },
			[]string{"fail Pod bad/a administrator"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if test.reading.Resource == "" {
				test.reading.Resource = Pods
			}
			s := &Snapshot{
				Collection: Collection{Readings: []Reading{test.reading}},
				Namespaces: []Namespace{{Object: Object{Name: "bad"}}, {Object: Object{Name: "good"}}},
				Pods:       test.pods,
			}
			config, options := DefaultConfig(), Options{At: noon}
			if test.config != nil {
				test.config(config, &options)
			}
			result := Run(Derive(s, config, options), []Check{test.check})
			var got []string
			for _, f := range result.Findings {
				words := slices.DeleteFunc([]string{f.Status.String(), string(f.Reason), f.Subject.String(), f.Responsible.String()},
					func(s string) bool { return s == "" })
				got = append(got, strings.Join(words, " "))
				if f.ID == "" || f.Expected == "" || f.Observed == "" || f.Message == "" || f.Severity == 0 {
					t.Errorf("incomplete finding: %+v", f)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if len(result.Panics) != test.panics {
				t.Errorf("panics: %v, want %d", result.Panics, test.panics)
			}
		})
	}
}

// TestRunSaysTheCriterion holds that a finding expects what its check says, or its title.
func TestRunSaysTheCriterion(t *testing.T) {
	told := allPods
	told.Expected = "its namespace isn't bad"
	for _, c := range []Check{allPods, told} {
		s := &Snapshot{Collection: Collection{Readings: []Reading{{Resource: Pods, State: Read}}}, Pods: pods("good/b")}
		want := c.Title
		if c.Expected != "" {
			want = c.Expected
		}
		for _, f := range Run(Derive(s, DefaultConfig(), Options{At: noon}), []Check{c}).Findings {
			if f.Expected != want {
				t.Errorf("expected is %q, want %q", f.Expected, want)
			}
		}
	}
}

func TestRunDropsCausesThatPassed(t *testing.T) {
	namespace := Subject{Kind: "Namespace", Name: "n"}
	cause := Check{ID: "TST-02", Needs: []Resource{Pods}, Run: func(*Facts) []Finding {
		return []Finding{{Status: Pass, Subject: namespace}}
	}}
	effect := Check{ID: "TST-03", Needs: []Resource{Pods}, Run: func(*Facts) []Finding {
		j := Judge(Subject{Kind: "Pod", Namespace: "n", Name: "p"})
		j.Cause("TST-02", namespace)
		j.Fail("because of the namespace")
		return []Finding{j.Finding()}
	}}
	f := Derive(&Snapshot{Collection: Collection{Readings: []Reading{{Resource: Pods, State: Read}}}}, DefaultConfig(), Options{})
	for _, test := range []struct {
		status Status
		want   string
	}{{Pass, ""}, {Fail, FindingID("TST-02", namespace)}} {
		cause.Run = func(*Facts) []Finding { return []Finding{{Status: test.status, Subject: namespace}} }
		for _, found := range Run(f, []Check{cause, effect}).Findings {
			if found.Check == "TST-03" && found.Cause != test.want {
				t.Errorf("cause with status %s: %q, want %q", test.status, found.Cause, test.want)
			}
		}
	}
}

func TestJudgementKeepsTheWorst(t *testing.T) {
	for name, test := range map[string]struct {
		note    func(*Judgement)
		status  Status
		message string
	}{
		"nothing": {func(*Judgement) {}, NotAssessed, "the check observed nothing"},
		"worst first": {func(j *Judgement) { j.Pass("fine"); j.Warn("hm"); j.Fail("bad") },
			Fail, "bad; hm"},
		"a gap outranks a warning": {func(j *Judgement) { j.Warn("hm"); j.NotAssessed(Unknown, "who knows") },
			NotAssessed, "who knows; hm"},
		"an opt-in doesn't outrank a pass": {func(j *Judgement) { j.Pass("fine"); j.NotAssessed(NotRequested, "not asked") },
			Pass, "fine; not asked"},
		"critical first": {func(j *Judgement) { j.Fail("bad"); j.FailAs(Critical, "worse") },
			Fail, "worse; bad"},
		"said once": {func(j *Judgement) { j.Fail("bad"); j.Fail("bad") }, Fail, "bad"},
	} {
		j := Judge(Subject{Kind: "Pod", Name: "p"})
		test.note(j)
		if f := j.Finding(); f.Status != test.status || f.Message != test.message {
			t.Errorf("%s: %s %q, want %s %q", name, f.Status, f.Message, test.status, test.message)
		}
	}
}

func TestRollUp(t *testing.T) {
	for _, test := range []struct {
		statuses []Status
		want     Status
	}{
		{nil, NotApplicable},
		{[]Status{Pass, NotApplicable}, Pass},
		{[]Status{Pass, Attested}, Attested},
		{[]Status{Attested, Waived}, Waived},
		{[]Status{Waived, Warning}, Warning},
		{[]Status{Warning, NotAssessed}, NotAssessed},
		{[]Status{NotAssessed, Fail}, Fail},
	} {
		var findings []Finding
		for _, s := range test.statuses {
			findings = append(findings, Finding{Status: s, Reason: Unknown})
		}
		if got := RollUp(findings); got != test.want {
			t.Errorf("%v: %s, want %s", test.statuses, got, test.want)
		}
	}
	optIn := []Finding{{Status: NotAssessed, Reason: NotRequested}, {Status: Pass}}
	if got := RollUp(optIn); got != Pass {
		t.Errorf("an opt-in that wasn't requested beside a pass: %s, want pass", got)
	}
}
