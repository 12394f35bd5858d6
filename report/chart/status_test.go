package chart

import (
	"fmt"
	"math"
	"testing"
)

// form is what tells a shape apart without its colour.
func form(p Picture) string {
	text := ""
	for _, b := range p.Boxes {
		text += fmt.Sprintf("%v %.2f %.2f; ", b.Hollow, b.Width, b.Height)
	}
	return text
}

func TestStatusesDifferByForm(t *testing.T) {
	seen := map[string]Role{}
	for _, entry := range statuses {
		var p Picture
		p.status(0, 0, 10, 10, entry.role)
		if other, taken := seen[form(p)]; taken || form(p) == "" {
			t.Errorf("%s looks like %s", entry.role, other)
		}
		seen[form(p)] = entry.role
	}
}

// TestBars: every count that isn't 0 has a part, bars are equally long, and all stays inside.
func TestBars(t *testing.T) {
	for _, parts := range [][]Part{{}, {{Fail, 0}}, {{Fail, 1}}, {{Fail, 1}, {Pass, 100_000}}, {{Fail, 1}, {NotAssessed, 0}, {Warning, 20}, {Waived, 3}, {Attested, 1}, {Pass, 9}}} {
		sum, want := 0.0, 0
		for i, length := range lengths(parts) {
			if (length > 0) != (parts[i].Count > 0) {
				t.Errorf("%v: part %d is %.1f points long", parts, i, length)
			}
			sum += length
			want += parts[i].Count
		}
		if want > 0 && math.Abs(sum-barsLength) > 0.01 {
			t.Errorf("%v: %.1f points long", parts, sum)
		}
		inside(t, Bars([]Bar{{"A.8.20 Networks security", "1 of 2", parts}}))
	}
}

func TestHeatMapStaysInside(t *testing.T) {
	for _, n := range []int{0, 1, 7, 40} {
		names := make([]string, n)
		drawn := 0
		p := HeatMap(names, names, func(row, column int) Role {
			if row == column {
				drawn++
				return Fail
			}
			return ""
		})
		inside(t, p)
		legend := 0
		for _, b := range p.Boxes {
			if b.Role == Fail {
				legend++
			}
		}
		if legend != drawn+1 || drawn != n {
			t.Errorf("%d by %d: %d shapes for %d cells", n, n, legend-1, drawn)
		}
	}
}

func inside(t *testing.T, p Picture) {
	t.Helper()
	for _, b := range p.Boxes {
		if b.X < 0 || b.Y < 0 || b.X+b.Width > p.Width || b.Y+b.Height > p.Height || b.Width <= 0 || b.Height <= 0 {
			t.Errorf("%+v leaves the picture, %.0f by %.0f", b, p.Width, p.Height)
		}
	}
}

// TestColumns: all stays inside, whatever the counts, and labels keep their distance.
func TestColumns(t *testing.T) {
	for _, n := range []int{0, 1, 2, 24, 200} {
		columns := make([]Column, n)
		for i := range columns {
			columns[i] = Column{"2026-11-22", []Part{{Fail, i * 500}, {NotAssessed, 1}, {Warning, 0}, {Waived, 7}}}
		}
		p := Columns(columns)
		inside(t, p)
		last := -columnsLabel
		for _, w := range p.Words {
			if w.Text == "2026-11-22" {
				if w.X < last+columnsLabel {
					t.Errorf("%d columns: a label stands upon another", n)
				}
				last = w.X
			}
		}
	}
}
