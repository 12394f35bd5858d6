package report

import (
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// A controlPair is a control's chapter: the control that leads and its counterparts in the
// other edition.
type controlPair struct {
	lead   *Control
	beside []*Control
}

// pairControls lets the controls of 2022 lead, with their counterparts of 2013 beside
// them; a control without a counterpart stands alone.
func pairControls(controls []Control) []controlPair {
	var pairs []controlPair
	taken := map[string]bool{}
	for i := range controls {
		if controls[i].Edition != "2022" {
			continue
		}
		pair := controlPair{lead: &controls[i]}
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
			pairs = append(pairs, controlPair{lead: c})
		}
	}
	return pairs
}

// capped returns at most limit items and how many are left out; where some are, those
// that compare sorts first remain.
func capped[T any](items []T, limit int, compare func(a, b T) int) (shown []T, left int) {
	if len(items) <= limit {
		return items, 0
	}
	if compare != nil {
		items = slices.Clone(items)
		slices.SortStableFunc(items, compare)
	}
	return items[:limit], len(items) - limit
}

// sortedWorst orders findings worst first without moving the record's.
func sortedWorst(findings []audit.Finding) []*audit.Finding {
	sorted := make([]*audit.Finding, len(findings))
	for i := range findings {
		sorted[i] = &findings[i]
	}
	slices.SortStableFunc(sorted, func(a, b *audit.Finding) int { return audit.CompareWorst(*a, *b) })
	return sorted
}

// deviates reports whether a finding asks for attention: what wasn't requested, passes
// and what doesn't apply do not.
func deviates(f *audit.Finding) bool {
	switch f.Status {
	case audit.Fail, audit.Warning, audit.Waived:
		return true
	case audit.NotAssessed:
		return f.Reason != audit.NotRequested
	}
	return false
}

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

// hostConcern is how much a host asks for attention.
func hostConcern(h *Host) int {
	concern := 0
	for _, verdict := range []*audit.Status{h.Redirect, h.Source} {
		if verdict != nil {
			concern = max(concern, len(audit.Statuses)-slices.Index(audit.Statuses, *verdict))
		}
	}
	if slices.ContainsFunc(h.TLS, func(e TLSEnd) bool { return e.At == "nowhere" }) {
		concern = len(audit.Statuses) + 1
	}
	return concern
}

// isolationRank orders workloads by their less isolated direction.
func isolationRank(w *Isolation) int {
	rank := func(direction *Direction) int {
		return slices.IndexFunc(isolationKinds, func(kind term) bool { return kind.Word == direction.ByNetworkPolicy })
	}
	return min(rank(&w.Ingress), rank(&w.Egress))
}

// jsonLines writes a value as the record's JSON has it.
func jsonLines(value any) ([]string, error) {
	text, err := newJSONWriter(io.Discard, "  ").settled(reflect.ValueOf(value), "")
	return strings.Split(string(text), "\n"), err
}
