package checks

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

var gatewayReferenceGrants = audit.Check{
	ID:       "GW-04",
	Title:    "Secrets of other namespaces are granted to a Gateway one by one",
	Expected: "for each Secret of another namespace a ReferenceGrant there names what refers (kind, namespace) and the Secret by name, and none grants it every Secret",
	Doc: "A Gateway may use a key of another namespace only where that namespace grants it. Without the grant the listener serves nothing; " +
		"a grant without a name gives every Secret of the namespace away, those of tomorrow too.",
	Logic: "Each certificateRef into another namespace: a ReferenceGrant there whose from is the kind and the namespace of what refers (Gateway, ListenerSet), and whose to is the Secret by name: pass. " +
		"Only by kind, or beside it one by kind: warning. None: fail. Without such a reference: not applicable.",
	Fix: "In the Secret's namespace: a ReferenceGrant with from: [{group: gateway.networking.k8s.io, kind: Gateway, namespace: …}] and " +
		"to: [{group: \"\", kind: Secret, name: …}].",
	Controls: refs(
		keyManagement("A private key is used only by whom its owner has granted it to."),
		supportsSegregation("One namespace's Secrets stay out of another's reach but for those named."),
	),
	Responsible: audit.Administrator,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Gateways},
	Uses:        []audit.Resource{audit.ReferenceGrants, audit.ListenerSets, audit.Namespaces},
	Run: func(f *audit.Facts) []audit.Finding {
		return eachGateway(f, func(f *audit.Facts, j *audit.Judgement, g *gatewayv1.Gateway, own []*audit.Listener) {
			across := unreadSets(f, j, g)
			for _, l := range own {
				across = judgeGrants(f, j, l) || across
			}
			if !across {
				j.NotApplicable("it names no Secret of another namespace")
			}
		})
	},
}

// judgeGrants judges a listener's references into other namespaces, and reports whether it
// has any.
func judgeGrants(f *audit.Facts, j *audit.Judgement, l *audit.Listener) (across bool) {
	defer j.By()()
	for _, ref := range l.CertificateRefs() {
		namespace, name := l.SecretOf(&ref)
		if !audit.RefersToSecret(&ref) || namespace == l.Namespace() {
			continue
		}
		across = true
		j.By(audit.ListCommand(string(audit.ReferenceGrants), namespace, "yaml"))
		secret := l.Text() + ": Secret " + namespace + "/" + name
		if l.Unknown != "" {
			j.NotAssessed(audit.Unknown, "whether it admits %s isn't known: %s", l.Text(), l.Unknown)
			continue
		}
		named, wide := f.Grants(audit.Grantee{Kind: l.Declared(), Namespace: l.Namespace()}, "Secret", namespace, name)
		for _, g := range slices.Concat(named, wide) {
			j.Evidence("ReferenceGrant "+g.Namespace+"/"+g.Name, "grants "+secret, audit.Configured)
		}
		switch {
		case len(wide) > 0:
			for _, g := range wide {
				j.Warn("%s: ReferenceGrant %s/%s grants every Secret of the namespace", secret, g.Namespace, g.Name)
			}
		case unread(f, j, audit.ReferenceGrants, namespace, secret+": whether it is granted isn't known"):
		case len(named) > 0:
			j.Pass("%s is granted by name by ReferenceGrant %s/%s", secret, named[0].Namespace, named[0].Name)
		default:
			j.Evidence("ReferenceGrants of namespace "+namespace+": spec", "none grants "+secret, audit.Configured)
			j.Fail("%s: no ReferenceGrant there grants it to %s of namespace %s", secret, pluralOf[l.Declared()], l.Namespace())
		}
	}
	return across
}

var pluralOf = map[string]string{"Gateway": "Gateways", "ListenerSet": "ListenerSets"}
