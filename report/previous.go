package report

import "github.com/kubevidence/kubevidence/audit"

// AsPrevious returns what a later evaluation compares with. The digest is the SHA-256 of
// the record's bytes, hex.
func (r *Record) AsPrevious(digest string) *audit.Previous {
	p := &audit.Previous{UID: r.Metadata.UID, SHA256: digest, At: r.Metadata.GeneratedAt}
	for i := range r.Inventory.Certificates {
		c := &r.Inventory.Certificates[i]
		p.Certificates = append(p.Certificates, audit.PreviousCertificate{
			Namespace: c.Namespace, Secret: c.Secret, SHA256: c.SHA256, PublicKey: c.PublicKey,
		})
	}
	return p
}

// previousRecord says which record was compared with, nil where none was.
func previousRecord(p *audit.Previous) *PreviousRecord {
	if p == nil {
		return nil
	}
	return &PreviousRecord{UID: p.UID, SHA256: p.SHA256, GeneratedAt: p.At}
}
