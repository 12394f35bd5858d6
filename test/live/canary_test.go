package live

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	_ "embed" // manifests
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"github.com/kubevidence/kubevidence/test/live/cluster"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// canaryManifest puts secret values where careless code would pick them up: %[1]s is one
// in an environment variable, in arguments and in the last applied configuration.
//
//go:embed testdata/canary.yaml
var canaryManifest string

// canaries are values that were put into a cluster to be looked for in what kubevidence
// writes.
type canaries struct {
	values []string // of no Secret: those are read from the cluster
	// fingerprint of the certificate that stands beside some of them (SHA-256 over DER,
	// hex): where it isn't found, nothing was looked at.
	fingerprint string
}

// plant writes the canaries.
func plant(ctx context.Context, c *cluster.Cluster) (canaries, error) {
	certificate, key, err := selfSigned("canary.example.com")
	if err != nil {
		return canaries{}, err
	}
	block, _ := pem.Decode(certificate)
	p := canaries{values: []string{"canary-" + rand.Text()}, fingerprint: fmt.Sprintf("%x", sha256.Sum256(block.Bytes))}
	secrets := []*corev1.Secret{
		// The key and words stand beside the certificate, where only that belongs.
		tlsSecret("key-with-certificate", append(append([]byte("canary-"+rand.Text()+"\n"), certificate...), key...), key),
		tlsSecret("no-certificate", []byte("canary-"+rand.Text()), key),
		tlsSecret("key-for-certificate", key, certificate),
		tlsSecret("broken-certificate", pem.EncodeToMemory(&pem.Block{
			Type: "CERTIFICATE", Headers: map[string]string{"Password": "canary-" + rand.Text()}, Bytes: []byte("canary-" + rand.Text()),
		}), key),
		{ObjectMeta: metav1.ObjectMeta{Name: "database"}, Data: map[string][]byte{"password": []byte("canary-" + rand.Text())}},
	}
	manifests := [][]byte{fmt.Appendf(nil, canaryManifest, p.values[0])}
	for _, s := range secrets {
		s.APIVersion, s.Kind, s.Namespace = "v1", "Secret", "canary"
		s.Annotations = map[string]string{corev1.LastAppliedConfigAnnotation: p.values[0]}
		manifest, err := yaml.Marshal(s)
		if err != nil {
			return canaries{}, fmt.Errorf("encode Secret %s: %w", s.Name, err)
		}
		manifests = append(manifests, manifest)
	}
	return p, c.Apply(ctx, manifests...)
}

func tlsSecret(name string, certificate, key []byte) *corev1.Secret {
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Type:       corev1.SecretTypeTLS,
		Data:       map[string][]byte{corev1.TLSCertKey: certificate, corev1.TLSPrivateKeyKey: key},
	}
}

// selfSigned makes a certificate for a host, and its key, in PEM.
func selfSigned(host string) (certificate, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("generate key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 3, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return nil, nil, fmt.Errorf("sign certificate: %w", err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, fmt.Errorf("encode key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}), nil
}
