package report

import "slices"

// A pdfPair is a control's chapter: the control that leads and its counterparts in the
// other edition.
type pdfPair struct {
	lead   *Control
	beside []*Control
}

func (p pdfPair) title() string {
	title := p.lead.ID + "  " + p.lead.Title
	for _, c := range p.beside {
		title += " (" + c.Edition + ": " + c.ID + ")"
	}
	return title
}

// pairControls lets the controls of 2022 lead, with their counterparts of 2013 beside
// them; a control without a counterpart stands alone.
func pairControls(controls []Control) []pdfPair {
	var pairs []pdfPair
	taken := map[string]bool{}
	for i := range controls {
		if controls[i].Edition != "2022" {
			continue
		}
		pair := pdfPair{lead: &controls[i]}
		for j := range controls {
			c := &controls[j]
			if c.Edition != "2022" && (slices.Contains(pair.lead.MappedTo, c.ID) || slices.Contains(c.MappedTo, pair.lead.ID)) {
				pair.beside = append(pair.beside, c)
				taken[c.ID] = true
			}
		}
		pairs = append(pairs, pair)
	}
	for i := range controls {
		if c := &controls[i]; c.Edition != "2022" && !taken[c.ID] {
			pairs = append(pairs, pdfPair{lead: c})
		}
	}
	return pairs
}

// leadOf is the control whose chapter speaks of a control.
func (d *pdfDocument) leadOf(id string) string {
	for _, pair := range d.pairs {
		if slices.ContainsFunc(pair.beside, func(c *Control) bool { return c.ID == id }) {
			return pair.lead.ID
		}
	}
	return id
}

func (d *pdfDocument) controlsOverview() {
	d.paragraph("A workpaper a control: intent, criterion, procedure, population, results, deviations, and what the tool does not assess. " +
		"The intent is worded by this tool; the standard's own text is the standard's. The conclusion is left for the auditor.")
	if len(d.pairs) == 0 {
		d.paragraph("None: the record assesses no control.")
	}
}
