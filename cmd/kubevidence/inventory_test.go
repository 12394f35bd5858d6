package main

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/collect"
	"github.com/kubevidence/kubevidence/report"
)

var evaluated = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// inventoried is the inventory of a cluster of manifests, after it was changed.
func inventoried(t *testing.T, manifests string, change func(*audit.Snapshot)) report.Inventory {
	t.Helper()
	snapshot, err := collect.Files(t.Context(), collect.FilesOptions{Paths: []string{"-"}, Stdin: strings.NewReader(manifests), At: evaluated})
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(snapshot)
	}
	s := &scan{edition: bothEditions, input: input{std: streams{out: io.Discard, err: io.Discard}}}
	if err := s.complete(); err != nil {
		t.Fatal(err)
	}
	record, panics, err := s.evaluate(snapshot)
	if err != nil || len(panics) > 0 {
		t.Fatalf("%v, %v", err, panics)
	}
	return record.Inventory
}

const nginxClass = `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
`

// web is an Ingress whose certificate lies in Secret web.
const web = nginxClass + `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: app}
spec:
  ingressClassName: nginx
  tls: [{hosts: [web.example.com], secretName: web}]
  rules: [{host: web.example.com}]
status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}
`

// managed is the Certificate behind Secret web.
const managed = `
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: web, namespace: app}
spec: {secretName: web, dnsNames: [web.example.com], issuerRef: {kind: ClusterIssuer, name: ours}}
status: {revision: 2, notBefore: "2026-10-01T00:00:00Z", notAfter: "2026-12-30T00:00:00Z", renewalTime: "2026-11-30T00:00:00Z"}
`

// request is the CertificateRequest of a revision, with its certificate.
func request(revision int, certificate string) string {
	return fmt.Sprintf(`
---
apiVersion: cert-manager.io/v1
kind: CertificateRequest
metadata: {name: web-%d, namespace: app, annotations: {cert-manager.io/certificate-name: web, cert-manager.io/certificate-revision: "%d"}}
spec: {request: "", issuerRef: {kind: ClusterIssuer, name: ours}}
status: {certificate: %s}
`, revision, revision, base64.StdEncoding.EncodeToString([]byte(certificate)))
}

// secret is Secret web with a certificate.
func secret(certificate string) string {
	return fmt.Sprintf("\n---\n{apiVersion: v1, kind: Secret, metadata: {name: web, namespace: app}, type: kubernetes.io/tls, data: {tls.crt: %s}}\n",
		base64.StdEncoding.EncodeToString([]byte(certificate)))
}

// unread takes Secrets away, as on a cluster where nobody asked for them.
func unread(s *audit.Snapshot) {
	s.Collection.Source, s.Secrets = audit.FromCluster, nil
	for i := range s.Collection.Readings {
		if r := &s.Collection.Readings[i]; r.Resource == audit.Secrets {
			r.State, r.Gaps = audit.Unread, []audit.Gap{{Reason: audit.NotRequested, Verb: "get", Message: "not asked for"}}
		}
	}
}

// answered notes what a server said for web.example.com.
func answered(h audit.Handshake) func(*audit.Snapshot) {
	return func(s *audit.Snapshot) {
		unread(s)
		h.Host, h.Address, h.Port, h.At = "web.example.com", "192.0.2.1", 443, evaluated
		s.Handshakes = []audit.Handshake{h}
		s.Collection.Queries = append(s.Collection.Queries, audit.Query{Resource: audit.Handshakes, Pages: 1, Listed: 1})
	}
}

