package collect

import (
	"bytes"
	"context"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"
)

// TestNoKeyStaysInMemory lets another process read a Secret, from a server and from a
// file, and searches everything that lives in its memory afterwards for the private key.
func TestNoKeyStaysInMemory(t *testing.T) {
	ec, rsaKey, edwards := newKeys(t, elliptic.P256())
	rsaNumbers := map[string][]byte{"private exponent": rsaKey.D.Bytes()}
	for name, number := range map[string]*big.Int{
		"first prime": rsaKey.Primes[0], "second prime": rsaKey.Primes[1], "CRT exponent dP": rsaKey.Precomputed.Dp,
		"CRT exponent dQ": rsaKey.Precomputed.Dq, "CRT coefficient qInv": rsaKey.Precomputed.Qinv,
	} {
		rsaNumbers[name] = number.FillBytes(make([]byte, 128))
	}
	pkcs1 := pemBlock("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey))
	for _, test := range []struct {
		name, certificate, key string
		numbers                map[string][]byte
	}{
		{"ECDSA", certify(t, ec), pkcs8(t, ec), map[string][]byte{"number": ec.D.FillBytes(make([]byte, 32))}},
		{"RSA", certify(t, rsaKey), pkcs8(t, rsaKey), rsaNumbers},
		{"RSA, PKCS #1", certify(t, rsaKey), pkcs1, rsaNumbers},
		{"Ed25519", certify(t, edwards), pkcs8(t, edwards), map[string][]byte{"seed": edwards.Seed()}},
	} {
		t.Run(test.name, func(t *testing.T) {
			heap := heapAfterReading(t, test.certificate, test.key)
			if !bytes.Contains(heap, []byte(strings.Split(test.certificate, "\n")[1])) {
				t.Error("not even the certificate is found: nothing was looked at")
			}
			for what, trace := range tracesOf(test.key, test.numbers) {
				if bytes.Contains(heap, trace) {
					t.Errorf("the memory holds the key: %s", what)
				}
			}
		})
	}
}

// heapAfterReading is what lives in the memory of another process that has read a Secret.
func heapAfterReading(t *testing.T, certificate, key string) []byte {
	t.Helper()
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
	return heap
}

// tracesOf are the forms in which a key may lie about. Of long numbers a part is enough.
func tracesOf(key string, numbers map[string][]byte) map[string][]byte {
	const part = 32
	block, _ := pem.Decode([]byte(key))
	inBase64 := base64.StdEncoding.EncodeToString([]byte(key))
	traces := map[string][]byte{
		"the end of its DER": block.Bytes[len(block.Bytes)-part:], "its PEM": []byte(strings.Split(key, "\n")[1]),
		"its PEM in base64": []byte(inBase64[60:120]),
	}
	for name, number := range numbers {
		number = number[len(number)-part:]
		reversed := bytes.Clone(number) // as words lie in memory
		slices.Reverse(reversed)
		traces["its "+name], traces["its "+name+", backwards"] = number, reversed
		traces["its "+name+", in hex"] = []byte(hex.EncodeToString(number))
	}
	return traces
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
