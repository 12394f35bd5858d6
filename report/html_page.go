package report

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/templates"
)

// An htmlPage is a record, and what its templates can't find in it by themselves.
type htmlPage struct {
	*Record
	Style, FilterStyle, PrintStyle template.CSS
	Script                         template.JS // search among the findings
	Policy                         string      // the content security policy: the styles, the script and nothing else
	SHA256                         string      // of the record's JSON, hex

	State    htmlState
	Chapters []htmlChapter
	Parties  []htmlParty
	Ledger   htmlRows[Query]
	Isolated htmlRows[Isolation]
	TLS      htmlRows[Certificate]
	Hosts    htmlRows[Host]
	Matrix   *reachMatrix
	Heat     *heatMap
	Lives    *timeline
	Trend    *trend       // nil where it stands alone
	Changes  []changePart // since the earlier record, none where none was given
	Reached  htmlRows[Reachability]
	Checks   []htmlCheck
	Filters  []htmlFilter
	Left     int // findings that the appendix leaves out
	Standing int // findings that stand open in the list
	Limit    int // how many it shows at most

	Waivers      []htmlDeclaration
	Attestations []htmlDeclaration
	Settings     string // the effective configuration as JSON
	Options      string
}

// An htmlState is the outcome in words; its class gives it colour and shape.
type htmlState struct{ Title, Sentence, Class string }

// htmlRows are the rows of a long table, and how many were left out.
type htmlRows[T any] struct {
	Shown []T
	Left  int
}

func cut[T any](rows []T, limit int, concern func(a, b T) int) htmlRows[T] {
	shown, left := capped(rows, limit, concern)
	return htmlRows[T]{shown, left}
}

func newHTMLPage(r *Record) (*htmlPage, error) {
	style, err := fs.ReadFile(templates.Files, "report.css")
	if err != nil {
		return nil, fmt.Errorf("read the style: %w", err)
	}
	script, err := fs.ReadFile(templates.Files, "report.js")
	if err != nil {
		return nil, fmt.Errorf("read the script: %w", err)
	}
	digest, err := Digest(r)
	if err != nil {
		return nil, err
	}
	p := &htmlPage{
		Record: r, Style: template.CSS(style), Script: template.JS(script), PrintStyle: template.CSS(runningFoot(r)),
		SHA256: digest, State: stateOf(r.Summary.State),
		Ledger:   cut(r.Collection.Queries, htmlMaxRows, func(a, b Query) int { return queryConcern(&b) - queryConcern(&a) }),
		Isolated: cut(r.Inventory.Isolation, htmlMaxRows, func(a, b Isolation) int { return isolationRank(&a) - isolationRank(&b) }),
		TLS:      cut(r.Inventory.Certificates, htmlMaxRows, func(a, b Certificate) int { return a.NotAfter.Compare(b.NotAfter) }),
		Matrix:   newReachMatrix(r),
		Heat:     newHeatMap(r),
		Lives:    newTimeline(r),
		Trend:    newTrend(r),
		Reached:  cut(r.Inventory.Reachability, htmlMaxRows, func(a, b Reachability) int { return reachConcern(&b) - reachConcern(&a) }),
		Hosts:    cut(r.Inventory.Ingresses, htmlMaxRows, func(a, b Host) int { return hostConcern(&b) - hostConcern(&a) }),
	}
	if r.Changes != nil {
		p.Changes = parts(r.Changes)
	}
	p.Limit = htmlMaxFindings
	listed := listFindings(r)
	p.Checks, p.Left = listed.byCheck(r), listed.left
	p.Standing = max(0, min(len(listed.findings), htmlMaxFindings)-htmlMaxClosed)
	p.Filters = newFilters(r, p.Checks)
	p.FilterStyle = template.CSS(filterStyle(p.Filters))
	p.Policy = policy(string(p.Script), string(p.Style), string(p.FilterStyle), string(p.PrintStyle))
	p.Chapters = chapters(r, listed)
	p.Parties = parties(r, listed)
	p.Waivers, p.Attestations = declarations(r, listed)
	if p.Settings, err = jsonText(r.Config.Effective); err != nil {
		return nil, err
	}
	if p.Options, err = jsonText(r.Config.Options); err != nil {
		return nil, err
	}
	return p, nil
}

// policy allows the script and the styles by their hashes, and nothing else: no image, no
// request.
func policy(script string, styles ...string) string {
	var hashes []string
	for _, style := range styles {
		hashes = append(hashes, sourceHash(style))
	}
	return "default-src 'none'; script-src " + sourceHash(script) + "; style-src " + strings.Join(hashes, " ") + "; base-uri 'none'; form-action 'none'"
}

// sourceHash names an inline script or style (Content Security Policy Level 3, 2.3.1).
func sourceHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// runningFoot is the style of printed pages' feet: which record this is, of what, when.
func runningFoot(r *Record) string {
	name, _ := firstRunes(visible(r.Subject.Name), 60)
	left := fmt.Sprintf("%s, %s, record %s", name, utc(r.Metadata.GeneratedAt), r.Metadata.UID)
	classification, _ := firstRunes(visible(r.Config.Effective.Classification), 60)
	return fmt.Sprintf("@page{@bottom-left{content:%s}@top-right{content:%s}}", cssString(left), cssString(classification))
}

func stateOf(s State) htmlState {
	state, known := stateWords[s]
	if !known {
		return htmlState{Title: string(s), Class: audit.NotAssessed.String()}
	}
	return htmlState{state.title, state.sentence, state.mark.String()}
}

func jsonText(value any) (string, error) {
	lines, err := jsonLines(value)
	return visible(strings.Join(lines, "\n")), err
}
