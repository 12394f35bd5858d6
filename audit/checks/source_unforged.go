package checks

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var sourceUnforged = audit.Check{
	ID:       "SRC-03",
	Title:    "The address of a client can’t be forged",
	Expected: "the controller goes by no header for a client’s address, or believes headers only from less than half of the IPv4 and of the IPv6 addresses",
	Doc:      "X-Forwarded-For is a header that each client may write. A controller that believes it from everybody lets in who writes an address of the list there.",
	Logic: "Of Ingresses for which a list holds, by each instance’s settings: ingress-nginx with use-forwarded-headers or enable-real-ip (and without use-proxy-protocol) and proxy-real-ip-cidr unset or holding half of the addresses; " +
		"HAProxy with a header for the address; Traefik with ipStrategy, and forwardedHeaders.insecure or trustedIPs of half of the addresses at an entrypoint on which the Ingress stands: fail. Headers that aren’t used, or are believed from known addresses alone: pass. " +
		"Believed from nodes’ addresses, where kube-proxy puts one in the place of every client’s (SRC-02), and settings that weren’t read: not assessed.",
	Fix: "ingress-nginx: proxy-real-ip-cidr in its ConfigMap lists the addresses of the load balancer, and nothing else: kubectl patch configmap NAME -n NAMESPACE --type merge -p '{\"data\":{\"proxy-real-ip-cidr\":\"10.0.0.0/16\"}}'. " +
		"Traefik: --entryPoints.websecure.forwardedHeaders.trustedIPs. Where no proxy stands before the controller, switch the headers off.",
	Controls:    refs(networks("Access that is restricted by address can’t be had by writing one.")),
	Responsible: audit.Administrator,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        sourceUses,
	Run: func(f *audit.Facts) []audit.Finding {
		return eachAllowlisted(f, "whether addresses can be forged", judgeForging)
	},
}

func judgeForging(f *audit.Facts, j *audit.Judgement, a *allowlisted) {
	switch {
	case len(a.lists) == 0:
		a.noteGaps(j)
	case a.at.Origin != nil && a.at.Origin.AtBalancer:
		a.evidence(j)
		j.Pass("the load balancer of %s goes by the address of the connection", a.at.Name)
	case a.at.Origin == nil && a.at.Name != "Traefik":
		j.NotAssessed(audit.Unknown, "what %s takes for a client’s address isn't known to this build", a.at.Name)
	case len(a.at.instances) == 0:
		noInstance(f, j, a.at.Name, "so whether it believes headers isn't known")
	default:
		for _, instance := range a.at.instances {
			judgeBelief(f, j, a, instance)
		}
	}
}

// judgeBelief judges whose headers an instance believes.
func judgeBelief(f *audit.Facts, j *audit.Judgement, a *allowlisted, c *audit.IngressInstance) {
	if gap := originGap(a, c); gap != nil {
		j.NotAssessed(gap.reason, "whether %s believes headers isn't known: %s", c.Subject, gap.words)
		return
	}
	if a.at.Name == "Traefik" {
		defer j.By(argumentsCommand(c.Subject))()
		judgeTraefikBelief(f, j, a, c)
		return
	}
	o := originAt(a, c)
	defer j.By(settingsCommand(c))()
	for _, setting := range o.settings {
		j.Evidence(setting.Path, setting.Value, audit.Configured)
	}
	switch {
	case o.header == "":
		for _, key := range a.at.Origin.Headers {
			if strings.Contains(key, "/") { // of the Ingress
				j.Evidence(annotationPath(key), "absent", audit.Configured)
			} else {
				settingEvidence(j, c, key)
			}
		}
		j.Pass("%s goes by the address of the connection, and by no header", c.Subject)
	case o.proxy:
		j.Pass("%s goes by the PROXY protocol before any header", c.Subject)
	default:
		judgeTrusted(f, j, a.at.Origin, c, o)
	}
}

// judgeTrusted judges the ranges whose headers an instance believes.
func judgeTrusted(f *audit.Facts, j *audit.Judgement, rule *audit.Origin, c *audit.IngressInstance, o *origin) {
	text, said := c.Setting(rule.Trusted)
	if !said || text == "" {
		j.Fail("%s believes the header from everybody (%s), and nothing says from whom alone", c.Subject, o.header)
		return
	}
	j.Evidence(settingPath(c, rule.Trusted), text, audit.Configured)
	trusted(f, j, c, settingPath(c, rule.Trusted), text)
}

// trusted judges one list of ranges whose headers are believed.
func trusted(f *audit.Facts, j *audit.Judgement, c *audit.IngressInstance, where, text string) {
	list := audit.ReadAllowlist(where, text)
	switch family := list.Open(); {
	case family != "":
		j.Fail("%s believes headers from half or more of all %s addresses (%s: %s)", c.Subject, family, where, text)
	case len(list.Invalid) > 0:
		j.NotAssessed(audit.Unknown, "%s: %s isn't an address or range, and what %s makes of it isn't known", where, strings.Join(list.Invalid, ", "), c.Subject)
	case viaNodes(f, j, c, list):
	default:
		j.Pass("%s believes headers from %s alone (%s)", c.Subject, text, where)
	}
}

// viaNodes notes that addresses of nodes are among those whose headers an instance believes,
// and that kube-proxy puts one in the place of each client's: what wrote the header isn't
// visible then. It reports whether that is so, or may be.
func viaNodes(f *audit.Facts, j *audit.Judgement, c *audit.IngressInstance, list *audit.Allowlist) bool {
	for _, s := range c.Services {
		arrives, why := f.ClientAddress(s)
		if s.ExternalTrafficPolicy == "Local" || arrives == audit.AddressKept {
			continue
		}
		if holdsNode(f, list) {
			j.NotAssessed(audit.Unknown, "%s believes headers from addresses of nodes (%s), and every client of Service %s/%s may come from one: whether a load balancer writes the header isn't visible (%s)",
				c.Subject, list.Where, s.Namespace, s.Name, why)
			return true
		}
		if unread(f, j, audit.Nodes, "", "whether "+c.Subject.String()+" believes headers from nodes isn't known") {
			return true
		}
	}
	return holdsNode(f, list) && unread(f, j, audit.Services, c.Subject.Namespace, c.Subject.String()+" believes headers from addresses of nodes; whether clients come from them isn't known")
}

func holdsNode(f *audit.Facts, list *audit.Allowlist) bool {
	for i := range f.Nodes {
		for _, address := range f.Nodes[i].Addresses {
			a, err := netip.ParseAddr(address.Address)
			if err == nil && slices.ContainsFunc(list.Ranges, func(p netip.Prefix) bool { return p.Contains(a) }) {
				return true
			}
		}
	}
	return false
}
