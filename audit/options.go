package audit

import "time"

// Options are what one evaluation is asked for beside the configuration; the record
// states them as its scope.
type Options struct {
	At             time.Time `json:"at"`                       // the instant of evaluation, UTC
	Namespace      string    `json:"namespace,omitempty"`      // subjects are narrowed to it
	Checks         []string  `json:"checks,omitempty"`         // --check
	ExcludedChecks []string  `json:"excludedChecks,omitempty"` // --exclude-check
	ReadSecrets    bool      `json:"readSecrets"`              // --read-secrets
	Probe          bool      `json:"probe,omitempty"`          // --probe
	Previous       *Previous `json:"-"`                        // --previous: what an earlier record says
}

// Previous is what an earlier record says that this evaluation compares with.
type Previous struct {
	UID          string    // of the record
	SHA256       string    // of its bytes, hex
	At           time.Time // its instant of evaluation
	Certificates []PreviousCertificate
}

// A PreviousCertificate is a certificate as the earlier record has it.
type PreviousCertificate struct {
	Namespace, Secret string
	SHA256            string // fingerprint, hex
	PublicKey         string // SHA-256 of the SubjectPublicKeyInfo, hex
}
