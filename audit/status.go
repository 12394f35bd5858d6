package audit

import "fmt"

// A Status is the outcome for one subject. The zero value is NotAssessed: forgetting to
// decide must never read as conformity.
type Status int

// The statuses a finding, a check or a control can have.
const (
	NotAssessed   Status = iota // it could not be decided; the finding has a Reason
	Pass                        // the requirement is met by what was read
	Warning                     // a candidate opportunity for improvement
	Fail                        // a candidate nonconformity
	Waived                      // a Fail or Warning that a valid waiver accepts
	Attested                    // a person declares what the API doesn't show
	NotApplicable               // there is no subject
)

var statusNames = [...]string{"notAssessed", "pass", "warning", "fail", "waived", "attested", "notApplicable"}

// Statuses lists every status, worst first, as [Worse] orders them.
var Statuses = []Status{Fail, NotAssessed, Warning, Waived, Attested, Pass, NotApplicable}

// String returns the word the record uses.
func (s Status) String() string { return word(statusNames[:], int(s)) }

// MarshalText writes the word the record uses.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word the record uses.
func (s *Status) UnmarshalText(text []byte) error {
	return unword(statusNames[:], text, (*int)(s), "status")
}

// A Severity says how much a deviation matters.
type Severity int

// The severities, least first. The zero value means that the check's own severity holds.
const (
	_ Severity = iota
	Low
	Medium
	High
	Critical
)

var severityNames = [...]string{"", "low", "medium", "high", "critical"}

// String returns the word the record uses.
func (s Severity) String() string { return word(severityNames[:], int(s)) }

// MarshalText writes the word the record uses.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word the record uses.
func (s *Severity) UnmarshalText(text []byte) error {
	return unword(severityNames[:], text, (*int)(s), "severity")
}

// A Party answers for a finding, as the demarcation of responsibilities has it.
type Party int

// The parties. The zero value means that the check's own party holds.
const (
	_             Party = iota
	User                // the application team
	Administrator       // the platform team
)

var partyNames = [...]string{"", "user", "administrator"}

// String returns the word the record uses.
func (p Party) String() string { return word(partyNames[:], int(p)) }

// MarshalText writes the word the record uses.
func (p Party) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the word the record uses.
func (p *Party) UnmarshalText(text []byte) error {
	return unword(partyNames[:], text, (*int)(p), "party")
}

// A Reason says why something is NotAssessed.
type Reason string

// The reasons.
const (
	Forbidden    Reason = "forbidden"    // the server refused the read
	Failed       Reason = "failed"       // the read, or the check itself, broke
	Unknown      Reason = "unknown"      // it was read, but can't be decided from it
	NotRequested Reason = "notRequested" // an opt-in wasn't given; not a gap
)

// A Level says what a piece of evidence rests on.
type Level string

// The levels.
const (
	Issued     Level = "issued"     // CertificateRequest.status.certificate, Certificate.status
	Served     Level = "served"     // a TLS handshake
	Stored     Level = "stored"     // the Secret
	Configured Level = "configured" // an object's fields
	Declared   Level = "attested"   // a person's declaration
)

func word(names []string, i int) string {
	if i < 0 || i >= len(names) {
		return fmt.Sprintf("invalid(%d)", i)
	}
	return names[i]
}

func unword(names []string, text []byte, i *int, what string) error {
	for n, name := range names {
		if name == string(text) {
			*i = n
			return nil
		}
	}
	return fmt.Errorf("unknown %s %q", what, text)
}
