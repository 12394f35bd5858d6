package checks

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
)

var issuerChallenges = audit.Check{
	ID:       "ISS-07",
	Title:    "HTTP-01 can pass",
	Expected: "no list of addresses, no loadBalancerSourceRanges and no policy (port 8089) stands between the CA and its HTTP-01 solvers; an Ingress to be edited exists",
	Doc: "A public CA asks for the proof of a name over plain HTTP, from addresses that it doesn’t publish (letsencrypt.org/docs/faq). " +
		"What keeps strangers out keeps the CA out: the next renewal fails, weeks after the change that caused it.",
	Logic: "Of ACME issuers that prove names by HTTP-01 with Ingresses, for each Certificate, and each Ingress that names the issuer: the Ingress that is edited in place, or the one that cert-manager makes, is under a list of addresses; " +
		"the controller’s settings have a list for all (cert-manager’s own Ingresses of ingress-nginx get past it by an annotation, those that are edited in place don’t); each Service before the controller has loadBalancerSourceRanges; " +
		"policies keep the controller from port 8089 of the Pod that would solve: warning. The Ingress to edit doesn’t exist: warning. What isn’t known of these: not assessed. Solvers of Gateways: not assessed.",
	Fix: "Prove names by DNS-01, for which nobody has to come in (cert-manager.io/docs/configuration/acme/dns01). Or leave the challenge’s way open: a solver with ingressClassName in place of an edited Ingress, " +
		"and a NetworkPolicy that lets the controller reach Pods with label acme.cert-manager.io/http01-solver: \"true\" at port 8089.",
	Controls: refs(
		pair("A.10.1.2", "A.8.24", audit.Supporting, "Keys can be certified anew when it is time."),
	),
	Responsible: audit.Administrator,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.ClusterIssuers, audit.Issuers, audit.Certificates},
	Uses:        slices.Concat([]audit.Resource{audit.Ingresses, audit.Services, audit.Namespaces}, listUses, audit.PolicyResources),
	Run:         runIssuerChallenges,
}

func runIssuerChallenges(f *audit.Facts) []audit.Finding {
	var findings []audit.Finding
	ways := map[*audit.Issuer][]audit.Challenge{}
	var all []audit.Challenge
	for i := range f.Issuance.All {
		issuer := &f.Issuance.All[i]
		ways[issuer] = f.ChallengesOf(issuer)
		all = append(all, ways[issuer]...)
	}
	reach := solverReach{f: f, all: all, paths: map[*audit.IngressInstance][]netpol.Path{}}
	first := 0
	for i := range f.Issuance.All {
		issuer := &f.Issuance.All[i]
		j := audit.Judge(issuer.Subject)
		for n := range ways[issuer] {
			judgeChallenge(j, &reach, first+n)
		}
		first += len(ways[issuer])
		gateways := isACME(issuer) && judgeGatewaySolvers(j, issuer)
		if len(ways[issuer]) > 0 || gateways {
			if j.Finding().Status == audit.Pass {
				openWayEvidence(j)
			}
			findings = append(findings, j.Finding())
		}
	}
	return findings
}

// openWayEvidence notes that nothing closes the way to the solvers of an issuer.
func openWayEvidence(j *audit.Judgement) {
	j.Evidence("lists of addresses before its HTTP-01 solvers, those of load balancers among them", "leave a way in", audit.Configured)
	j.Evidence("policies: ways from the controller to port 8089 of the solvers", "leave a way in", audit.Configured)
}

// judgeGatewaySolvers notes solvers that go through Gateways.
func judgeGatewaySolvers(j *audit.Judgement, issuer *audit.Issuer) (any bool) {
	for _, s := range issuer.GetSpec().ACME.Solvers {
		if s.HTTP01 != nil && s.HTTP01.GatewayHTTPRoute != nil && len(issuer.References) > 0 {
			j.NotAssessed(audit.Unknown, "what stands between a CA and a solver behind a Gateway isn't known to this build")
			return true
		}
	}
	return false
}

// A solverReach says what policies let instances of controllers reach, each evaluated once.
type solverReach struct {
	f     *audit.Facts
	all   []audit.Challenge
	paths map[*audit.IngressInstance][]netpol.Path // by challenge
}

func (r *solverReach) path(from *audit.IngressInstance, challenge int) *netpol.Path {
	paths, done := r.paths[from]
	if !done {
		paths = r.f.SolverReached(from, r.all)
		r.paths[from] = paths
	}
	if paths == nil {
		return nil
	}
	return &paths[challenge]
}

// judgeChallenge judges one way of HTTP-01.
func judgeChallenge(j *audit.Judgement, reach *solverReach, n int) {
	f, way := reach.f, &reach.all[n]
	names := strings.Join(audit.ACMENames(way.Certificate), ", ")
	switch {
	case way.Ingress == nil && unread(f, j, audit.Ingresses, way.Certificate.Namespace, "the Ingress that is edited for "+names+" isn't known"):
		return
	case way.Ingress == nil:
		defer j.By(audit.GetCommand(string(audit.Ingresses), way.Certificate.Namespace, way.InPlace, ""))()
		j.Evidence("Ingress "+way.Certificate.Namespace+"/"+way.InPlace, "absent", audit.Configured)
		j.Warn("%s: Ingress %s/%s, which is to be edited, doesn't exist", names, way.Certificate.Namespace, way.InPlace)
		return
	}
	servers := ingressServers(f, way.Ingress)
	if servedByGuess(f, j, way.Ingress, "who is let in for "+names) {
		return
	}
	if len(servers) == 0 {
		j.NotAssessed(audit.Unknown, "%s: which controller serves the challenge isn't known (class %q)", names, way.Ingress.Class)
	}
	for i := range servers {
		judgeChallengeAt(j, reach, n, &servers[i])
	}
	j.Pass("%s: nothing that is declared keeps a CA from the solver", names)
}

