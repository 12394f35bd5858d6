package audit

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// certManagerGroup is the API group of cert-manager's own issuers.
const certManagerGroup = "cert-manager.io"

// An IssuerRef is a reference to an issuer with cert-manager's defaults in place: group
// cert-manager.io, kind Issuer, the namespace of the object that refers.
type IssuerRef struct {
	Group     string
	Kind      string
	Namespace string // "" for a ClusterIssuer
	Name      string
}

// ResolveIssuer completes a reference that an object of a namespace makes
// (cert-manager API, IssuerReference: kind defaults to Issuer, group to cert-manager.io).
func ResolveIssuer(namespace, name, kind, group string) IssuerRef {
	ref := IssuerRef{Group: cmp.Or(group, certManagerGroup), Kind: cmp.Or(kind, cmv1.IssuerKind), Namespace: namespace, Name: name}
	if !ref.External() && ref.Kind == cmv1.ClusterIssuerKind {
		ref.Namespace = ""
	}
	return ref
}

// IssuerRefOf returns the issuer that a Certificate refers to.
func IssuerRefOf(c *cmv1.Certificate) IssuerRef {
	return ResolveIssuer(c.Namespace, c.Spec.IssuerRef.Name, c.Spec.IssuerRef.Kind, c.Spec.IssuerRef.Group)
}

// AnnotatedIssuer returns the issuer that the annotations of an Ingress or Gateway name,
// and whether they name one, the way cert-manager's certificate-shim reads them: where
// both issuer and cluster-issuer stand, which it refuses, the latter.
func AnnotatedIssuer(o metav1.Object) (IssuerRef, bool) {
	annotations := o.GetAnnotations()
	name, kind := annotations[cmv1.IngressIssuerNameAnnotationKey], cmv1.IssuerKind
	if cluster := annotations[cmv1.IngressClusterIssuerNameAnnotationKey]; cluster != "" {
		name, kind = cluster, cmv1.ClusterIssuerKind
	}
	if name == "" {
		return IssuerRef{}, false
	}
	return ResolveIssuer(o.GetNamespace(), name,
		cmp.Or(annotations[cmv1.IssuerKindAnnotationKey], kind), annotations[cmv1.IssuerGroupAnnotationKey]), true
}

// TLSACME is the annotation that asks for a certificate of cert-manager's default issuer
// (cert-manager, flag --auto-certificate-annotations).
const TLSACME = "kubernetes.io/tls-acme"

// NamesIssuer reports whether an Ingress or Gateway has an annotation that names an issuer,
// though it may be empty.
func NamesIssuer(o metav1.Object) bool {
	_, issuer := o.GetAnnotations()[cmv1.IngressIssuerNameAnnotationKey]
	_, cluster := o.GetAnnotations()[cmv1.IngressClusterIssuerNameAnnotationKey]
	return issuer || cluster
}

// WantsDefaultIssuer reports whether an Ingress or Gateway names no issuer and asks for the
// default one's certificate.
func WantsDefaultIssuer(o metav1.Object) bool {
	wants, _ := strconv.ParseBool(o.GetAnnotations()[TLSACME])
	return wants && !NamesIssuer(o)
}

// DefaultsIssuer returns the controller of cert-manager whose arguments name a default
// issuer, nil where none is known to.
func (s *Snapshot) DefaultsIssuer() *Instance {
	instances := s.Running("cert-manager")
	i := slices.IndexFunc(instances, func(i Instance) bool { return i.flag("default-issuer-name") != "" })
	if i < 0 {
		return nil
	}
	return &instances[i]
}

// DefaultIssuer returns the issuer that a controller's flags default-issuer-name, -kind and
// -group name for an Ingress or Gateway, whose own kind and group come before theirs
// (pkg/controller/certificate-shim, issuerForIngressLike). The default kind is Issuer, in
// its namespace.
func (i *Instance) DefaultIssuer(o metav1.Object) IssuerRef {
	own := o.GetAnnotations()
	return ResolveIssuer(o.GetNamespace(), i.flag("default-issuer-name"),
		cmp.Or(own[cmv1.IssuerKindAnnotationKey], i.flag("default-issuer-kind")),
		cmp.Or(own[cmv1.IssuerGroupAnnotationKey], i.flag("default-issuer-group")))
}

func (i *Instance) flag(name string) string {
	value, _ := i.Container.Flag(name)
	return value
}

// External reports whether the issuer is another project's, of which this build reads
// nothing.
func (r IssuerRef) External() bool { return r.Group != certManagerGroup }

// Resource returns where the issuer would be found, "" where its kind is not one of
// cert-manager's.
func (r IssuerRef) Resource() Resource {
	switch {
	case r.External():
		return ""
	case r.Kind == cmv1.IssuerKind:
		return Issuers
	case r.Kind == cmv1.ClusterIssuerKind:
		return ClusterIssuers
	}
	return ""
}

// String returns "ClusterIssuer name" or "Issuer namespace/name"; of another project's,
// which may be of either scope, "Kind.group name".
func (r IssuerRef) String() string {
	if r.External() {
		return r.Kind + "." + r.Group + " " + r.Name
	}
	return Subject{Kind: r.Kind, Namespace: r.Namespace, Name: r.Name}.String()
}

// An Issuer is an Issuer or ClusterIssuer and what refers to it.
type Issuer struct {
	Subject Subject
	cmv1.GenericIssuer
	References []IssuerUse // sorted by who refers
}

