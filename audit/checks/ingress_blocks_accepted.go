package checks

import (
	"fmt"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	networkingv1 "k8s.io/api/networking/v1"
)

var ingressBlocksAccepted = audit.Check{
	ID:       "ING-08",
	Title:    "cert-manager accepts every TLS block of an Ingress that asks for a certificate",
	Expected: "each block of spec.tls has hosts, and a secretName that no other block has",
	Doc: "cert-manager makes a Certificate of each TLS block. Blocks that share a Secret it can't tell apart, and refuses the Ingress as a whole: nothing is issued and nothing renewed, " +
		"and the only trace is an event that expires.",
	Logic: "Over Ingresses with annotation cert-manager.io/issuer, cert-manager.io/cluster-issuer or kubernetes.io/tls-acme: two blocks of spec.tls with one secretName, empty ones too, " +
		"a block without secretName, or a block without hosts: fail (cert-manager, pkg/controller/certificate-shim). None of them: pass.",
	Fix: "kubectl edit ingress NAME -n NAMESPACE: put the hosts of blocks that share a Secret into one block, or give each its own secretName; name the hosts of every block. " +
		"Each entry of spec.tls then reads hosts: [HOST], secretName: NAME.",
	Controls:    keyManagement("A request for a key and certificate that is refused leaves the service without a managed key."),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Ingresses},
	Run:         func(f *audit.Facts) []audit.Finding { return eachIngress(f, judgeBlocks) },
}

func judgeBlocks(_ *audit.Facts, j *audit.Judgement, e *audit.Exposure) {
	switch {
	case !asksForCertificate(e.Ingress):
		j.NotApplicable("it doesn't ask cert-manager for a certificate")
		return
	case len(e.Spec.TLS) == 0:
		j.NotApplicable("it has no spec.tls of which cert-manager would make a Certificate")
		return
	}
	blocks := map[string][]string{} // by secretName: field paths
	for b := range e.Spec.TLS {
		block := &e.Spec.TLS[b]
		path := fmt.Sprintf("spec.tls[%d]", b)
		j.Evidence(path+".secretName", fmt.Sprintf("%q", block.SecretName), audit.Configured)
		blocks[block.SecretName] = append(blocks[block.SecretName], path)
		if len(block.Hosts) == 0 {
			j.Fail("cert-manager passes over %s, which names no host", path)
		}
	}
	for b := range e.Spec.TLS {
		name := e.Spec.TLS[b].SecretName
		switch paths := blocks[name]; {
		case len(paths) > 1:
			j.Fail("cert-manager refuses the whole Ingress: %s have the same secretName %q", strings.Join(paths, ", "), name)
		case name == "":
			j.Fail("cert-manager passes over %s, which has no secretName", paths[0])
		}
	}
	j.Pass("cert-manager accepts %s", counted(len(e.Spec.TLS), "TLS block"))
}

// asksForCertificate reports whether an Ingress has an annotation by which cert-manager
// makes Certificates for it.
func asksForCertificate(i *networkingv1.Ingress) bool {
	return audit.NamesIssuer(i) || audit.WantsDefaultIssuer(i)
}
