package collect

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// keyReaders are what the standard library makes private keys from, by import path: all of a
// package where there is no name.
var keyReaders = map[string][]string{
	"crypto/x509":    {"ParsePKCS1PrivateKey", "ParsePKCS8PrivateKey", "ParseECPrivateKey", "DecryptPEMBlock"},
	"crypto/tls":     {"X509KeyPair", "LoadX509KeyPair"},
	"crypto/ecdsa":   {"ParseRawPrivateKey", "PrivateKey"},
	"crypto/rsa":     {"PrivateKey"},
	"crypto/ed25519": {"NewKeyFromSeed"},
	"crypto/ecdh":    nil,
	"crypto/dsa":     {"PrivateKey"},
	"crypto/mlkem":   nil,
	"crypto/hpke":    nil,
}

// readsKeys are the only files that may, and why.
var readsKeys = map[string]string{
	"audit/collect/key.go":              "SEC-02 compares it with the certificate",
	"report/bundle/key.go":              "the key that signs bundles, which is the user's own",
	"report/recordtest/certificates.go": "the sample's certificates, for tests and documentation",
}

// TestKeysAreReadInOnePlace holds that of all the code nothing else has a way to decode a
// private key.
func TestKeysAreReadInOnePlace(t *testing.T) {
	repository := filepath.Join("..", "..")
	found, files := map[string]bool{}, 0
	err := filepath.WalkDir(repository, func(path string, entry fs.DirEntry, err error) error {
		name, _ := filepath.Rel(repository, path)
		name = filepath.ToSlash(name)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (name == "test" || entry.Name() == "testdata" || len(name) > 2 && strings.HasPrefix(entry.Name(), ".")):
			return fs.SkipDir // modules of tests, and what isn't built
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		files++
		for _, use := range keyUses(t, path) {
			found[name] = true
			if readsKeys[name] == "" {
				t.Errorf("%s: %s, which only %s may", name, use, "audit/collect/key.go")
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 300 {
		t.Errorf("only %d files were looked into", files)
	}
	for name := range readsKeys {
		if !found[name] {
			t.Errorf("%s reads no key any more: take it out of the list", name)
		}
	}
}

// keyUses are what a file uses of keyReaders.
func keyUses(t *testing.T, path string) (list []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	imported := map[string]string{} // import path by the name that the file uses
	for _, i := range file.Imports {
		of, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		names, known := keyReaders[of]
		if !known {
			continue
		}
		if len(names) == 0 {
			list = append(list, of)
		}
		name := of[strings.LastIndex(of, "/")+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		if name == "." {
			list = append(list, "all of "+of)
		}
		imported[name] = of
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && slices.Contains(keyReaders[imported[x.Name]], s.Sel.Name) {
				list = append(list, imported[x.Name]+"."+s.Sel.Name)
			}
		}
		return true
	})
	return list
}
