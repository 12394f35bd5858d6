package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// everyHost stands for the requests that name no host that an object declares.
const everyHost = "*"

// The checks whose findings say how a host is reached. A row has what they decided; it is
// decided nowhere else.
var (
	redirectChecks  = []string{"ING-05", "GW-01"}
	allowlistChecks = []string{"SRC-01"}
	sourceChecks    = []string{"SRC-02"}
)

// hosts lists the hosts that Ingresses and routes of Gateways in scope serve, sorted. A
// host on several objects is one row.
func hosts(f *audit.Facts, findings []audit.Finding) []Host {
	rows := hostRows{f: f, byHost: map[string]*Host{}, ends: map[[2]string][]TLSEnd{}, judged: map[string][]audit.Finding{}, decided: map[string][]audit.Finding{}}
	for i := range findings {
		key := findings[i].Subject.Key()
		rows.judged[key] = append(rows.judged[key], findings[i])
	}
	for i := range f.Exposures {
		if e := &f.Exposures[i]; f.InScope(e.Namespace) {
			rows.addIngress(e)
		}
	}
	for i := range f.Listeners {
		l := &f.Listeners[i]
		for k := range l.Routes {
			if a := &l.Routes[k]; a.Unknown == "" && a.Route.Kind != "TCPRoute" && f.InScope(a.Route.Namespace) {
				rows.addRoute(l, a)
			}
		}
	}
	return rows.sorted()
}

// hostRows gathers what is known of each host.
type hostRows struct {
	f       *audit.Facts
	byHost  map[string]*Host
	ends    map[[2]string][]TLSEnd     // of TLS, by host and object
	judged  map[string][]audit.Finding // by subject
	decided map[string][]audit.Finding // by host, column and, of the redirect, object
}

func (r *hostRows) addIngress(e *audit.Exposure) {
	names := map[string]bool{}
	for _, rule := range e.Spec.Rules {
		names[cmp.Or(strings.ToLower(rule.Host), everyHost)] = true
	}
	if len(names) == 0 || e.Spec.DefaultBackend != nil {
		names[everyHost] = true
	}
	controllers := make([]string, 0, len(e.Controllers))
	for _, c := range e.Controllers {
		controllers = append(controllers, c.Name)
	}
	if class := r.f.IngressClass(e.Class); class != nil && len(controllers) == 0 {
		controllers = []string{class.Spec.Controller}
	}
	for name := range names {
		h := r.row(name, e.Subject.String(), e.Subject)
		h.Classes = append(h.Classes, e.Class)
		h.Controllers = append(h.Controllers, controllers...)
		r.ends[[2]string{name, e.Subject.String()}] = ingressEnds(e, name)
	}
}

// ingressEnds says where TLS of a host of an Ingress ends.
func ingressEnds(e *audit.Exposure, host string) []TLSEnd {
	switch e.TLSEnds {
	case audit.AtWorkload:
		return []TLSEnd{{At: "workload"}}
	case audit.AtBalancer:
		return []TLSEnd{{At: "balancer"}}
	}
	ends := blockEnds(e, func(name string) bool { return strings.EqualFold(name, host) })
	if len(ends) == 0 {
		ends = blockEnds(e, func(name string) bool { return pki.HostMatches(name, host) })
	}
	switch {
	case len(ends) > 0:
	case e.TLSEnds == audit.AtControllerDeclared, host == everyHost && len(e.Spec.TLS) > 0: // with its default certificate
		ends = []TLSEnd{{At: "controller"}}
	case e.TLSEnds == audit.AtEntrypoint:
		ends = []TLSEnd{{At: "entrypoint"}}
	default:
		ends = []TLSEnd{{At: "nowhere"}}
	}
	return ends
}

// blockEnds are the ends by the TLS blocks of an Ingress that hold a host, or name none.
func blockEnds(e *audit.Exposure, holds func(name string) bool) []TLSEnd {
	var ends []TLSEnd
	for _, block := range e.Spec.TLS {
		if len(block.Hosts) > 0 && !slices.ContainsFunc(block.Hosts, holds) {
			continue
		}
		end := TLSEnd{At: "controller"}
		if block.SecretName != "" {
			end.Secret = e.Namespace + "/" + block.SecretName
		}
		ends = append(ends, end)
	}
	return ends
}

