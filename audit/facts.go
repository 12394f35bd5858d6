package audit

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/audit/pki"
)

// Facts are a Snapshot and what several checks derive from it, computed once by
// [Derive]. Checks read them and change nothing.
type Facts struct {
	*Snapshot
	Config  *Config
	Options Options
	At      time.Time // the instant of evaluation, UTC

	Administrators   map[string]string // namespaces of the administrator → how that is known
	Workloads        []Workload        // sorted by namespace, name and kind
	Policies         PolicyView        // what NetworkPolicies mean for the workloads
	Fronts           FrontView         // what lets the outside in: Ingresses, Gateways, LoadBalancers, and the controllers behind them
	DNS              DNSView           // the DNS in use
	Plugin           PluginView        // what enforces policies and encrypts traffic
	TLS              TLSView           // the certificates behind Secrets, and who presents them
	Exposures        []Exposure        // Ingresses as their users meet them, sorted as Ingresses
	IngressInstances []IngressInstance // ingress controllers that run, and their settings
	Listeners        []Listener        // of Gateways, with the routes that attach to them
	Served           ServedView        // what servers presented when they were asked
	Presentations    []Presentation    // the named Secrets by who presents them, sorted by subject
	Issuance         IssuerView        // issuers, and who refers to them
	Roots            *pki.Roots        // what public certificates chain to
}

// Derive computes the facts of a snapshot under a configuration.
func Derive(s *Snapshot, c *Config, o Options) *Facts {
	f := &Facts{Snapshot: s, Config: c, Options: o, At: o.At}
	f.Administrators = administrators(s, c)
	f.Workloads, f.Policies = workloads(s)
	f.Fronts = frontView(s, f.Workloads, f.Policies)
	f.DNS = dnsView(s)
	f.Plugin = pluginView(s, o.At)
	f.Exposures = exposures(s)
	f.IngressInstances = ingressInstances(f)
	f.Listeners = listeners(s)
	f.TLS = tlsView(s, namedSecrets(s, f.Exposures, f.Listeners))
	attach(s, f.Listeners)
	f.implement()
	f.Served = servedView(s, f.Exposures, f.Listeners)
	f.serve()
	f.TLS.noteCopies()
	f.Presentations = presentations(f)
	f.Issuance = issuerView(s, &f.TLS)
	f.Roots = roots(c)
	return f
}

// ExcludedBy says which rule leaves a namespace's objects out of the evaluation, in words
// for the ledger; "" where they are in it.
func (f *Facts) ExcludedBy(namespace string) string {
	if namespace == "" {
		return ""
	}
	if f.Options.Namespace != "" && namespace != f.Options.Namespace {
		return "outside the scope: namespace " + f.Options.Namespace
	}
	for _, e := range f.Config.Scope.Exclusions {
		if glob(e.Namespace, namespace) {
			return "excluded by configuration: " + e.Namespace + ": " + e.Reason
		}
	}
	return ""
}

// InScope reports whether a namespace's objects are evaluated. Cluster-scoped objects,
// namespace "", always are.
func (f *Facts) InScope(namespace string) bool { return f.ExcludedBy(namespace) == "" }

// Namespace returns the namespace of a name, nil where it wasn't read.
func (f *Facts) Namespace(name string) *Namespace {
	i, found := slices.BinarySearchFunc(f.Namespaces, name, func(n Namespace, name string) int {
		return strings.Compare(n.Name, name)
	})
	if !found {
		return nil
	}
	return &f.Namespaces[i]
}

// Service returns the Service of a name, nil where it wasn't read or doesn't exist.
func (f *Facts) Service(namespace, name string) *Service {
	i, found := slices.BinarySearchFunc(f.Services, [2]string{namespace, name}, func(s Service, key [2]string) int {
		return cmp.Or(strings.Compare(s.Namespace, key[0]), strings.Compare(s.Name, key[1]))
	})
	if !found {
		return nil
	}
	return &f.Services[i]
}

// Unread returns why a resource isn't known in a namespace, and whether that is so. With
// namespace "" it asks for the whole cluster.
func (f *Facts) Unread(r Resource, namespace string) (Gap, bool) {
	return f.Reading(r).Gap(namespace)
}

// PartyOf returns who answers for a subject: the administrator in an administrator's
// namespace, the check's own party elsewhere.
func (f *Facts) PartyOf(c *Check, s Subject) Party {
	if _, ok := f.Administrators[s.InNamespace()]; ok {
		return Administrator
	}
	return c.Responsible
}
