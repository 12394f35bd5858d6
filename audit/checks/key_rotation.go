package checks

import (
	"cmp"
	"strconv"
	"strings"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
)

var keyRotation = audit.Check{
	ID:       "CRT-05",
	Title:    "Every renewal makes a new private key",
	Expected: "rotationPolicy is Always, or not given with cert-manager 1.18 or newer (in 1.18 and 1.19 unless a feature gate switches that off); a CA may keep its key",
	Doc: "A key that is kept over renewals stays in use for years: who once copied it can pose as the service for as long. " +
		"The default isn't written to the Certificate: it is that of the cert-manager that runs (API, CertificatePrivateKey.rotationPolicy: Never before 1.18, Always since).",
	Logic: "For a CA, whose key others have to trust: pass, with that information. spec.privateKey.rotationPolicy Always: pass; Never: fail. " +
		"Not given: cert-manager before 1.18: fail; 1.18 and 1.19: pass, unless the controller's arguments switch feature gate " +
		"DefaultPrivateKeyRotationPolicyAlways off: fail; 1.20 and later: pass; version not known: not assessed.",
	Fix: "kubectl patch certificate NAME -n NAMESPACE --type=merge -p '{\"spec\":{\"privateKey\":{\"rotationPolicy\":\"Always\"}}}'; " +
		"on an Ingress: annotation cert-manager.io/private-key-rotation-policy: Always.",
	Controls:    keyManagement("Keys are changed regularly, so that a compromised one is of use for a limited time."),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Certificates},
	Uses:        []audit.Resource{audit.Deployments, audit.Pods},
	Run: func(f *audit.Facts) []audit.Finding {
		fallback := defaultRotation(f)
		return eachCertificate(f, func(_ *audit.Facts, j *audit.Judgement, c *cmv1.Certificate) { judgeRotation(j, c, fallback) })
	},
}

func judgeRotation(j *audit.Judgement, c *cmv1.Certificate, fallback rotation) {
	var policy cmv1.PrivateKeyRotationPolicy
	own := j.Subject().Command()
	if c.Spec.PrivateKey != nil {
		policy = c.Spec.PrivateKey.RotationPolicy
	}
	j.Evidence("spec.privateKey.rotationPolicy", cmp.Or(string(policy), "absent"), audit.Configured)
	switch {
	case c.Spec.IsCA:
		j.Pass("it is a CA's, whose key is kept on purpose: what it signed depends on it")
	case policy == cmv1.RotationPolicyAlways:
		j.Pass("each renewal makes a new key")
	case policy == cmv1.RotationPolicyNever:
		j.Fail("rotationPolicy Never: every renewal keeps the key")
	case policy != "":
		j.NotAssessed(audit.Unknown, "rotationPolicy %q isn't one that this build knows", policy)
	case fallback.status == audit.Pass:
		defer j.By(own, fallback.command)()
		j.Pass("no rotationPolicy; %s", fallback.why)
	case fallback.status == audit.Fail:
		defer j.By(own, fallback.command)()
		j.Fail("no rotationPolicy; %s", fallback.why)
	default:
		j.NotAssessed(fallback.reason, "no rotationPolicy, and the default isn't known: %s", fallback.why)
	}
	for _, e := range fallback.evidence {
		if policy == "" && !c.Spec.IsCA {
			j.Evidence(e.Path, e.Value, e.Level)
		}
	}
}

// A rotation is what becomes of the key of a Certificate that doesn't say.
type rotation struct {
	status   audit.Status
	reason   audit.Reason
	why      string
	evidence []audit.Evidence
	command  string // that shows it
}

// rotationGate switches the default of 1.18 and 1.19; it is locked from 1.20 on
// (cert-manager, internal/controller/feature).
const rotationGate = "DefaultPrivateKeyRotationPolicyAlways"

// defaultRotation tells it from the cert-manager controllers that run. Several that
// disagree leave it open.
func defaultRotation(f *audit.Facts) rotation {
	instances := f.Running("cert-manager")
	if len(instances) == 0 {
		for _, r := range []audit.Resource{audit.Deployments, audit.Pods} {
			if gap, missing := f.Unread(r, ""); missing {
				return rotation{reason: gap.Reason, why: gapWords(r, gap)}
			}
		}
		return rotation{reason: audit.Unknown, why: "no cert-manager controller was found"}
	}
	first := rotationOf(&instances[0])
	for i := range instances[1:] {
		if other := rotationOf(&instances[i+1]); other.status != first.status {
			return rotation{reason: audit.Unknown, why: "several cert-manager controllers run, and they differ: " + first.why + "; " + other.why}
		}
	}
	return first
}

func rotationOf(i *audit.Instance) rotation {
	version := i.Version()
	r := rotation{command: i.Subject.Command(), evidence: []audit.Evidence{{Path: i.Subject.String() + ": image", Value: i.Container.Image, Level: audit.Configured}}}
	major, minor, ok := audit.MinorVersion(version)
	gates := featureGates(&i.Container)
	off, named := gateOff(gates)
	_, file := i.Container.Flag("config")
	switch of := "cert-manager " + version + " (" + i.Subject.String() + ")"; {
	case !ok:
		r.reason, r.why = audit.Unknown, i.Subject.String()+" doesn't say which version it runs"
	case major == 0 || major == 1 && minor < 18:
		r.status, r.why = audit.Fail, of+" then keeps the key at every renewal"
	case major > 1 || minor >= 20:
		r.status, r.why = audit.Pass, of+" then makes a new key at every renewal"
	case file && !named:
		r.reason, r.why = audit.Unknown, of+" reads its feature gates from a file (--config)"
	case off:
		r.evidence = append(r.evidence, audit.Evidence{Path: i.Subject.String() + ": --feature-gates", Value: gates, Level: audit.Configured})
		r.status, r.why = audit.Fail, of+" then keeps the key at every renewal: its --feature-gates switch the new default off"
	default:
		r.status, r.why = audit.Pass, of+" then makes a new key at every renewal"
	}
	return r
}

// featureGates returns all that --feature-gates say: the flag may be given several times,
// and adds to what it said before (k8s.io/component-base/cli/flag, MapStringBool).
func featureGates(c *audit.Container) string {
	var said []string
	for _, gates := range c.FlagsLike("feature-gates") {
		said = append(said, gates)
	}
	return strings.Join(said, ",")
}

// gateOff reports whether feature gates switch the rotation gate off: by its name, which
// named reports, else as one of all beta features. The last word on each counts
// (k8s.io/component-base/featuregate).
func gateOff(gates string) (off, named bool) {
	allOff := false
	for gate := range strings.SplitSeq(gates, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(gate), "=")
		switch name {
		case rotationGate:
			off, named = isFalse(value), true
		case "AllBeta":
			allOff = isFalse(value)
		}
	}
	return off || allOff && !named, named
}

func isFalse(value string) bool {
	on, err := strconv.ParseBool(value)
	return err == nil && !on
}
