package checks

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

var certificateChain = audit.Check{
	ID:       "SEC-11",
	Title:    "Certificates bring their chain, whole and in order",
	Expected: "the server’s certificate first; each other one follows one that it issued, hasn’t expired and isn’t there twice; of a public one no intermediate is missing",
	Doc: "A client that gets no path from the certificate to a root it trusts refuses it. Browsers often repair that from a cache; " +
		"other clients, and other services, don't, so that such faults show for some and not for others.",
	Logic: "The server’s certificate isn’t first, an intermediate of a public one is missing, one has expired: fail. " +
		"One that issued none before it, or that is there twice: warning. A private CA’s clients may have its intermediates, so that none is demanded.",
	Fix:         "Put leaf, then intermediates into tls.crt, in the order of issuance and without the root: cat leaf.pem intermediate.pem > tls.crt. Of a managed one: cmctl renew NAME -n NAMESPACE.",
	Controls:    cryptography("Clients can verify the certificate from what the server sends."),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       certificateSubjects,
	Uses:        certificateSources,
	Run:         certificateChecked(judgeChain),
}

var judgeChain = known(func(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret, _ *pki.Certificate) {
	defer j.By(chainCommand(t))()
	untidy := func(d pki.Defect) bool { return d.Code == pki.ChainBroken || d.Code == pki.ChainDuplicate }
	text, defects := certificateText(t), f.Roots.Chain(t.Chain, f.At)
	if wrong := slices.DeleteFunc(slices.Clone(defects), untidy); len(wrong) > 0 {
		j.Fail("%s: %s", text, details(wrong))
	}
	for _, d := range defects {
		if untidy(d) {
			j.Warn("%s: %s", text, d.Detail)
		}
	}
	if len(defects) == 0 {
		j.Pass("%s: %s in order", text, counted(len(t.Chain), "certificate"))
	}
})
