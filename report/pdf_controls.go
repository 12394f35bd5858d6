package report

import "slices"

func (p controlPair) title() string {
	title := p.lead.ID + "  " + p.lead.Title
	for _, c := range p.beside {
		title += " (" + c.Edition + ": " + c.ID + ")"
	}
	return title
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
		return
	}
	d.caption(barWords + " Those of every control and edition are in the summary’s table.")
	d.picture(coveragePicture(d.r))
}
