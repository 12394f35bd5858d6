package checks

import (
	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

// known judges only certificates that are known: whatever keeps one from being so is noted.
func known(judge func(*audit.Facts, *audit.Judgement, *audit.TLSSecret, *pki.Certificate)) func(*audit.Facts, *audit.Judgement, *audit.TLSSecret) {
	return func(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret) {
		leaf, settled := leafBehind(j, t)
		switch {
		case leaf != nil:
			judge(f, j, t, leaf)
		case !settled:
			unknownCertificate(f, j, t)
		}
	}
}

// judging is how a check judges what lies behind a Secret.
type judging = func(*audit.Facts, *audit.Judgement, *audit.TLSSecret)

// ofServers judges certificates that servers present. One that nothing presents, and whose
// Certificate isn't meant for a server, has other rules.
func ofServers(judge judging) judging {
	return func(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret) {
		if owner := t.Owner(); owner != nil && !t.Presented() && !forServers(owner) {
			defer j.By(ownerCommand(t))()
			j.NotApplicable("%s: nothing presents it, and its Certificate isn't meant for a server", secretText(t))
			return
		}
		judge(f, j, t)
	}
}

// butCAs judges all certificates but those that a Certificate asks for as a CA's
// (spec.isCA), and that nothing presents.
func butCAs(judge judging) judging {
	return func(f *audit.Facts, j *audit.Judgement, t *audit.TLSSecret) {
		if owner := t.Owner(); owner != nil && owner.Spec.IsCA && !t.Presented() {
			defer j.By(ownerCommand(t))()
			j.NotApplicable("%s is a CA's own certificate, which no server presents", secretText(t))
			return
		}
		judge(f, j, t)
	}
}

// certificateChecked is a check of each certificate that something presents, or that a
// Certificate holds where nothing does.
func certificateChecked(judge func(*audit.Facts, *audit.Judgement, *audit.TLSSecret)) func(*audit.Facts) []audit.Finding {
	return func(f *audit.Facts) []audit.Finding { return eachPresentation(f, judge) }
}

// notJudged sorts defects that say that something couldn't be judged from the others.
func notJudged(defects []pki.Defect) (open, found []pki.Defect) {
	for _, d := range defects {
		switch d.Code {
		case pki.RSAUntested, pki.SigUnknown, pki.ChainSigUnknown, pki.KeyUnknown:
			open = append(open, d)
		default:
			found = append(found, d)
		}
	}
	return open, found
}

// conclude notes defects as failures, what couldn't be judged, and without either a pass.
func conclude(j *audit.Judgement, text string, defects []pki.Defect, sound string) {
	open, found := notJudged(defects)
	if len(open) > 0 {
		j.NotAssessed(audit.Unknown, "%s: %s", text, details(open))
	}
	if len(found) > 0 {
		j.Fail("%s: %s", text, details(found))
	}
	if len(defects) == 0 {
		j.Pass("%s: %s", text, sound)
	}
}
