package report

import (
	"path"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// AttachmentName is what the document of an attestation is called in a bundle:
// "attestation-ID.EXT", in ASCII; "" where it isn't part of it, because there is none, or
// because it is another cluster's.
func AttachmentName(a *audit.AttestationState) string {
	if a.Document == "" || a.State == "otherCluster" {
		return ""
	}
	plain := func(text string, limit int) string {
		kept := strings.Map(func(r rune) rune {
			if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_' {
				return r
			}
			return '-'
		}, text)
		return kept[:min(len(kept), limit)]
	}
	name := "attestation-" + plain(a.ID, 80)
	if extension := strings.TrimPrefix(path.Ext(a.Document), "."); extension != "" {
		name += "." + plain(extension, 10)
	}
	return name
}
