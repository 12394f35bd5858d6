package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

// scope says what was asked, how, against which criteria.
func (d *pdfDocument) scope() {
	r := d.r
	config := &r.Config.Effective
	d.paragraph(fmt.Sprintf("%s read the cluster's API with GET requests only, reduced what it read to what its checks rely on, decided each "+
		"check for each subject, applied waivers and attestations, and rolled the findings up to controls. It changed nothing. "+
		"What a setting means is taken from what is declared; traffic was not observed.", r.Tool.Name))
	if r.Collection.Source == audit.FromFiles {
		d.paragraph("The population was given as files, not read from a cluster: whether the files are all of it is not known to this report.")
	}
	d.labelled(130, []pdfLabelled{
		is("Scope of this evaluation", scopeWords(r)),
		is("ISMS scope", stated(config.Criteria.ISMSScope)),
		is("Statement of Applicability", stated(config.Criteria.StatementOfApplicability)),
		is("Policies", stated(strings.Join(config.Criteria.Policies, "; "))),
		is("Sampling", samplingWords(&r.Collection)),
		is("Time", timeWords(&r.Collection)),
		is("Certificate Authority", "SHA-256 of the API server's CA: "+orDash(r.Subject.Cluster.CASHA256)),
		is("Reader", r.reader()),
		is("Tables", tableWords(r.Catalogue.Tables)),
		is("Retention", stated(config.Retention)),
	})
}

// scopeWords is how options narrowed the evaluation.
func scopeWords(r *Record) string {
	o := &r.Config.Options
	words := []string{"all namespaces"}
	if o.Namespace != "" {
		words[0] = "subjects narrowed to namespace " + o.Namespace + "; others read as peers only"
	}
	switch {
	case len(o.Checks) > 0:
		words = append(words, "only checks "+strings.Join(o.Checks, ", "))
	default:
		words = append(words, counted(len(r.Checks), "check"))
	}
	if len(o.ExcludedChecks) > 0 {
		words = append(words, "without checks "+strings.Join(o.ExcludedChecks, ", "))
	}
	if o.ReadSecrets {
		words = append(words, "Secrets named by other objects were read; of them certificates only were kept")
	} else {
		words = append(words, "no Secret was read")
	}
	return strings.Join(words, "; ")
}

// samplingWords claims the whole population only where the record does.
func samplingWords(c *Collection) string {
	if c.Complete && c.Source == audit.FromCluster {
		return "The whole population of each resource was evaluated; no sampling. Reads were not simultaneous."
	}
	if c.Complete {
		return "Every object of the files was evaluated; no sampling."
	}
	return "No sampling. The population is not whole: see gaps and exclusions. Reads were not simultaneous."
}

func timeWords(c *Collection) string {
	words := fmt.Sprintf("%s to %s", utc(c.StartedAt), utc(c.EndedAt))
	if !c.StartedAt.IsZero() && !c.EndedAt.IsZero() {
		words += fmt.Sprintf(" (%s)", c.EndedAt.Round(0).Sub(c.StartedAt.Round(0)).Round(time.Millisecond))
	}
	if c.Source == audit.FromCluster {
		words += fmt.Sprintf("; the server's clock differed by %d ms from the reader's", c.SkewMS)
	}
	return words + ". State at one point in time, not operating effectiveness."
}

func tableWords(tables []Table) string {
	if len(tables) == 0 {
		return "none"
	}
	var words []string
	for _, t := range tables {
		words = append(words, fmt.Sprintf("%s of %s (%s)", t.Name, t.Date, t.Source))
	}
	return strings.Join(words, "; ")
}

// ledger is a row a resource and scope that was asked for.
func (d *pdfDocument) ledger() {
	queries := d.r.Collection.Queries
	if len(queries) == 0 {
		d.paragraph("None: no request is recorded.")
		return
	}
	d.caption("Everything that was asked. For each row, listed = evaluated + excluded + errored. Words of the server are verbatim.")
	shown, left := pdfCapped(queries, pdfMaxInventory, func(a, b Query) int { return queryConcern(&b) - queryConcern(&a) })
	const number = 43.0
	t := d.table(
		pdfColumn{title: "Resource, scope, request", width: pdfWidth - 60 - 4*number}, pdfColumn{title: "State", width: 60},
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
		t.row(ledgerCell(q), pdfCell{{words: readWords(q.State), style: pdfCellIn}}, number1(q.Listed), number1(q.Evaluated), number1(q.Excluded), number1(q.Errored))
	}
	t.row(pdfCell{{words: "Total of all rows", style: pdfCellBig}}, pdfCell{}, number1(listed), number1(evaluated), number1(excluded), number1(errored))
	t.end()
	d.leftOut(left, "row", "rows with errors, gaps and exclusions first")
}

// number1 is a cell with a number.
func number1(n int) pdfCell { return pdfCell{{words: grouped(n), style: pdfCellIn}} }

// queryConcern is how much a row of the ledger asks for attention.
func queryConcern(q *Query) int {
	switch {
	case q.Error != "" || q.Errored > 0 || q.State == "unread":
		return 2
	case q.Excluded > 0:
		return 1
	}
	return 0
}

// readWords is the state of a row as words.
func readWords(state string) string {
	switch state {
	case "":
		return "unread"
	case "notServed":
		return "not served"
	case "notRequested":
		return "not requested"
	}
	return state
}

func ledgerCell(q *Query) pdfCell {
	scope := "the whole cluster"
	if q.Scope != "" {
		scope = "namespace " + q.Scope
	}
	cell := pdfCell{{words: string(q.Resource), style: pdfCellBig, limit: 200}, {words: scope, style: pdfCellDim, limit: 200}}
	if q.Request != "" {
		cell = append(cell, pdfText{words: q.Request, style: pdfCellKey, limit: 400})
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
		cell = append(cell, pdfText{words: fmt.Sprintf("Excluded %s by %s", grouped(e.Count), e.Rule), style: pdfCellDim, limit: 300})
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
		d.paragraph("Gaps: none. Everything that the checks asked for could be read.")
	} else {
		d.caption("Gaps: what could not be read. A gap is never an empty list; the checks that it costs are not assessed, wholly or in part.")
		t := d.table(pdfColumn{title: "Resource", width: 140}, pdfColumn{title: "Reason", width: 62}, pdfColumn{title: "Words of the server", width: 169}, pdfColumn{title: "Checks that it costs", width: 110.28})
		shown, left := pdfCapped(c.Gaps, pdfMaxInventory, nil)
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

// pdfCapped returns at most limit items and how many are left out; where some are, those
// that compare sorts first remain.
func pdfCapped[T any](items []T, limit int, compare func(a, b T) int) (shown []T, left int) {
	if len(items) <= limit {
		return items, 0
	}
	if compare != nil {
		items = slices.Clone(items)
		slices.SortStableFunc(items, compare)
	}
	return items[:limit], len(items) - limit
}

// leftOut says how many rows were left out, and which were kept.
func (d *pdfDocument) leftOut(n int, noun, order string) {
	if n > 0 {
		d.note(fmt.Sprintf("%s left out here (%s); the record has all.", counted(n, noun), order))
	}
}

// firstOf returns the first n texts, and a text that counts the others.
func firstOf(texts []string, n int, noun string) []string {
	if len(texts) <= n {
		return texts
	}
	return append(slices.Clone(texts[:n]), "and "+counted(len(texts)-n, "more "+noun))
}
