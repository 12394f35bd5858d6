package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

// reader says who read the cluster and how that is known.
func (r *Record) reader() string {
	id := &r.Collection.Identity
	var words string
	switch {
	case r.Collection.Source == audit.FromFiles:
		words = "files that were given; no cluster was contacted"
	case id.Method == "certificate":
		words = id.Name + ", by the subject of the client certificate"
	case id.Method == "jwt":
		words = id.Name + ", by the token's claims"
	case id.Method == "opaque" && id.Name != "":
		words = id.Name + ", named in the configuration; the token is opaque"
	case id.Method == "opaque":
		words = "the bearer of an opaque token, which names nobody"
	case id.Name != "":
		words = id.Name
	default:
		words = "nobody named by the credentials"
	}
	if id.Impersonated != "" {
		words += ", acting as " + id.Impersonated
	}
	if a := r.Config.Effective.Assessor; a != "" && a != id.Name {
		words += "; assessor stated in the configuration: " + a
	}
	named := id.Name != "" || id.Impersonated != "" || r.Config.Effective.Assessor != ""
	if r.Collection.Source != audit.FromFiles && named && !id.Verified {
		words += " (asserted, not verified)"
	}
	return words
}

// editions names the editions that the record speaks of.
func (r *Record) editions() string {
	var editions []string
	for _, edition := range []string{"2022", "2013"} {
		for i := range r.Controls {
			if r.Controls[i].Edition == edition {
				editions = append(editions, edition)
				break
			}
		}
	}
	if len(editions) == 0 {
		return "no control assessed"
	}
	return "edition " + strings.Join(editions, " with ")
}

// methodWords is what was done with what was read or given.
func methodWords(r *Record) string {
	read := "read the cluster's API with GET requests only, reduced what it read"
	if r.Collection.Source == audit.FromFiles {
		read = "took the files that it was given for the whole cluster and contacted none, reduced them"
	}
	return fmt.Sprintf("%s %s to what its checks rely on, decided each check for each subject, applied waivers and attestations, "+
		"and rolled the findings up to controls. It changed nothing. What a setting means is taken from what is declared; traffic was not observed.",
		r.Tool.Name, read)
}

// scopeWords is how options and the configuration narrowed the evaluation.
func scopeWords(r *Record) string {
	return strings.Join([]string{namespaceWords(r), checkWords(r), secretWords(r)}, "; ")
}

// namespaceWords say in which namespaces subjects were evaluated.
func namespaceWords(r *Record) string {
	words := "all namespaces"
	if n := r.Config.Options.Namespace; n != "" {
		words = "subjects narrowed to namespace " + n + "; others read as peers only"
	}
	var excluded []string
	for _, e := range r.Config.Effective.Scope.Exclusions {
		excluded = append(excluded, e.Namespace)
	}
	if len(excluded) > 0 {
		words += "; without namespaces " + strings.Join(firstOf(excluded, 8, "pattern"), ", ") + ", which the configuration excludes"
	}
	return words
}

// checkWords say which checks the evaluation was asked for.
func checkWords(r *Record) string {
	o := &r.Config.Options
	words := counted(len(r.Checks), "check")
	if len(o.Checks) > 0 {
		words = "only checks " + strings.Join(firstOf(o.Checks, 12, "check"), ", ")
	}
	if len(o.ExcludedChecks) > 0 {
		words += "; without checks " + strings.Join(firstOf(o.ExcludedChecks, 12, "check"), ", ")
	}
	if left := r.LeftOutWords(); left != "" {
		words += "; " + left
	}
	return words
}

// secretWords say whether Secrets were read.
func secretWords(r *Record) string {
	switch {
	case r.Collection.Source == audit.FromFiles:
		return "of Secrets among the files certificates only were kept"
	case r.Config.Options.ReadSecrets:
		return "Secrets named by other objects were read; of them certificates only were kept"
	}
	return "no Secret was read"
}

// LeftOutWords say how much of the catalogue the evaluation wasn't asked for, "" where it
// was asked for all.
func (r *Record) LeftOutWords() string {
	n := len(r.Catalogue.LeftOut)
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%s of %s of the catalogue left out", grouped(n), counted(n+len(r.Checks), "check"))
}

// samplingWords claims the whole population only where the record does.
func samplingWords(c *Collection) string {
	if c.Complete && c.Source == audit.FromCluster {
		return "The whole population of each resource was evaluated; no sampling. Reads were not simultaneous."
	}
	if c.Complete {
		return "Every object of the files was evaluated; no sampling."
	}
	if c.Source == audit.FromFiles {
		return "No sampling. The population is not whole: see gaps and exclusions."
	}
	return "No sampling. The population is not whole: see gaps and exclusions. Reads were not simultaneous."
}

