package cluster

import (
	"regexp"
	"time"
)

// written is the instant for which the examples were written.
var written = time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)

var day = regexp.MustCompile(`\b\d{4}-\d\d-\d\d\b`)

// movedDays moves every day of a configuration by so many whole days, so that waivers and
// attestations are as valid today as they were when the example was written.
func movedDays(config []byte, by time.Duration) []byte {
	return day.ReplaceAllFunc(config, func(text []byte) []byte {
		moved, err := time.Parse(time.DateOnly, string(text))
		if err != nil {
			return text
		}
		return moved.Add(by.Truncate(24*time.Hour)).AppendFormat(nil, time.DateOnly)
	})
}
