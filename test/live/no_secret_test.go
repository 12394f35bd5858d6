package live

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/test/live/cluster"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// A needle is a text that may stand in nothing that kubevidence writes.
type needle struct {
	what string
	text string
}

// shortest is the length below which a text could stand somewhere by chance.
const shortest = 12

// TestNothingWrittenHoldsASecret looks for every value of every Secret of the cluster, and
// for the canaries, in all that the program writes, with and without --read-secrets.
func TestNothingWrittenHoldsASecret(t *testing.T) {
	both(t, func(t *testing.T, c *cluster.Cluster) {
		needles := needlesOf(t, c)
		kubeconfig, _ := administrator(t, c)
		for name, flags := range map[string][]string{"without Secrets": nil, "with Secrets": {"--read-secrets"}} {
			t.Run(name, func(t *testing.T) {
				flags := append([]string{"--kubeconfig", kubeconfig}, flags...)
				outputs := written(t, append(flags, "--config", c.Config), flags)
				for _, file := range outputs {
					for _, n := range needles {
						if bytes.Contains(file.content, []byte(n.text)) {
							t.Errorf("%s holds %s", file.name, n.what)
						}
					}
				}
			})
		}
	})
}

// TestCertificateBesideAKeyIsFound holds that the Secret in which a key stands beside the
// certificate was read, and the certificate taken: else the search above proves nothing.
func TestCertificateBesideAKeyIsFound(t *testing.T) {
	kubeconfig, _ := administrator(t, nonconforming)
	r, _ := scan(t, kubeconfig, "--read-secrets")
	if !slices.ContainsFunc(r.Inventory.Certificates, func(c report.Certificate) bool { return c.SHA256 == planted.fingerprint }) {
		t.Errorf("the certificate of Secret canary/key-with-certificate isn't in the inventory")
	}
}

// needlesOf are the values of all Secrets of a cluster, but certificates, in the ways in
// which they could be written, and the canaries.
func needlesOf(t *testing.T, c *cluster.Cluster) []needle {
	t.Helper()
	var needles []needle
	add := func(what string, value []byte) {
		if len(value) < shortest || onlyCertificates(value) {
			return
		}
		forms := map[string]string{
			"":                     string(value),
			" in base64":           base64.StdEncoding.EncodeToString(value),
			" in base64, for URLs": base64.URLEncoding.EncodeToString(value),
			" in hexadecimal":      hex.EncodeToString(value),
		}
		for form, text := range forms {
			needles = append(needles, needle{what + form, text})
		}
		for line := range keyLines(value) {
			needles = append(needles, needle{"a line of " + what, line})
		}
	}
	for _, secret := range list(t, c, "", "v1", "secrets") {
		data, _, _ := unstructured.NestedStringMap(secret.Object, "data")
		for key, encoded := range data {
			value, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				t.Fatal(err)
			}
			add(key+" of Secret "+secret.GetNamespace()+"/"+secret.GetName(), value)
		}
	}
	if c == nonconforming {
		for _, value := range planted.values {
			add("a canary", []byte(value))
		}
	}
	if len(needles) < 10 {
		t.Fatalf("%d texts to look for: the cluster has no Secrets", len(needles))
	}
	return needles
}

// keyLines yields the lines of a value that stand outside of its CERTIFICATE blocks: of
// keys, and of whatever else there is.
func keyLines(value []byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		inCertificate := false
		for line := range strings.Lines(string(value)) {
			line = strings.TrimSpace(line)
			switch {
			case line == "-----BEGIN CERTIFICATE-----":
				inCertificate = true
			case line == "-----END CERTIFICATE-----":
				inCertificate = false
			case inCertificate && !strings.Contains(line, ": "), len(line) < shortest, strings.HasPrefix(line, "-----"):
			default:
				if !yield(line) {
					return
				}
			}
		}
	}
}

// onlyCertificates reports whether a value is CERTIFICATE blocks and nothing else: that
// may be kept.
func onlyCertificates(value []byte) bool {
	for {
		block, rest := pem.Decode(value)
		if block == nil || block.Type != "CERTIFICATE" || len(block.Headers) > 0 || !bytes.HasPrefix(bytes.TrimSpace(value), []byte("-----BEGIN")) {
			return false
		}
		if value = bytes.TrimSpace(rest); len(value) == 0 {
			return true
		}
	}
}
