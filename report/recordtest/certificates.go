package recordtest

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"strconv"
	"time"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
	"github.com/kubevidence/kubevidence/audit"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// site is a host of the sample: its Ingress and, where days is set, the Certificate that
// cert-manager keeps for it.
type site struct {
	namespace, name, host string
	issuer                string
	life, used            int  // of the certificate, days; 0 for none
	issued                bool // its CertificateRequest is still there
}

var sites = []site{
	{"analytics", "dashboard", "dashboard.example.com", "", 0, 0, false},
	{"catalog", "catalog", "catalog.example.com", "letsencrypt-prod", 90, 12, true},
	{"checkout", "checkout", "checkout.example.com", "letsencrypt-prod", 90, 80, true},
	{"payments", "payments", "payments.example.com", "letsencrypt-prod", 90, 47, true},
	{"search", "search", "search.example.com", "letsencrypt-staging", 90, 30, true},
	{"shop-web", "frontend", "www.example.com", "letsencrypt-prod", 90, 3, true},
	{"warehouse", "stock", "stock.example.com", "internal-ca", 365, 400, false},
}

// addCertificates adds Ingresses, Certificates and the requests behind them.
func addCertificates(s *audit.Snapshot) {
	for i, site := range sites {
		s.Ingresses = append(s.Ingresses, networkingv1.Ingress{
			ObjectMeta: metav1.ObjectMeta{Namespace: site.namespace, Name: site.name, UID: types.UID(uid("Ingress/" + site.name)), ResourceVersion: "20417"},
			Spec: networkingv1.IngressSpec{
				TLS:   []networkingv1.IngressTLS{{Hosts: []string{site.host}, SecretName: site.host + "-tls"}},
				Rules: []networkingv1.IngressRule{{Host: site.host}},
			},
		})
		if site.life == 0 {
			continue
		}
		begin := At.AddDate(0, 0, -site.used).Truncate(time.Hour)
		end := begin.AddDate(0, 0, site.life)
		revision := 3
		c := cmv1.Certificate{
			ObjectMeta: metav1.ObjectMeta{Namespace: site.namespace, Name: site.host, UID: types.UID(uid("Certificate/" + site.host)), ResourceVersion: "20420"},
			Spec: cmv1.CertificateSpec{
				SecretName: site.host + "-tls", DNSNames: []string{site.host},
				IssuerRef: cmmeta.IssuerReference{Kind: "ClusterIssuer", Name: site.issuer},
			},
			Status: cmv1.CertificateStatus{
				Revision: &revision, NotBefore: &metav1.Time{Time: begin}, NotAfter: &metav1.Time{Time: end},
				RenewalTime: &metav1.Time{Time: end.AddDate(0, 0, -site.life/3)},
			},
		}
		s.Certificates = append(s.Certificates, c)
		if site.issued {
			s.CertificateRequests = append(s.CertificateRequests, request(&c, int64(i+1)))
		}
	}
}

// request is the CertificateRequest whose certificate is in force.
func request(c *cmv1.Certificate, serial int64) cmv1.CertificateRequest {
	return cmv1.CertificateRequest{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: c.Namespace, Name: fmt.Sprintf("%s-%d", c.Name, *c.Status.Revision),
			Annotations: map[string]string{
				cmv1.CertificateNameKey:                      c.Name,
				cmv1.CertificateRequestRevisionAnnotationKey: strconv.Itoa(*c.Status.Revision),
			},
		},
		Status: cmv1.CertificateRequestStatus{Certificate: certificate(c, serial)},
	}
}

// certificate signs a certificate that is the same whenever it is made: Ed25519
// signatures hold no random part.
func certificate(c *cmv1.Certificate, serial int64) []byte {
	seed := sha256.Sum256([]byte("sample CA"))
	authority := ed25519.NewKeyFromSeed(seed[:])
	scalar := sha256.Sum256([]byte(c.Name))
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:])
	if err != nil {
		panic(err)
	}
	parent := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{Organization: []string{"Let's Encrypt"}, CommonName: "E7"}}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(0x3a5e9c0000 + serial), Subject: pkix.Name{CommonName: c.Name},
		DNSNames: c.Spec.DNSNames, NotBefore: c.Status.NotBefore.Time, NotAfter: c.Status.NotAfter.Time,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(nil, leaf, parent, &key.PublicKey, authority)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
