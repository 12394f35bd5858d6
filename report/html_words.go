package report

import (
	"fmt"
	"html/template"
	"strings"
	"unicode"

	"github.com/kubevidence/kubevidence/audit"
)

// htmlWords are what templates call: they word values, they decide nothing.
var htmlWords = template.FuncMap{
	"text":       htmlText,
	"namespaces": func() int { return htmlMaxNamespaces },
	"name":       htmlName,
	"nogaps":     func(c Collection) string { return noGapWords(&c) },
	"inFull":     inFullWords,
	"capital":    capital,
	"ascii": func(s string) bool {
		return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
	},
	"n":             grouped,
	"asked":         askedWords,
	"byname":        namedWords,
	"counted":       counted,
	"stated":        func(s string) string { return htmlText(stated(s)) },
	"dash":          func(s any) string { return htmlText(orDash(fmt.Sprint(s))) },
	"join":          func(texts []string) string { return htmlText(strings.Join(texts, ", ")) },
	"utc":           utc,
	"day":           day,
	"link":          fragment,
	"status":        statusWord,
	"statuses":      func() []audit.Status { return audit.Statuses },
	"terms":         func(s audit.Status) string { return statusWords[s].terms },
	"meaning":       func(s audit.Status) string { return statusWords[s].meaning },
	"glossary":      func() []term { return glossary },
	"severity":      severityWords,
	"reason":        reasonWords,
	"party":         partyWords,
	"kind":          waiverKind,
	"attachment":    AttachmentName,
	"standing":      standingWords,
	"tallied":       htmlTallied,
	"atapproval":    atApprovalWords,
	"pattern":       func(p audit.SubjectPattern) string { return htmlText(patternWords(p)) },
	"isolation":     isolationWord,
	"ends":          tlsEndWords,
	"verdicts":      isolationCounts,
	"matrix":        matrixPicture,
	"coverage":      coverageFigure,
	"heat":          heatFigure,
	"timeline":      timelineFigure,
	"trend":         trendFigure,
	"coverageWords": func() string { return barWords },
	"allows":        func(r Reachability) string { return r.allowedWords() },
	"grounds":       func(r Reachability) []string { return firstOf(r.groundWords(), 6, "rule") },
	"read":          readWords,
	"method":        methodWords,
	"scope":         scopeWords,
	"sampling":      samplingWords,
	"window":        timeWords,
	"previous":      previousWords,
	"ratio":         func(r Ratio) string { return grouped(r.Numerator) + " of " + grouped(r.Denominator) },
	"columns":       countColumns,
	"first":         firstOf,
	"resources":     resourceWords,
	"signature":     signatureWords, "verifySteps": verifySteps,
	"reader":   func(r *Record) string { return r.reader() },
	"editions": func(r *Record) string { return r.editions() },
}

// An htmlStatus is a status as it is printed: a word, and the class that gives it colour
// and shape.
type htmlStatus struct{ Word, Class string }

func statusWord(s audit.Status) htmlStatus { return htmlStatus{statusWords[s].word, s.String()} }

// foundStatus tells a finding that only lacks an opt-in from one that couldn't be assessed.
func foundStatus(f *audit.Finding) htmlStatus {
	if f.Status == audit.NotAssessed && f.Reason == audit.NotRequested {
		return htmlStatus{"Not requested", "notRequested"}
	}
	return statusWord(f.Status)
}

// An htmlCount is a column of a table of counts.
type htmlCount struct {
	Title, Class string
	N            int
}

// countColumns are counts in the order of the roll-up.
func countColumns(c Counts) []htmlCount {
	return []htmlCount{
		{"Fail", "fail", c.Fail}, {"Not assessed", "notAssessed", c.NotAssessed}, {"Warning", "warning", c.Warning},
		{"Waived", "waived", c.Waived}, {"Attested", "attested", c.Attested}, {"Pass", "pass", c.Pass},
		{"Not requested", "notRequested", c.NotRequested}, {"Not applicable", "notApplicable", c.NotApplicable},
	}
}

// An htmlVerdict counts the workloads of one verdict.
type htmlVerdict struct {
	Word, Meaning   string
	Ingress, Egress int
}

func isolationCounts(all []Isolation) []htmlVerdict {
	var list []htmlVerdict
	for _, kind := range isolationKinds {
		v := htmlVerdict{Word: isolationWord(kind.Word), Meaning: kind.Meaning}
		for i := range all {
			if all[i].Ingress.ByNetworkPolicy == kind.Word {
				v.Ingress++
			}
			if all[i].Egress.ByNetworkPolicy == kind.Word {
				v.Egress++
			}
		}
		list = append(list, v)
	}
	return list
}

// askedWords says how a request of the ledger went.
func askedWords(q Query) string {
	var words []string
	if q.Pages > 0 {
		words = append(words, counted(q.Pages, "page"), grouped(int(q.DurationMS))+" ms")
	}
	if q.ResourceVersion != "" {
		words = append(words, "resourceVersion "+q.ResourceVersion)
	}
	if q.Restarts > 0 {
		words = append(words, counted(q.Restarts, "restart"))
	}
	if len(q.AuditIDs) > 0 {
		words = append(words, "Audit-Id "+strings.Join(q.AuditIDs, ", "))
	}
	return strings.Join(words, " · ")
}