// noGapWords say what it means that there is no gap.
func noGapWords(c *Collection) string {
	if c.Source == audit.FromFiles {
		return "Gaps: none, for files were taken for the whole cluster: what they don't hold counted as absent."
	}
	return "Gaps: none. Everything that the checks asked for could be read."
}

// inFullWords say what the coverage of resources counts.
func inFullWords(r *Record) string {
	if r.Collection.Source == audit.FromFiles {
		return "resources taken from the files"
	}
	return "resources read in full"
}

// instantWords say as of when the evaluation is, and who said so.
func instantWords(r *Record) string {
	words := "Evaluated as of " + utc(r.Metadata.GeneratedAt)
	if r.Config.Options.AtGiven {
		words += ", as given (--at)"
	}
	return words
}

// timeWords say when the cluster was read and as of when it is evaluated.
func timeWords(r *Record) string {
	const state = " State at one point in time, not operating effectiveness."
	c := &r.Collection
	if c.Source == audit.FromFiles {
		return "Files, which don't tell when they were taken. " + instantWords(r) + "." + state
	}
	words := fmt.Sprintf("%s to %s", utc(c.StartedAt), utc(c.EndedAt))
	if !c.StartedAt.IsZero() && !c.EndedAt.IsZero() {
		words += fmt.Sprintf(" (%s)", c.EndedAt.Round(0).Sub(c.StartedAt.Round(0)).Round(time.Millisecond))
	}
	return words + fmt.Sprintf("; the server's clock differed by %d ms from the reader's. ", c.SkewMS) + instantWords(r) + "." + state
}

// previousWords says which record was compared with.
func previousWords(p *PreviousRecord) string {
	if p == nil {
		return "none was given to compare with"
	}
	return fmt.Sprintf("%s of %s, sha256:%s", p.UID, utc(p.GeneratedAt), p.SHA256)
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

func resourceWords(resources []audit.Resource) string {
	if len(resources) == 0 {
		return "nothing more"
	}
	words := make([]string, len(resources))
	for i, r := range resources {
		words[i] = string(r)
	}
	return strings.Join(words, ", ")
}

func populationWords(c *Control) string {
	return fmt.Sprintf("%s of %s findings in scope were assessed.", grouped(c.Population.Numerator), grouped(c.Population.Denominator))
}

// countWords lists counts, worst first, without what is nought, Fail and Pass excepted.
func countWords(c *Counts) string {
	words := []string{fmt.Sprintf("%s Fail", grouped(c.Fail))}
	for _, part := range []struct {
		n    int
		word string
	}{
		{c.NotAssessed, "Not assessed"}, {c.Warning, "Warning"}, {c.Waived, "Waived"}, {c.Attested, "Attested"},
		{c.Pass, "Pass"}, {c.NotRequested, "Not requested"}, {c.NotApplicable, "Not applicable"},
	} {
		if part.n > 0 || part.word == "Pass" {
			words = append(words, grouped(part.n)+" "+part.word)
		}
	}
	return strings.Join(words, "  ·  ")
}

// coverageWords is the coverage, numerator and denominator, what is in neither, and what
// waivers changed.
func coverageWords(r *Record) string {
	s := &r.Summary
	of := func(r Ratio) string { return grouped(r.Numerator) + " of " + grouped(r.Denominator) }
	words := fmt.Sprintf("Coverage: %s findings decided, %s checks decided for every subject, %s %s.",
		of(s.Assessed), of(s.Checks), of(s.Resources), inFullWords(r))
	if left := r.LeftOutWords(); left != "" {
		words += " " + capital(left) + ": they weren't asked for."
	}
	if n := len(r.Checks) - s.Checks.Denominator; n > 0 {
		words += fmt.Sprintf(" Of %s %s had no subject here, or %s for what wasn't requested.", counted(len(r.Checks), "check"), grouped(n), plural(n, "waits", "wait"))
	}
	if len(s.NotRequested) > 0 {
		words += " Not requested, wholly or in part: " + strings.Join(firstOf(s.NotRequested, 30, "check"), ", ") + "."
	}
	if s.BeforeWaivers != s.Counts {
		words += fmt.Sprintf(" Before waivers and attestations: %s Fail, %s Warning, %s Not assessed.",
			grouped(s.BeforeWaivers.Fail), grouped(s.BeforeWaivers.Warning), grouped(s.BeforeWaivers.NotAssessed))
	}
	return words
}
