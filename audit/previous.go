package audit

import "time"

// Previous is what an earlier record says that this evaluation compares with.
type Previous struct {
	UID          string                `json:"uid"`    // of the record
	SHA256       string                `json:"sha256"` // of its bytes, hex
	At           time.Time             `json:"at"`     // its instant of evaluation
	Certificates []PreviousCertificate `json:"certificates"`
}

// A PreviousCertificate is a certificate as the earlier record has it.
type PreviousCertificate struct {
	Namespace string `json:"namespace"`
	Secret    string `json:"secret"`
	SHA256    string `json:"sha256"`    // fingerprint, hex
	PublicKey string `json:"publicKey"` // SHA-256 of the SubjectPublicKeyInfo, hex
}

// Certificate returns the certificate that the earlier record has behind a Secret, nil
// where it knows none, and where there is no earlier record.
func (p *Previous) Certificate(namespace, secret string) *PreviousCertificate {
	if p == nil {
		return nil
	}
	for i := range p.Certificates {
		if c := &p.Certificates[i]; c.Namespace == namespace && c.Secret == secret && c.SHA256 != "" && c.PublicKey != "" {
			return c
		}
	}
	return nil
}
