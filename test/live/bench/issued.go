package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"sync/atomic"
	"time"

	acmev1 "github.com/cert-manager/cert-manager/pkg/apis/acme/v1"
	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// issuerName is the ClusterIssuer of every Ingress.
const issuerName = "letsencrypt"

// An authority signs what Certificates and CertificateRequests would hold: no
// cert-manager runs while the scan is measured.
type authority struct {
	certificate *x509.Certificate
	pem         []byte
	key         *ecdsa.PrivateKey
	serial      atomic.Int64
}

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("generate key: %w", err)
	}
	a := &authority{key: key}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "bench"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.certificate = template
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("sign CA: %w", err)
	}
	a.pem = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	a.serial.Store(1)
	return a, nil
}

// issue signs a certificate for a host, for 90 days from an hour ago.
func (a *authority) issue(host string) (pemChain []byte, notBefore, notAfter time.Time, err error) {
	notBefore = time.Now().Add(-time.Hour).UTC().Truncate(time.Second)
	notAfter = notBefore.AddDate(0, 0, 90)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(a.serial.Add(1)), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: notBefore, NotAfter: notAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, a.key.Public(), a.key)
	if err != nil {
		return nil, notBefore, notAfter, fmt.Errorf("sign certificate of %s: %w", host, err)
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), a.pem...), notBefore, notAfter, nil
}

func clusterIssuer() *cmv1.ClusterIssuer {
	i := &cmv1.ClusterIssuer{ObjectMeta: metav1.ObjectMeta{Name: issuerName}}
	i.SetGroupVersionKind(cmv1.SchemeGroupVersion.WithKind(cmv1.ClusterIssuerKind))
	class := "nginx"
	i.Spec.ACME = &acmev1.ACMEIssuer{
		Server: "https://acme-v02.api.letsencrypt.org/directory", Email: "platform@bench.example",
		PrivateKey: cmmeta.SecretKeySelector{LocalObjectReference: cmmeta.LocalObjectReference{Name: issuerName}},
		Solvers:    []acmev1.ACMEChallengeSolver{{HTTP01: &acmev1.ACMEChallengeSolverHTTP01{Ingress: &acmev1.ACMEChallengeSolverHTTP01Ingress{IngressClassName: &class}}}},
	}
	i.Status.ACME = &acmev1.ACMEIssuerStatus{URI: "https://acme-v02.api.letsencrypt.org/acme/acct/1"}
	i.Status.Conditions = []cmv1.IssuerCondition{{
		Type: cmv1.IssuerConditionReady, Status: cmmeta.ConditionTrue, Reason: "ACMEAccountRegistered",
		Message: "The ACME account was registered with the ACME server", ObservedGeneration: 1, LastTransitionTime: new(metav1.Now()),
	}}
	return i
}

// certificate is what ingress-shim makes of the nth Ingress of a namespace, issued.
func certificate(namespace string, n int, notBefore, notAfter time.Time) *cmv1.Certificate {
	c := &cmv1.Certificate{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: appName(n) + "-tls", Labels: labels(namespace, appName(n), "")}}
	c.SetGroupVersionKind(cmv1.SchemeGroupVersion.WithKind(cmv1.CertificateKind))
	c.Spec = cmv1.CertificateSpec{
		DNSNames: []string{host(namespace, n)}, SecretName: appName(n) + "-tls", Usages: cmv1.DefaultKeyUsages(),
		IssuerRef: issuerRef(),
	}
	c.Status = cmv1.CertificateStatus{
		Conditions: []cmv1.CertificateCondition{{
			Type: cmv1.CertificateConditionReady, Status: cmmeta.ConditionTrue, Reason: "Ready",
			Message: "Certificate is up to date and has not expired", ObservedGeneration: 1, LastTransitionTime: new(metav1.Now()),
		}},
		NotBefore: new(metav1.NewTime(notBefore)), NotAfter: new(metav1.NewTime(notAfter)),
		RenewalTime: new(metav1.NewTime(notAfter.Add(-notAfter.Sub(notBefore) / 3))), Revision: new(1),
	}
	return c
}

// request is the one that led to the Certificate's first revision. The signing request
// is not kept: the certificate stands in, which is about as long.
func request(owner *cmv1.Certificate, chain, ca []byte) *cmv1.CertificateRequest {
	r := &cmv1.CertificateRequest{ObjectMeta: metav1.ObjectMeta{
		Namespace: owner.Namespace, Name: owner.Name + "-1", Labels: owner.Labels,
		Annotations: map[string]string{
			cmv1.CertificateNameKey: owner.Name, cmv1.CertificateRequestRevisionAnnotationKey: "1",
			cmv1.CertificateRequestPrivateKeyAnnotationKey: owner.Name + "-x7k2p",
		},
		OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(owner, cmv1.SchemeGroupVersion.WithKind(cmv1.CertificateKind))},
	}}
	r.SetGroupVersionKind(cmv1.SchemeGroupVersion.WithKind(cmv1.CertificateRequestKind))
	r.Spec = cmv1.CertificateRequestSpec{IssuerRef: issuerRef(), Request: chain, Usages: cmv1.DefaultKeyUsages(), Username: "system:serviceaccount:cert-manager:cert-manager"}
	r.Status = cmv1.CertificateRequestStatus{
		Certificate: chain, CA: ca,
		Conditions: []cmv1.CertificateRequestCondition{
			{Type: cmv1.CertificateRequestConditionApproved, Status: cmmeta.ConditionTrue, Reason: "cert-manager.io", Message: "Certificate request has been approved by cert-manager.io", LastTransitionTime: new(metav1.Now())},
			{Type: cmv1.CertificateRequestConditionReady, Status: cmmeta.ConditionTrue, Reason: "Issued", Message: "Certificate fetched from issuer successfully", LastTransitionTime: new(metav1.Now())},
		},
	}
	return r
}

func issuerRef() cmmeta.IssuerReference {
	return cmmeta.IssuerReference{Group: "cert-manager.io", Kind: cmv1.ClusterIssuerKind, Name: issuerName}
}
