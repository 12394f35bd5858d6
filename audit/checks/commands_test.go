package checks

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
)

func TestCertificateCommands(t *testing.T) {
	hostile := "x'; id; '"
	for _, c := range []struct {
		name string
		t    audit.TLSSecret
		want string
	}{
		{"stored", audit.TLSSecret{Namespace: "app", Name: "web", Presence: audit.Present, Level: audit.Stored},
			`kubectl get secret web -n app -o jsonpath='{.data.tls\.crt}' | base64 -d | openssl x509 -noout -text`},
		{"issued", audit.TLSSecret{Namespace: "app", Name: "web", Request: "web-1", Level: audit.Issued},
			`kubectl get certificaterequests.cert-manager.io web-1 -n app -o jsonpath='{.status.certificate}' | base64 -d | openssl x509 -noout -text`},
		{"served", audit.TLSSecret{Namespace: "app", Name: "web", Server: "a.example.com at 192.0.2.1:443", Level: audit.Served},
			`openssl s_client -connect 192.0.2.1:443 -servername a.example.com </dev/null 2>/dev/null | openssl x509 -noout -text`},
		{"served at an IPv6 address", audit.TLSSecret{Namespace: "app", Name: "web", Server: "a.example.com at [2001:db8::1]:443", Level: audit.Served},
			`openssl s_client -connect '[2001:db8::1]:443' -servername a.example.com </dev/null 2>/dev/null | openssl x509 -noout -text`},
		{"absent", audit.TLSSecret{Namespace: "app", Name: "web", Presence: audit.Absent}, `kubectl get secret web -n app`},
		{"not read", audit.TLSSecret{Namespace: "app", Name: "web"}, `kubectl get secret web -n app`},
		{"hostile", audit.TLSSecret{Namespace: "$(id)", Name: hostile, Presence: audit.Present, Level: audit.Stored},
			`kubectl get secret 'x'\''; id; '\''' -n '$(id)' -o jsonpath='{.data.tls\.crt}' | base64 -d | openssl x509 -noout -text`},
		{"hostile server", audit.TLSSecret{Server: hostile + " at `id`", Level: audit.Served},
			"openssl s_client -connect '`id`' -servername 'x'\\''; id; '\\''' </dev/null 2>/dev/null | openssl x509 -noout -text"},
	} {
		if got := certificateCommand(&c.t); got != c.want {
			t.Errorf("%s: command is\n%s, want\n%s", c.name, got, c.want)
		}
	}
}

// TestCommandsShowWhatTheyRestOn evaluates the cases of checks and looks for a command that
// shows what one of their findings rests on, whatever the names.
func TestCommandsShowWhatTheyRestOn(t *testing.T) {
	stored := func(name string) string {
		return "kubectl get secret " + name + ` -n app -o jsonpath='{.data.tls\.crt}' | base64 -d | openssl x509 -noout -text`
	}
	for _, c := range []struct{ check, command string }{
		{"SEC-01", "kubectl get secret web -n app -o jsonpath='{.type}'"},
		{"SEC-02", "kubectl get secret web -n app -o go-template='{{range $key, $value := .data}}{{$key}}: {{len $value}} {{end}}'"},
		{"SEC-03", stored("web")},
		{"SEC-11", strings.Replace(stored("web"), "x509 -noout -text", "crl2pkcs7 -nocrl -certfile /dev/stdin | openssl pkcs7 -print_certs -noout -text", 1)},
		{"ING-04", stored("web")},
		{"GW-03", stored("web")},
		{"GW-05", stored("web")},
		{"SEC-13", "kubectl get certificates.cert-manager.io -n app -o custom-columns=NAME:.metadata.name,SECRET:.spec.secretName"},
		{"ING-03", "kubectl get secret web -n app"},
		{"ING-06", "kubectl get clusterissuers.cert-manager.io letsencrypt"},
		{"CRT-08", "kubectl get issuers.cert-manager.io ca -n app"},
		{"ING-09", "kubectl get ingressclasses.networking.k8s.io"},
		{"ING-12", "kubectl get deployment.apps ingress-nginx-controller -n ingress-nginx -o jsonpath='{.spec.template.spec.containers[*].image}'"},
		{"ING-13", "kubectl get deployment.apps traefik -n traefik -o jsonpath='{.spec.template.spec.containers[*].args}'; " +
			"kubectl get ingress.networking.k8s.io web -n app -o yaml; kubectl get middlewares.traefik.io hsts -n app -o yaml"},
		{"ING-15", "kubectl get service web -n app"},
		{"CRT-06", "kubectl get certificaterequests.cert-manager.io web-2 -n app -o yaml"},
		{"GW-04", "kubectl get referencegrants.gateway.networking.k8s.io -n app -o yaml"},
	} {
		found := false
		var seen []string
		for i := range All {
			if All[i].ID != c.check {
				continue
			}
			for _, tc := range cases(t, &All[i]) {
				for _, f := range audit.Run(tc.facts(t, nil), []audit.Check{All[i]}).Findings {
					command := plainNames(f.Command)
					found = found || command == plainNames(c.command)
					seen = append(seen, f.Command)
				}
			}
		}
		if !found {
			t.Errorf("no finding of %s has a command like\n%s, but\n%s", c.check, c.command, strings.Join(seen, "\n"))
		}
	}
}

