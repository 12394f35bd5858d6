package audit

import (
	"cmp"
	"fmt"
	"strings"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	networkingv1 "k8s.io/api/networking/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// An Exposure is an Ingress as its users meet it: the class and controller that serve it,
// and where TLS is ended.
type Exposure struct {
	*networkingv1.Ingress
	Subject     Subject
	Class       string              // spec.ingressClassName, else the annotation, else the one default class; "" for none
	Controllers []IngressController // those that may serve it: one where the IngressClass says it, none where nothing tells
	TLSEnds     TLSEnd
	Why         string // what says so, in words; "" for AtController
	Default     DefaultCertificate
}

// A TLSEnd is a place where TLS is ended.
type TLSEnd int

// The places. At the zero value the controller ends it, with the Secrets of spec.tls or
// not at all.
const (
	AtController         TLSEnd = iota
	AtControllerDeclared        // the controller ends it because an annotation says so, without a Secret
	AtBalancer                  // a load balancer, with a certificate that the API doesn't hold
	AtEntrypoint                // the controller perhaps ends it, by settings that the API doesn't show
	AtWorkload                  // it is passed through
)

// IngressSubject is an Ingress as the subject of a finding.
func IngressSubject(i *networkingv1.Ingress) Subject {
	return SubjectOf("networking.k8s.io/v1", "Ingress", i)
}

// GatewaySubject is a Gateway as the subject of a finding.
func GatewaySubject(g *gatewayv1.Gateway) Subject {
	return SubjectOf("gateway.networking.k8s.io/v1", "Gateway", g)
}

// CertificateSubject is a Certificate as the subject of a finding.
func CertificateSubject(c *cmv1.Certificate) Subject {
	return SubjectOf("cert-manager.io/v1", cmv1.CertificateKind, c)
}

// ClassAnnotation returns the value of kubernetes.io/ingress.class, "" where an Ingress
// has none.
func ClassAnnotation(i *networkingv1.Ingress) string {
	return i.Annotations[cmv1.IngressClassAnnotationKey]
}

// ClassName returns spec.ingressClassName, "" where an Ingress has none.
func ClassName(i *networkingv1.Ingress) string {
	if i.Spec.IngressClassName == nil {
		return ""
	}
	return *i.Spec.IngressClassName
}

// IngressClass returns the class of a name, nil where it wasn't read or doesn't exist.
func (s *Snapshot) IngressClass(name string) *networkingv1.IngressClass {
	for i := range s.IngressClasses {
		if s.IngressClasses[i].Name == name {
			return &s.IngressClasses[i]
		}
	}
	return nil
}

// DefaultClasses returns the names of the IngressClasses that are marked as default.
func (s *Snapshot) DefaultClasses() []string {
	var names []string
	for i := range s.IngressClasses {
		if s.IngressClasses[i].Annotations[networkingv1.AnnotationIsDefaultIngressClass] == "true" {
			names = append(names, s.IngressClasses[i].Name)
		}
	}
	return names
}

// OnGKE reports whether the cluster is Google's: its versions end in -gke and a number,
// and its own controller serves Ingresses without a class.
func (c *Cluster) OnGKE() bool { return strings.Contains(c.Version, "-gke.") }

// exposures describes every Ingress, in the order of the snapshot.
func exposures(s *Snapshot) []Exposure {
	running := s.rememberRunning()
	renamed := renamedControllers(running)
	list := make([]Exposure, 0, len(s.Ingresses))
	for i := range s.Ingresses {
		e := Exposure{Ingress: &s.Ingresses[i], Subject: IngressSubject(&s.Ingresses[i])}
		e.Class, e.Controllers = servedBy(s, e.Ingress, renamed)
		e.Controllers = asTold(s, &e, running)
		e.TLSEnds, e.Why = tlsEnd(s, e.Ingress, e.Class, e.Controllers)
		e.Default = defaultCertificate(s, &e, running)
		list = append(list, e)
	}
	return list
}

// renamedControllers maps the spec.controller that instances were told to serve by flag to
// the controller that they run: several of one kind go by names of their own.
func renamedControllers(running func(component string) []Instance) map[string]IngressController {
	renamed := map[string]IngressController{}
	for i := range IngressControllers.Controllers {
		c := &IngressControllers.Controllers[i]
		if c.ControllerClass == "" {
			continue
		}
		for _, instance := range running(c.Component) {
			renamed[c.Serves(&instance)] = *c
		}
	}
	return renamed
}

// ParametersMatter reports whether settings that this build doesn't read may belong to a
// class: it refers to some, or it wasn't read itself.
func (s *Snapshot) ParametersMatter(class string) bool {
	if object := s.IngressClass(class); object != nil {
		return object.Spec.Parameters != nil
	}
	_, unread := s.Reading(IngressClasses).Gap("")
	return unread
}

// servedBy returns the class of an Ingress and the controllers that may be behind it. The
// IngressClass says it, by a name that the vendor gave or an instance was given; where none of that name was read, the known values of the
// annotation do; where they don't either, the vendors' prefixes of its annotations. A class
// with a controller that nothing knows is nobody's: annotations don't overrule it.
func servedBy(s *Snapshot, i *networkingv1.Ingress, renamed map[string]IngressController) (string, []IngressController) {
	class := cmp.Or(ClassName(i), ClassAnnotation(i))
	if defaults := s.DefaultClasses(); class == "" && len(defaults) == 1 {
		class = defaults[0]
	}
	var behind []IngressController
	if object := s.IngressClass(class); object != nil {
		behind = IngressControllers.Implementing(object.Spec.Controller)
		if c, known := renamed[object.Spec.Controller]; known && len(behind) == 0 {
			behind = []IngressController{c}
		}
	} else if class != "" {
		behind = IngressControllers.Valued(class)
	} else if s.Cluster.OnGKE() {
		behind = IngressControllers.Valued("gce")
	}
	if len(behind) == 0 && s.IngressClass(class) == nil {
		behind = IngressControllers.Annotated(i.Annotations)
	}
	return class, behind
}

// tlsEnd says where TLS of an Ingress is ended. Annotations count only for the controllers
// that may serve it. Where nothing tells those, any controller's do; but what its class's
// unknown controller makes of another's declaration isn't known to be TLS. Without
// annotation and spec.tls a load balancer ends TLS only by the parameters of the class.
func tlsEnd(s *Snapshot, i *networkingv1.Ingress, class string, behind []IngressController) (TLSEnd, string) {
	candidates, unknown := behind, len(behind) == 0
	if unknown {
		candidates = IngressControllers.Controllers
	}
	for _, c := range candidates {
		if key := matching(i.Annotations, c.Passthrough); key != "" {
			return AtWorkload, fmt.Sprintf("annotation %s passes TLS through to the workload", key)
		}
		if key := matching(i.Annotations, c.Balancer); key != "" {
			return AtBalancer, fmt.Sprintf("annotation %s lets a load balancer of %s end TLS", key, c.Name)
		}
		if key := matching(i.Annotations, c.Declares); key != "" && (!unknown || s.IngressClass(class) == nil) {
			return AtControllerDeclared, fmt.Sprintf("annotation %s declares TLS to %s", key, c.Name)
		}
	}
	serves := "may serve it"
	if len(behind) == 1 {
		serves = "serves it"
	}
	for _, c := range behind {
		switch {
		case c.Elsewhere == "balancer" && (len(i.Spec.TLS) > 0 || s.ParametersMatter(class)):
			return AtBalancer, fmt.Sprintf("%s %s, and its load balancer may hold the certificate", c.Name, serves)
		case c.Elsewhere == "entrypoint" && len(i.Spec.TLS) == 0:
			return AtEntrypoint, fmt.Sprintf("%s %s, and its entrypoint may end TLS by itself", c.Name, serves)
		}
	}
	return AtController, ""
}