// TestCertificateRows: what the inventory says of a certificate at each level of evidence, and
// of one that can't be read.
func TestCertificateRows(t *testing.T) {
	start, end := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 30, 0, 0, 0, 0, time.UTC)
	one, other := certify(t, "web.example.com", start, end), certify(t, "web.example.com", start, end)
	sum := func(data []byte) string {
		s := sha256.Sum256(data)
		return hex.EncodeToString(s[:])
	}
	parsed, err := x509.ParseCertificate(one.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	row := func(level audit.Level, presence string) report.Certificate {
		return report.Certificate{Namespace: "app", Secret: "web", Level: level, Presence: presence, UsedBy: []string{"Ingress app/web"}, Hosts: []string{"web.example.com"}}
	}
	read := func(c report.Certificate) report.Certificate {
		c.Issuer, c.Names, c.Serial = parsed.Issuer.String(), []string{"web.example.com"}, "5e7"
		c.SHA256, c.PublicKey = sum(one.Certificate[0]), sum(parsed.RawSubjectPublicKeyInfo)
		c.Key, c.Algorithm, c.Bits, c.NotBefore, c.NotAfter = "ECDSA P-256", "ECDSA", 256, start, end
		return c
	}
	owned := func(c report.Certificate) report.Certificate {
		c.Certificate, c.Issuer, c.RenewalTime = "web", "ClusterIssuer ours", time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
		return c
	}
	fromStatus := func(c report.Certificate) report.Certificate {
		c.NotBefore, c.NotAfter = start, end
		return c
	}
	broken := func(c report.Certificate) report.Certificate {
		c.Malformed = "x"
		return c
	}
	const garbled = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
	for _, test := range []struct {
		name, manifests string
		change          func(*audit.Snapshot)
		want            report.Certificate
	}{
		{"stored", web + secret(pemOf(one)), nil, read(row(audit.Stored, "present"))},
		{"stored, and another issued", web + managed + request(2, pemOf(other)) + secret(pemOf(one)), nil, owned(read(row(audit.Stored, "present")))},
		{"stored, malformed", web + secret(garbled), nil, broken(row(audit.Stored, "present"))},
		{"absent", web, nil, row("", "absent")},
		{"issued", web + managed + request(1, pemOf(other)) + request(2, pemOf(one)), unread, owned(read(row(audit.Issued, "notRead")))},
		{"issued, and another served", web + managed + request(2, pemOf(one)), answered(audit.Handshake{Certificates: pemOf(other)}), owned(read(row(audit.Issued, "notRead")))},
		{"issued, malformed", web + managed + request(2, garbled), unread, owned(broken(row(audit.Issued, "notRead")))},
		{"issued, known from status alone", web + managed, unread, fromStatus(owned(row(audit.Issued, "notRead")))},
		{"issued before, known from status alone", web + managed + request(1, pemOf(other)), unread, fromStatus(owned(row(audit.Issued, "notRead")))},
		{"served", web, answered(audit.Handshake{Certificates: pemOf(one)}), read(row(audit.Served, "notRead"))},
		{"served, malformed", web, answered(audit.Handshake{Error: "tls: failed to parse certificate from server: x509: negative serial number"}), broken(row(audit.Served, "notRead"))},
		{"nobody answers", web, answered(audit.Handshake{Error: "no handshake within 5s"}), row("", "notRead")},
		{"nobody asked", web, unread, row("", "notRead")},
	} {
		t.Run(test.name, func(t *testing.T) {
			rows := inventoried(t, test.manifests, test.change).Certificates
			if len(rows) != 1 {
				t.Fatalf("%d rows: %+v", len(rows), rows)
			}
			if rows[0].Malformed != "" && test.want.Malformed != "" {
				test.want.Malformed = rows[0].Malformed // the parser's words
			}
			if diff := cmp.Diff(test.want, rows[0], cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestHostRows: what the inventory says of a host, by what its Ingress is.
func TestHostRows(t *testing.T) {
	const nginx = nginxClass + `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: alb}
spec: {controller: ingress.k8s.aws/alb}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: own}
spec: {controller: example.com/own}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: controller, namespace: ingress-nginx}
spec:
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec: {containers: [{name: main, image: "registry.k8s.io/ingress-nginx/controller:v1.15.1", args: ["--configmap=ingress-nginx/settings"]}]}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: ingress-nginx}, data: {}}
---
apiVersion: v1
kind: Service
metadata: {name: controller, namespace: ingress-nginx}
spec: {type: LoadBalancer, externalTrafficPolicy: Local, selector: {app: nginx}, ports: [{port: 443, targetPort: 443}]}
---
`
	ingress := func(annotations, spec string) string {
		return nginx + "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: app, annotations: {" + annotations + "}}\nspec: {" + spec + "}\n"
	}
	const rule = "rules: [{host: Web.example.com}]"
	pass, fail := audit.Pass, audit.Fail
	row := func(host, class, controller string, end report.TLSEnd) report.Host {
		h := report.Host{Host: host, Namespaces: []string{"app"}, Objects: []string{"Ingress app/web"}, Classes: []string{class}, TLS: []report.TLSEnd{end}}
		if controller != "" {
			h.Controllers = []string{controller}
		}
		return h
	}
	judged := func(h report.Host, redirect, source *audit.Status, allowlist ...string) report.Host {
		h.Redirect, h.Source, h.Allowlist = redirect, source, allowlist
		return h
	}
	atController, nowhere := report.TLSEnd{At: "controller", Secret: "app/web"}, report.TLSEnd{At: "nowhere"}
	unknown := audit.NotAssessed
	for _, test := range []struct {
		name, manifests string
		want            []report.Host
	}{
		{"with TLS", ingress("", "ingressClassName: nginx, tls: [{hosts: [web.example.com], secretName: web}], "+rule),
			[]report.Host{judged(row("web.example.com", "nginx", "ingress-nginx", atController), &pass, nil)}},
		{"without TLS", ingress("", "ingressClassName: nginx, "+rule),
			[]report.Host{row("web.example.com", "nginx", "ingress-nginx", nowhere)}},
		{"under a wildcard", ingress("", "ingressClassName: nginx, tls: [{hosts: ['*.example.com'], secretName: web}], "+rule),
			[]report.Host{judged(row("web.example.com", "nginx", "ingress-nginx", atController), &pass, nil)}},
		{"without the redirect, with a list", ingress("nginx.ingress.kubernetes.io/ssl-redirect: 'false', nginx.ingress.kubernetes.io/whitelist-source-range: '198.51.100.0/24'", "ingressClassName: nginx, tls: [{hosts: [web.example.com], secretName: web}], "+rule),
			[]report.Host{judged(row("web.example.com", "nginx", "ingress-nginx", atController), &fail, &pass, "198.51.100.0/24")}},
		{"passed through", ingress("nginx.ingress.kubernetes.io/ssl-passthrough: 'true'", "ingressClassName: nginx, "+rule),
			[]report.Host{judged(row("web.example.com", "nginx", "ingress-nginx", report.TLSEnd{At: "workload"}), &unknown, nil)}},
		{"at a balancer", ingress("alb.ingress.kubernetes.io/certificate-arn: a", "ingressClassName: alb, "+rule),
			[]report.Host{judged(row("web.example.com", "alb", "AWS Load Balancer Controller", report.TLSEnd{At: "balancer"}), &unknown, nil)}},
		{"a controller that isn't known", ingress("", "ingressClassName: own, tls: [{secretName: web}], "+rule),
			[]report.Host{judged(row("web.example.com", "own", "example.com/own", atController), &unknown, nil)}},
		{"every host", ingress("", "ingressClassName: nginx, tls: [{secretName: web}], defaultBackend: {service: {name: web, port: {number: 80}}}"),
			[]report.Host{judged(row("*", "nginx", "ingress-nginx", atController), &pass, nil)}},
		{"none", nginx + "{apiVersion: v1, kind: Namespace, metadata: {name: app}}", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			rows := inventoried(t, test.manifests, nil).Ingresses
			if diff := cmp.Diff(test.want, rows, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
