package report

import (
	"bufio"
	"fmt"
	"html/template"
	"io"
	"io/fs"

	"github.com/kubevidence/kubevidence/report/compare"
	"github.com/kubevidence/kubevidence/templates"
)

// maxChanges is how many entries of one change a page lists; the JSON has all.
const maxChanges = 2_000

// A comparisonPage is what the template of a comparison fills in.
type comparisonPage struct {
	*compare.Comparison
	Policy string
	Style  template.CSS
	Parts  []changePart
}

// A changePart is the entries of one change.
type changePart struct {
	Change         compare.Change
	Title, Meaning string
	Entries        []compare.Entry
	N, Left        int
}

// changeWords say what each change means.
var changeWords = map[compare.Change]struct{ title, meaning string }{
	compare.New:              {"New", "Deviates in the newer record; the older one has no such deviation, or hadn’t looked."},
	compare.Reopened:         {"Reopened", "Was waived or attested in the older record, and deviates in the newer one: the waiver or attestation ended, or no longer matches."},
	compare.NoLongerAssessed: {"No longer assessed", "Was decided in the older record, and isn’t in the newer one. It is not resolved."},
	compare.Persisting:       {"Persisting", "Deviates, or is waived, in both."},
	compare.NewlyWaived:      {"Newly waived", "Waived in the newer record: still as it was, accepted by somebody."},
	compare.Resolved:         {"Resolved", "Deviated in the older record, and no longer does; or is no subject of the newer one, whose population was read."},
}

// parts are the entries by change, those that ask for attention first; changes without
// entries have none.
func parts(c *compare.Comparison) []changePart {
	list := make([]changePart, 0, len(compare.Changes))
	for _, change := range compare.Changes {
		words := changeWords[change]
		p := changePart{Change: change, Title: words.title, Meaning: words.meaning, N: c.Counts.Of(change)}
		for i := range c.Entries {
			if c.Entries[i].Change == change {
				p.Entries = append(p.Entries, c.Entries[i])
			}
		}
		p.Left = max(p.N-maxChanges, p.N-len(p.Entries))
		p.Entries = p.Entries[:min(len(p.Entries), maxChanges)]
		list = append(list, p)
	}
	return list
}

// WriteComparisonHTML writes a comparison as one HTML file that asks nothing of any
// network and has no script.
func WriteComparisonHTML(w io.Writer, c *compare.Comparison) error {
	forms, err := htmlForms()
	if err != nil {
		return err
	}
	style, err := fs.ReadFile(templates.Files, "report.css")
	if err != nil {
		return fmt.Errorf("read the style: %w", err)
	}
	page := comparisonPage{
		Comparison: c, Style: template.CSS(style), Parts: parts(c),
		Policy: "default-src 'none'; style-src " + sourceHash(string(style)) + "; base-uri 'none'; form-action 'none'",
	}
	out := bufio.NewWriterSize(w, 64<<10)
	if err := forms.ExecuteTemplate(out, "comparison.html", page); err != nil {
		return fmt.Errorf("write the HTML: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the HTML: %w", err)
	}
	return nil
}
