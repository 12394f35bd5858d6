package report

import (
	"fmt"
	"slices"
	"strings"
)

// certificates is the inventory of certificates, judged or not.
func (d *pdfDocument) certificates() {
	all := d.r.Inventory.Certificates
	if len(all) == 0 {
		d.paragraph("None. No certificate is known of the objects that were read.")
		return
	}
	d.paragraph("Every Secret that an Ingress, a Gateway or a Certificate names, with what is known of the certificate behind it and how: issued " +
		"(from cert-manager’s objects), served (from a TLS handshake), stored (from the Secret). No private key was kept.")
	d.lives(newTimeline(d.r))
	d.caption("Times are UTC. Serial numbers and fingerprints are hexadecimal.")
	shown, left := capped(all, pdfMaxInventory, func(a, b Certificate) int { return a.NotAfter.Compare(b.NotAfter) })
	t := d.table(
		pdfColumn{title: "Secret, names, used by", width: 172}, pdfColumn{title: "Issuer, key", width: 168},
		pdfColumn{title: "Valid", width: 78}, pdfColumn{title: "Known from", width: 63.28},
	)
	for i := range shown {
		c := &shown[i]
		t.row(certificateNames(c), certificateKey(c), certificateLife(c), certificateLevel(c))
	}
	t.end()
	d.leftOut(left, "certificate", "the first to expire are shown")
}

// lives is when certificates are renewed and end: the picture, and the table.
func (d *pdfDocument) lives(t *timeline) {
	if len(t.Shown) == 0 {
		return
	}
	d.heading("When they are renewed and end")
	d.caption(t.Words())
	d.picture(t.picture())
	d.caption("The same as a table.")
	w := d.table(pdfColumn{title: "Secret", width: pdfWidth - 290}, pdfColumn{title: "Valid from", width: 60}, pdfColumn{title: "Renewal", width: 60}, pdfColumn{title: "End", width: 60}, pdfColumn{title: "State", width: 110})
	for i := range t.Shown {
		c := &t.Shown[i]
		in := func(words string) pdfCell { return pdfCell{{words: words, style: pdfCellIn}} }
		w.row(pdfCell{{words: c.Namespace + "/" + c.Secret, style: pdfCellBig, limit: 300}}, in(day(c.NotBefore)), in(c.Renewal()), in(day(c.NotAfter)),
			pdfCell{{words: t.State(*c), style: pdfCellBig}, {words: "ends " + t.Distance(c.NotAfter), style: pdfCellDim}})
	}
	w.end()
	d.heading("Every certificate")
}

func certificateNames(c *Certificate) pdfCell {
	cell := pdfCell{{words: c.Namespace + "/" + c.Secret, style: pdfCellBig, limit: 300}}
	if len(c.Names) > 0 {
		cell = append(cell, pdfText{words: strings.Join(firstOf(c.Names, 12, "name"), ", "), style: pdfCellIn})
	}
	if c.Certificate != "" {
		cell = append(cell, pdfText{words: "Certificate " + c.Certificate, style: pdfCellDim, limit: 300})
	}
	if len(c.UsedBy) > 0 {
		cell = append(cell, pdfText{words: "used by " + strings.Join(firstOf(c.UsedBy, 8, "object"), ", "), style: pdfCellDim})
	}
	if len(c.Hosts) > 0 {
		cell = append(cell, pdfText{words: "for hosts " + strings.Join(firstOf(c.Hosts, 8, "host"), ", "), style: pdfCellDim})
	}
	return append(cell, digits("certificate SHA-256", c.SHA256)...)
}

// certificateKey is who issued it, for which key. Numbers are in lines of 32 digits, so that
// two can be held against each other.
func certificateKey(c *Certificate) pdfCell {
	cell := pdfCell{{words: orDash(c.Issuer), style: pdfCellIn, limit: 300}}
	if c.Key != "" {
		cell = append(cell, pdfText{words: c.Key, style: pdfCellDim})
	}
	return append(append(cell, digits("serial", c.Serial)...), digits("public key SHA-256", c.PublicKey)...)
}

// digits is a hexadecimal number under its name, nothing where it isn't known.
func digits(name, number string) pdfCell {
	if number == "" {
		return nil
	}
	cell := pdfCell{{words: name, style: pdfCellDim}}
	for line := range slices.Chunk([]byte(number), 32) {
		cell = append(cell, pdfText{words: string(line), style: pdfCellKey})
	}
	return cell
}

func certificateLife(c *Certificate) pdfCell {
	if c.NotBefore.IsZero() && c.NotAfter.IsZero() && c.Renewal() == "–" {
		return pdfCell{{words: "–", style: pdfCellIn}}
	}
	return pdfCell{
		{words: "from " + day(c.NotBefore), style: pdfCellIn},
		{words: "to " + day(c.NotAfter), style: pdfCellBig},
		{words: "renewal " + c.Renewal(), style: pdfCellDim},
	}
}