func (r *hostRows) addRoute(l *audit.Listener, a *audit.Attachment) {
	names := a.Hosts
	if len(names) == 0 {
		names = []string{everyHost}
	}
	subject := audit.RouteSubject(a.Route)
	class := string(l.Gateway.Spec.GatewayClassName)
	for _, name := range names {
		object := subject.String() + " on " + audit.GatewaySubject(l.Gateway).String()
		h := r.row(name, object, subject)
		h.Classes = append(h.Classes, class)
		h.Controllers = append(h.Controllers, r.f.GatewayController(class))
		chosen := l
		if l.SpeaksTLS() {
			chosen = r.f.Choosing(l, name)
		}
		key := [2]string{name, object}
		r.ends[key] = append(r.ends[key], listenerEnds(chosen)...)
	}
}

// listenerEnds says where TLS at a listener ends.
func listenerEnds(l *audit.Listener) []TLSEnd {
	switch {
	case l.Protocol == gatewayv1.HTTPProtocolType:
		return []TLSEnd{{At: "nowhere"}}
	case l.PassesThrough():
		return []TLSEnd{{At: "workload"}}
	}
	var ends []TLSEnd
	for _, ref := range l.CertificateRefs() {
		if audit.RefersToSecret(&ref) {
			namespace, name := l.SecretOf(&ref)
			ends = append(ends, TLSEnd{At: "controller", Secret: namespace + "/" + name})
		}
	}
	if len(ends) == 0 {
		ends = []TLSEnd{{At: "controller"}}
	}
	return ends
}

// row returns the row of a host, with an object that serves it and what was decided of
// that noted.
func (r *hostRows) row(host, object string, subject audit.Subject) *Host {
	h := r.byHost[host]
	if h == nil {
		h = &Host{Host: host}
		r.byHost[host] = h
	}
	if slices.Contains(h.Objects, object) {
		return h // another listener of the same Gateway
	}
	h.Namespaces, h.Objects = append(h.Namespaces, subject.Namespace), append(h.Objects, object)
	for _, found := range r.judged[subject.Key()] {
		switch {
		case slices.Contains(redirectChecks, found.Check):
			r.decided[host+" redirect "+object] = append(r.decided[host+" redirect "+object], found)
		case slices.Contains(sourceChecks, found.Check):
			r.decided[host+" source"] = append(r.decided[host+" source"], found)
		case slices.Contains(allowlistChecks, found.Check) && found.Status != audit.NotApplicable:
			for _, e := range found.Evidence {
				h.Allowlist = append(h.Allowlist, e.Value)
			}
		}
	}
	return h
}

func (r *hostRows) sorted() []Host {
	var list []Host
	for _, h := range r.byHost {
		h.Redirect, h.Source = rolled(r.redirects(h)), rolled(r.decided[h.Host+" source"])
		for _, texts := range []*[]string{&h.Namespaces, &h.Objects, &h.Classes, &h.Controllers, &h.Allowlist} {
			*texts = slices.DeleteFunc(*texts, func(s string) bool { return s == "" })
			slices.Sort(*texts)
			*texts = slices.Compact(*texts)
		}
		for _, object := range h.Objects {
			h.TLS = append(h.TLS, encrypted(r.ends[[2]string{h.Host, object}])...)
		}
		slices.SortFunc(h.TLS, func(a, b TLSEnd) int {
			return cmp.Or(strings.Compare(a.At, b.At), strings.Compare(a.Secret, b.Secret))
		})
		h.TLS = slices.Compact(h.TLS)
		list = append(list, *h)
	}
	slices.SortFunc(list, func(a, b Host) int { return strings.Compare(a.Host, b.Host) })
	return list
}

// redirects is what was decided of a host's plain HTTP. Of an Ingress without TLS for the
// host it speaks of other hosts.
func (r *hostRows) redirects(h *Host) []audit.Finding {
	var list []audit.Finding
	for _, object := range h.Objects {
		ends := r.ends[[2]string{h.Host, object}]
		plain := !slices.ContainsFunc(ends, func(e TLSEnd) bool { return e.At != "nowhere" })
		if !plain || !strings.HasPrefix(object, "Ingress ") {
			list = append(list, r.decided[h.Host+" redirect "+object]...)
		}
	}
	return list
}

// encrypted are the places where TLS of one object ends. That it also ends nowhere, as on
// the plain listener of a Gateway, is left out beside them: whether plain HTTP is closed is
// what the redirect says.
func encrypted(ends []TLSEnd) []TLSEnd {
	some := slices.DeleteFunc(slices.Clone(ends), func(e TLSEnd) bool { return e.At == "nowhere" })
	if len(some) > 0 {
		return some
	}
	return ends
}

// rolled is the worst of what was decided, nil where nothing was.
func rolled(findings []audit.Finding) *audit.Status {
	if len(findings) == 0 {
		return nil
	}
	worst := audit.RollUp(findings)
	return &worst
}
