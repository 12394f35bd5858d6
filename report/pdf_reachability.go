package report

import (
	"fmt"
	"strings"
)

// pdfMaxReach is how many rows of reachability the PDF prints.
const pdfMaxReach = 200

// reachability is what policies allow between namespaces: the picture, and the table.
func (d *pdfDocument) reachability() {
	d.paragraph(Declared + ". What the policies of every engine that this build knows allow, together, between Pods of the namespaces and with the outside of the cluster. " +
		"Whether anything enforces them, as far as the API shows it:")
	t := d.table(pdfColumn{title: "Network", width: 80}, pdfColumn{title: "Status", width: 80}, pdfColumn{title: "As far as the API shows it", width: pdfWidth - 160})
	for _, row := range []struct {
		name string
		is   *Protection
	}{{"Enforcement", &d.r.Inventory.Network.Enforcement}, {"Encryption", &d.r.Inventory.Network.Encryption}} {
		t.row(pdfCell{{words: row.name, style: pdfCellBig}}, pdfCell{pdfStatus(row.is.Status)}, pdfCell{{words: orDash(row.is.Statement), style: pdfCellIn, limit: 600}})
	}
	t.end()
	if m := newReachMatrix(d.r); len(m.Names) > 0 {
		words := "Rows are sources, columns destinations; the diagonal is traffic within a namespace. (outside) is everything outside the cluster."
		if m.Left > 0 {
			words += fmt.Sprintf(" %s left out of the picture: those that reach most and are reached most are shown, the record has all.", counted(m.Left, "namespace"))
		}
		d.caption(words)
		d.picture(m.picture())
	}
	all := d.r.Inventory.Reachability
	if len(all) == 0 {
		d.paragraph("Nothing is allowed between Pods that policies cover, or there are none.")
		return
	}
	d.caption("What is allowed, or can’t be decided. Pairs in no row are denied, or have no Pods that policies cover.")
	shown, left := capped(all, pdfMaxReach, func(a, b Reachability) int { return reachConcern(&b) - reachConcern(&a) })
	rows := d.table(pdfColumn{title: "From", width: 110}, pdfColumn{title: "To", width: 120}, pdfColumn{title: "Allowed", width: 100}, pdfColumn{title: "By", width: pdfWidth - 330})
	for i := range shown {
		r := &shown[i]
		to := pdfCell{{words: strings.Join(firstOf(r.Destinations, 8, "namespace"), ", "), style: pdfCellIn, limit: 600}}
		if len(r.Addresses) > 0 {
			to = append(to, pdfText{words: strings.Join(firstOf(r.Addresses, 4, "network"), ", "), style: pdfCellDim})
		}
		rows.row(pdfCell{{words: strings.Join(firstOf(r.Sources, 8, "namespace"), ", "), style: pdfCellBig, limit: 600}}, to,
			pdfCell{{words: orDash(r.allowedWords()), style: pdfCellIn, limit: 300}},
			pdfCell{{words: strings.Join(firstOf(r.groundWords(), 6, "rule"), ", "), style: pdfCellDim, limit: 600}})
	}
	rows.end()
	d.leftOut(left, "row", "those with the outside and the widest are shown")
}
