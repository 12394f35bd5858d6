package report

import (
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// ingresses is the inventory of hosts: what lets the outside in under a name.
func (d *pdfDocument) ingresses() {
	all := d.r.Inventory.Ingresses
	if len(all) == 0 {
		d.paragraph("None. No Ingress, and no route of a Gateway, serves a host.")
		return
	}
	d.paragraph("Every host that Ingresses and routes of Gateways serve, a row each, whatever the number of objects. Redirect (ING-05, GW-01) and source address " +
		"(SRC-02) are the worst that those checks found for its objects, a dash where they judged none.")
	d.caption("* stands for every host that no other row names.")
	shown, left := capped(all, pdfMaxInventory, func(a, b Host) int { return hostConcern(&b) - hostConcern(&a) })
	t := d.table(
		pdfColumn{title: "Host, served by", width: 176}, pdfColumn{title: "Class, controller", width: 92},
		pdfColumn{title: "TLS ends", width: 96}, pdfColumn{title: "Redirect, source address, allowlist", width: 117.28},
	)
	for i := range shown {
		h := &shown[i]
		t.row(hostServed(h), pdfCell{
			{words: orDash(strings.Join(h.Classes, ", ")), style: pdfCellIn, limit: 200},
			{words: strings.Join(firstOf(h.Controllers, 4, "controller"), ", "), style: pdfCellDim, limit: 200},
		}, hostEnds(h), hostVerdicts(h))
	}
	t.end()
	d.leftOut(left, "host", "those without TLS or with the worst verdicts are shown")
}

func hostServed(h *Host) pdfCell {
	return pdfCell{
		{words: h.Host, style: pdfCellBig, limit: 300},
		{words: strings.Join(firstOf(h.Objects, 8, "object"), ", "), style: pdfCellDim, limit: 900},
	}
}

func hostEnds(h *Host) pdfCell {
	var cell pdfCell
	for _, end := range h.TLS {
		cell = append(cell, pdfText{words: tlsEndWords(end), style: pdfCellIn, limit: 200})
	}
	return cell
}

func hostVerdicts(h *Host) pdfCell {
	var cell pdfCell
	for _, v := range []struct {
		title  string
		status *audit.Status
	}{{"redirect", h.Redirect}, {"source address", h.Source}} {
		if v.status == nil {
			cell = append(cell, pdfText{words: v.title + " –", style: pdfCellDim})
			continue
		}
		text := pdfStatus(*v.status)
		text.words = v.title + ": " + text.words
		cell = append(cell, text)
	}
	if len(h.Allowlist) > 0 {
		cell = append(cell, pdfText{words: "allows " + strings.Join(firstOf(h.Allowlist, 8, "range"), ", "), style: pdfCellDim, limit: 400})
	}
	return cell
}
