package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report/chart"
)

// heatMax is how many namespaces, and how many checks, the heat map shows.
const heatMax = 40

// A heatMap is the worst status of each check in each namespace, of the checks and the
// namespaces where something asks for attention.
type heatMap struct {
	Namespaces, Checks         []string // in the picture, sorted
	LeftNamespaces, LeftChecks int      // ask for attention and aren't in it
	worst                      map[[2]string]audit.Status
}

func newHeatMap(r *Record) *heatMap {
	m := &heatMap{worst: map[[2]string]audit.Status{}}
	namespaces, checks := map[string]int{}, map[string]int{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if _, drawn := heatRoles[f.Status]; !drawn || f.Reason == audit.NotRequested {
			continue
		}
		cell := [2]string{namespaceOf(f), f.Check}
		if known, seen := m.worst[cell]; !seen || statusRank(f.Status) < statusRank(known) {
			m.worst[cell] = f.Status
		}
		if deviates(f) {
			weight := 1
			if f.Status == audit.Fail {
				weight = 1 << 20
			}
			namespaces[cell[0]] += weight
			checks[cell[1]] += weight
		}
	}
	m.Namespaces, m.LeftNamespaces = most(namespaces)
	m.Checks, m.LeftChecks = most(checks)
	return m
}

// most keeps the names with the most concern, sorted.
func most(concern map[string]int) (shown []string, left int) {
	names := slices.SortedFunc(maps.Keys(concern), func(a, b string) int {
		return cmp.Or(cmp.Compare(concern[b], concern[a]), strings.Compare(a, b))
	})
	names, left = capped(names, heatMax, nil)
	return slices.Sorted(slices.Values(names)), left
}

func statusRank(s audit.Status) int { return slices.Index(audit.Statuses, s) }

// heatRoles are the statuses that pictures draw.
var heatRoles = map[audit.Status]chart.Role{
	audit.Fail: chart.Fail, audit.NotAssessed: chart.NotAssessed, audit.Warning: chart.Warning,
	audit.Waived: chart.Waived, audit.Attested: chart.Attested, audit.Pass: chart.Pass,
}

// picture lays the map out.
func (m *heatMap) picture() chart.Picture {
	names := make([]string, len(m.Namespaces))
	for i, name := range m.Namespaces {
		names[i] = visible(name)
	}
	return chart.HeatMap(names, m.Checks, func(row, column int) chart.Role {
		status, found := m.worst[[2]string{m.Namespaces[row], m.Checks[column]}]
		if !found {
			return ""
		}
		return heatRoles[status]
	})
}

// A heatRow is a row of the map as words: the checks by their worst status there.
type heatRow struct {
	Namespace                           string
	Fail, NotAssessed, Warning, Settled []string // IDs of checks; settled: waived or attested
}

// Rows are the map's rows as a table.
func (m *heatMap) Rows() []heatRow {
	var rows []heatRow
	for _, name := range m.Namespaces {
		row := heatRow{Namespace: name}
		for _, check := range m.Checks {
			status, found := m.worst[[2]string{name, check}]
			switch {
			case !found:
			case status == audit.Fail:
				row.Fail = append(row.Fail, check)
			case status == audit.NotAssessed:
				row.NotAssessed = append(row.NotAssessed, check)
			case status == audit.Warning:
				row.Warning = append(row.Warning, check)
			case status == audit.Waived, status == audit.Attested:
				row.Settled = append(row.Settled, check)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// Words say how to read the map and what it leaves out.
func (m *heatMap) Words() string {
	words := "The worst status of each check in each namespace, where something asks for attention; an empty cell holds no finding, or one that wasn’t requested or doesn’t apply."
	var left []string
	if m.LeftNamespaces > 0 {
		left = append(left, counted(m.LeftNamespaces, "namespace"))
	}
	if m.LeftChecks > 0 {
		left = append(left, counted(m.LeftChecks, "check"))
	}
	if len(left) > 0 {
		words += fmt.Sprintf(" %s left out: those with most to do are shown, the record has all.", strings.Join(left, " and "))
	}
	return words
}

// coveragePicture is a bar a control: what its findings came to.
func coveragePicture(r *Record) chart.Picture {
	var bars []chart.Bar
	for _, pair := range pairControls(r.Controls) {
		n := pair.lead.Counts
		bars = append(bars, chart.Bar{
			Label: visible(pair.lead.ID + " " + pair.lead.Title),
			Note:  fmt.Sprintf("%s of %s", grouped(pair.lead.Population.Numerator), grouped(pair.lead.Population.Denominator)),
			Parts: []chart.Part{
				{Role: chart.Fail, Count: n.Fail}, {Role: chart.NotAssessed, Count: n.NotAssessed}, {Role: chart.Warning, Count: n.Warning},
				{Role: chart.Waived, Count: n.Waived}, {Role: chart.Attested, Count: n.Attested}, {Role: chart.Pass, Count: n.Pass},
			},
		})
	}
	return chart.Bars(bars)
}

const barWords = "Findings of each control by status; what wasn’t requested or doesn’t apply is left out. Each bar is a whole, whatever its number; what was assessed, of what could be, stands after it."