// certificateLevel says how a certificate is known, and what of its Secret.
func certificateLevel(c *Certificate) pdfCell {
	level := string(c.Level)
	if level == "" {
		level = "nothing known"
	}
	cell := pdfCell{{words: level, style: pdfCellIn}}
	switch c.Presence {
	case "absent":
		cell = append(cell, pdfText{words: "Secret absent", style: pdfCellBig})
	case "notRead":
		cell = append(cell, pdfText{words: "Secret not read", style: pdfCellDim})
	case "present":
		cell = append(cell, pdfText{words: "Secret present", style: pdfCellDim})
	}
	if c.Malformed != "" {
		cell = append(cell, pdfText{words: c.Malformed, style: pdfCellIn, limit: 300})
	}
	return cell
}

// isolation is how NetworkPolicies isolate each workload.
func (d *pdfDocument) isolation() {
	all := d.r.Inventory.Isolation
	if len(all) == 0 {
		d.paragraph("None. There is no workload.")
		return
	}
	ingress, egress := map[string]int{}, map[string]int{}
	for i := range all {
		ingress[all[i].Ingress.ByNetworkPolicy]++
		egress[all[i].Egress.ByNetworkPolicy]++
	}
	d.paragraph(fmt.Sprintf("How networking.k8s.io/v1 NetworkPolicies isolate each of %s; where the policies of other engines make a difference, what they come to together. Declared policy, not observed traffic.", counted(len(all), "workload")))
	sum := d.table(pdfColumn{title: "Isolation", width: 110}, pdfColumn{title: "Meaning", width: pdfWidth - 270}, pdfColumn{title: "Ingress", width: 80, right: true}, pdfColumn{title: "Egress", width: 80, right: true})
	for _, kind := range isolationKinds {
		sum.row(pdfCell{{words: isolationWord(kind.Word), style: pdfCellBig}}, pdfCell{{words: kind.Meaning, style: pdfCellIn}}, number1(ingress[kind.Word]), number1(egress[kind.Word]))
	}
	sum.end()

	shown, left := capped(all, pdfMaxInventory, func(a, b Isolation) int { return isolationRank(&a) - isolationRank(&b) })
	t := d.table(pdfColumn{title: "Workload", width: 183}, pdfColumn{title: "Pods", width: 42, right: true, gap: 8}, pdfColumn{title: "Ingress, selected by", width: 128}, pdfColumn{title: "Egress, selected by", width: 128.28})
	for i := range shown {
		w := &shown[i]
		t.row(pdfCell{{words: w.Workload, style: pdfCellIn, limit: 300}}, number1(w.Pods), directionCell(&w.Ingress), directionCell(&w.Egress))
	}
	t.end()
	d.leftOut(left, "workload", "the least isolated are shown")
}

func directionCell(direction *Direction) pdfCell {
	cell := pdfCell{{words: isolationWord(direction.ByNetworkPolicy), style: pdfCellBig}}
	if direction.Effective != direction.ByNetworkPolicy {
		cell = append(cell, pdfText{words: "with every engine: " + isolationWord(direction.Effective), style: pdfCellIn})
	}
	if len(direction.SelectedBy) > 0 {
		cell = append(cell, pdfText{words: strings.Join(firstOf(direction.SelectedBy, 10, "policy"), ", "), style: pdfCellDim, limit: 600})
	}
	return cell
}

// deviations is a page of what was set otherwise than by default.
func (d *pdfDocument) deviations() {
	if len(d.r.Deviations) == 0 {
		d.paragraph("None. Every setting had its default: no namespace was excluded, no threshold moved, no check left out.")
		return
	}
	d.paragraph("Every setting that differs from the default, why, and what it affects: findings that it bears on, objects that it leaves out.")
	t := d.table(
		pdfColumn{title: "Setting", width: 118}, pdfColumn{title: "Default", width: 76}, pdfColumn{title: "Effective", width: 86},
		pdfColumn{title: "Reason", width: pdfWidth - 118 - 76 - 86 - 100}, pdfColumn{title: "Findings", width: 50, right: true}, pdfColumn{title: "Objects", width: 50, right: true},
	)
	for _, v := range d.r.Deviations {
		in := func(words string) pdfCell { return pdfCell{{words: words, style: pdfCellIn}} }
		t.row(pdfCell{{words: v.Setting, style: pdfCellBig}}, in(orDash(v.Default)), in(orDash(v.Effective)), in(stated(v.Reason)), number1(v.Findings), number1(v.Objects))
	}
	t.end()
}
