package audit

import (
	"encoding/json"
	"fmt"
	"time"

	"gopkg.in/yaml.v3"
)

// A Date is a calendar day, UTC, "2006-01-02" in YAML and JSON.
type Date struct{ time.Time }

// End returns the first instant after the day.
func (d Date) End() time.Time { return d.AddDate(0, 0, 1) }

// MarshalText writes the day.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.Format(time.DateOnly)), nil }

// MarshalJSON writes the day; without it that of the embedded time would be promoted.
func (d Date) MarshalJSON() ([]byte, error) { return json.Marshal(d.Format(time.DateOnly)) }

// UnmarshalJSON reads the day.
func (d *Date) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	return d.UnmarshalText([]byte(text))
}

// UnmarshalText reads the day; nothing is the zero day.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	t, err := time.Parse(time.DateOnly, string(text))
	d.Time = t
	return err
}

// UnmarshalYAML reads the day; what isn't one is an error with line and column.
func (d *Date) UnmarshalYAML(node *yaml.Node) error {
	if err := d.UnmarshalText([]byte(node.Value)); err != nil {
		return fmt.Errorf("line %d, column %d: %s", node.Line, node.Column, noDay(node.Value))
	}
	return nil
}

func noDay(text string) string { return fmt.Sprintf("%q is no day like 2026-11-22", text) }
