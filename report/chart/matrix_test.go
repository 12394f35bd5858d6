package chart

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMatrix holds that every pair has a shape, told apart by form, inside the picture.
func TestMatrix(t *testing.T) {
	for _, n := range []int{0, 1, 2, 7, 41} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			names := make([]string, n)
			for i := range names {
				names[i] = strings.Repeat("namespace", i+1)
			}
			roles := []Role{All, Some, Indeterminate, Denied}
			want := map[Role]int{All: 1, Some: 2, Indeterminate: 1, Denied: 1} // the legend's
			p := Matrix(names, func(from, to int) Role {
				role := roles[(from*3+to)%4]
				want[role]++
				if role == Some { // a frame with a square
					want[role]++
				}
				return role
			})
			got := map[Role]int{}
			for _, b := range p.Boxes {
				got[b.Role]++
				if b.X < 0 || b.Y < 0 || b.X+b.Width > p.Width || b.Y+b.Height > p.Height || b.Width <= 0 {
					t.Errorf("%+v leaves the picture, %.0f by %.0f", b, p.Width, p.Height)
				}
			}
			for _, w := range p.Words {
				if w.Role == Indeterminate {
					got[w.Role]++
				}
				if length := len([]rune(w.Text)); length > matrixRunes {
					t.Errorf("%q has %d runes", w.Text, length)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("shapes (-want +got):\n%s", diff)
			}
			if p.Width > matrixWidth+10 {
				t.Errorf("%.0f points wide", p.Width)
			}
		})
	}
}
