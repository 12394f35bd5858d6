package report

import (
	"fmt"
	"strings"
)

// ledger is a row a resource and scope that was asked for.
func (d *pdfDocument) ledger() {
	queries := d.r.Collection.Queries
	if len(queries) == 0 {
		d.paragraph("None: no request is recorded.")
		return
	}
	d.caption("Everything that was asked. For each row, listed = evaluated + excluded + errored. Words of the server are verbatim.")
	shown, left := capped(queries, pdfMaxInventory, func(a, b Query) int { return queryConcern(&b) - queryConcern(&a) })
	const number, scope = 43.0, 74.0
	t := d.table(
		pdfColumn{title: "Resource, request", width: pdfWidth - scope - 4*number}, pdfColumn{title: "State, scope", width: scope},
		pdfColumn{title: "Listed", width: number, right: true}, pdfColumn{title: "Evaluated", width: number, right: true},
		pdfColumn{title: "Excluded", width: number, right: true}, pdfColumn{title: "Errored", width: number, right: true},
	)
	var listed, evaluated, excluded, errored int
	for i := range queries {
		q := &queries[i]
		listed, evaluated, excluded, errored = listed+q.Listed, evaluated+q.Evaluated, excluded+q.Excluded, errored+q.Errored
	}
	for i := range shown {
		q := &shown[i]
		t.row(ledgerCell(q), pdfCell{{words: readWords(q.State), style: pdfCellIn}, {words: queryScope(q), style: pdfCellDim, limit: 200}}, number1(q.Listed), number1(q.Evaluated), number1(q.Excluded), number1(q.Errored))
	}
	t.row(pdfCell{{words: "Total of all rows", style: pdfCellBig}}, pdfCell{}, number1(listed), number1(evaluated), number1(excluded), number1(errored))
	t.end()
	d.leftOut(left, "row", "rows with errors, gaps and exclusions first")
}

// number1 is a cell with a number.
func number1(n int) pdfCell { return pdfCell{{words: grouped(n), style: pdfCellIn}} }

func queryScope(q *Query) string {
	if q.Scope != "" {
		return "namespace " + q.Scope
	}
	return "the whole cluster"
}

func ledgerCell(q *Query) pdfCell {
	cell := pdfCell{{words: string(q.Resource), style: pdfCellBig, limit: 200}}
	if q.Request != "" {
		cell = append(cell, pdfText{words: q.Request, style: pdfCellKey, limit: 400})
	}
	if words := namedWords(*q); words != "" {
		cell = append(cell, pdfText{words: words, style: pdfCellDim})
	}
	var facts []string
	if q.Pages > 0 {
		facts = append(facts, counted(q.Pages, "page"), fmt.Sprintf("%s ms", grouped(int(q.DurationMS))))
	}
	if q.ResourceVersion != "" {
		facts = append(facts, "resourceVersion "+q.ResourceVersion)
	}
	if q.Restarts > 0 {
		facts = append(facts, counted(q.Restarts, "restart"))
	}
	if len(q.AuditIDs) > 0 {
		facts = append(facts, "Audit-Id "+strings.Join(q.AuditIDs, ", "))
	}
	if len(facts) > 0 {
		cell = append(cell, pdfText{words: strings.Join(facts, " · "), style: pdfCellDim, limit: 400})
	}
	for _, e := range q.ExcludedBy {
		cell = append(cell, pdfText{words: fmt.Sprintf("%s left out: %s", grouped(e.Count), e.Rule), style: pdfCellDim, limit: 300})
	}
	for _, words := range append(firstOf(q.Errors, 10, "error"), q.Error) {
		if words != "" {
			cell = append(cell, pdfText{words: "“" + words + "”", style: pdfCellIn, limit: 600})
		}
	}
	return cell
}

// gaps is what could not be read, what was left out, and what was ignored.
func (d *pdfDocument) gaps() {
	c := &d.r.Collection
	if len(c.Gaps) == 0 {
		d.paragraph(noGapWords(c))
	} else {
		d.caption("Gaps: what could not be read. A gap is never an empty list; the checks that it costs are not assessed, wholly or in part.")
		t := d.table(pdfColumn{title: "Resource", width: 140}, pdfColumn{title: "Reason", width: 62}, pdfColumn{title: "Words of the server", width: 169}, pdfColumn{title: "Checks that it costs", width: 110.28})
		shown, left := capped(c.Gaps, pdfMaxInventory, nil)
		for i := range shown {
			g := &shown[i]
			scope := "in the whole cluster"
			if g.Namespace != "" {
				scope = "in namespace " + g.Namespace
			}
			if g.Name != "" {
				scope = "object " + g.Name + " " + scope
			}
			t.row(
				pdfCell{{words: string(g.Resource), style: pdfCellBig}, {words: scope, style: pdfCellDim}},
				pdfCell{{words: string(g.Reason), style: pdfCellIn}, {words: "on " + orDash(g.Verb), style: pdfCellDim}},
				pdfCell{{words: orDash(g.Message), style: pdfCellIn}},
				pdfCell{{words: orDash(strings.Join(g.Checks, ", ")), style: pdfCellIn}},
			)
		}
		t.end()
		d.leftOut(left, "gap", "in the order of the record")
	}
	if len(c.Exclusions) == 0 {
		d.paragraph("Exclusions: none. No object was left out by a rule.")
	} else {
		d.caption("Exclusions: objects that a rule left out of the evaluation, over all resources.")
		t := d.table(pdfColumn{title: "Rule", width: pdfWidth - 80}, pdfColumn{title: "Objects", width: 80, right: true})
		for _, e := range c.Exclusions {
			t.row(pdfCell{{words: e.Rule, style: pdfCellIn}}, number1(e.Objects))
		}
		t.end()
	}
	if len(c.Ignored) > 0 {
		d.caption("Ignored: documents of kinds that this build does not know.")
		t := d.table(pdfColumn{title: "Kind", width: pdfWidth - 80}, pdfColumn{title: "Documents", width: 80, right: true})
		for _, i := range c.Ignored {
			t.row(pdfCell{{words: i.Kind + " (" + i.APIVersion + ")", style: pdfCellIn}}, number1(i.Count))
		}
		t.end()
	}
}
