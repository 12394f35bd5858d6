package recordtest

import (
	"github.com/kubevidence/kubevidence/audit"
)

// line is a finding of the sample, written by hand.
type line struct {
	check           string
	status          audit.Status
	reason          audit.Reason
	kind, ns, name  string
	observed, words string
	path, value     string
	level           audit.Level
	severity        audit.Severity
}

const none = ""

var lines = []line{
	{"CM-01", audit.Pass, none, "Deployment", "cert-manager", "cert-manager", "1 of 1 available", "cert-manager is up: 1 of 1 replicas available", "status.availableReplicas", "1", audit.Configured, 0},
	{"CM-01", audit.Pass, none, "Deployment", "cert-manager", "cert-manager-webhook", "1 of 1 available", "the webhook is up: 1 of 1 replicas available", "status.availableReplicas", "1", audit.Configured, 0},
	{"ISS-01", audit.Pass, none, "ClusterIssuer", "", "letsencrypt-prod", "3 ClusterIssuers", "ClusterIssuers: internal-ca, letsencrypt-prod, letsencrypt-staging", "", "", "", 0},
	{"ISS-03", audit.Pass, none, "ClusterIssuer", "", "letsencrypt-prod", "acme-v02.api.letsencrypt.org", "a production ACME server", "spec.acme.server", "https://acme-v02.api.letsencrypt.org/directory", audit.Configured, 0},
	{"ISS-03", audit.Fail, none, "ClusterIssuer", "", "letsencrypt-staging", "acme-staging-v02.api.letsencrypt.org", "a staging ACME server issues for exposed host search.example.com: browsers don't trust its certificates", "spec.acme.server", "https://acme-staging-v02.api.letsencrypt.org/directory", audit.Configured, 0},
	{"CRT-01", audit.Pass, none, "Certificate", "catalog", "catalog.example.com", "Ready: True", "Ready since 2026-11-10", "status.conditions[Ready].status", "True", audit.Issued, 0},
	{"CRT-01", audit.Fail, none, "Certificate", "checkout", "checkout.example.com", "Ready: False", "not Ready: the order failed: 403 urn:ietf:params:acme:error:rateLimited: too many certificates already issued for \"example.com\"", "status.conditions[Ready].message", "The certificate request has failed to complete and will be retried", audit.Issued, 0},
	{"CRT-01", audit.Pass, none, "Certificate", "payments", "payments.example.com", "Ready: True", "Ready since 2026-10-06", "status.conditions[Ready].status", "True", audit.Issued, 0},
	{"CRT-01", audit.Pass, none, "Certificate", "search", "search.example.com", "Ready: True", "Ready since 2026-10-23", "status.conditions[Ready].status", "True", audit.Issued, 0},
	{"CRT-01", audit.Pass, none, "Certificate", "shop-web", "www.example.com", "Ready: True", "Ready since 2026-11-19", "status.conditions[Ready].status", "True", audit.Issued, 0},
	{"CRT-01", audit.Fail, none, "Certificate", "warehouse", "stock.example.com", "Ready: False", "not Ready: the certificate has expired", "status.conditions[Ready].reason", "Expired", audit.Issued, 0},
	{"CRT-02", audit.Pass, none, "Certificate", "catalog", "catalog.example.com", "renewal due 2027-01-09", "renewed on time", "status.renewalTime", "2027-01-09T21:00:00Z", audit.Issued, 0},
	{"CRT-02", audit.Fail, none, "Certificate", "checkout", "checkout.example.com", "10 days of 90 remain", "renewal was due 2026-11-02 and 10 days of 90 remain: less than a sixth", "status.renewalTime", "2026-11-02T21:00:00Z", audit.Issued, 0},
	{"CRT-02", audit.Pass, none, "Certificate", "payments", "payments.example.com", "renewal due 2026-12-05", "renewed on time", "status.renewalTime", "2026-12-05T21:00:00Z", audit.Issued, 0},
	{"CRT-02", audit.Fail, none, "Certificate", "warehouse", "stock.example.com", "expired 35 days ago", "expired on 2026-10-18", "status.notAfter", "2026-10-18T21:00:00Z", audit.Issued, audit.Critical},
	{"CRT-05", audit.Pass, none, "Certificate", "payments", "payments.example.com", "Always", "a new key at each renewal", "spec.privateKey.rotationPolicy", "Always", audit.Configured, 0},
	{"CRT-05", audit.Fail, none, "Certificate", "search", "search.example.com", "Never", "the key is kept over renewals: rotationPolicy is Never", "spec.privateKey.rotationPolicy", "Never", audit.Configured, 0},
	{"SEC-02", audit.NotAssessed, audit.NotRequested, "Cluster", "", "cluster", "Secrets weren't read", "not assessed: Secrets are read with --read-secrets only", "", "", "", 0},
	{"SEC-03", audit.Pass, none, "Ingress", "catalog", "catalog", "until 2027-02-08", "valid until 2027-02-08: Secret catalog.example.com-tls", "status.certificate", "notAfter 2027-02-08T21:00:00Z", audit.Issued, 0},
	{"SEC-03", audit.Pass, none, "Ingress", "shop-web", "frontend", "until 2027-02-17", "valid until 2027-02-17: Secret www.example.com-tls", "status.certificate", "notAfter 2027-02-17T21:00:00Z", audit.Issued, 0},
	{"SEC-03", audit.NotAssessed, audit.Unknown, "Ingress", "warehouse", "stock", "no certificate is known", "the certificate of Secret stock.example.com-tls isn't known: its request is gone and Secrets weren't read", "", "", "", 0},
	{"ING-01", audit.NotAssessed, audit.Unknown, "Ingress", "analytics", "dashboard", "no spec.tls; alb.ingress.kubernetes.io/certificate-arn", "TLS is ended by the cloud balancer: its certificate isn't visible to the API", "metadata.annotations[alb.ingress.kubernetes.io/certificate-arn]", "arn:aws:acm:eu-west-1:111122223333:certificate/6f0d0f6e", audit.Configured, 0},
	{"ING-01", audit.Pass, none, "Ingress", "catalog", "catalog", "1 TLS block", "TLS is declared for catalog.example.com", "spec.tls[0].hosts", "catalog.example.com", audit.Configured, 0},
	{"ING-01", audit.Pass, none, "Ingress", "checkout", "checkout", "1 TLS block", "TLS is declared for checkout.example.com", "spec.tls[0].hosts", "checkout.example.com", audit.Configured, 0},
	{"ING-01", audit.Pass, none, "Ingress", "shop-web", "frontend", "1 TLS block", "TLS is declared for www.example.com", "spec.tls[0].hosts", "www.example.com", audit.Configured, 0},
	{"ING-02", audit.Pass, none, "Ingress", "catalog", "catalog", "1 of 1 hosts", "every rule host is named", "spec.rules[0].host", "catalog.example.com", audit.Configured, 0},
	{"ING-02", audit.Warning, none, "Ingress", "search", "search", "under a wildcard", "search.example.com is only covered by *.example.com among the TLS hosts", "spec.tls[0].hosts", "*.example.com", audit.Configured, 0},
	{"ING-06", audit.Pass, none, "Ingress", "shop-web", "frontend", "letsencrypt-prod", "ClusterIssuer letsencrypt-prod is there and ready", "metadata.annotations[cert-manager.io/cluster-issuer]", "letsencrypt-prod", audit.Configured, 0},
	{"ING-06", audit.Fail, none, "Ingress", "warehouse", "stock", "letsencrypt-production", "the annotation names ClusterIssuer letsencrypt-production, which doesn't exist", "metadata.annotations[cert-manager.io/cluster-issuer]", "letsencrypt-production", audit.Configured, 0},
	{"NET-06", audit.Pass, none, "NetworkPolicy", "payments", "allow-checkout", "4 Pods", "protects 4 Pods", "spec.podSelector", "app=payments-api", audit.Configured, 0},
	{"NET-06", audit.Warning, none, "NetworkPolicy", "search", "allow-retired", "no Pod", "selects no Pod and no controller's template", "spec.podSelector", "app=elasticsearch", audit.Configured, 0},
}

var apiVersions = map[string]string{
	"Certificate": "cert-manager.io/v1", "ClusterIssuer": "cert-manager.io/v1", "Deployment": "apps/v1",
	"Ingress": "networking.k8s.io/v1", "NetworkPolicy": "networking.k8s.io/v1",
}

// written are the findings of a check that stand in lines.
func written(check string) []audit.Finding {
	var findings []audit.Finding
	for _, l := range lines {
		if l.check != check {
			continue
		}
		f := audit.Finding{
			Status: l.status, Reason: l.reason, Severity: l.severity, Observed: l.observed, Message: l.words,
			Subject: audit.Subject{APIVersion: apiVersions[l.kind], Kind: l.kind, Namespace: l.ns, Name: l.name},
		}
		if l.kind != "Cluster" {
			f.Subject.UID, f.Subject.ResourceVersion = uid(l.kind+"/"+l.ns+"/"+l.name), "20417"
		}
		if l.path != "" {
			f.Evidence = []audit.Evidence{{Path: l.path, Value: l.value, Level: l.level}}
		}
		findings = append(findings, f)
	}
	return findings
}
