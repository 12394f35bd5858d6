package checks

import (
	"slices"
	"strings"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
)

var ingressIssuerAnnotation = audit.Check{
	ID:       "ING-06",
	Title:    "The annotation with which an Ingress asks for a certificate works",
	Expected: "its annotations name 1 issuer, which exists and is Ready; none is of group certmanager.k8s.io or at most 2 letters off one that cert-manager reads",
	Doc: "cert-manager ignores annotations that it doesn't know and refuses contradictory ones; all that shows is an event that expires. " +
		"The Ingress then never gets a certificate, or keeps one that isn't renewed.",
	Logic: "Of Ingresses with an annotation of cert-manager's: the issuer that it names is missing or not ready, none is named, " +
		"issuer and cluster-issuer (or cluster-issuer and issuer-kind or issuer-group) stand together, " +
		"a key of the group certmanager.k8s.io, which is ignored since v0.11, or a misspelt key (at most two letters off one that cert-manager reads): fail. " +
		"kubernetes.io/tls-acme without a default issuer that is known from the controller's arguments, or an issuer of another group: not assessed.",
	Fix: "kubectl annotate ingress NAME -n NAMESPACE cert-manager.io/cluster-issuer=ISSUER --overwrite, with a name that kubectl get clusterissuers lists as ready; " +
		"take the others out (kubectl annotate ingress NAME -n NAMESPACE KEY-).",
	Controls:    keyManagement("The request for a key and certificate reaches the authority that is meant."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Ingresses},
	Uses:        []audit.Resource{audit.Issuers, audit.ClusterIssuers, audit.Deployments, audit.Pods},
	Run:         func(f *audit.Facts) []audit.Finding { return eachIngress(f, judgeIssuerAnnotation) },
}

func judgeIssuerAnnotation(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	misread := judgeKeys(j, e)
	switch {
	case audit.NamesIssuer(e.Ingress):
		if !judgeContradictions(j, e) {
			judgeNamedIssuer(f, j, e)
		}
	case audit.WantsDefaultIssuer(e.Ingress):
		judgeDefaultIssuer(f, j, e)
	case !misread:
		j.NotApplicable("it doesn't ask cert-manager for a certificate%s", unusedKeys(e))
	}
}

// judgeKeys notes the keys that cert-manager doesn't read as meant, and reports whether
// there are any.
func judgeKeys(j *audit.Judgement, e *audit.Exposure) bool {
	keys := make([]string, 0, len(e.Annotations))
	for key := range e.Annotations {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	misread := false
	for _, key := range keys {
		path := "metadata.annotations[" + key + "]"
		if slices.Contains(ingressAnnotations, key) {
			j.Evidence(path, e.Annotations[key], audit.Configured)
			continue
		}
		if strings.HasPrefix(key, legacyGroup) {
			j.Fail("annotation %s is of a group that cert-manager has ignored since v0.11", key)
		} else if meant := meantAnnotation(key); meant != "" {
			j.Fail("annotation %s is probably misspelt: cert-manager reads %s", key, meant)
		} else {
			continue
		}
		j.Evidence(path, e.Annotations[key], audit.Configured)
		misread = true
	}
	return misread
}

// unusedKeys words the keys of an Ingress that look like cert-manager's and ask for nothing:
// by themselves, or because it reads none of them there.
func unusedKeys(e *audit.Exposure) string {
	var keys []string
	for key := range e.Annotations {
		if strings.Contains(key, "cert-manager") || strings.Contains(key, "certmanager") {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return ""
	}
	slices.Sort(keys)
	return ": it finds no issuer in " + listed("annotation", "annotations", keys)
}

// judgeContradictions notes the annotations that cert-manager refuses together
// (pkg/controller/certificate-shim, issuerForIngressLike), and reports whether there are
// any.
func judgeContradictions(j *audit.Judgement, e *audit.Exposure) bool {
	if _, cluster := e.Annotations[cmv1.IngressClusterIssuerNameAnnotationKey]; !cluster {
		return false
	}
	refused := false
	for _, key := range []string{cmv1.IngressIssuerNameAnnotationKey, cmv1.IssuerKindAnnotationKey, cmv1.IssuerGroupAnnotationKey} {
		if _, there := e.Annotations[key]; there {
			j.Fail("cert-manager refuses annotations %s and %s together", cmv1.IngressClusterIssuerNameAnnotationKey, key)
			refused = true
		}
	}
	return refused
}

func judgeNamedIssuer(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	ref, named := audit.AnnotatedIssuer(e.Ingress)
	if !named {
		j.Fail("its issuer annotation names no issuer")
		return
	}
	judgeIssuer(f, j, ref)
}

// judgeIssuer judges an issuer that an Ingress relies on.
func judgeIssuer(f *audit.Facts, j *audit.Judgement, ref audit.IssuerRef) {
	issuer := f.Issuance.Find(ref)
	defer j.By(issuerCommand(f, ref))()
	switch {
	case ref.External():
		j.NotAssessed(audit.Unknown, "%s is another project's, which isn't read here", ref)
	case ref.Resource() == "":
		j.Fail("kind %q is no issuer of cert-manager's: Issuer and ClusterIssuer are", ref.Kind)
	case issuer == nil:
		if !unread(f, j, ref.Resource(), ref.Namespace, "whether "+ref.String()+" exists isn't known") {
			j.Fail("%s", missingIssuer(f, ref))
		}
	default:
		status, words := readinessOf(f, issuer)
		switch status {
		case audit.Fail:
			j.Cause("ISS-02", issuer.Subject)
			j.Fail("%s: %s", ref, words)
		case audit.NotAssessed:
			j.NotAssessed(audit.Unknown, "%s: %s", ref, words)
		default:
			j.Pass("%s: %s", ref, words)
		}
	}
}

// judgeDefaultIssuer judges an Ingress that leaves the issuer to cert-manager's default,
// which its controller's arguments tell.
func judgeDefaultIssuer(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	if by := f.DefaultsIssuer(); by != nil {
		ref := by.DefaultIssuer(e.Ingress)
		j.Evidence(by.Subject.String()+": --default-issuer-name", ref.Name+" "+ref.Kind, audit.Configured)
		judgeIssuer(f, j, ref)
		return
	}
	const what = audit.TLSACME + " leaves the issuer to cert-manager's default, which isn't known"
	if len(f.Running("cert-manager")) == 0 {
		for _, r := range []audit.Resource{audit.Deployments, audit.Pods} {
			if unread(f, j, r, "", what) {
				return
			}
		}
	}
	j.NotAssessed(audit.Unknown, what)
}
