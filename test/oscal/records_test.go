package oscal

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/recordtest"
)

// TestRecords holds that whatever a record says is valid OSCAL: hostile words in every field,
// nothing at all, findings of every status whose texts are all hostile, or all blank.
func TestRecords(t *testing.T) {
	for name, r := range map[string]*report.Record{
		"sample": recordtest.Sample(t), "hostile": recordtest.Hostile(t), "empty": {Metadata: empty}, "every status": everyStatus(recordtest.Hostiles...),
		"blank": everyStatus("", " ", "\n", "\u00a0", "\u2028", "\u0085"),
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "oscal.json")
			out, err := os.Create(file)
			if err == nil {
				err = write(out, r)
			}
			if err != nil {
				t.Fatal(err)
			}
			valid(t, file)
		})
	}
}

func write(out io.WriteCloser, r *report.Record) error {
	if err := report.WriteOSCAL(out, r); err != nil {
		return err
	}
	return out.Close()
}

// empty is all that a record has at least: none is read without its instant.
var empty = report.Metadata{GeneratedAt: recordtest.At}

// everyStatus is a record with a finding, a check and a control of each status and text, and
// a waiver of each.
func everyStatus(texts ...string) *report.Record {
	r := &report.Record{Metadata: empty}
	for _, text := range texts {
		for _, status := range audit.Statuses {
			f := audit.Finding{ID: text, Check: text, Status: status, Message: text, Observed: text, Command: text, Waiver: text, Attestation: text}
			f.Subject = audit.Subject{APIVersion: text, Kind: text, Namespace: text, Name: text, UID: text, ResourceVersion: text}
			f.Evidence = []audit.Evidence{{Path: text, Value: text, Level: audit.Level(text)}}
			if status == audit.NotAssessed {
				f.Reason = audit.Forbidden
			}
			r.Findings = append(r.Findings, f)
		}
		r.Checks = append(r.Checks,
			report.Check{ID: "NET-01", Title: text, Logic: text, Counts: report.Counts{Fail: 1}}, report.Check{ID: "NET-02", Title: text, Logic: text, Counts: report.Counts{Pass: 1}})
		r.Controls = append(r.Controls, report.Control{ID: "A.8.20", Title: text})
		r.Waivers = append(r.Waivers, audit.WaiverState{Waiver: audit.Waiver{ID: text, Reason: text, Owner: text, Approver: text, RiskRef: text}, State: "active"})
		r.Subject.Organization, r.Subject.Name, r.Tool.Version, r.Metadata.UID = text, text, text, text
	}
	return r
}
