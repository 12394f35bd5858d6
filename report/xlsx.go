package report

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// WriteXLSX writes a workbook for spreadsheets: what the record is, its findings, controls,
// certificates and the population ledger as sheets, with frozen heads and filters. Every text is a text cell: none
// can be a formula. Rows are streamed; past some megabytes they wait in a temporary file.
// The same record gives the same bytes.
func WriteXLSX(w io.Writer, r *Record) (err error) {
	book := excelize.NewFile()
	defer func() {
		if closed := book.Close(); err == nil {
			err = closed
		}
	}()
	styles, err := newXLSXStyles(book)
	if err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	for i, sheet := range []xlsxSheet{recordSheet(r), findingsSheet(r), controlsSheet(r), certificatesSheet(r), ledgerSheet(r)} {
		sheet.foot = xlsxFoot(r)
		if err := sheet.write(book, i, styles); err != nil {
			return fmt.Errorf("write XLSX: sheet %s: %w", sheet.name, err)
		}
	}
	if err := book.SetDocProps(xlsxProperties(r)); err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	var written bytes.Buffer
	if err := book.Write(&written); err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	if err := sortArchive(w, written.Bytes()); err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	return nil
}

// sortArchive copies a ZIP archive with its files in the order of their names, as they were
// compressed: excelize writes sheets in no order of its own.
func sortArchive(w io.Writer, archive []byte) error {
	in, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return err
	}
	slices.SortFunc(in.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	out := zip.NewWriter(w)
	for _, file := range in.File {
		if err := out.Copy(file); err != nil {
			return err
		}
	}
	return out.Close()
}

// xlsxProperties describe the workbook, by the record's instant.
func xlsxProperties(r *Record) *excelize.DocProperties {
	at := r.Metadata.GeneratedAt.UTC().Format(time.RFC3339)
	return &excelize.DocProperties{
		Title: "Evidence record " + r.Metadata.UID, Subject: xlsxText(r.Subject.Name), Creator: xlsxText(r.Subject.Organization),
		LastModifiedBy: r.Tool.Name + " " + r.Tool.Version, Created: at, Modified: at, Language: "en",
	}
}

// xlsxStyles are the numbers of the styles of a workbook.
type xlsxStyles struct{ head, text, date int }

func newXLSXStyles(book *excelize.File) (s xlsxStyles, err error) {
	date := "yyyy-mm-dd hh:mm"
	for _, style := range []struct {
		number     *int
		definition *excelize.Style
	}{
		{&s.head, &excelize.Style{
			Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"17293F"}},
			Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
		}},
		{&s.text, &excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}},
		{&s.date, &excelize.Style{Alignment: &excelize.Alignment{Vertical: "top"}, CustomNumFmt: &date}},
	} {
		if *style.number, err = book.NewStyle(style.definition); err != nil {
			return s, err
		}
	}
	return s, nil
}

// An xlsxSheet is a table: its columns, and its rows one at a time.
type xlsxSheet struct {
	name    string
	columns []xlsxColumn
	foot    string // printed below each page, in Excel's code
	plain   bool   // to be read, not filtered
	rows    int
	row     func(i int) []any // texts, numbers and instants
}

// An xlsxColumn has a width in characters.
type xlsxColumn struct {
	title string
	width float64
}

// write streams the sheet into a workbook.
func (s *xlsxSheet) write(book *excelize.File, index int, styles xlsxStyles) error {
	if index == 0 {
		if err := book.SetSheetName(book.GetSheetName(0), s.name); err != nil {
			return err
		}
	} else if _, err := book.NewSheet(s.name); err != nil {
		return err
	}
	if err := s.print(book); err != nil {
		return err
	}
	out, err := book.NewStreamWriter(s.name)
	if err != nil {
		return err
	}
	for i, c := range s.columns {
		if err := out.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(s.columns))
	for i, c := range s.columns {
		head[i] = excelize.Cell{StyleID: styles.head, Value: c.title}
	}
	if err := out.SetRow("A1", head, excelize.RowOpts{Height: 30}); err != nil {
		return err
	}
	cells := make([]any, len(s.columns))
	for i := range s.rows {
		lines := 1
		for k, value := range s.row(i) {
			cell := xlsxCell(value, styles)
			if text, is := cell.Value.(string); is {
				lines = max(lines, xlsxLines(text, int(s.columns[k].width)))
			}
			cells[k] = cell
		}
		height := excelize.RowOpts{Height: xlsxLineHeight * float64(min(lines, xlsxMaxLines))}
		if err := out.SetRow(fmt.Sprintf("A%d", i+2), cells, height); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if s.plain {
		return nil
	}
	last, err := excelize.CoordinatesToCellName(len(s.columns), s.rows+1)
	if err != nil {
		return err
	}
	return book.AutoFilter(s.name, "A1:"+last, nil)
}

// print has the sheet printed as wide as a page lies, its head on each.
func (s *xlsxSheet) print(book *excelize.File) error {
	yes, wide, tall, landscape, a4 := true, 1, 0, "landscape", 9
	if err := book.SetSheetProps(s.name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	if err := book.SetPageLayout(s.name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &wide, FitToHeight: &tall}); err != nil {
		return err
	}
	if err := book.SetHeaderFooter(s.name, &excelize.HeaderFooterOptions{OddFooter: s.foot}); err != nil {
		return err
	}
	return book.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$1:$1", s.name), Scope: s.name})
}

// The height of a line in points, and of how many lines a row is at most: what a cell holds
// beyond shows when it is opened.
const (
	xlsxLineHeight = 15.0
	xlsxMaxLines   = 12
)

// xlsxLines is how many lines a text takes in a column, near enough. Not every program makes
// rows as high as their texts, so their height is written down.
func xlsxLines(text string, width int) int {
	lines, used := 1, 0
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		if used > 0 && used+1+n > width {
			lines, used = lines+1, 0
		}
		used += n + min(used, 1)
		for ; used > width; used -= width { // a long word breaks
			lines++
		}
	}
	return lines
}

