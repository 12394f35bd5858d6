package report

import (
	"github.com/kubevidence/kubevidence/audit"
)

func (d *pdfDocument) closing() {
	d.paragraph("What this report does not show, what its words mean, and who answers for what.")
}

// limitations says what the record does not show.
func (d *pdfDocument) limitations() {
	if len(d.r.Limitations) == 0 {
		d.paragraph("None is recorded.")
		return
	}
	d.bullets(d.r.Limitations)
}

// pdfTerms are the words of the report that aren't a status.
var pdfTerms = []struct{ word, meaning string }{
	{"Control", "A requirement of ISO/IEC 27001, Annex A. Checks bear on it directly, as evidence, or in support."},
	{"Check", "One requirement that the tool decides. Its title is a sentence that is true when it passes."},
	{"Subject", "The object that a finding speaks of."},
	{"Finding", "The outcome of one check for one subject, passes included. Its ID derives from names, so that it survives re-creation."},
	{"Cause", "A finding that explains others; mending it settles them."},
	{"Gap", "Something that could not be read. It is never taken for an empty list."},
	{"Ledger", "Every request, with what it listed: evaluated, excluded or errored."},
	{"Coverage", "How much of what could be assessed was, as a numerator and a denominator."},
	{"Evidence level", "What a value rests on: configured (an object’s fields), issued, served, stored, or attested (a person’s declaration)."},
	{"User, administrator", "The application team, and the platform team, as the demarcation of responsibilities has them."},
}

// pdfMeanings says what each status means, in the order of the roll-up.
var pdfMeanings = map[audit.Status]string{
	audit.Fail:          "The requirement is not met by what was read.",
	audit.NotAssessed:   "It could not be decided: forbidden, failed or unknown. Where an opt-in was not given it is “not requested”, which is not a gap.",
	audit.Warning:       "The requirement is met only in part, or less well than it could be.",
	audit.Waived:        "A Fail or Warning that a valid waiver accepts; it stays counted.",
	audit.Attested:      "A person declares what the API does not show; it is counted apart.",
	audit.Pass:          "The requirement is met by what was read.",
	audit.NotApplicable: "There is no subject.",
}

// glossary relates the statuses to the language of audits, and explains the other words.
func (d *pdfDocument) glossary() {
	d.caption("Statuses, worst first: a check has the worst status of its subjects, a control the worst of its checks.")
	t := d.table(pdfColumn{title: "Status", width: 92}, pdfColumn{title: "In the language of audits", width: 150}, pdfColumn{title: "Meaning", width: pdfWidth - 242})
	for _, s := range audit.Statuses {
		t.row(pdfCell{pdfStatus(s)}, pdfCell{{words: pdfStatuses[s].terms, style: pdfCellIn}}, pdfCell{{words: pdfMeanings[s], style: pdfCellIn}})
	}
	t.end()
	d.caption("Other words.")
	rows := make([]pdfLabelled, 0, len(pdfTerms))
	for _, term := range pdfTerms {
		rows = append(rows, is(term.word, term.meaning))
	}
	d.labelled(112, rows)
}

// responsibilities is the demarcation that findings are divided by.
func (d *pdfDocument) responsibilities() {
	if len(d.r.Responsibilities) == 0 {
		d.paragraph("None is recorded.")
		return
	}
	for i := range d.r.Responsibilities {
		duty := &d.r.Responsibilities[i]
		d.list(partyWords(duty.Responsible), duty.Duties, "None is recorded.")
	}
}
