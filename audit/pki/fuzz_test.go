package pki

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
)

// FuzzParse feeds bundles of any shape. Nothing may panic; what isn't read is an error of the one type, and what
// is read was in a CERTIFICATE block.
func FuzzParse(f *testing.F) {
	f.Add(issue(f, x509.Certificate{DNSNames: []string{"*.example.com"}}, testKey))
	h := newHierarchy(f)
	encode := func(c *Certificate) []byte { return pem.EncodeToMemory(&pem.Block{Type: blockType, Bytes: c.x509.Raw}) }
	f.Add(join(encode(h.middle), encode(h.leaf), encode(h.cross)))
	roots := h.roots
	f.Fuzz(func(t *testing.T, bundle []byte) {
		certificates, err := Parse(bundle)
		var refusal *ParseError
		if err != nil && !errors.As(err, &refusal) {
			t.Errorf("error %T", err)
		}
		if err == nil && len(certificates) == 0 {
			t.Error("nothing read, and no error")
		}
		for _, c := range certificates {
			CertificateDefects(c, time.Unix(0, 0), roots)
			Key(c, BSI)
			HasUsages(c)
			for _, host := range append(c.DNSNames, c.CommonNames...) {
				Covers(c, host)
			}
			_ = c.PublicKey.String()
		}
		Defects(certificates, time.Unix(0, 0), roots)
		roots.Trust(certificates)
	})
}

// TestForeignCertificates: nothing panics on those that Go's own tests hold.
func TestForeignCertificates(t *testing.T) {
	root := runtime.GOROOT()
	roots, files := testRoots(t), 0
	for _, folder := range []string{"src/crypto/x509", "src/crypto/tls"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !slices.Contains([]string{".pem", ".crt", ".go"}, filepath.Ext(path)) {
				return nil
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			certificates, err := Parse(content)
			if err != nil {
				content = pem.EncodeToMemory(&pem.Block{Type: blockType, Bytes: content}) // DER, perhaps
				certificates, _ = Parse(content)
			}
			if len(certificates) > 0 {
				files++
				Defects(certificates, time.Unix(0, 0), roots)
				roots.Trust(certificates)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files == 0 {
		t.Skip("Go's sources aren't there")
	}
}
