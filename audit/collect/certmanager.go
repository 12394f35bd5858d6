package collect

import (
	cmacme "github.com/cert-manager/cert-manager/pkg/apis/acme/v1"
	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
)

const certmanagerGroup = "cert-manager.io"

var certmanager = []kind{
	{
		resource: audit.Issuers, group: certmanagerGroup, version: "v1", plural: "issuers", name: "Issuer", namespaced: true, custom: true,
		codec: decoding(reduceIssuer),
	},
	{
		resource: audit.ClusterIssuers, group: certmanagerGroup, version: "v1", plural: "clusterissuers", name: "ClusterIssuer", custom: true,
		codec: decoding(reduceClusterIssuer),
	},
	{
		resource: audit.Certificates, group: certmanagerGroup, version: "v1", plural: "certificates", name: "Certificate", namespaced: true, custom: true,
		codec: decoding(reduceCertificate),
	},
	{
		resource: audit.CertificateRequests, group: certmanagerGroup, version: "v1", plural: "certificaterequests", name: "CertificateRequest", namespaced: true, custom: true,
		codec: decoding(reduceCertificateRequest),
	},
	{
		resource: audit.Orders, group: cmacme.SchemeGroupVersion.Group, version: "v1", plural: "orders", name: "Order", namespaced: true, custom: true,
		codec: decoding(reduceOrder),
	},
	{
		resource: audit.Challenges, group: cmacme.SchemeGroupVersion.Group, version: "v1", plural: "challenges", name: "Challenge", namespaced: true, custom: true,
		codec: decoding(reduceChallenge),
	},
}

func reduceIssuer(k *kept, i *cmv1.Issuer) string {
	dropWebhooks(&i.Spec)
	k.Issuers = append(k.Issuers, *i)
	return ""
}

func reduceClusterIssuer(k *kept, i *cmv1.ClusterIssuer) string {
	dropWebhooks(&i.Spec)
	k.ClusterIssuers = append(k.ClusterIssuers, *i)
	return ""
}

// dropWebhooks drops the free-form configuration of DNS-01 webhooks: it is nobody's
// schema, and credentials have been seen in it.
func dropWebhooks(s *cmv1.IssuerSpec) {
	if s.ACME == nil {
		return
	}
	for i := range s.ACME.Solvers {
		if d := s.ACME.Solvers[i].DNS01; d != nil && d.Webhook != nil {
			d.Webhook.Config = nil
		}
	}
}

func reduceCertificate(k *kept, c *cmv1.Certificate) string {
	k.Certificates = append(k.Certificates, *c)
	return ""
}

// reduceCertificateRequest keeps what was issued. The signing request repeats it, and who
// made it is personal data that nothing judges.
func reduceCertificateRequest(k *kept, r *cmv1.CertificateRequest) string {
	r.Spec.Request = nil
	r.Spec.Username, r.Spec.UID, r.Spec.Groups, r.Spec.Extra = "", "", nil, nil
	k.CertificateRequests = append(k.CertificateRequests, *r)
	return ""
}

// reduceOrder keeps how an order stands, not what was ordered with it: its certificate is
// the CertificateRequest's, and its tokens are the challenges'.
func reduceOrder(k *kept, o *cmacme.Order) string {
	o.Spec.Request = nil
	o.Status.Certificate = nil
	for i := range o.Status.Authorizations {
		o.Status.Authorizations[i].Challenges = nil
	}
	k.Orders = append(k.Orders, *o)
	return ""
}

// reduceChallenge keeps how a challenge stands. Its token and key authorization are the
// ACME account's, and its solver may hold a webhook's configuration.
func reduceChallenge(k *kept, c *cmacme.Challenge) string {
	c.Spec.Token, c.Spec.Key, c.Spec.Solver = "", "", cmacme.ACMEChallengeSolver{}
	k.Challenges = append(k.Challenges, *c)
	return ""
}
