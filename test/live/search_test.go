package live

import (
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatIsSearchedFor holds that the search for Secrets passes over certificates, which
// may be written, and over nothing else.
func TestWhatIsSearchedFor(t *testing.T) {
	certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: make([]byte, 60)}))
	key := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("sixty bytes that make more than one line of base64 with words")}))
	lines := strings.Split(key, "\n")[1:3]
	for _, c := range []struct {
		name, value string
		kept        bool
		lines       []string
	}{
		{"a chain", certificate + certificate, true, nil},
		{"a key", key, false, lines},
		{"a key after a certificate", certificate + key, false, lines},
		{"words before a certificate", "correct horse battery\n" + certificate, false, []string{"correct horse battery"}},
		{"a certificate with headers", "-----BEGIN CERTIFICATE-----\nPassword: correct horse\n\nAAAA\n-----END CERTIFICATE-----\n", false, []string{"Password: correct horse"}},
	} {
		if got := onlyCertificates([]byte(c.value)); got != c.kept {
			t.Errorf("%s: may be kept: %v, want %v", c.name, got, c.kept)
		}
		if diff := cmp.Diff(c.lines, slices.Collect(keyLines([]byte(c.value)))); diff != "" {
			t.Errorf("%s: lines to search for (-want +got):\n%s", c.name, diff)
		}
	}
}
