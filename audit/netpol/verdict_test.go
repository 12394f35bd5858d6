package netpol

import (
	"encoding/json"
	"testing"
)

// TestVerdictText: the zero value protects nobody, names survive JSON, and others are refused.
func TestVerdictText(t *testing.T) {
	var zero Column
	if zero.Verdict != Indeterminate {
		t.Errorf("the zero verdict is %s", zero.Verdict)
	}
	for v := Indeterminate; v <= NotCoverable; v++ {
		text, err := json.Marshal(v)
		var back Verdict
		if err == nil {
			err = json.Unmarshal(text, &back)
		}
		if err != nil || back != v {
			t.Errorf("%s became %s: %v", v, back, err)
		}
	}
	for _, d := range Directions {
		var back Direction
		if err := back.UnmarshalText([]byte(d.String())); err != nil || back != d {
			t.Errorf("%s became %s: %v", d, back, err)
		}
	}
	if _, err := Verdict(9).MarshalText(); err == nil {
		t.Error("a verdict that is none was written")
	}
	if err := new(Verdict).UnmarshalText([]byte("protected")); err == nil {
		t.Error("a verdict that is none was read")
	}
}
