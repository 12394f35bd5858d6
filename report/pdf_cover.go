package report

import (
	"fmt"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// cover is the first page: what this is, of what, in which state, and who signs.
func (d *pdfDocument) cover() {
	r := d.r
	d.newPage()
	d.out.Bookmark("Cover", 0, 0)
	d.y = 86
	d.texts(pdfLeft, pdfWidth, pdfText{words: "EVIDENCE RECORD", style: pdfStyle{pdfBold, 8.5, 12, pdfMuted}})
	d.y += 3
	d.texts(pdfLeft, pdfWidth, pdfText{words: "Network controls and key management", style: pdfStyle{pdfBold, 24, 30, pdfAccent}})
	d.texts(pdfLeft, pdfWidth, pdfText{
		words: "ISO/IEC 27001 evidence of a Kubernetes cluster, " + r.editions(), style: pdfStyle{pdfSans, 11, 16, pdfMuted},
	})
	d.y += 10
	d.rule(pdfLeft, pdfLeft+pdfWidth, d.y, pdfAccent, 1.6)
	d.y += 10
	d.stateBlock(true)
	d.labelled(112, d.identity())
	d.note("Evidence, not a certificate. A Fail is a candidate nonconformity, a Warning a candidate opportunity for improvement; whether " +
		"the controls conform is the auditor's conclusion. This is a state at one point in time, not operating effectiveness. This file " +
		"is not signed and not encrypted.")
	d.signOff()
}

// editions names the editions that the record speaks of.
func (r *Record) editions() string {
	var editions []string
	for _, edition := range []string{"2022", "2013"} {
		for i := range r.Controls {
			if r.Controls[i].Edition == edition {
				editions = append(editions, edition)
				break
			}
		}
	}
	if len(editions) == 0 {
		return "no control assessed"
	}
	return "edition " + strings.Join(editions, " with ")
}

// stateBlock says the outcome in words, with counts and coverage, and explains it on the
// cover.
func (d *pdfDocument) stateBlock(explain bool) {
	s := &d.r.Summary
	state := pdfStates[s.State]
	switch {
	case state.title == "":
		state.title = orDash(string(s.State))
	case s.Assessed.Denominator == 0 && s.State == NoDeviations:
		state.mark = audit.NotApplicable
		state.sentence = "No check had a subject in what was read: nothing was assessed, and nothing is shown by it."
	}
	color := pdfStatuses[state.mark].color
	texts := []pdfText{{words: state.title, style: pdfStyle{pdfBold, 17, 24, color}, mark: pdfMark(state.mark), limit: 100}}
	if explain {
		texts = append(texts, pdfText{words: state.sentence, style: pdfBody, above: 2})
	}
	texts = append(texts, pdfText{words: countWords(&s.Counts), style: pdfStyle{pdfBold, 9, 14, pdfInk}, above: 3})
	coverage := pdfBody
	if !explain {
		coverage = pdfCellIn
	}
	texts = append(texts, pdfText{words: coverageWords(s), style: coverage})
	lines := d.wrap(texts, pdfWidth-28)
	height := linesHeight(lines) + 18
	d.place(height)
	d.fill(pdfTint)
	d.out.Rect(pdfLeft, d.y, pdfWidth, height, "F")
	d.fill(color)
	d.out.Rect(pdfLeft, d.y, 4, height, "F")
	y := d.y + 9
	for i := range lines {
		d.drawLine(&lines[i], pdfLeft+16, y)
		y += lines[i].height()
	}
	d.y += height + 10
}

// countWords lists counts, worst first, without what is nought, Fail and Pass excepted.
func countWords(c *Counts) string {
	words := []string{fmt.Sprintf("%s Fail", grouped(c.Fail))}
	for _, part := range []struct {
		n    int
		word string
	}{
		{c.NotAssessed, "Not assessed"}, {c.Warning, "Warning"}, {c.Waived, "Waived"}, {c.Attested, "Attested"},
		{c.Pass, "Pass"}, {c.NotRequested, "Not requested"}, {c.NotApplicable, "Not applicable"},
	} {
		if part.n > 0 || part.word == "Pass" {
			words = append(words, grouped(part.n)+" "+part.word)
		}
	}
	return strings.Join(words, "  ·  ")
}

// coverageWords is the coverage, numerator and denominator, and what waivers changed.
func coverageWords(s *Summary) string {
	of := func(r Ratio) string { return grouped(r.Numerator) + " of " + grouped(r.Denominator) }
	words := fmt.Sprintf("Coverage: %s findings decided, %s checks decided for every subject, %s resources read in full.",
		of(s.Assessed), of(s.Checks), of(s.Resources))
	if len(s.NotRequested) > 0 {
		words += " Not requested, wholly or in part: " + strings.Join(firstOf(s.NotRequested, 30, "check"), ", ") + "."
	}
	if s.BeforeWaivers != s.Counts {
		words += fmt.Sprintf(" Before waivers and attestations: %s Fail, %s Warning, %s Not assessed.",
			grouped(s.BeforeWaivers.Fail), grouped(s.BeforeWaivers.Warning), grouped(s.BeforeWaivers.NotAssessed))
	}
	return words
}

// identity is who, what and when, each shortened to what a cover holds.
func (d *pdfDocument) identity() []pdfLabelled {
	r := d.r
	c := &r.Subject.Cluster
	brief := func(label string, parts ...pdfText) pdfLabelled {
		for i := range parts {
			parts[i].limit = 180
			parts[i].words = oneLine(parts[i].words)
		}
		return pdfLabelled{label, parts}
	}
	plain := func(words string) pdfText { return pdfText{words: words, style: pdfCellIn} }
	key := func(words string) pdfText { return pdfText{words: words, style: pdfCellKey} }
	strong := func(words string) pdfText { return pdfText{words: words, style: pdfCellBig} }
	return []pdfLabelled{
		brief("Organization", strong(stated(r.Subject.Organization))),
		brief("Cluster", strong(r.called()), plain(fmt.Sprintf("Kubernetes %s · %s", orDash(c.Version), orDash(c.Server))),
			key("kube-system UID "+orDash(c.UID))),
		brief("Period", plain(fmt.Sprintf("%s to %s (UTC)", utc(r.Collection.StartedAt), utc(r.Collection.EndedAt))),
			plain("Evaluated as of "+utc(r.Metadata.GeneratedAt))),
		brief("Read by", plain(r.reader())),
		brief("Record", key(r.Metadata.UID)),
		brief("Catalogue, configuration", plain("Catalogue "+orDash(r.Catalogue.Version)), key("sha256:"+orDash(r.Catalogue.Digest)),
			key("configuration sha256:"+orDash(r.Config.Digest))),
		brief("Tool", plain(fmt.Sprintf("%s %s, commit %s", r.Tool.Name, r.Tool.Version, orDash(r.Tool.Commit)))),
		brief("Classification", strong(stated(r.Config.Effective.Classification))),
	}
}

// reader says who read the cluster and how that is known.
func (r *Record) reader() string {
	id := &r.Collection.Identity
	var words string
	switch {
	case r.Collection.Source == audit.FromFiles:
		words = "files that were given; no cluster was contacted"
	case id.Method == "certificate":
		words = id.Name + ", by the subject of the client certificate"
	case id.Method == "jwt":
		words = id.Name + ", by the token's claims"
	case id.Method == "opaque" && id.Name != "":
		words = id.Name + ", named in the configuration; the token is opaque"
	case id.Method == "opaque":
		words = "the bearer of an opaque token, which names nobody"
	case id.Name != "":
		words = id.Name
	default:
		words = "nobody named by the credentials"
	}
	if id.Impersonated != "" {
		words += ", acting as " + id.Impersonated
	}
	if a := r.Config.Effective.Assessor; a != "" && a != id.Name {
		words += "; assessor stated in the configuration: " + a
	}
	if r.Collection.Source != audit.FromFiles && !id.Verified {
		words += " (asserted, not verified)"
	}
	return words
}

// signOff is the block that people fill in by hand.
func (d *pdfDocument) signOff() {
	const height, gap = 64.0, 14.0
	d.place(height + 6)
	d.y = max(d.y+4, pdfBottom-height)
	width := (pdfWidth - 2*gap) / 3
	for i, who := range []string{"Prepared", "Reviewed", "Approved"} {
		x := pdfLeft + float64(i)*(width+gap)
		label := pdfLine{words: who, style: pdfLabel}
		d.drawLine(&label, x, d.y)
		for n, field := range []string{"Name", "Signature", "Date"} {
			y := d.y + 18 + float64(n)*16
			caption := pdfLine{words: field, style: pdfRunning}
			d.drawLine(&caption, x, y)
			d.rule(x+40, x+width, y+9, pdfMuted, 0.5)
		}
	}
	d.y += height
}
