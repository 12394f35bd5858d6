package checks

import (
	"net/url"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var issuerAccount = audit.Check{
	ID:       "ISS-05",
	Title:    "Issuers have an account at their ACME server",
	Expected: "status.acme.uri is on the host of spec.acme.server; with disableAccountKeyGeneration the Secret with the account’s key exists",
	Doc: "Without an account nothing can be ordered. After a change of spec.acme.server the old account stays in the status until cert-manager registers again: " +
		"an account on another host shows that this hasn’t happened.",
	Logic: "Of issuers with spec.acme: status.acme.uri is empty, or on another host than spec.acme.server: fail. " +
		"disableAccountKeyGeneration is set, and files hold no Secret with the key (a ClusterIssuer’s is in cert-manager’s cluster resource namespace): fail; from a cluster that Secret isn’t read, and the status says it. " +
		"Without any status, as in a manifest that was never applied: not assessed.",
	Fix: "kubectl describe clusterissuer NAME (or issuer NAME -n NAMESPACE) says why registration fails; kubectl delete secret NAME -n NAMESPACE, NAME being spec.acme.privateKeySecretRef.name " +
		"and NAMESPACE the Issuer’s, for a ClusterIssuer cert-manager’s cluster resource namespace, makes it register anew (a new account: CAA accounturi records name the old one).",
	Controls:    keyManagement("Keys can be certified: the account that orders is registered."),
	Responsible: audit.Administrator,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.ClusterIssuers, audit.Issuers},
	Uses:        []audit.Resource{audit.Secrets, audit.Deployments, audit.Pods},
	Run:         func(f *audit.Facts) []audit.Finding { return eachIssuer(f, isACME, judgeAccount) },
}

func judgeAccount(f *audit.Facts, j *audit.Judgement, i *audit.Issuer) {
	acme, uri := i.GetSpec().ACME, ""
	if status := i.GetStatus().ACME; status != nil {
		uri = strings.TrimSpace(status.URI)
	}
	j.Evidence("status.acme.uri", uri, audit.Configured)
	server, err := url.Parse(strings.TrimSpace(acme.Server))
	if err != nil || server.Hostname() == "" {
		j.NotAssessed(audit.Unknown, "spec.acme.server %q has no host that its account could be compared with", acme.Server)
		return
	}
	judgeAccountKey(f, j, i)
	switch account, err := url.Parse(uri); {
	case uri == "" && f.Collection.Source == audit.FromFiles && len(i.GetStatus().Conditions) == 0:
		j.NotAssessed(audit.Unknown, "its status was not given, so whether it has an account isn't known")
	case uri == "":
		j.Fail("no account is registered at %s", server.Hostname())
	case err != nil || account.Hostname() == "":
		j.NotAssessed(audit.Unknown, "status.acme.uri %q has no host", uri)
	case !strings.EqualFold(account.Hostname(), server.Hostname()):
		j.Fail("its account is at %s, its server is %s: it hasn't registered there", account.Hostname(), server.Hostname())
	default:
		j.Pass("its account is registered at %s", server.Hostname())
	}
}

// judgeAccountKey judges whether the key is there that cert-manager was told not to make. On
// a cluster nobody reads it: without the key no account is registered, which the status
// says.
func judgeAccountKey(f *audit.Facts, j *audit.Judgement, i *audit.Issuer) {
	acme := i.GetSpec().ACME
	if !acme.DisableAccountKeyGeneration || f.Collection.Source != audit.FromFiles || f.Reading(audit.Secrets).State != audit.Read {
		return
	}
	namespace, name := f.SecretNamespace(i), acme.PrivateKey.Name
	switch {
	case namespace == "":
		j.NotAssessed(audit.Unknown, "disableAccountKeyGeneration is set, and where the Secret %s with the account’s key is to be isn't known: no cert-manager was found that says its cluster resource namespace", name)
	case f.StoredSecret(namespace, name) == nil:
		defer j.By(audit.GetCommand("secret", namespace, name, ""))()
		j.Evidence("spec.acme.disableAccountKeyGeneration", "true", audit.Configured)
		j.Fail("disableAccountKeyGeneration is set, and the Secret %s/%s with the account’s key doesn't exist", namespace, name)
	}
}
