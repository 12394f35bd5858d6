package collect

import (
	"bytes"
	"encoding/asn1"
	"encoding/pem"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A secret is all that is ever decoded of a Secret: no other key of its data has a place
// to go. The private key is compared with the certificate and overwritten.
type secret struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Type string `json:"type"`
	Data struct {
		Certificates []byte `json:"tls.crt"`
		Key          []byte `json:"tls.key"`
	} `json:"data"`
	StringData struct { // in manifests; the server merges it over data
		Certificates *text `json:"tls.crt"`
		Key          *text `json:"tls.key"`
	} `json:"stringData"`
}

// A text is a JSON string as bytes, which can be overwritten.
type text []byte

// UnmarshalText takes a copy of the text.
func (t *text) UnmarshalText(data []byte) error {
	*t = bytes.Clone(data)
	return nil
}

func reduceSecret(k *kept, s *secret) string {
	bundle, key := s.Data.Certificates, s.Data.Key
	if s.StringData.Certificates != nil {
		bundle = *s.StringData.Certificates
	}
	if s.StringData.Key != nil {
		clear(key)
		key = *s.StringData.Key
	}
	reduced := audit.Secret{Object: k.meta(&s.ObjectMeta), Type: s.Type}
	if reduced.Type == "" {
		reduced.Type = string(corev1.SecretTypeOpaque) // k8s.io/kubernetes pkg/apis/core/v1/defaults.go
	}
	reduced.Certificates, reduced.Malformed = certificates(bundle)
	reduced.Key = compareKey(key, reduced.Certificates)
	clear(bundle)
	s.Data.Certificates, s.StringData.Certificates, s.Data.Key, s.StringData.Key = nil, nil, nil, nil
	k.Secrets = append(k.Secrets, reduced)
	return ""
}

// certificates returns the CERTIFICATE blocks of a bundle, PEM, without headers, or says
// why it holds none; it never quotes the bundle. A block that is cut off, or whose
// content isn't a certificate's, keeps its place as an empty one, so that what reads the
// bundle later trips over it too.
func certificates(bundle []byte) (blocks, malformed string) {
	if len(bytes.TrimSpace(bundle)) == 0 {
		return "", "tls.crt is missing or empty"
	}
	var out strings.Builder
	found := false
	for rest := bundle; ; {
		before := rest
		var block *pem.Block
		block, rest = pem.Decode(before)
		read := before[:len(before)-len(rest)]
		if block == nil {
			read = before
		}
		// The decoder passes over blocks that it can't decode without a word.
		begun := bytes.Count(read, []byte("-----BEGIN CERTIFICATE-----"))
		if block != nil && block.Type == "CERTIFICATE" {
			begun--
		}
		for range begun {
			found = true
			out.WriteString("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")
		}
		if block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		found = true
		if !certificateShaped(block.Bytes) {
			block.Bytes = nil
		}
		out.Write(pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes}))
	}
	switch {
	case !found && certificateShaped(bundle):
		return "", "tls.crt holds a certificate in DER, where servers expect PEM"
	case !found:
		return "", "tls.crt holds no CERTIFICATE block"
	}
	return out.String(), ""
}

// certificateShaped reports whether der is one Certificate and nothing after it, as far
// as its outermost sequence tells (RFC 5280, 4.1): a private key under a wrong label
// isn't.
func certificateShaped(der []byte) bool {
	var c struct {
		TBS       asn1.RawValue
		Algorithm asn1.RawValue
		Signature asn1.BitString
	}
	rest, err := asn1.Unmarshal(der, &c)
	return err == nil && len(rest) == 0 &&
		c.TBS.Tag == asn1.TagSequence && c.Algorithm.Tag == asn1.TagSequence
}
