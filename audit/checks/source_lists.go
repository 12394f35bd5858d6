package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// listUses is what tells which addresses are let in, sourceUses what they are by then, too.
var (
	listUses   = []audit.Resource{audit.IngressClasses, audit.Deployments, audit.DaemonSets, audit.Pods, audit.Services, audit.ConfigMaps, audit.TraefikMiddlewares}
	sourceUses = slices.Concat(listUses, []audit.Resource{audit.Nodes})
)

// An allowlisted Ingress is one for which a controller lets only listed addresses in, or for
// which that isn't known.
type allowlisted struct {
	*audit.Exposure
	at     *ingressServer
	lists  []*audit.Allowlist
	any    bool                                          // of several lists who is on each of them is let in; otherwise each instance has its own
	by     map[*audit.IngressInstance][]audit.Entrypoint // of Traefik, by which clients meet these lists
	beaten string
	gaps   []listGap
}

// A listGap is why a list that may hold isn't known.
type listGap struct {
	reason audit.Reason
	words  string
}

// eachAllowlisted judges every Ingress for which a list of addresses holds at a controller
// that may serve it, and those for which that isn't known. Others are no subjects.
func eachAllowlisted(f *audit.Facts, what string, judge func(*audit.Facts, *audit.Judgement, *allowlisted)) []audit.Finding {
	var findings []audit.Finding
	for i := range f.Exposures {
		e := &f.Exposures[i]
		if !mayBeAllowlisted(f, e) {
			continue
		}
		j := audit.Judge(e.Subject)
		if servedByGuess(f, j, e, what) || inherits(f, j, e) {
			findings = append(findings, j.Finding())
			continue
		}
		byController(f, j, e, what, func(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *ingressServer) {
			ways := allowlistedAt(f, e, c)
			if without := unlisted(ways); without != nil {
				j.NotApplicable("at %s no list of addresses holds for it", without.place())
				return
			}
			for _, a := range ways {
				back := j.By(a.commands()...)
				judge(f, j, a)
				back()
			}
		})
		findings = append(findings, j.Finding())
	}
	return findings
}

// servedByGuess notes that the class of an Ingress tells nothing, where IngressClasses
// weren't read: what its annotations were written for is what these checks have to find out.
func servedByGuess(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, what string) bool {
	return f.IngressClass(e.Class) == nil && len(audit.IngressControllers.Valued(e.Class)) == 0 &&
		unread(f, j, audit.IngressClasses, "", "which controller serves it isn't known, and so "+what)
}

// mayBeAllowlisted reports whether a list stands before an Ingress at a controller that may
// serve it, or in its annotations while nothing tells who serves it.
func mayBeAllowlisted(f *audit.Facts, e *audit.Exposure) bool {
	servers := ingressServers(f, e)
	if len(servers) == 0 {
		return len(allowlistAnnotations(e)) > 0
	}
	return slices.ContainsFunc(servers, func(c ingressServer) bool {
		return slices.ContainsFunc(allowlistedAt(f, e, &c), (*allowlisted).holds)
	})
}

// unlisted returns the first of some ways to an Ingress on which no list holds, nil for none:
// by the widest of them everybody may come.
func unlisted(ways []*allowlisted) *allowlisted {
	if i := slices.IndexFunc(ways, func(a *allowlisted) bool { return !a.holds() }); i >= 0 {
		return ways[i]
	}
	return nil
}

// place names the controller, or the entrypoints of Traefik.
func (a *allowlisted) place() string {
	for _, instance := range a.at.instances {
		var names []string
		for _, p := range a.by[instance] {
			names = append(names, p.Name)
		}
		if len(names) > 0 {
			return "entrypoint " + several(names) + " of " + instance.Subject.String()
		}
	}
	return a.at.Name
}