// An IssuerUse is one reference to an issuer.
type IssuerUse struct {
	By        Subject   // a Certificate, or an Ingress or Gateway by its annotations
	Presented []Subject // Ingresses and Gateways that present what is issued; By itself where it is one
}

// Ready returns the issuer's condition Ready, nil where it has none.
func (i *Issuer) Ready() *cmv1.IssuerCondition {
	conditions := i.GetStatus().Conditions
	n := slices.IndexFunc(conditions, func(c cmv1.IssuerCondition) bool { return c.Type == cmv1.IssuerConditionReady })
	if n < 0 {
		return nil
	}
	return &conditions[n]
}

// IsReady reports whether cert-manager says that the issuer can issue.
func (i *Issuer) IsReady() bool {
	ready := i.Ready()
	return ready != nil && ready.Status == cmmeta.ConditionTrue
}

// SecretNamespace returns the namespace of the Secrets that an issuer names: its own, for a
// ClusterIssuer the cluster resource namespace of cert-manager, kube-system unless its flag
// says another (https://cert-manager.io/docs/configuration/#cluster-resource-namespace); ""
// where no cert-manager that would tell was found, or several differ.
func (f *Facts) SecretNamespace(i *Issuer) string {
	if i.Subject.Namespace != "" {
		return i.Subject.Namespace
	}
	told := ""
	for _, instance := range f.Running("cert-manager") {
		namespace, said := instance.Container.Flag("cluster-resource-namespace")
		switch {
		case !said:
			namespace = "kube-system"
		case strings.HasPrefix(namespace, "$("):
			namespace = instance.Subject.Namespace
		}
		if told != "" && told != namespace {
			return ""
		}
		told = namespace
	}
	return told
}

// An IssuerView knows every issuer that was read.
type IssuerView struct {
	All []Issuer // ClusterIssuers first, then Issuers by namespace and name
}

// Find returns the issuer that a reference resolves to, nil where it wasn't read. Whether
// it doesn't exist is for the Reading of its resource to say.
func (v *IssuerView) Find(ref IssuerRef) *Issuer {
	if ref.Resource() == "" {
		return nil
	}
	for i := range v.All {
		if s := v.All[i].Subject; s.Kind == ref.Kind && s.Namespace == ref.Namespace && s.Name == ref.Name {
			return &v.All[i]
		}
	}
	return nil
}

// Namesakes returns the other issuers that were read under the name that a reference
// gives: of the other kind, or of other namespaces.
func (v *IssuerView) Namesakes(ref IssuerRef) []Subject {
	var list []Subject
	for i := range v.All {
		if s := v.All[i].Subject; s.Name == ref.Name && (s.Kind != ref.Kind || s.Namespace != ref.Namespace) {
			list = append(list, s)
		}
	}
	return list
}

// issuerView lists the issuers and gathers who refers to each.
func issuerView(s *Snapshot, tls *TLSView) IssuerView {
	var view IssuerView
	for i := range s.ClusterIssuers {
		o := &s.ClusterIssuers[i]
		view.All = append(view.All, Issuer{Subject: SubjectOf("cert-manager.io/v1", cmv1.ClusterIssuerKind, o), GenericIssuer: o})
	}
	for i := range s.Issuers {
		o := &s.Issuers[i]
		view.All = append(view.All, Issuer{Subject: SubjectOf("cert-manager.io/v1", cmv1.IssuerKind, o), GenericIssuer: o})
	}
	note := func(ref IssuerRef, use IssuerUse) {
		if issuer := view.Find(ref); issuer != nil {
			issuer.References = append(issuer.References, use)
		}
	}
	for i := range s.Certificates {
		c := &s.Certificates[i]
		use := IssuerUse{By: CertificateSubject(c)}
		if t := tls.Secret(c.Namespace, c.Spec.SecretName); t != nil {
			use.Presented = t.Users
		}
		note(IssuerRefOf(c), use)
	}
	defaults := s.DefaultsIssuer()
	annotated := func(o metav1.Object, subject Subject) {
		ref, ok := AnnotatedIssuer(o)
		if defaults != nil && WantsDefaultIssuer(o) {
			ref, ok = defaults.DefaultIssuer(o), true
		}
		if ok {
			note(ref, IssuerUse{By: subject, Presented: []Subject{subject}})
		}
	}
	presenting := presenters(tls)
	for i := range s.Ingresses {
		if subject := IngressSubject(&s.Ingresses[i]); presenting[subject.Key()] {
			annotated(&s.Ingresses[i], subject)
		}
	}
	for i := range s.Gateways {
		if subject := GatewaySubject(&s.Gateways[i]); presenting[subject.Key()] {
			annotated(&s.Gateways[i], subject)
		}
	}
	for i := range view.All {
		slices.SortFunc(view.All[i].References, func(a, b IssuerUse) int { return strings.Compare(a.By.Key(), b.By.Key()) })
	}
	return view
}

// presenters are the Ingresses and Gateways, by Subject.Key, that name a Secret to present.
// For others an annotation asks for nothing: cert-manager makes a Certificate for each
// Secret of a TLS block or a listener (pkg/controller/certificate-shim, buildCertificates).
func presenters(tls *TLSView) map[string]bool {
	found := map[string]bool{}
	for i := range tls.Secrets {
		for _, user := range tls.Secrets[i].Users {
			found[user.Key()] = true
		}
	}
	return found
}
