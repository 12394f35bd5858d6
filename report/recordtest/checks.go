package recordtest

import (
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
	"github.com/kubevidence/kubevidence/controls"
)

// entry is a check of the sample's catalogue. Its controls are named by the 2022 edition's
// IDs; a leading "~" says that the check only supports the control.
type entry struct {
	id, title, logic, fix string
	controls              string
	party                 audit.Party
	severity              audit.Severity
	needs                 []audit.Resource
	run                   func(*audit.Facts) []audit.Finding
}

const (
	keys     = "A.8.24"
	networks = "A.8.20"
	services = "A.8.21"
	apart    = "A.8.22"
)

var entries = []entry{
	{"CM-01", "cert-manager is installed and up", "No Deployment of cert-manager that is available: fail.", "Restore cert-manager's Deployments; look at their events first.",
		keys, audit.Administrator, audit.High, []audit.Resource{audit.Deployments}, nil},
	{"ISS-01", "A ClusterIssuer exists", "No issuer while cert-manager is installed: fail. Only namespaced Issuers: warning.", "Create a ClusterIssuer for the ACME service in use.",
		keys, audit.Administrator, audit.High, []audit.Resource{audit.ClusterIssuers, audit.Issuers}, nil},
	{"ISS-03", "Production uses a production CA", "An ACME staging host behind an exposed host: fail.", "Point the Certificate at an issuer whose ACME server is for production.",
		keys + " " + services, audit.Administrator, audit.High, []audit.Resource{audit.ClusterIssuers, audit.Ingresses}, nil},
	{"CRT-01", "Every Certificate is Ready", "Condition Ready not True: fail; for less than 15 minutes: warning.", "Follow the Certificate's Events to its request, Order and Challenge.",
		keys, audit.User, audit.High, []audit.Resource{audit.Certificates}, nil},
	{"CRT-02", "Every Certificate is renewed on time", "Past its end: fail, critical. Past its renewal time and the grace period: fail when less than a sixth of its life remains, else warning.", "Find out why cert-manager couldn't renew; issue by hand with cmctl renew once it can.",
		keys, audit.User, audit.High, []audit.Resource{audit.Certificates}, nil},
	{"CRT-05", "Keys rotate at renewal", "rotationPolicy Never: fail. Empty: depends on cert-manager's release.", "Set spec.privateKey.rotationPolicy: Always.",
		keys, audit.User, audit.Medium, []audit.Resource{audit.Certificates}, nil},
	{"SEC-02", "Key and certificate match", "They differ: fail. Without --read-secrets: not requested.", "Issue the certificate again.",
		keys, audit.User, audit.High, []audit.Resource{audit.Secrets}, nil},
	{"SEC-03", "Every certificate is valid now", "Expired: fail, critical. Not yet valid: fail.", "Renew the certificate.",
		keys + " ~" + services, audit.User, audit.Critical, []audit.Resource{audit.Ingresses}, nil},
	{"ING-01", "Every Ingress declares TLS", "No spec.tls: fail. TLS ended by a cloud balancer: not assessed.", "Add spec.tls with the hosts and a secretName.",
		keys + " " + networks + " " + services, audit.User, audit.High, []audit.Resource{audit.Ingresses}, nil},
	{"ING-02", "Every rule host is among the TLS hosts", "A rule host that isn't: fail; only under a wildcard: warning.", "Name the host in spec.tls[].hosts.",
		keys + " " + services, audit.User, audit.High, []audit.Resource{audit.Ingresses}, nil},
	{"ING-06", "Issuer annotations work", "The issuer that is named is missing or not ready: fail.", "Name a ClusterIssuer that exists: kubectl get clusterissuers.",
		keys, audit.User, audit.High, []audit.Resource{audit.Ingresses, audit.ClusterIssuers}, nil},
	{"GW-01", "No Gateway listener is plain HTTP", "An HTTP listener whose route doesn't redirect: fail.", "Redirect to https.",
		services, audit.Administrator, audit.Medium, []audit.Resource{audit.Gateways}, nil},
	{"NET-01", "Every workload is isolated for ingress", "Effectively isolated and not open: pass. Not isolated, or isolated but open: fail. hostNetwork: not applicable.", "Add a default-deny to the namespace, then allow what is needed.",
		networks + " " + apart, audit.User, audit.High, []audit.Resource{audit.Pods, audit.NetworkPolicies}, isolated(netpol.Ingress)},
	{"NET-02", "Every workload is isolated for egress", "Effectively isolated and not open: pass. Not isolated, or isolated but open: fail. hostNetwork: not applicable.", "Add a default-deny for egress to the namespace, then allow DNS and what is needed.",
		networks + " " + apart, audit.User, audit.High, []audit.Resource{audit.Pods, audit.NetworkPolicies}, isolated(netpol.Egress)},
	{"NET-03", "Every namespace denies by default", "No ingress default-deny: fail; no egress default-deny: warning. In administrator namespaces a failure counts as a warning.", "Apply a NetworkPolicy with an empty podSelector and both policyTypes.",
		apart + " " + networks, audit.User, audit.Medium, []audit.Resource{audit.Pods, audit.NetworkPolicies}, defaultDeny},
	{"NET-06", "Every NetworkPolicy protects something", "Selects no Pod and no controller's template: warning.", "Delete the policy, or mend its selector.",
		"~" + networks, audit.User, audit.Low, []audit.Resource{audit.NetworkPolicies}, nil},
}