// allowlistAnnotations are the annotations of an Ingress that list addresses for any
// controller, in the table's order, then those of its own controllers.
func allowlistAnnotations(e *audit.Exposure) []string {
	var keys []string
	for _, c := range slices.Concat(audit.IngressControllers.Controllers, e.Controllers) {
		rule := c.Allowlist
		if rule == nil {
			continue
		}
		for _, key := range slices.Concat(rule.Annotations, rule.Former) {
			if strings.TrimSpace(e.Annotations[key]) != "" && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// commands show the lists.
func (a *allowlisted) commands() []string {
	var commands []string
	for _, list := range a.lists {
		commands = append(commands, cmp.Or(pathCommand(list.Where), a.Subject.Command()))
	}
	return commands
}

func (a *allowlisted) holds() bool { return len(a.lists) > 0 || len(a.gaps) > 0 }

// allowlistedAt gathers the lists that hold for an Ingress at one controller, for each way
// through it: those of Traefik's Middlewares, that of its annotation, or else those of the
// settings.
func allowlistedAt(f *audit.Facts, e *audit.Exposure, c *ingressServer) []*allowlisted {
	if c.Name == "Traefik" {
		return traefikWays(f, e, c)
	}
	a := &allowlisted{Exposure: e, at: c}
	if c.Allowlist == nil {
		return []*allowlisted{a}
	}
	for _, key := range c.Allowlist.Beaten {
		if e.Annotations[key] != "" {
			a.beaten = key
		}
	}
	var headers []string
	if c.Origin != nil {
		headers = c.Origin.Headers
	}
	gap := overridden(f, e, c, slices.Concat(c.Allowlist.Annotations, headers))
	switch own := c.AllowlistOf(e); {
	case gap != nil:
		a.gaps = append(a.gaps, *gap)
	case own == nil:
		a.addSettings(f)
	case c.Allowlist.Parameters && a.beaten == "" && f.ParametersMatter(e.Class):
		a.gaps = append(a.gaps, listGap{audit.Unknown, fmt.Sprintf("the parameters of IngressClass %s, which aren't read, may list addresses, and count before %s", e.Class, own.Where)})
	default:
		a.add(own)
		a.addGroup(f, own)
	}
	return []*allowlisted{a}
}

// add notes a list that holds. HAProxy Technologies' may be a file of patterns, which the API
// doesn't show (https://www.haproxy.com/documentation/kubernetes-ingress/ingress-tutorials/pattern-files/).
func (a *allowlisted) add(list *audit.Allowlist) {
	if strings.HasPrefix(strings.TrimSpace(list.Text), "patterns/") {
		a.gaps = append(a.gaps, listGap{audit.Unknown, fmt.Sprintf("%s refers to %s, a file of patterns that isn't read", list.Where, list.Text)})
		return
	}
	a.lists = append(a.lists, list)
}

// addGroup notes that other Ingresses of its group list other addresses, which are let in with
// its own, or instead of them.
func (a *allowlisted) addGroup(f *audit.Facts, own *audit.Allowlist) {
	for i := range f.Exposures {
		other := &f.Exposures[i]
		if other.Class != a.Class || !a.at.Allowlist.Shares(a.Exposure, other) {
			continue
		}
		if list := a.at.AllowlistOf(other); list != nil && list.Text != own.Text {
			a.gaps = append(a.gaps, listGap{audit.Unknown, fmt.Sprintf("%s of its group lists other addresses, and what becomes of both isn't known to this build", other.Subject)})
		}
	}
}

// addMiddlewares notes the lists of Middlewares of Traefik.
func (a *allowlisted) addMiddlewares(f *audit.Facts, references string) {
	found, unknown := f.TraefikMiddlewares(references)
	for _, m := range found {
		if list := audit.MiddlewareAllowlist(m); list != nil {
			a.lists = append(a.lists, list)
		}
	}
	if len(unknown) == 0 {
		return
	}
	if gap, missing := f.Unread(audit.TraefikMiddlewares, ""); missing {
		a.gaps = append(a.gaps, listGap{gap.Reason, gapWords(audit.TraefikMiddlewares, gap)})
		return
	}
	a.gaps = append(a.gaps, listGap{audit.Unknown, "whether these middlewares list addresses isn't known, for they weren't read: " + strings.Join(unknown, ", ")})
}

// addSettings notes the lists of the settings of each instance that serves it.
func (a *allowlisted) addSettings(f *audit.Facts) {
	if len(a.at.Allowlist.Settings) == 0 {
		return
	}
	if r, gap, missing := f.UnknownInstances(); missing && len(a.at.instances) == 0 {
		a.gaps = append(a.gaps, listGap{gap.Reason, fmt.Sprintf("whether the settings of %s list addresses isn't known: %s", a.at.Name, gapWords(r, gap))})
	}
	without := 0
	for _, instance := range a.at.instances {
		switch list := instance.Allowlist(); {
		case instance.Unread != nil:
			a.gaps = append(a.gaps, listGap{instance.Unread.Reason, fmt.Sprintf("whether the settings of %s list addresses isn't known: %s", instance.Subject, settingsGap(instance))})
		case list != nil:
			a.add(list)
		default:
			without++
		}
	}
	if len(a.lists) > 0 && without > 0 {
		a.gaps = append(a.gaps, listGap{audit.Unknown, "not each instance that may serve it has a list in its settings"})
	}
}

// noteGaps hands what isn't known of lists to a judgement, and reports whether there is such.
func (a *allowlisted) noteGaps(j *audit.Judgement) bool {
	for _, gap := range a.gaps {
		j.NotAssessed(gap.reason, "%s", gap.words)
	}
	return len(a.gaps) > 0
}

// evidence adds the lists to a judgement.
func (a *allowlisted) evidence(j *audit.Judgement) {
	for _, list := range a.lists {
		j.Evidence(list.Where, list.Text, audit.Configured)
	}
}

// byHeader reports whether a list is held against a header of the request.
func (a *allowlisted) byHeader() bool {
	return slices.ContainsFunc(a.lists, func(l *audit.Allowlist) bool { return l.ByHeader })
}
