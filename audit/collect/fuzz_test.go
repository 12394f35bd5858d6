package collect

import (
	"context"
	"strings"
	"testing"
)

// FuzzFiles: whatever stands in a file, there is a whole snapshot whose ledger adds up or
// an error, and no panic.
func FuzzFiles(f *testing.F) {
	f.Add(application)
	for _, bad := range badFiles {
		if bad.text != billion {
			f.Add(bad.text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Files(context.Background(), FilesOptions{Paths: []string{"-"}, Stdin: strings.NewReader(text), At: at})
		if (s == nil) == (err == nil) {
			t.Fatalf("snapshot %v, error %v", s, err)
		}
		if s == nil {
			return
		}
		if err := verify(s); err != nil {
			t.Error(err)
		}
	})
}

// FuzzCertificates: nothing but certificates leaves a Secret.
func FuzzCertificates(f *testing.F) {
	certificate, key := makePair(f)
	f.Add(certificate + key)
	f.Add(key + certificate)
	f.Add("-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n")
	f.Fuzz(func(t *testing.T, bundle string) {
		got, malformed := certificates([]byte(bundle))
		if (got == "") == (malformed == "") {
			t.Errorf("kept %q and says %q", got, malformed)
		}
		if again, _ := certificates([]byte(got)); again != got {
			t.Errorf("kept %q, of which %q is kept", got, again)
		}
	})
}