// madeCommand shows the Ingress of a challenge that is edited in place; one that is yet to be
// made has no name.
func madeCommand(way *audit.Challenge) string {
	if way.Ingress.Name == "" {
		return ""
	}
	return way.Ingress.Subject.Command()
}

// judgeChallengeAt judges a way of HTTP-01 through one controller.
func judgeChallengeAt(j *audit.Judgement, reach *solverReach, n int, c *ingressServer) {
	f, way := reach.f, &reach.all[n]
	names := strings.Join(audit.ACMENames(way.Certificate), ", ")
	ways := allowlistedAt(f, way.Ingress, c)
	for _, at := range ways {
		judgeChallengeLists(j, at, way, names)
	}
	if len(c.instances) == 0 {
		noInstance(f, j, c.Name, "so what stands between a CA and the solver isn't known")
		return
	}
	for _, instance := range c.instances {
		judgeListForAll(j, ways, instance, names)
		judgeSourceRanges(f, j, instance, names)
		judgeSolverPolicies(f, j, reach.path(instance, n), instance.Subject.String()+" reach the solver’s Pod in namespace "+way.Certificate.Namespace)
	}
}

// judgeChallengeLists judges the lists on one way to the solver.
func judgeChallengeLists(j *audit.Judgement, at *allowlisted, way *audit.Challenge, names string) {
	for _, list := range at.lists {
		if list.Open() == "" {
			j.Evidence(list.Where, list.Text, audit.Configured)
			back := j.By(cmp.Or(pathCommand(list.Where), madeCommand(way)))
			j.Warn("%s: only listed addresses reach the challenge (%s: %s)", names, list.Where, list.Text)
			back()
		}
	}
	for _, gap := range at.gaps {
		j.NotAssessed(gap.reason, "%s: %s", names, gap.words)
	}
}

// judgeListForAll judges the list of an instance's settings where the Ingress has its own,
// which stands before it: that is how cert-manager's gets past.
func judgeListForAll(j *audit.Judgement, ways []*allowlisted, c *audit.IngressInstance, names string) {
	list := c.Allowlist()
	switch {
	case c.Unread != nil:
		j.NotAssessed(c.Unread.Reason, "%s: whether %s has a list of addresses for all isn't known: %s", names, c.Subject, settingsGap(c))
	case list == nil, list.Open() != "", slices.ContainsFunc(ways, func(at *allowlisted) bool {
		return slices.ContainsFunc(at.lists, func(l *audit.Allowlist) bool { return l.Where == list.Where })
	}):
	default:
		j.Evidence(list.Where, list.Text, audit.Configured)
		defer j.By(pathCommand(list.Where))()
		j.Warn("%s: the controller lets in listed addresses alone (%s: %s); challenges pass by an annotation of their Ingress, if at all", names, list.Where, list.Text)
	}
}

// judgeSourceRanges judges the lists of the load balancers before an instance.
func judgeSourceRanges(f *audit.Facts, j *audit.Judgement, c *audit.IngressInstance, names string) {
	if unread(f, j, audit.Services, c.Subject.Namespace, names+": whether a load balancer lets everybody in isn't known") {
		return
	}
	restricted := ""
	for _, s := range c.Services {
		sources := s.Sources()
		if sources == nil || sources.Open() != "" {
			return // one way is open
		}
		restricted = s.Namespace + "/" + s.Name + ": " + sources.Where
		j.Evidence("Service "+restricted, sources.Text, audit.Configured)
	}
	if restricted != "" {
		defer j.By(pathCommand("Service " + restricted))()
		j.Warn("%s: the load balancer before %s lets in listed addresses alone (Service %s)", names, c.Subject, restricted)
	}
}

// judgeSolverPolicies judges whether policies let an instance reach the Pod that solves.
func judgeSolverPolicies(f *audit.Facts, j *audit.Judgement, path *netpol.Path, way string) {
	if path == nil {
		return // it has no Pods, so that nothing is served
	}
	switch allowed, certain := audit.SolverAllowed(path); {
	case allowed:
	case certain && !f.MayIsolateAll():
		solverEvidence(j, path)
		j.Warn("policies don’t let %s at port 8089", way)
	default:
		j.NotAssessed(audit.Unknown, "whether policies let %s at port 8089 isn't known", way)
	}
}

// solverEvidence notes the policies of the end, or of both, that keep an instance from the
// Pod that solves.
func solverEvidence(j *audit.Judgement, path *netpol.Path) {
	for _, end := range []struct {
		*netpol.Passage
		field string
	}{{path.Egress, "spec.egress"}, {path.Ingress, "spec.ingress"}} {
		if end.Passage != nil && !end.Allowed.Allows("TCP", 8089) {
			policiesEvidence(j, end.SelectedBy, end.field, "no rule allows the solver’s port 8089")
		}
	}
}
