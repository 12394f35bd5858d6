package report

import (
	"fmt"
	"strings"
)

func (d *pdfDocument) appendixIntro() {
	d.paragraph("Every finding with its evidence, the catalogue of checks, the configuration that was in force, and how to verify this report.")
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

// verification says how a reader who trusts nobody checks this report.
func (d *pdfDocument) verification() {
	r := d.r
	d.bullets([]string{
		"This report is a rendering of the evidence record whose ID stands at the foot of every page. The record is the evidence; where they differ, it holds.",
		"Rendering the record again gives this file, byte for byte, with the same version and commit of the tool:",
	})
	d.code([]string{r.Tool.Name + " render record.json --output-dir again"})
	d.bullets(d.archiveWords())
	if d.attached {
		d.code([]string{"pdfdetach -save 1 -o record.json report.pdf"})
	}
	d.bullets([]string{
		"The SHA-256 of the record’s file stands on the cover and below; sha256sum record.json gives it again.",
		"The record ID derives from the record’s content, the IDs of findings from the check and the names of the subject. Digests of the catalogue and of the configuration tell whether two records were made alike.",
	})
	for _, step := range verifySteps(r) {
		d.bullets([]string{strings.TrimSuffix(step.Words, ":") + ":"})
		d.code([]string{step.Command})
	}
	d.bullets([]string{
		"The commands given with findings reproduce single observations; each only reads. They show the cluster as it is now, not as it was.",
		"A signature proves who held a key; a key held by the audited party does not protect against that party.",
	})
	d.labelled(112, []pdfLabelled{
		is("Tool", fmt.Sprintf("%s %s, commit %s, built with %s", r.Tool.Name, r.Tool.Version, orDash(r.Tool.Commit), orDash(r.Tool.Go))),
		{"Binary", pdfCell{{words: "sha256:" + orDash(r.Tool.SHA256), style: pdfCellKey}}},
		{"Catalogue", pdfCell{{words: "sha256:" + orDash(r.Catalogue.Digest), style: pdfCellKey}}},
		{"Configuration", pdfCell{{words: "sha256:" + orDash(r.Config.Digest), style: pdfCellKey}}},
		{"Record", pdfCell{{words: r.Metadata.UID, style: pdfCellKey}, {words: "sha256:" + d.digest, style: pdfCellKey}, {words: r.Metadata.Name, style: pdfCellIn}}},
	})
}
