package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	networkingv1 "k8s.io/api/networking/v1"
)

var ingressHostOwn = audit.Check{
	ID:       "ING-10",
	Title:    "The host of an Ingress is its owner's alone",
	Expected: "no Ingress of its class and no route of a Gateway in another owner's namespace has its host, unless its own namespace had that host first",
	Doc: "Controllers merge the Ingresses of a host, whatever namespaces they are in. Who makes one for somebody else's host takes over a path of it, " +
		"and with it that path's requests, cookies and passwords.",
	Logic: "An Ingress, and Ingresses of the same class or routes of Gateways in namespaces of other owners, for one host: with a path in common: fail; with other paths, or paths that aren't known: warning. " +
		"It is a finding of each of them but those in the namespace of the oldest (creationTimestamp, then namespace and name), which was there first: pass. " +
		"A namespace's owner is the value of its tenant label (segregation.tenantLabels), the administrator's namespaces are one owner, and a namespace without the label is its own. " +
		"One owner's Ingresses and routes for one host are no conflict.",
	Fix: "kubectl get ingress,httproute -A shows who serves the host: agree whose it is. Let one namespace keep it, and let others in by a route of a Gateway whose listener admits them, " +
		"or give each its own host (spec.rules[].host). Admission can hold namespaces to their hosts.",
	Controls:    segregated("Tenants whose hosts are their own can't take each other's requests."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        slices.Concat([]audit.Resource{audit.Namespaces, audit.IngressClasses}, hostRoutes),
	Run: func(f *audit.Facts) []audit.Finding {
		claims := hostClaims(f)
		return eachIngress(f, func(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) { judgeHostOwner(f, j, e, claims) })
	},
}

// hostRoutes is what tells which hosts Gateways serve.
var hostRoutes = []audit.Resource{audit.Gateways, audit.ListenerSets, audit.HTTPRoutes, audit.GRPCRoutes, audit.TLSRoutes}

// A claim is an Ingress or a route that serves a host.
type claim struct {
	subject audit.Subject
	class   string // of an Ingress
	created int64  // seconds; 0 where that isn't known
	paths   []string
}

func (c *claim) before(other *claim) bool {
	if c.created != other.created {
		return c.created < other.created
	}
	return c.subject.Namespace+"/"+c.subject.Name < other.subject.Namespace+"/"+other.subject.Name
}

// hostClaims lists, by host in lower case, who serves it.
func hostClaims(f *audit.Facts) map[string][]claim {
	claims := map[string][]claim{}
	for i := range f.Exposures {
		e := &f.Exposures[i]
		for _, host := range ruleHosts(e.Ingress) {
			claims[strings.ToLower(host)] = append(claims[strings.ToLower(host)], claim{
				subject: e.Subject, class: e.Class, created: max(e.CreationTimestamp.Unix(), 0), paths: pathsOf(e.Ingress, host),
			})
		}
	}
	seen := map[string]bool{} // a route may attach to several listeners
	for i := range f.Listeners {
		for k := range f.Listeners[i].Routes {
			a := &f.Listeners[i].Routes[k]
			for _, host := range a.Hosts {
				subject := audit.RouteSubject(a.Route)
				if key := host + " " + subject.Key(); a.Unknown == "" && !seen[key] {
					seen[key] = true
					claims[host] = append(claims[host], claim{subject: subject, created: max(a.Route.Created.Unix(), 0), paths: a.Route.Paths})
				}
			}
		}
	}
	return claims
}

// pathsOf are the paths of an Ingress's rules for a host. A slash at the end counts for
// nothing (API, PathType Prefix).
func pathsOf(i *networkingv1.Ingress, host string) []string {
	var paths []string
	for _, rule := range i.Spec.Rules {
		if rule.Host != host || rule.HTTP == nil {
			continue
		}
		for _, p := range rule.HTTP.Paths {
			paths = append(paths, "/"+strings.Trim(p.Path, "/"))
		}
	}
	return paths
}

func judgeHostOwner(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, claims map[string][]claim) {
	hosts := ruleHosts(e.Ingress)
	if len(hosts) == 0 {
		j.NotApplicable("its rules name no host")
		return
	}
	for _, r := range append([]audit.Resource{audit.Ingresses}, hostRoutes...) {
		if unread(f, j, r, "", "who else serves its hosts isn't known") {
			return
		}
	}
	j.Evidence("spec.rules[].host", several(hosts), audit.Configured)
	var seen byHost
	for _, host := range hosts {
		seen.add(host, judgeHost(f, j, e, host, claims[strings.ToLower(host)]))
	}
	seen.note(j)
}

// judgeHost judges who shares one host with an Ingress.
func judgeHost(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, host string, claims []claim) hostVerdict {
	own := claim{subject: e.Subject, class: e.Class, created: max(e.CreationTimestamp.Unix(), 0), paths: pathsOf(e.Ingress, host)}
	oldest := own
	var others, same, commands []string
	for i := range claims {
		c := &claims[i]
		if c.subject.Kind == "Ingress" && c.class != e.Class {
			gap, unread := f.Unread(audit.IngressClasses, "")
			if unread && (c.class == "" || e.Class == "") && c.subject.Namespace != e.Namespace {
				return hostVerdict{reason: gap.Reason, text: fmt.Sprintf("shared with %s; whether one controller serves both isn't known: %s", c.subject, gapWords(audit.IngressClasses, gap))}
			}
			continue
		}
		if c.before(&oldest) {
			oldest = *c
		}
		switch differ, gap := otherOwner(f, e.Namespace, c.subject.Namespace); {
		case gap != nil:
			return hostVerdict{reason: gap.Reason, text: fmt.Sprintf("shared with %s; whether its owner is another isn't known: %s", c.subject, gapWords(audit.Namespaces, *gap))}
		case differ:
			others, commands = append(others, c.subject.String()), append(commands, c.subject.Command())
			j.Evidence("spec.rules[].host", host+", as "+c.subject.String()+" has it", audit.Configured)
			if slices.ContainsFunc(c.paths, func(path string) bool { return slices.Contains(own.paths, path) }) {
				same = append(same, c.subject.String())
			}
		}
	}
	switch {
	case len(others) == 0:
		return hostVerdict{status: audit.Pass, text: "no other owner has it"}
	case oldest.subject.Namespace == e.Namespace:
		return hostVerdict{status: audit.Pass, text: fmt.Sprintf("%s was there first, before %s of another owner", oldest.subject, several(others))}
	case len(same) > 0:
		return hostVerdict{command: e.Subject.Command(), compared: commands[0], status: audit.Fail, text: fmt.Sprintf("shared with %s of another owner, with a path in common", several(same))}
	}
	return hostVerdict{command: e.Subject.Command(), compared: commands[0], status: audit.Warning, text: fmt.Sprintf("shared with %s of another owner, without a path that is known to be in common", several(others))}
}

// otherOwner reports whether two namespaces have different owners; gap is why that isn't
// known.
func otherOwner(f *audit.Facts, a, b string) (differ bool, gap *audit.Gap) {
	if a == b {
		return false, nil
	}
	ofA, ofB := f.OwnerOf(a), f.OwnerOf(b)
	if ofA.Stated && ofB.Stated {
		return ofA.Owner != ofB.Owner, nil
	}
	if gap, unread := f.Unread(audit.Namespaces, ""); unread {
		return false, &gap
	}
	return true, nil
}
