package checks

import (
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

var certManagerRelease = audit.Check{
	ID:       "CM-02",
	Title:    "cert-manager’s release is supported and has no known high advisory",
	Expected: "its release is no older than the newest 2 minors that this build knows, and has the fix of every known advisory of severity high or critical",
	Doc: "cert-manager can make a certificate for any name that its issuers may, and reads and writes the Secrets that keys lie in. " +
		"Its project mends the newest two minors only (cert-manager.io/docs/releases).",
	Logic: "Of each controller that runs, told by its image or the labels of its chart, by the tag of its image or the label app.kubernetes.io/version: an advisory of severity high or critical that the release has no fix for: fail, of high severity, where the check’s is medium; " +
		"older than the newest two minors that this build knows: warning; no version, none of a patch that an advisory turns on, or a tag of an image of another name that the label contradicts: not assessed. " +
		"A vendor’s suffix (v1.20.3-r0) is a build of the release; alpha, beta and rc come before it. The message names the table’s date.",
	Fix:         "Upgrade one minor at a time (cert-manager.io/docs/releases/upgrading): helm upgrade cert-manager oci://quay.io/jetstack/charts/cert-manager -n cert-manager --version VERSION --reuse-values.",
	Controls:    refs(pair("A.10.1.2", "A.8.24", audit.Supporting, "The system that keys are managed with is maintained."), supportsServices("A service that certificates come from is kept up to date.")),
	Responsible: audit.Administrator,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Deployments},
	Uses:        []audit.Resource{audit.Pods},
	Run: func(f *audit.Facts) []audit.Finding {
		var findings []audit.Finding
		for _, instance := range f.Running("cert-manager") {
			j := audit.Judge(instance.Subject)
			judgeRelease(j, &instance)
			findings = append(findings, j.Finding())
		}
		return findings
	},
}

func judgeRelease(j *audit.Judgement, instance *audit.Instance) {
	table, release := audit.CertManagerReleases, instance.Version()
	j.Evidence("image", instance.Container.Image, audit.Configured)
	supported, err := table.Supported(release)
	if err != nil {
		j.NotAssessed(audit.Unknown, "which release it runs isn't known: its image is %s", instance.Container.Image)
		return
	}
	asOf := "as of " + table.Date.Format(time.DateOnly)
	open, unclear, _ := table.Open(release) // it is a version: Supported read it
	for _, a := range open {
		j.FailAs(audit.High, "cert-manager %s has an advisory of severity %s, %s (%s), fixed in %s (%s)", release, a.Severity, a.ID, a.Source, strings.Join(a.Fixed, ", "), asOf)
	}
	for _, a := range unclear {
		j.NotAssessed(audit.Unknown, "cert-manager %s doesn't say its patch number, and so not whether it has the fix for %s (%s), fixed in %s (%s)", release, a.ID, a.Source, strings.Join(a.Fixed, ", "), asOf)
	}
	if !supported {
		j.Warn("cert-manager %s is older than the minors that are supported: %s (%s)", release, strings.Join(table.Minors, ", "), asOf)
	}
	if supported && len(open)+len(unclear) == 0 {
		j.Pass("cert-manager %s: not older than the supported minors, and no high advisory is known (%s)", release, asOf)
	}
}
