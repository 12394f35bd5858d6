package audit

import (
	"maps"
	"slices"
	"strings"

	cmacme "github.com/cert-manager/cert-manager/pkg/apis/acme/v1"
	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit/netpol"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Challenge is a way on which cert-manager lets an ACME server ask for the proof of a name
// by HTTP-01: through an Ingress to a Pod of its own.
type Challenge struct {
	Certificate *cmv1.Certificate
	Solver      *cmacme.ACMEChallengeSolver
	Ingress     *Exposure // the one that is edited in place, or one like those that cert-manager makes; nil where it doesn't exist
	InPlace     string    // the name of the Ingress that is edited, "" where one is made
}

// ChallengesOf returns the ways of HTTP-01 with Ingresses that the Certificates of an issuer
// take, and those of Ingresses that name it and whose Certificate isn't there yet.
func (f *Facts) ChallengesOf(i *Issuer) []Challenge {
	acme := i.GetSpec().ACME
	if acme == nil {
		return nil
	}
	var list []Challenge
	for _, c := range f.askers(i) {
		seen := map[*cmacme.ACMEChallengeSolver]bool{}
		for _, name := range ACMENames(c) {
			solver := SolverFor(c, acme.Solvers, name)
			if solver == nil || seen[solver] || solver.HTTP01 == nil || solver.HTTP01.Ingress == nil {
				continue
			}
			seen[solver] = true
			list = append(list, f.challenge(c, solver))
		}
	}
	return list
}

// askers are the Certificates of an issuer, and stand-ins for those that Ingresses that
// name it will have.
func (f *Facts) askers(i *Issuer) []*cmv1.Certificate {
	var list []*cmv1.Certificate
	kept := map[[2]string]bool{} // namespace and Secret
	for n := range f.Certificates {
		if c := &f.Certificates[n]; f.Issuance.Find(IssuerRefOf(c)) == i {
			list = append(list, c)
			kept[[2]string{c.Namespace, c.Spec.SecretName}] = true
		}
	}
	for _, use := range i.References {
		n := slices.IndexFunc(f.Exposures, func(e Exposure) bool { return e.Subject.Key() == use.By.Key() })
		if n < 0 {
			continue
		}
		for _, block := range f.Exposures[n].Spec.TLS {
			if !kept[[2]string{use.By.Namespace, block.SecretName}] {
				list = append(list, shimmed(f.Exposures[n].Ingress, &block))
			}
		}
	}
	return list
}

// shimmed is the Certificate that cert-manager makes for a TLS block of an Ingress, as far
// as challenges go by it (cert-manager, pkg/controller/certificate-shim/sync.go).
func shimmed(i *networkingv1.Ingress, block *networkingv1.IngressTLS) *cmv1.Certificate {
	c := &cmv1.Certificate{ObjectMeta: metav1.ObjectMeta{Namespace: i.Namespace, Name: block.SecretName, Labels: i.Labels, Annotations: map[string]string{}}}
	c.Spec.SecretName, c.Spec.DNSNames = block.SecretName, block.Hosts
	if i.Annotations[cmacme.IngressEditInPlaceAnnotationKey] == "true" {
		c.Annotations[cmacme.ACMECertificateHTTP01IngressNameOverride] = i.Name
	}
	for from, to := range map[string]string{
		cmv1.IngressACMEIssuerHTTP01IngressClassAnnotationKey:     cmacme.ACMECertificateHTTP01IngressClassOverride,
		cmv1.IngressACMEIssuerHTTP01IngressClassNameAnnotationKey: cmacme.ACMECertificateHTTP01IngressClassNameOverride,
	} {
		if value := i.Annotations[from]; value != "" {
			c.Annotations[to] = value
		}
	}
	return c
}

// challenge finds, or makes up, the Ingress of a challenge.
func (f *Facts) challenge(c *cmv1.Certificate, s *cmacme.ACMEChallengeSolver) Challenge {
	way := Challenge{Certificate: c, Solver: s, InPlace: s.HTTP01.Ingress.Name}
	if name := c.Annotations[cmacme.ACMECertificateHTTP01IngressNameOverride]; name != "" {
		way.InPlace = name
	}
	if way.InPlace != "" {
		n := slices.IndexFunc(f.Exposures, func(e Exposure) bool { return e.Namespace == c.Namespace && e.Name == way.InPlace })
		if n >= 0 {
			way.Ingress = &f.Exposures[n]
		}
		return way
	}
	made := &networkingv1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: c.Namespace, Annotations: solverAnnotations(s)}}
	if class := SolverClass(c, s); class != "" && s.HTTP01.Ingress.IngressClassName == nil {
		made.Annotations[cmv1.IngressClassAnnotationKey] = class
	} else if class != "" {
		made.Spec.IngressClassName = &class
	}
	way.Ingress = &Exposure{Ingress: made, Subject: IngressSubject(made)}
	way.Ingress.Class, way.Ingress.Controllers = servedBy(f.Snapshot, made, renamedControllers(f.Running))
	return way
}

