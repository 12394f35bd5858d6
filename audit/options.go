package audit

import "time"

// Options are what one evaluation is asked for beside the configuration; the record
// states them as its scope.
type Options struct {
	At             time.Time `json:"at"`                       // the instant of evaluation, UTC
	AtGiven        bool      `json:"atGiven,omitempty"`        // by --at, instead of the end of the reading
	Edition        string    `json:"edition,omitempty"`        // --edition: 2022 or 2013, "" for both
	Namespace      string    `json:"namespace,omitempty"`      // subjects are narrowed to it
	Checks         []string  `json:"checks,omitempty"`         // --check
	ExcludedChecks []string  `json:"excludedChecks,omitempty"` // --exclude-check
	ReadSecrets    bool      `json:"readSecrets"`              // --read-secrets
	Probe          bool      `json:"probe,omitempty"`          // --probe
	Previous       *Previous `json:"-"`                        // --previous: what an earlier record says
}
