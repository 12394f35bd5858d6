package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"gopkg.in/yaml.v3"
)

func itoa(n int) string { return strconv.Itoa(n) }

// everyStatus is a record with a finding of each status, and hostile texts.
func everyStatus() *report.Record {
	r := &report.Record{Metadata: report.Metadata{UID: "33f85abb-453a-85c8-8aa1-e8ff2715717d"}, Checks: []report.Check{{ID: "NET-01", Title: "isolated"}}}
	for _, status := range audit.Statuses {
		f := audit.Finding{ID: "NET-01-" + status.String(), Check: "NET-01", Status: status, Message: status.String(), Subject: audit.Subject{Kind: "Deployment", Namespace: "app", Name: status.String()}}
		if status == audit.NotAssessed {
			f.Reason = audit.Forbidden
		}
		r.Findings = append(r.Findings, f)
	}
	for _, text := range slices.Sorted(maps.Keys(hostile)) {
		r.Findings = append(r.Findings, audit.Finding{ID: "X", Check: "NET-01", Status: audit.Fail, Message: text, Subject: audit.Subject{Kind: "Pod", Name: text}})
	}
	return r
}

// TestFormsAreDeterministic holds that each form of a record has one rendering.
func TestFormsAreDeterministic(t *testing.T) {
	for name, write := range map[string]func(io.Writer, *report.Record) error{
		"csv": report.WriteCSV, "xlsx": report.WriteXLSX, "junit": report.WriteJUnit, "openreports": report.WriteOpenReports, "oscal": report.WriteOSCAL,
	} {
		var first bytes.Buffer
		if err := write(&first, everyStatus()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for range 8 { // maps have as many orders
			var again bytes.Buffer
			if err := write(&again, everyStatus()); err != nil || !bytes.Equal(first.Bytes(), again.Bytes()) {
				t.Errorf("%s: other bytes, %v", name, err)
				break
			}
		}
		if err := write(fullDisk{}, everyStatus()); err == nil || !strings.Contains(err.Error(), errFull.Error()) {
			t.Errorf("%s: a full disk is %v", name, err)
		}
	}
}

var errFull = errors.New("no space left")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

// TestJUnit: what each status is, and that whatever a text holds is well-formed.
func TestJUnit(t *testing.T) {
	var out bytes.Buffer
	if err := report.WriteJUnit(&out, everyStatus()); err != nil {
		t.Fatal(err)
	}
	var suites struct {
		Suites []struct {
			Cases []struct {
				Name    string    `xml:"name,attr"`
				Failure *struct{} `xml:"failure"`
				Skipped *struct{} `xml:"skipped"`
				Output  string    `xml:"system-out"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(out.Bytes(), &suites); err != nil {
		t.Fatal(err)
	}
	want := map[audit.Status]string{
		audit.Pass: "pass", audit.Fail: "failure", audit.Warning: "output", audit.Waived: "output", audit.Attested: "skipped",
		audit.NotAssessed: "skipped", audit.NotApplicable: "skipped",
	}
	for i, status := range audit.Statuses {
		c, got := suites.Suites[0].Cases[i], "pass"
		switch {
		case c.Failure != nil:
			got = "failure"
		case c.Skipped != nil:
			got = "skipped"
		case c.Output != "":
			got = "output"
		}
		if got != want[status] {
			t.Errorf("%s is %s, want %s", status, got, want[status])
		}
	}
}

// TestOpenReports: only what was seen to pass passes, namespaces have reports of their own,
// and what is past the limit is counted.
func TestOpenReports(t *testing.T) {
	r := everyStatus()
	r.Findings = append(r.Findings, audit.Finding{ID: "Y", Check: "ING-14", Status: audit.NotAssessed, Reason: audit.NotRequested, Subject: audit.Subject{Kind: "Ingress", Namespace: "app", Name: "web"}})
	for i := range 1_200 {
		r.Findings = append(r.Findings, audit.Finding{ID: itoa(i), Check: "NET-01", Status: audit.Pass, Subject: audit.Subject{Kind: "Pod", Namespace: "many", Name: itoa(i)}})
	}
	var out bytes.Buffer
	if err := report.WriteOpenReports(&out, r); err != nil {
		t.Fatal(err)
	}
	type document struct {
		Kind     string
		Metadata struct {
			Namespace   string
			Annotations map[string]string
		}
		Summary map[string]int
		Results []struct {
			Result     string
			Properties map[string]string
		}
	}
	reports := map[string]document{}
	for decoder := yaml.NewDecoder(&out); ; {
		var d document
		if err := decoder.Decode(&d); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		reports[d.Kind+"/"+d.Metadata.Namespace] = d
	}
	if len(reports) != 3 || reports["ClusterReport/"].Summary["fail"] != len(hostile) {
		t.Errorf("reports: %v", slices.Sorted(maps.Keys(reports)))
	}
	for _, result := range reports["Report/app"].Results {
		if result.Properties["reason"] == "notRequested" && result.Result != "skip" || result.Result == "error" && result.Properties["status"] != "notAssessed" {
			t.Errorf("%v is %s", result.Properties, result.Result)
		}
		if (result.Result == "pass") != (result.Properties["status"] == "pass") {
			t.Errorf("%s is %s", result.Properties["status"], result.Result)
		}
	}
	many := reports["Report/many"]
	if len(many.Results) != 1_000 || many.Summary["pass"] != 1_200 || many.Metadata.Annotations["kubevidence/results-left-out"] != "200" {
		t.Errorf("%d results of %v, %v left out", len(many.Results), many.Summary, many.Metadata.Annotations)
	}
}

// TestOSCAL: what isn't assessed is an observation and never satisfied.
func TestOSCAL(t *testing.T) {
	for name, tc := range map[string]struct {
		counts report.Counts
		want   string
	}{
		"passes":            {report.Counts{Pass: 3, NotApplicable: 1}, "satisfied"},
		"fails":             {report.Counts{Pass: 3, Fail: 1}, "not-satisfied"},
		"waived":            {report.Counts{Pass: 3, Waived: 1}, "not-satisfied"},
		"not assessed":      {report.Counts{NotAssessed: 1}, ""},
		"in part":           {report.Counts{Pass: 3, NotAssessed: 1}, ""},
		"not requested":     {report.Counts{Pass: 3, NotRequested: 1}, ""},
		"attested":          {report.Counts{Attested: 1}, ""},
		"warns":             {report.Counts{Pass: 3, Warning: 1}, ""},
		"nothing in scope":  {report.Counts{NotApplicable: 1}, ""},
		"empty":             {report.Counts{}, ""},
		"fails and unknown": {report.Counts{Fail: 1, NotAssessed: 1}, "not-satisfied"},
	} {
		r := everyStatus()
		r.Checks[0].Counts = tc.counts
		var out bytes.Buffer
		if err := report.WriteOSCAL(&out, r); err != nil {
			t.Fatal(err)
		}
		var document struct {
			Results struct {
				Results []struct {
					Observations []struct{ UUID string }
					Findings     []struct {
						Target struct{ Status struct{ State string } }
					}
				}
			} `json:"assessment-results"`
		}
		if err := json.Unmarshal(out.Bytes(), &document); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		result, got := document.Results.Results[0], ""
		if len(result.Findings) > 0 {
			got = result.Findings[0].Target.Status.State
		}
		if got != tc.want || len(result.Observations) != len(r.Findings) {
			t.Errorf("%s: %q, %d observations; want %q, %d", name, got, len(result.Observations), tc.want, len(r.Findings))
		}
		if strings.Contains(out.String(), `"props":null`) {
			t.Errorf("%s: an empty array", name)
		}
	}
}
