package collect

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"
)

// TestNoKeyStaysInMemory lets another process read a Secret, from a server and from a
// file, and searches everything that lives in its memory afterwards for the private key.
func TestNoKeyStaysInMemory(t *testing.T) {
	certificate, key := makePair(t)
	objects := smallCluster(t)
	for _, o := range objects[audit.Secrets] {
		if data := o.(*corev1.Secret).Data; data["tls.key"] != nil {
			data["tls.crt"], data["tls.key"] = []byte(certificate), []byte(key)
		}
	}
	o := (&apiServer{objects: objects}).start(t)
	manifest := filepath.Join(t.TempDir(), "secret.yaml")
	text := "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: kubernetes.io/tls\ndata: {tls.crt: " + encoded(certificate) + ", tls.key: " + encoded(key) + "}\n"
	if err := os.WriteFile(manifest, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	dump := filepath.Join(t.TempDir(), "heap")
	child := exec.Command(os.Args[0], "-test.run=^TestReadAndDump$")
	child.Env = append(os.Environ(), "DUMP_TO="+dump, "DUMP_SERVER="+o.Config.Host, "DUMP_FILE="+manifest)
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	heap, err := os.ReadFile(dump)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(heap, []byte(strings.Split(certificate, "\n")[1])) {
		t.Error("not even the certificate is found: nothing was looked at")
	}
	for what, trace := range tracesOf(t, key) {
		if bytes.Contains(heap, trace) {
			t.Errorf("the memory holds the key: %s", what)
		}
	}
}

// tracesOf are the forms in which a key may lie about.
func tracesOf(t *testing.T, key string) map[string][]byte {
	t.Helper()
	block, _ := pem.Decode([]byte(key))
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	scalar := parsed.(*ecdsa.PrivateKey).D.FillBytes(make([]byte, 32))
	reversed := bytes.Clone(scalar) // as words lie in memory
	for i := range len(reversed) / 2 {
		reversed[i], reversed[31-i] = reversed[31-i], reversed[i]
	}
	line := strings.Split(key, "\n")[1]
	inBase64 := base64.StdEncoding.EncodeToString([]byte(key))
	return map[string][]byte{
		"DER": block.Bytes, "its number": scalar, "its number, backwards": reversed, "in hex": []byte(hex.EncodeToString(scalar)),
		"PEM": []byte(line), "PEM in base64": []byte(inBase64[60:120]),
	}
}

// TestReadAndDump is the other process of TestNoKeyStaysInMemory.
func TestReadAndDump(t *testing.T) {
	to := os.Getenv("DUMP_TO")
	if to == "" {
		return // TestNoKeyStaysInMemory starts it
	}
	live, err := Live(context.Background(), LiveOptions{
		Config: &rest.Config{Host: os.Getenv("DUMP_SERVER")}, Resources: Resources(), ReadSecrets: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	files, err := Files(context.Background(), FilesOptions{Paths: []string{os.Getenv("DUMP_FILE")}, At: at})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*audit.Snapshot{live, files} {
		if len(s.Secrets) == 0 || s.Secrets[len(s.Secrets)-1].Key != audit.KeyMatches {
			t.Errorf("no key was compared: %+v", s.Secrets)
		}
	}
	runtime.GC() // twice: pools keep what they hold over one collection
	runtime.GC()
	f, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	debug.WriteHeapDump(f.Fd())
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	runtime.KeepAlive(live)
	runtime.KeepAlive(files)
}