// checks turns the entries into checks.
func checks() []audit.Check {
	list := make([]audit.Check, 0, len(entries))
	for _, e := range entries {
		run := e.run
		if run == nil {
			run = func(*audit.Facts) []audit.Finding { return written(e.id) }
		}
		list = append(list, audit.Check{
			ID: e.id, Title: e.title, Logic: e.logic, Fix: e.fix, Doc: "A sample's rationale: " + strings.ToLower(e.title[:1]) + e.title[1:] + " is what the control asks to see.",
			Controls: references(e.controls), Responsible: e.party, Severity: e.severity, Needs: e.needs, Run: run,
		})
	}
	return list
}

// references names the controls of both editions.
func references(names string) []audit.ControlRef {
	var refs []audit.ControlRef
	for name := range strings.FieldsSeq(names) {
		role := audit.Direct
		id, supporting := strings.CutPrefix(name, "~")
		if supporting {
			role = audit.Supporting
		}
		control, _ := controls.Lookup(id)
		for _, of := range append([]string{id}, control.MappedTo...) {
			refs = append(refs, audit.ControlRef{Control: of, Role: role, Why: "Its findings show whether what the control is about is in place."})
		}
	}
	return refs
}

// isolated judges every workload in one direction by the sample's own policies.
func isolated(d netpol.Direction) func(*audit.Facts) []audit.Finding {
	return func(f *audit.Facts) []audit.Finding {
		var findings []audit.Finding
		for i := range f.Workloads {
			w := &f.Workloads[i]
			j := audit.Judge(w.Subject)
			column := f.Isolation(w, d)
			_, administrator := f.Administrators[w.Subject.Namespace]
			deviates := j.Fail
			if administrator {
				deviates = j.Warn
			}
			switch column.Verdict {
			case netpol.NotCoverable:
				j.NotApplicable("shares its node's network: policies don't cover it")
			case netpol.Restricted:
				j.Pass("isolated for %s by %d policies", d, len(column.SelectedBy))
			case netpol.Open:
				deviates("isolated for %s, not restricted: its policies allow everything together", d)
			default:
				deviates("no NetworkPolicy isolates it for %s: everything is allowed", d)
				j.Cause("NET-03", audit.Subject{APIVersion: "v1", Kind: "Namespace", Name: w.Subject.Namespace})
			}
			j.Observed("%s", column.Verdict)
			for _, ref := range column.SelectedBy {
				j.Evidence("NetworkPolicy "+ref.String()+": spec", "selects it for "+d.String(), audit.Configured)
			}
			j.Speaks(w.Pods, nil)
			findings = append(findings, j.Finding())
		}
		return findings
	}
}

// defaultDeny judges every namespace.
func defaultDeny(f *audit.Facts) []audit.Finding {
	var findings []audit.Finding
	for i := range f.Namespaces {
		n := &f.Namespaces[i]
		in := f.Policies.Isolation.DefaultDeny(n.Name, netpol.Ingress).Verdict
		out := f.Policies.Isolation.DefaultDeny(n.Name, netpol.Egress).Verdict
		j := audit.Judge(audit.Subject{APIVersion: "v1", Kind: "Namespace", Name: n.Name, UID: n.UID, ResourceVersion: n.ResourceVersion})
		j.Observed("ingress: %s, egress: %s", in, out)
		deviates := j.Fail
		if _, administrator := f.Administrators[n.Name]; administrator {
			deviates = j.Warn
		}
		if in != netpol.Restricted {
			deviates("nothing denies ingress by default")
		}
		if out != netpol.Restricted {
			j.Warn("nothing denies egress by default")
		}
		if in == netpol.Restricted && out == netpol.Restricted {
			j.Pass("default-deny denies ingress and egress by default")
		}
		j.Command("kubectl get networkpolicies.networking.k8s.io -n %s -o yaml", n.Name)
		findings = append(findings, j.Finding())
	}
	return findings
}
