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
	left := s.cut()
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
	if left > 0 {
		words := fmt.Sprintf("%s left out here: a sheet has at most %s. The record has all.", counted(left, "row"), grouped(xlsxMaxRows))
		if err := out.SetRow(fmt.Sprintf("A%d", s.rows+2), []any{xlsxCell(words, styles)}); err != nil {
			return err
		}
	}
	if !s.plain {
		last, err := excelize.CoordinatesToCellName(len(s.columns), s.rows+1)
		if err != nil {
			return err
		}
		if err := book.AutoFilter(s.name, "A1:"+last, nil); err != nil { // Flush writes it: later it would be lost
			return err
		}
	}
	return out.Flush()
}

// xlsxMaxRows is how many rows a sheet has at most, its head among them
// (https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3).
var xlsxMaxRows = 1_048_576

// cut leaves out the rows that a sheet has no room for, and returns how many. Where some
// are, the last row is one that says so.
func (s *xlsxSheet) cut() int {
	room := xlsxMaxRows - 1
	if s.rows <= room {
		return 0
	}
	left := s.rows - (room - 1)
	s.rows -= left
	return left
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

// checksByID are the record's checks by their IDs.
func (r *Record) checksByID() map[string]*Check {
	checks := make(map[string]*Check, len(r.Checks))
	for i := range r.Checks {
		checks[r.Checks[i].ID] = &r.Checks[i]
	}
	return checks
}
