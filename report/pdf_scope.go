package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

// scope says what was asked, how, against which criteria.
func (d *pdfDocument) scope() {
	r := d.r
	config := &r.Config.Effective
	d.paragraph(fmt.Sprintf("%s read the cluster's API with GET requests only, reduced what it read to what its checks rely on, decided each "+
		"check for each subject, applied waivers and attestations, and rolled the findings up to controls. It changed nothing. "+
		"What a setting means is taken from what is declared; traffic was not observed.", r.Tool.Name))
	if r.Collection.Source == audit.FromFiles {
		d.paragraph("The population was given as files, not read from a cluster: whether the files are all of it is not known to this report.")
	}
	d.labelled(130, []pdfLabelled{
		is("Scope of this evaluation", scopeWords(r)),
		is("ISMS scope", stated(config.Criteria.ISMSScope)),
		is("Statement of Applicability", stated(config.Criteria.StatementOfApplicability)),
		is("Policies", stated(strings.Join(config.Criteria.Policies, "; "))),
		is("Sampling", samplingWords(&r.Collection)),
		is("Time", timeWords(&r.Collection)),
		is("Certificate Authority", "SHA-256 of the API server's CA: "+orDash(r.Subject.Cluster.CASHA256)),
		is("Reader", r.reader()),
		is("Tables", tableWords(r.Catalogue.Tables)),
		is("Retention", stated(config.Retention)),
	})
}

// scopeWords is how options narrowed the evaluation.
func scopeWords(r *Record) string {
	o := &r.Config.Options
	words := []string{"all namespaces"}
	if o.Namespace != "" {
		words[0] = "subjects narrowed to namespace " + o.Namespace + "; others read as peers only"
	}
	switch {
	case len(o.Checks) > 0:
		words = append(words, "only checks "+strings.Join(o.Checks, ", "))
	default:
		words = append(words, counted(len(r.Checks), "check"))
	}
	if len(o.ExcludedChecks) > 0 {
		words = append(words, "without checks "+strings.Join(o.ExcludedChecks, ", "))
	}
	switch {
	case r.Collection.Source == audit.FromFiles:
		words = append(words, "of Secrets among the files certificates only were kept")
	case o.ReadSecrets:
		words = append(words, "Secrets named by other objects were read; of them certificates only were kept")
	default:
		words = append(words, "no Secret was read")
	}
	return strings.Join(words, "; ")
}

// samplingWords claims the whole population only where the record does.
func samplingWords(c *Collection) string {
	if c.Complete && c.Source == audit.FromCluster {
		return "The whole population of each resource was evaluated; no sampling. Reads were not simultaneous."
	}
	if c.Complete {
		return "Every object of the files was evaluated; no sampling."
	}
	return "No sampling. The population is not whole: see gaps and exclusions. Reads were not simultaneous."
}

func timeWords(c *Collection) string {
	words := fmt.Sprintf("%s to %s", utc(c.StartedAt), utc(c.EndedAt))
	if !c.StartedAt.IsZero() && !c.EndedAt.IsZero() {
		words += fmt.Sprintf(" (%s)", c.EndedAt.Round(0).Sub(c.StartedAt.Round(0)).Round(time.Millisecond))
	}
	if c.Source == audit.FromCluster {
		words += fmt.Sprintf("; the server's clock differed by %d ms from the reader's", c.SkewMS)
	}
	return words + ". State at one point in time, not operating effectiveness."
}

func tableWords(tables []Table) string {
	if len(tables) == 0 {
		return "none"
	}
	var words []string
	for _, t := range tables {
		words = append(words, fmt.Sprintf("%s of %s (%s)", t.Name, t.Date, t.Source))
	}
	return strings.Join(words, "; ")
}
