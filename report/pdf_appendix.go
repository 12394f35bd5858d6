package report

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

func (d *pdfDocument) appendixIntro() {
	d.paragraph("Every finding with its evidence, the catalogue of checks, the configuration that was in force, and how to verify this report.")
}

// allFindings is every finding in detail, worst first.
func (d *pdfDocument) allFindings() {
	if len(d.findings) == 0 {
		d.paragraph("None. No check had anything to say.")
		return
	}
	if left := len(d.findings) - len(d.shown); left > 0 {
		d.paragraph(fmt.Sprintf("%s of %s are listed, worst first; %s, the least bad, are left out here. The record has all.",
			grouped(len(d.shown)), counted(len(d.findings), "finding"), grouped(left)))
	}
	d.caption("Worst first. A command reproduces the observation; it reads only.")
	t := d.table(pdfColumn{title: "Status, finding", width: 112}, pdfColumn{title: "Subject, observation, evidence", width: pdfWidth - 112})
	for _, f := range d.shown {
		title := ""
		if check := d.checks[f.Check]; check != nil {
			title = check.Title
		}
		t.rowAt("finding:"+f.ID, findingStanding(f), findingDetail(f, title))
	}
	t.end()
}

// findingStanding is a finding's status, ID and what it hangs together with.
func findingStanding(f *audit.Finding) pdfCell {
	cell := pdfCell{
		pdfStatus(f.Status),
		{words: f.ID, style: pdfCellKey, limit: 100},
		{words: severityWords(f) + ", " + f.Responsible.String(), style: pdfCellDim},
	}
	if f.Before != nil {
		cell = append(cell, pdfText{words: "before: " + pdfStatuses[*f.Before].word, style: pdfCellDim})
	}
	if f.Waiver != "" {
		cell = append(cell, pdfText{words: "waiver " + f.Waiver, style: pdfCellRef, anchor: "waiver:" + f.Waiver, limit: 100})
	}
	if f.Attestation != "" {
		cell = append(cell, pdfText{words: "attestation " + f.Attestation, style: pdfCellRef, anchor: "attestation:" + f.Attestation, limit: 100})
	}
	if f.Cause != "" {
		cell = append(cell, pdfText{words: "cause:", style: pdfCellDim}, pdfText{words: f.Cause, style: pdfCellRef, anchor: "finding:" + f.Cause, limit: 100})
	}
	return cell
}

// findingDetail is what was found, under the title of its check. A finding that asks for nothing is told in brief.
func findingDetail(f *audit.Finding, title string) pdfCell {
	cell := pdfCell{{words: f.Subject.String(), style: pdfCellBig, limit: 300}}
	if title != "" {
		cell = append(cell, pdfText{words: f.Check + "  " + title, style: pdfCellDim, anchor: "check:" + f.Check, limit: 200})
	}
	cell = append(cell, pdfText{words: f.Message, style: pdfCellIn})
	add := func(style pdfStyle, limit int, format string, args ...any) {
		cell = append(cell, pdfText{words: fmt.Sprintf(format, args...), style: style, limit: limit})
	}
	if deviates(f) {
		if f.Expected != "" {
			add(pdfCellIn, 500, "Expected: %s", f.Expected)
		}
		if f.Observed != "" && f.Observed != f.Message {
			add(pdfCellIn, 500, "Observed: %s", f.Observed)
		}
	}
	const most = 6
	for i := range f.Evidence[:min(len(f.Evidence), most)] {
		e := &f.Evidence[i]
		add(pdfCellDim, 400, "%s = %s (%s)", e.Path, cmp.Or(e.Value, "(empty)"), e.Level)
	}
	if rest := len(f.Evidence) - most; rest > 0 {
		add(pdfCellDim, 0, "and %s in the record", counted(rest, "more value"))
	}
	if f.Pods != nil {
		words := "Speaks for " + counted(f.Pods.Total, "Pod")
		if len(f.Pods.Differing) > 0 {
			words += "; these differ: " + strings.Join(firstOf(f.Pods.Differing, 10, "Pod"), ", ")
		}
		add(pdfCellDim, 600, "%s", words)
	}
	if id := subjectWords(&f.Subject); id != "" {
		add(pdfCellDim, 200, "%s", id)
	}
	if f.Command != "" && deviates(f) {
		add(pdfCellKey, 400, "%s", f.Command)
	}
	return cell
}

// subjectWords tells which version of the object was seen.
func subjectWords(s *audit.Subject) string {
	var words []string
	if s.UID != "" {
		words = append(words, "uid "+s.UID)
	}
	if s.ResourceVersion != "" {
		words = append(words, "resourceVersion "+s.ResourceVersion)
	}
	return strings.Join(words, ", ")
}