var objectName = regexp.MustCompile(`(kubectl get [a-z.0-9-]+ )[a-z0-9][a-z0-9.-]*|( -n )[a-z0-9-]+`)

// plainNames replaces the names of objects and namespaces, which differ by case.
func plainNames(command string) string { return objectName.ReplaceAllString(command, "${1}${2}NAME") }

// TestCommandsAreSafe holds what every command has to: it is one line of at most three, prints
// nothing of a Secret but its certificate, and doesn't hang on the order of objects.
func TestCommandsAreSafe(t *testing.T) {
	// Whatever gets a Secret prints its type, the lengths of its values, its certificate, or a
	// row of a table.
	shows := regexp.MustCompile(`^kubectl get secret(/| )\S+( -n \S+)?( -o jsonpath='\{\.type\}'| -o go-template='\{\{range \$key, \$value := \.data\}\}\{\{\$key\}\}: \{\{len \$value\}\} \{\{end\}\}'| -o jsonpath='\{\.data\.tls\\\.crt\}' \| base64 -d \| openssl (x509 -noout -(text|pubkey)|crl2pkcs7 -nocrl -certfile /dev/stdin \| openssl pkcs7 -print_certs -noout -text))?$`)
	reads := regexp.MustCompile(`^(kubectl (get|auth can-i|api-resources|describe) ?|kubevidence reach |openssl s_client |dig )`)
	gets := regexp.MustCompile(`(?i)^kubectl (get|describe) \S*\bsecrets?\b`)
	for i := range All {
		for _, tc := range cases(t, &All[i]) {
			findings := audit.Run(tc.facts(t, nil), []audit.Check{All[i]}).Findings
			commands := map[string]string{}
			for _, f := range findings {
				commands[f.ID] = f.Command
				parts := strings.Split(f.Command, "; ")
				if f.Command == "" {
					continue
				}
				if len(parts) > 3 || strings.Contains(f.Command, "\n") {
					t.Errorf("%s: %s of %s has a long command: %s", tc.path, f.Check, f.Subject, f.Command)
				}
				for _, part := range parts {
					if !reads.MatchString(part) {
						t.Errorf("%s: %s of %s does something else than read: %s", tc.path, f.Check, f.Subject, part)
					}
					if strings.Contains(part, `tls\.key`) || gets.MatchString(part) && !shows.MatchString(part) {
						t.Errorf("%s: %s of %s prints a Secret: %s", tc.path, f.Check, f.Subject, part)
					}
				}
			}
			random := rand.New(rand.NewPCG(3, 4))
			other := tc.facts(t, func(documents []string) {
				random.Shuffle(len(documents), func(i, k int) { documents[i], documents[k] = documents[k], documents[i] })
			})
			for _, f := range audit.Run(other, []audit.Check{All[i]}).Findings {
				if f.Command != commands[f.ID] {
					t.Errorf("%s: the command of %s of %s hangs on the order of objects:\n%s\n%s", tc.path, f.Check, f.Subject, commands[f.ID], f.Command)
				}
			}
		}
	}
}

var namespacedPath = regexp.MustCompile(`^([A-Z][A-Za-z]*) [^ /]+/[^ /:]+: `)

// TestPathsAreShown holds that there is a command for each object that a path of evidence
// begins with, where that isn't the subject itself, or a Secret, which has commands of its own.
func TestPathsAreShown(t *testing.T) {
	for i := range All {
		for _, tc := range cases(t, &All[i]) {
			for _, f := range audit.Run(tc.facts(t, nil), []audit.Check{All[i]}).Findings {
				for _, e := range f.Evidence {
					begins := namespacedPath.FindStringSubmatch(e.Path)
					if begins == nil || begins[1] == "Secret" || strings.HasPrefix(e.Path, f.Subject.String()+": ") {
						continue
					}
					if shownBy[begins[1]] == "" {
						t.Errorf("%s: %s of %s has evidence at %q: add %s to shownBy", tc.path, f.Check, f.Subject, e.Path, begins[1])
					}
				}
			}
		}
	}
}