// xlsxCell is a value as a cell: texts are texts, whatever they begin with.
func xlsxCell(value any, styles xlsxStyles) excelize.Cell {
	switch v := value.(type) {
	case time.Time:
		if v.IsZero() {
			return excelize.Cell{StyleID: styles.text, Value: ""}
		}
		return excelize.Cell{StyleID: styles.date, Value: v.UTC()}
	case string:
		return excelize.Cell{StyleID: styles.text, Value: xlsxText(v)}
	}
	return excelize.Cell{StyleID: styles.text, Value: value}
}

// xlsxLimit is how many UTF-16 units a cell holds, less room to say that it was cut
// (https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3).
const xlsxLimit = 32_767 - 80

// xlsxText is a text as a cell can hold it: control characters, most of which XML knows
// nothing of, stand as escapes.
func xlsxText(text string) string {
	text = escaped(text)
	units := utf16.Encode([]rune(text))
	if len(units) <= xlsxLimit {
		return text
	}
	cut := strings.TrimRight(string(utf16.Decode(units[:xlsxLimit])), "\ufffd")
	return fmt.Sprintf("%s … [cut here: %s characters in all; the record has the whole text]", cut, grouped(len([]rune(text))))
}

// xlsxFoot names the record below each printed page. In Excel's code & begins a command
// (ECMA-376 part 1, 18.3.1.46).
func xlsxFoot(r *Record) string {
	plain := func(text string) string { return strings.ReplaceAll(clip(xlsxText(text), 60), "&", "&&") }
	return "&L" + plain(r.Subject.Name) + ", " + utc(r.Metadata.GeneratedAt) + "&CRecord " + plain(r.Metadata.UID) + "&R" + plain(r.classification()) + ", page &P of &N"
}

// recordSheet is what the workbook is a form of.
func recordSheet(r *Record) xlsxSheet {
	s := &r.Summary
	rows := [][2]string{
		{"What this is", "A rendering of an evidence record for spreadsheets. The record is the evidence; where they differ, it holds. Evidence, not a certificate: the auditor concludes."},
		{"Organization", stated(r.Subject.Organization)}, {"Cluster", r.called()}, {"API server", orDash(r.Subject.Cluster.Server)},
		{"Kubernetes", orDash(r.Subject.Cluster.Version)}, {"UID of kube-system", orDash(r.Subject.Cluster.UID)},
		{"Record", r.Metadata.UID}, {"Time", timeWords(r)}, {"Read by", r.reader()},
		{"State", stateWords[s.State].title}, {"Findings", countWords(&s.Counts)}, {"Coverage", coverageWords(r)}, {"Sampling", samplingWords(&r.Collection)},
		{"Controls", r.editions()}, {"Signature", signatureWords(r)},
		{"Catalogue", r.Catalogue.Version + ", sha256:" + r.Catalogue.Digest}, {"Configuration", "sha256:" + r.Config.Digest},
		{"Tool", r.Tool.Name + " " + r.Tool.Version + ", commit " + orDash(r.Tool.Commit)}, {"Classification", r.classification()},
	}
	if r.Signing != nil {
		rows = append(rows, [2]string{"Signing key", "sha256:" + r.Signing.KeySHA256})
	}
	for _, limitation := range r.Limitations {
		rows = append(rows, [2]string{"Limitation", limitation})
	}
	return xlsxSheet{
		name: "Record", plain: true, rows: len(rows), columns: []xlsxColumn{{"Evidence record", 24}, {"", 110}},
		row: func(i int) []any { return []any{rows[i][0], rows[i][1]} },
	}
}