// catalogue describes every check that was run.
func (d *pdfDocument) catalogue() {
	d.paragraph(fmt.Sprintf("Catalogue %s, digest sha256:%s.", orDash(d.r.Catalogue.Version), orDash(d.r.Catalogue.Digest)))
	if len(d.r.Checks) == 0 {
		d.paragraph("None: no check was run.")
		return
	}
	t := d.table(pdfColumn{title: "Check", width: 92}, pdfColumn{title: "Requirement, rule, remedy", width: pdfWidth - 92})
	for i := range d.r.Checks {
		c := &d.r.Checks[i]
		var bears []string
		for _, control := range c.Controls {
			bears = append(bears, fmt.Sprintf("%s (%s)", control.Control, control.Role))
		}
		detail := pdfCell{
			{words: c.Title, style: pdfCellBig},
			{words: "Why: " + orDash(c.Rationale), style: pdfCellIn},
			{words: "Rule: " + orDash(c.Logic), style: pdfCellIn},
			{words: "Remedy: " + orDash(c.Remediation), style: pdfCellIn},
			{words: "Bears on " + orDash(strings.Join(bears, ", ")), style: pdfCellDim},
			{words: "Needs " + resourceWords(c.Needs) + "; uses " + resourceWords(c.Uses), style: pdfCellDim},
			{words: countWords(&c.Counts), style: pdfCellDim},
		}
		t.rowAt("check:"+c.ID, pdfCell{
			{words: c.ID, style: pdfCellBig}, pdfStatus(c.Status), {words: c.Severity.String() + ", " + c.Responsible.String(), style: pdfCellDim},
		}, detail)
	}
	t.end()
}

func resourceWords(resources []audit.Resource) string {
	if len(resources) == 0 {
		return "nothing more"
	}
	words := make([]string, len(resources))
	for i, r := range resources {
		words[i] = string(r)
	}
	return strings.Join(words, ", ")
}

// configuration prints what was in force, as JSON.
func (d *pdfDocument) configuration() {
	d.paragraph(fmt.Sprintf("Defaults included. Digest sha256:%s.", orDash(d.r.Config.Digest)))
	const most = 400
	for _, part := range []struct {
		title string
		value any
	}{{"Configuration", d.r.Config.Effective}, {"Options of this evaluation", d.r.Config.Options}} {
		d.heading(part.title)
		lines, err := jsonLines(part.value)
		if err != nil {
			d.paragraph("It can’t be printed: " + err.Error())
			continue
		}
		d.code(lines[:min(len(lines), most)])
		d.leftOut(len(lines)-most, "line", "the first are shown")
	}
}

// jsonLines writes a value as the record's JSON has it.
func jsonLines(value any) ([]string, error) {
	var text bytes.Buffer
	out := bufio.NewWriter(&text)
	if err := writeValue(out, reflect.ValueOf(value), ""); err != nil {
		return nil, err
	}
	if err := out.Flush(); err != nil {
		return nil, err
	}
	return strings.Split(text.String(), "\n"), nil
}

// verification says how a reader who trusts nobody checks this report.
func (d *pdfDocument) verification() {
	r := d.r
	d.bullets([]string{
		"This report is a rendering of the evidence record whose ID stands at the foot of every page. The record is the evidence; where they differ, it holds.",
		"Rendering the record again gives this file, byte for byte, with the same version and commit of the tool:",
	})
	d.code([]string{r.Tool.Name + " render record.json"})
	d.bullets([]string{
		"The record ID derives from the record’s content, the IDs of findings from the check and the names of the subject. Digests of the catalogue and of the configuration tell whether two records were made alike.",
		"Where the report came in a folder with SHA256SUMS, the files are checked against accidental change with:",
	})
	d.code([]string{"sha256sum -c SHA256SUMS"})
	d.bullets([]string{
		"The commands given with findings reproduce single observations; each only reads. They show the cluster as it is now, not as it was.",
		"This file carries no signature. A signature proves who held a key; a key held by the audited party does not protect against that party.",
	})
	d.labelled(112, []pdfLabelled{
		is("Tool", fmt.Sprintf("%s %s, commit %s, built with %s", r.Tool.Name, r.Tool.Version, orDash(r.Tool.Commit), orDash(r.Tool.Go))),
		{"Binary", pdfCell{{words: "sha256:" + orDash(r.Tool.SHA256), style: pdfCellKey}}},
		{"Catalogue", pdfCell{{words: "sha256:" + orDash(r.Catalogue.Digest), style: pdfCellKey}}},
		{"Configuration", pdfCell{{words: "sha256:" + orDash(r.Config.Digest), style: pdfCellKey}}},
		{"Record", pdfCell{{words: r.Metadata.UID, style: pdfCellKey}, {words: r.Metadata.Name, style: pdfCellIn}}},
	})
}