// opened is the annotation by which cert-manager lets everybody reach its challenges, unless
// the issuer's template has one of that name (cert-manager, pkg/issuer/acme/http/ingress.go).
const opened = "nginx.ingress.kubernetes.io/whitelist-source-range"

func solverAnnotations(s *cmacme.ACMEChallengeSolver) map[string]string {
	annotations := map[string]string{opened: "0.0.0.0/0,::/0"}
	if template := s.HTTP01.Ingress.IngressTemplate; template != nil {
		for key, value := range template.Annotations {
			if strings.HasSuffix(key, "/whitelist-source-range") {
				delete(annotations, opened)
			}
			annotations[key] = value
		}
	}
	return annotations
}

// solverPort is where the Pod that solves listens (cert-manager,
// pkg/issuer/acme/http/http.go).
const solverPort = 8089

// SolverReached says what policies allow from an instance of an ingress controller to the
// Pods that cert-manager starts for challenges, one path each; nil where nothing is known of
// the instance's Pods.
func (f *Facts) SolverReached(from *IngressInstance, challenges []Challenge) []netpol.Path {
	cluster := *f.Policies.Cluster
	cluster.Pods, cluster.Templates = nil, nil
	for i := range f.Workloads {
		if w := &f.Workloads[i]; w.Subject.Key() == from.Subject.Key() || f.isMember(i, from.Subject) {
			for _, member := range w.Members {
				cluster.Pods = append(cluster.Pods, f.Policies.Cluster.Pods[member])
			}
		}
	}
	sources := len(cluster.Pods)
	if sources == 0 {
		return nil
	}
	for _, c := range challenges {
		cluster.Pods = append(cluster.Pods, solverPod(&c))
	}
	reach := netpol.EvaluateReachability(&cluster)
	paths := make([]netpol.Path, 0, len(challenges))
	for i := range challenges {
		paths = append(paths, reach.Reach(netpol.PodEndpoint(0), netpol.PodEndpoint(sources+i))...)
	}
	return paths
}

// solverPod is the Pod that cert-manager starts for a challenge (cert-manager,
// pkg/issuer/acme/http/pod.go).
func solverPod(c *Challenge) netpol.Pod {
	labels := map[string]string{}
	if template := c.Solver.HTTP01.Ingress.PodTemplate; template != nil {
		maps.Copy(labels, template.Labels)
	}
	labels[cmacme.SolverIdentificationLabelKey] = "true"
	return netpol.Pod{
		Namespace: c.Certificate.Namespace, Name: "cm-acme-http-solver", Labels: labels,
		Ports: []netpol.Port{{Name: "http", Number: solverPort}},
	}
}

// SolverAllowed reports whether a path lets the ACME server's question through, and whether
// that is certain.
func SolverAllowed(p *netpol.Path) (allowed, certain bool) {
	if p.Allowed.Allows("TCP", solverPort) {
		return true, true
	}
	return false, !p.Indeterminate.Allows("TCP", solverPort)
}
