package chart

import "testing"

// TestTimeline: everything stays inside, whatever the instants; parts of a life have their
// order and differ by form; dates keep their distance.
func TestTimeline(t *testing.T) {
	for name, s := range map[string]Span{
		"in its middle":         {From: -20, Renew: 40, To: 70, Renewed: true},
		"beyond the picture":    {From: -4000, Renew: 3000, To: 9000, Renewed: true},
		"expired long ago":      {From: -900, Renew: -700, To: -600, Renewed: true},
		"renewal not known":     {From: -1, To: 5},
		"renewed after its end": {From: -1, Renew: 9, To: 5, Renewed: true},
		"not begun":             {From: 90, Renew: 100, To: 120, Renewed: true},
		"ends as it begins":     {From: 3, To: 3},
	} {
		t.Run(name, func(t *testing.T) {
			p := Timeline([]Span{s}, []Tick{{-10, "a"}, {-9.9, "b"}, {0, "c"}, {30, "d"}}, -30, 120)
			inside(t, p)
			drawn := map[Role]bool{}
			for _, b := range p.Boxes[:len(p.Boxes)-5] { // without the legend's
				drawn[b.Role] = true
			}
			if drawn[Past] != (s.To < 0) || drawn[Past] && (drawn[Life] || drawn[Lead]) || len(drawn) == 0 {
				t.Errorf("%v is drawn as %v", s, drawn)
			}
		})
	}
	seen := map[string]Role{}
	for _, role := range []Role{Life, Lead, Past} {
		var p Picture
		p.life(0, 0, 10, role)
		if other, taken := seen[form(p)]; taken {
			t.Errorf("%s looks like %s", role, other)
		}
		seen[form(p)] = role
	}
	p := Timeline(nil, []Tick{{-10, "a"}, {-9, "b"}, {60, "c"}}, -30, 120)
	for _, w := range p.Words {
		if w.Text == "b" {
			t.Error("a date stands upon another")
		}
	}
}
