package report

import (
	"cmp"
	"fmt"

	"github.com/kubevidence/kubevidence/audit"
)

// cover is the first page: what this is, of what, in which state, and who signs.
func (d *pdfDocument) cover() {
	r := d.r
	d.newPage()
	d.out.Bookmark("Cover", 0, 0)
	d.y = 86
	d.texts(pdfWidth, pdfText{words: "EVIDENCE RECORD", style: pdfStyle{pdfBold, 8.5, 12, pdfMuted}})
	d.y += 3
	d.texts(pdfWidth, pdfText{words: "Network controls and key management", style: pdfStyle{pdfBold, 24, 30, pdfAccent}})
	d.texts(pdfWidth, pdfText{
		words: "ISO/IEC 27001 evidence of a Kubernetes cluster, " + r.editions(), style: pdfStyle{pdfSans, 11, 16, pdfMuted},
	})
	d.y += 10
	d.rule(pdfLeft, pdfLeft+pdfWidth, d.y, pdfAccent, 1.6)
	d.y += 10
	d.stateBlock(true)
	d.labelled(112, d.identity())
	d.note("Evidence, not a certificate. A Fail is a candidate nonconformity, a Warning a candidate opportunity for improvement; whether " +
		"the controls conform is the auditor's conclusion. This is a state at one point in time, not operating effectiveness. This file " +
		"is not encrypted.")
	d.signOff()
}

// stateBlock says the outcome in words, with counts and coverage, and explains it on the
// cover.
func (d *pdfDocument) stateBlock(explain bool) {
	s := &d.r.Summary
	state := stateWords[s.State]
	switch {
	case state.title == "":
		state.title = orDash(string(s.State))
	case s.Assessed.Denominator == 0 && s.State == NoDeviations:
		state.mark = audit.NotApplicable
		state.sentence = "No check had a subject in what was read: nothing was assessed, and nothing is shown by it."
	}
	color := pdfStatuses[state.mark]
	texts := []pdfText{{words: state.title, style: pdfStyle{pdfBold, 17, 24, color}, mark: pdfMark(state.mark), limit: 100}}
	if explain {
		texts = append(texts, pdfText{words: state.sentence, style: pdfBody, above: 2})
	}
	texts = append(texts, pdfText{words: countWords(&s.Counts), style: pdfStyle{pdfBold, 9, 14, pdfInk}, above: 3})
	coverage := pdfBody
	if !explain {
		coverage = pdfCellIn
	}
	texts = append(texts, pdfText{words: coverageWords(d.r), style: coverage})
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
	signature := []pdfText{plain(signatureWords(r))}
	if r.Signing != nil {
		signature = append(signature, key("sha256:"+r.Signing.KeySHA256))
	}
	return []pdfLabelled{
		brief("Organization", strong(stated(r.Subject.Organization))),
		brief("Cluster", strong(r.called()), plain(clusterWords(c)), key("kube-system UID "+cmp.Or(c.UID, "not known"))),
		brief("Scope", plain(capital(namespaceWords(r))), plain(capital(checkWords(r)))),
		brief("Period", plain(periodWords(&r.Collection)), plain(instantWords(r))),
		brief("Read by", plain(r.reader())),
		brief("Record", key(r.Metadata.UID), key("sha256:"+d.digest)),
		brief("Signature", signature...),
		brief("Catalogue, configuration", plain("Catalogue "+orDash(r.Catalogue.Version)), key("sha256:"+orDash(r.Catalogue.Digest)),
			key("configuration sha256:"+orDash(r.Config.Digest))),
		brief("Tool", plain(fmt.Sprintf("%s %s, commit %s", r.Tool.Name, r.Tool.Version, orDash(r.Tool.Commit)))),
		brief("Classification", strong(stated(r.Config.Effective.Classification))),
	}
}

func periodWords(c *Collection) string {
	if c.Source == audit.FromFiles {
		return "Files, which don't tell when they were taken"
	}
	return fmt.Sprintf("%s to %s (UTC)", utc(c.StartedAt), utc(c.EndedAt))
}

// clusterWords say what the cluster runs and where it answers, as far as known: files tell
// neither.
func clusterWords(c *audit.Cluster) string {
	if c.Version == "" && c.Server == "" {
		return "Kubernetes version and API server not known"
	}
	return fmt.Sprintf("Kubernetes %s · %s", cmp.Or(c.Version, "of an unknown version"), cmp.Or(c.Server, "API server not known"))
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
