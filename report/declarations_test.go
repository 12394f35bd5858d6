package report

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
)

// TestAttestationOfAControl: one that names a control and no check says so, and isn't said to
// miss findings.
func TestAttestationOfAControl(t *testing.T) {
	r := realisticRecord()
	r.Waivers = nil
	r.Attestations = []audit.AttestationState{{State: "active", Attestation: audit.Attestation{ID: "ATT-9", Control: "A.8.24", Statement: "Keys are in an HSM.", By: "B", Role: "CISO"}}}
	for form, text := range bothForms(t, r) {
		if !strings.Contains(text, "control A.8.24, no check") {
			t.Errorf("%s: it doesn't say which control", form)
		}
		if strings.Contains(text, "on all subjects") || strings.Contains(text, "none that it matches needs it") {
			t.Errorf("%s: it is said to speak for subjects", form)
		}
	}
	r.Attestations[0].Checks = []string{"NET-01"}
	for form, text := range bothForms(t, r) {
		if !strings.Contains(text, "NET-01 on all subjects, control A.8.24") || !strings.Contains(text, "none that it matches needs it") {
			t.Errorf("%s: it doesn't say what it speaks for", form)
		}
	}
}

// TestForReviewNamesSubjects: an ID alone tells nobody what appeared.
func TestForReviewNamesSubjects(t *testing.T) {
	r := realisticRecord()
	f := &r.Findings[0]
	f.Subject.Name = "appeared-later"
	r.Waivers = r.Waivers[:1]
	r.Waivers[0].ForReview = []string{f.ID}
	for form, text := range bothForms(t, r) {
		if want := f.Subject.String() + " " + f.ID; !strings.Contains(text, "not waived "+want) {
			t.Errorf("%s: doesn't say %q for review", form, want)
		}
	}
}

// TestWaivedNamesItsWaiver: in a control's chapter, too.
func TestWaivedNamesItsWaiver(t *testing.T) {
	f := &audit.Finding{Status: audit.Waived, Waiver: "W-1", Message: "m"}
	if cell := foundCell(f); cell[len(cell)-1].words != "waived by W-1" || cell[len(cell)-1].anchor != "waiver:W-1" {
		t.Errorf("%+v", cell)
	}
	f = &audit.Finding{Status: audit.Attested, Attestation: "A-1", Message: "m"}
	if cell := foundCell(f); cell[len(cell)-1].words != "attested by A-1" || cell[len(cell)-1].anchor != "attestation:A-1" {
		t.Errorf("%+v", cell)
	}
}

// bothForms are the words of a record's HTML and PDF.
func bothForms(t *testing.T, r *Record) map[string]string {
	t.Helper()
	var page bytes.Buffer
	if err := WriteHTML(&page, r); err != nil {
		t.Fatal(err)
	}
	words := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(regexp.MustCompile(`</t[hd]>`).ReplaceAllString(page.String(), " "), "")
	return map[string]string{"html": flat([]string{words}), "pdf": flat(pages(t, writePDF(t, r)))}
}