func findingsSheet(r *Record) xlsxSheet {
	checks := r.checksByID()
	return xlsxSheet{
		name: "Findings", rows: len(r.Findings),
		columns: []xlsxColumn{
			{"Check", 10}, {"Title", 34}, {"Status", 13}, {"Reason", 13}, {"Severity", 10}, {"Responsible", 14}, {"Kind", 15}, {"Namespace", 18}, {"Name", 28},
			{"Message", 60}, {"Expected", 34}, {"Command", 44}, {"Remediation", 50}, {"Controls", 22}, {"Waiver", 12}, {"Attestation", 12}, {"Cause", 22}, {"Finding", 22},
			{"Observed", 44}, {"Evidence", 60}, {"UID", 38}, {"Resource version", 16},
		},
		row: func(i int) []any {
			f := &r.Findings[i]
			var title, remediation string
			var controls []string
			if c := checks[f.Check]; c != nil {
				title, remediation = c.Title, c.Remediation
				for _, ref := range c.Controls {
					controls = append(controls, ref.Control)
				}
			}
			if !deviates(f) {
				remediation = "" // there is nothing to mend
			}
			return []any{
				f.Check, title, f.Status.String(), string(f.Reason), f.Severity.String(), f.Responsible.String(), f.Subject.Kind, f.Subject.Namespace, f.Subject.Name,
				f.Message, f.Expected, f.Command, remediation, strings.Join(controls, " "), f.Waiver, f.Attestation, f.Cause, f.ID,
				f.Observed, evidenceText(f), f.Subject.UID, f.Subject.ResourceVersion,
			}
		},
	}
}

func controlsSheet(r *Record) xlsxSheet {
	return xlsxSheet{
		name: "Controls", rows: len(r.Controls),
		columns: []xlsxColumn{
			{"Control", 11}, {"Edition", 9}, {"Title", 34}, {"Status", 13}, {"Pass", 9}, {"Warning", 9}, {"Fail", 9}, {"Waived", 9}, {"Attested", 9},
			{"Not assessed", 10}, {"Not requested", 10}, {"Not applicable", 10}, {"Assessed", 10}, {"Of", 10}, {"Conclusion of the auditor", 40},
		},
		row: func(i int) []any {
			c := &r.Controls[i]
			n := c.Counts
			return []any{
				c.ID, c.Edition, c.Title, c.Status.String(), n.Pass, n.Warning, n.Fail, n.Waived, n.Attested,
				n.NotAssessed, n.NotRequested, n.NotApplicable, c.Population.Numerator, c.Population.Denominator, "",
			}
		},
	}
}

func certificatesSheet(r *Record) xlsxSheet {
	all := r.Inventory.Certificates
	lives := newTimeline(r)
	return xlsxSheet{
		name: "Certificates", rows: len(all),
		columns: []xlsxColumn{
			{"Namespace", 18}, {"Secret", 28}, {"Certificate", 28}, {"Names", 40}, {"Issuer", 34}, {"Key", 13}, {"Not before", 17}, {"Not after", 17}, {"Renewal", 17},
			{"State", 16}, {"Known from", 12}, {"Used by", 40}, {"Serial", 36}, {"SHA-256", 66}, {"Public key, SHA-256", 66},
		},
		row: func(i int) []any {
			c := &all[i]
			state := ""
			if !c.NotAfter.IsZero() {
				state = lives.State(*c)
			}
			return []any{
				c.Namespace, c.Secret, c.Certificate, strings.Join(c.Names, ", "), c.Issuer, c.Key, c.NotBefore, c.NotAfter, c.RenewalTime,
				state, string(c.Level), strings.Join(c.UsedBy, ", "), c.Serial, c.SHA256, c.PublicKey,
			}
		},
	}
}

func ledgerSheet(r *Record) xlsxSheet {
	all := r.Collection.Queries
	return xlsxSheet{
		name: "Ledger", rows: len(all),
		columns: []xlsxColumn{
			{"Resource", 40}, {"Scope", 18}, {"State", 14}, {"Listed", 9}, {"Evaluated", 10}, {"Excluded", 10}, {"Errored", 9}, {"Request", 50}, {"Pages", 8},
			{"Resource version", 16}, {"Started", 17}, {"Milliseconds", 12}, {"Error", 50},
		},
		row: func(i int) []any {
			q := &all[i]
			return []any{
				string(q.Resource), q.Scope, q.State, q.Listed, q.Evaluated, q.Excluded, q.Errored, q.Request, q.Pages,
				q.ResourceVersion, q.StartedAt, q.DurationMS, strings.Join(append([]string{q.Error}, q.Errors...), " "),
			}
		},
	}
}

// checksByID are the record's checks by their IDs.
func (r *Record) checksByID() map[string]*Check {
	checks := make(map[string]*Check, len(r.Checks))
	for i := range r.Checks {
		checks[r.Checks[i].ID] = &r.Checks[i]
	}
	return checks
}
