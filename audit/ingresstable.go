package audit

import (
	"slices"
	"strings"
)

// IngressControllers is the dated table of ingress controllers: data that ages.
var IngressControllers = spelt(table[IngressTable]("ingress"))

// An IngressTable recognizes ingress controllers by class and knows their annotations.
type IngressTable struct {
	Date        Date                `yaml:"date"`
	Source      string              `yaml:"source"`
	Controllers []IngressController `yaml:"controllers"`
}

// An IngressController is what the table says of one. Its annotations map a key to a text
// that the value has to hold, whatever the case.
type IngressController struct {
	Name               string            `yaml:"name"`
	Component          string            `yaml:"component"`          // its name in table components, "" where no flag of it counts
	Implements         []string          `yaml:"implements"`         // spec.controller of its IngressClasses
	Values             []string          `yaml:"values"`             // of annotation kubernetes.io/ingress.class
	Prefixes           []string          `yaml:"prefixes"`           // of its annotations
	Synonyms           []string          `yaml:"synonyms"`           // prefixes of its annotations that mean the same, the one that counts first
	PrefixFlag         string            `yaml:"prefixFlag"`         // flag
	Declares           map[string]string `yaml:"declares"`           // TLS is declared without spec.tls
	Balancer           map[string]string `yaml:"balancer"`           // a load balancer ends TLS
	Passthrough        map[string]string `yaml:"passthrough"`        // the workload ends TLS
	Elsewhere          string            `yaml:"elsewhere"`          // balancer, entrypoint or ""
	DefaultCertificate string            `yaml:"defaultCertificate"` // flag, "" where this build doesn't know what stands in
	CertificateSetting string            `yaml:"certificateSetting"` // key of its ConfigMap that counts before that flag, "" where it has none
	Unnamed            string            `yaml:"unnamed"`            // which certificate it presents where a TLS block names no Secret, "" where DefaultCertificate tells or this build doesn't know
	ControllerClass    string            `yaml:"controllerClass"`    // flag
	ClassName          string            `yaml:"className"`          // flag
	Classless          bool              `yaml:"classless"`          // serves Ingresses that name no class
	ClassSettings      bool              `yaml:"classSettings"`      // reads the ConfigMap that the parameters of its IngressClass name before its own
	OnServices         bool              `yaml:"onServices"`         // reads its annotations of Services before those of Ingresses
	Merge              *Merge            `yaml:"merge"`              // nil where each Ingress speaks for itself
	Redirect           *Redirect         `yaml:"redirect"`           // nil where this build doesn't know its rules
	Allowlist          *AllowlistRule    `yaml:"allowlist"`          // nil where no annotation or setting is one
	Origin             *Origin           `yaml:"origin"`             // nil where this build doesn't know its rules
	Docs               string            `yaml:"docs"`
}

// A Redirect is how a controller is told what to do with plain HTTP where TLS is there.
type Redirect struct {
	On           []string          `yaml:"on"`           // annotations, true or false; the first that stands
	Setting      string            `yaml:"setting"`      // key of its ConfigMap, "" where it has none
	Default      bool              `yaml:"default"`      // what holds where neither says
	Force        string            `yaml:"force"`        // annotation that an "on" can't switch off
	ForceSetting string            `yaml:"forceSetting"` // key that an "on" can't switch off
	Closes       map[string]string `yaml:"closes"`       // annotations that leave no plain HTTP
	Closed       string            `yaml:"closed"`       // flag that leaves none
}

// An AllowlistRule is how a controller is told who is let in.
type AllowlistRule struct {
	Annotations []string `yaml:"annotations"` // the first that stands
	Former      []string `yaml:"former"`      // annotations that releases before went by
	Settings    []string `yaml:"settings"`    // keys of its ConfigMap, for Ingresses without an annotation
	Separator   string   `yaml:"separator"`   // between addresses, "" for a comma
	Beaten      []string `yaml:"beaten"`      // annotations beside which the list counts for nothing
	Parameters  bool     `yaml:"parameters"`  // those of its IngressClass may hold a list that counts before the annotation
	Group       string   `yaml:"group"`       // annotation: Ingresses of one class with the same value share their lists
	Listeners   string   `yaml:"listeners"`   // annotation: for which listeners of the group
}

// An Origin is what a controller takes for the address of a client.
type Origin struct {
	AtBalancer    bool     `yaml:"atBalancer"`    // a load balancer of the provider applies the list itself
	ProxyProtocol string   `yaml:"proxyProtocol"` // setting: it expects the PROXY protocol
	Headers       []string `yaml:"headers"`       // settings, and annotations: it goes by a header of the request
	Trusted       string   `yaml:"trusted"`       // setting with the ranges whose headers are believed; unset is everybody
}

// Implementing returns the controllers that an IngressClass's spec.controller names.
func (t *IngressTable) Implementing(controller string) []IngressController {
	return t.those(func(c *IngressController) bool {
		return slices.ContainsFunc(c.Implements, func(known string) bool {
			return controller == known || strings.HasPrefix(controller, known+"/")
		})
	})
}

// Valued returns the controllers that serve a value of the annotation
// kubernetes.io/ingress.class.
func (t *IngressTable) Valued(class string) []IngressController {
	return t.those(func(c *IngressController) bool { return slices.Contains(c.Values, class) })
}

// Annotated returns the controllers of which annotations have a key.
func (t *IngressTable) Annotated(annotations map[string]string) []IngressController {
	return t.those(func(c *IngressController) bool { return underAny(annotations, c.Prefixes) })
}

// Owns reports whether annotations have a key that may be the controller's.
func (c *IngressController) Owns(annotations map[string]string) bool {
	return underAny(annotations, c.Prefixes) || underAny(annotations, c.Synonyms)
}

// underAny reports whether annotations have a key under one of some prefixes.
func underAny(annotations map[string]string, prefixes []string) bool {
	for key := range annotations {
		if slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) }) {
			return true
		}
	}
	return false
}

// Serves returns the spec.controller of the IngressClasses that an instance of the
// controller serves: what its flag says, else what the controller implements.
func (c *IngressController) Serves(i *Instance) string {
	said, ok := i.Container.Flag(c.ControllerClass)
	switch {
	case c.ControllerClass == "" || !ok:
		return c.Implements[0]
	case strings.Contains(said, "/"):
		return said
	}
	return c.Implements[0] + "/" + said
}

func (t *IngressTable) those(are func(*IngressController) bool) []IngressController {
	var list []IngressController
	for i := range t.Controllers {
		if are(&t.Controllers[i]) {
			list = append(list, t.Controllers[i])
		}
	}
	return list
}

// matching returns the first key, sorted, of annotations that is wanted with such a
// value, "" for none.
func matching(annotations, wanted map[string]string) string {
	for _, key := range sortedKeys(wanted) {
		value, ok := annotations[key]
		if ok && value != "" && strings.Contains(strings.ToLower(value), wanted[key]) {
			return key
		}
	}
	return ""
}
