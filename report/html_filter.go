package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// htmlMaxNamespaces is how many namespaces the filter of the findings offers.
const htmlMaxNamespaces = 200

// An htmlFilter narrows the list of findings. It works by style alone: each finding, and
// each check that has one, bears the class of its value, and the chosen option hides what
// doesn't.
type htmlFilter struct {
	ID      string // "filter-status"
	Title   string
	All     string // the option that hides nothing
	Options []htmlOption
	Left    int    // values that it doesn't offer
	among   string // what the option hides unless it bears its class
	values  func(*htmlCheck, *htmlFinding) []string
}

// An htmlOption is a value of a filter.
type htmlOption struct {
	Class string // "fs3"
	Words string
	N     int // findings shown that have it
}

// attention is the value of findings that ask for something to be done.
const attention = "Needs attention"

// newFilters are the filters of what the appendix shows; the checks and findings are given
// their classes.
func newFilters(r *Record, checks []htmlCheck) []htmlFilter {
	filters := []htmlFilter{
		statusFilter(), controlFilter(r), partyFilter(r), namespaceFilter(checks),
	}
	for i := range filters {
		filters[i].mark(checks)
	}
	return filters
}

func statusFilter() htmlFilter {
	words := []string{attention}
	for _, column := range countColumns(Counts{}) {
		words = append(words, column.Title)
	}
	return filter("Status", "Every status", words, func(_ *htmlCheck, f *htmlFinding) []string {
		if deviates(f.Finding) {
			return []string{f.Shows.Word, attention}
		}
		return []string{f.Shows.Word}
	})
}

func controlFilter(r *Record) htmlFilter {
	var ids []string
	for i := range r.Controls {
		ids = append(ids, r.Controls[i].ID)
	}
	f := filter("Control", "Every control", ids, func(c *htmlCheck, _ *htmlFinding) []string {
		var borne []string
		for _, control := range c.Controls {
			borne = append(borne, control.Control)
		}
		return borne
	})
	f.among = ".check" // the findings of a check bear on the same controls
	return f
}

func partyFilter(r *Record) htmlFilter {
	var names []string
	for _, p := range r.Summary.ByResponsible {
		names = append(names, partyWords(p.Responsible))
	}
	return filter("Responsible", "Every party", names, func(_ *htmlCheck, f *htmlFinding) []string {
		return []string{partyWords(f.Responsible)}
	})
}

// noNamespace is the value of what stands in no namespace.
const noNamespace = "(no namespace)"

// namespaceFilter offers the namespaces where most asks for attention, by name.
func namespaceFilter(checks []htmlCheck) htmlFilter {
	concern := map[string]int{}
	for _, c := range checks {
		for i := range c.Findings {
			if f := c.Findings[i].Finding; deviates(f) {
				concern[namespaceOf(f)]++
			} else {
				concern[namespaceOf(f)] += 0
			}
		}
	}
	names := slices.SortedFunc(maps.Keys(concern), func(a, b string) int {
		return cmp.Or(cmp.Compare(concern[b], concern[a]), strings.Compare(a, b))
	})
	shown, left := capped(names, htmlMaxNamespaces, nil)
	f := filter("Namespace", "Every namespace", slices.Sorted(slices.Values(shown)), func(_ *htmlCheck, f *htmlFinding) []string {
		return []string{namespaceOf(f.Finding)}
	})
	f.Left = left
	return f
}

func namespaceOf(f *audit.Finding) string {
	return cmp.Or(f.Subject.InNamespace(), noNamespace)
}

// filter makes a filter that offers the words given, in their order.
func filter(title, all string, words []string, values func(*htmlCheck, *htmlFinding) []string) htmlFilter {
	f := htmlFilter{ID: "filter-" + strings.ToLower(title), Title: title, All: all, among: ":is(.check, .finding)", values: values}
	for i, word := range words {
		f.Options = append(f.Options, htmlOption{Class: fmt.Sprintf("f%c%d", f.ID[len("filter-")], i), Words: word})
	}
	return f
}

// mark counts the findings of each option and gives them, and their checks, its class.
// Options that no finding has are dropped.
func (f *htmlFilter) mark(checks []htmlCheck) {
	at := map[string]*htmlOption{}
	for i := range f.Options {
		at[f.Options[i].Words] = &f.Options[i]
	}
	for i := range checks {
		c := &checks[i]
		seen := map[string]bool{}
		for j := range c.Findings {
			for _, value := range f.values(c, &c.Findings[j]) {
				option := at[value]
				if option == nil {
					continue
				}
				option.N++
				if f.among != ".check" {
					c.Findings[j].Classes += " " + option.Class
				}
				if !seen[value] {
					seen[value], c.Classes = true, c.Classes+" "+option.Class
				}
			}
		}
	}
	f.Options = slices.DeleteFunc(f.Options, func(o htmlOption) bool { return o.N == 0 })
}

// filterStyle hides what a chosen option doesn't have, on screens: paper shows everything,
// whatever was chosen. A filter with a choice hides all, and its option shows again what
// bears its class: so a browser tries no rule on a finding but those of its own classes,
// where "not of this class" would have it try each option on each finding.
func filterStyle(filters []htmlFilter) string {
	var b strings.Builder
	for _, f := range filters {
		fmt.Fprintf(&b, "@property --%s{syntax:\"*\";inherits:false}\n", f.ID)
	}
	b.WriteString("@media screen{")
	hides := "block"
	for _, f := range filters {
		hides = fmt.Sprintf("var(--%s,%s)", f.ID, hides)
		fmt.Fprintf(&b, ".filters:has(#%[1]s option:checked:not([value=\"\"]))~.findings %[2]s{--%[1]s:none}\n", f.ID, f.among)
		for _, o := range f.Options {
			fmt.Fprintf(&b, ".filters:has(#%[2]s [value=%[1]s]:checked)~.findings .%[1]s.%[1]s{--%[2]s:initial}\n", o.Class, f.ID)
		}
	}
	fmt.Fprintf(&b, ".findings :is(.check,.finding){display:%s}}", hides)
	return b.String()
}
