package audit

import "testing"

// TestExact: only a pattern that no other subject can match does without the list of those
// that there were.
func TestExact(t *testing.T) {
	for _, c := range []struct {
		pattern SubjectPattern
		want    bool
	}{
		{SubjectPattern{Kind: "Pod", Namespace: "shop", Name: "web"}, true},
		{SubjectPattern{Kind: "Pod", Namespace: "shop", Name: `w\*b\\`}, true},
		{SubjectPattern{Kind: "Pod", Namespace: "shop", Name: `web\\*`}, false},
		{SubjectPattern{Kind: "Pod", Namespace: "shop", Name: "web-?"}, false},
		{SubjectPattern{Kind: "Pod", Namespace: "shop-[ab]", Name: "web"}, false},
		{SubjectPattern{Kind: "*Set", Namespace: "shop", Name: "web"}, false},
		{SubjectPattern{Kind: "Pod", Namespace: "shop"}, false},
		{SubjectPattern{Kind: "Pod", Name: "web"}, false},
		{SubjectPattern{Namespace: "shop", Name: "web"}, false},
		{SubjectPattern{Kind: "Pod", Namespace: "shop", Name: "web", Labels: "app=web"}, false},
		{SubjectPattern{}, false},
	} {
		if got := c.pattern.Exact(); got != c.want {
			t.Errorf("%+v: %v", c.pattern, got)
		}
	}
}
