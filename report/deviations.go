package report

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

// notStated stands where a reason or a criterion was not given.
const notStated = "not stated by the organization"

// deviations lists every setting that differs from the default and what it affects.
func deviations(f *audit.Facts, r *Record) []Deviation {
	var list []Deviation
	for _, e := range f.Config.Scope.Exclusions {
		list = append(list, Deviation{
			Setting: "scope.exclusions", Default: "none", Effective: e.Namespace, Reason: e.Reason,
			Objects: excludedObjects(r, "excluded by configuration: "+e.Namespace+": "),
		})
	}
	for _, glob := range f.Config.Administrator.Namespaces {
		list = append(list, Deviation{
			Setting: "administrator.namespaces", Default: "recognized namespaces only", Effective: glob, Reason: notStated,
			Findings: countFindings(r.Findings, func(found *audit.Finding) bool { return matches(glob, found.Subject) }),
		})
	}
	list = append(list, choices(f, r)...)
	list = append(list, thresholds(f, r)...)
	list = append(list, narrowings(f.Options, r)...)
	return list
}

// choices lists the lists and selectors that differ, with the checks that rest on them.
func choices(f *audit.Facts, r *Record) []Deviation {
	standard, effective := audit.DefaultConfig(), f.Config
	var list []Deviation
	for _, c := range []struct {
		setting             string
		standard, effective []string
		checks              []string
	}{
		{"segregation.tenantLabels", standard.Segregation.TenantLabels, effective.Segregation.TenantLabels, []string{"SEG-01", "ING-10"}},
		{"segregation.environmentLabels", standard.Segregation.EnvironmentLabels, effective.Segregation.EnvironmentLabels, []string{"SEG-03"}},
		{"segregation.production", standard.Segregation.Production, effective.Segregation.Production, []string{"SEG-03"}},
		{"segregation.sensitive", []string{standard.Segregation.Sensitive}, []string{effective.Segregation.Sensitive}, []string{"SEG-02"}},
		{"network.privateRanges", standard.Network.PrivateRanges, effective.Network.PrivateRanges, []string{"PRV-01", "SRC-04"}},
		{"keys.authorities", nil, authorities(effective.Keys.Authorities), []string{"SEC-11", "SEC-12"}},
		{"keys.secretReaders", standard.Keys.SecretReaders, effective.Keys.SecretReaders, []string{"KEY-02"}},
	} {
		if !slices.Equal(c.standard, c.effective) {
			list = append(list, Deviation{
				Setting: c.setting, Default: listed(c.standard), Effective: listed(c.effective), Reason: notStated,
				Findings: countFindings(r.Findings, func(found *audit.Finding) bool { return slices.Contains(c.checks, found.Check) }),
			})
		}
	}
	return list
}

// listed words a list of a configuration.
func listed(values []string) string {
	if len(values) == 0 {
		return "none"
	}
	return strings.Join(values, ", ")
}

// thresholds lists the numbers and choices that differ. The checks that a choice bears on
// are the catalogue's.
func thresholds(f *audit.Facts, r *Record) []Deviation {
	effective, standard := f.Config.Thresholds, audit.DefaultConfig().Thresholds
	of := func(ids ...string) func(*audit.Finding) bool {
		return func(found *audit.Finding) bool { return slices.Contains(ids, found.Check) }
	}
	segregation := func(found *audit.Finding) bool {
		return of("NET-01", "NET-02", "NET-03")(found) && found.Responsible == audit.Administrator
	}
	var list []Deviation
	for _, t := range []struct {
		setting             string
		standard, effective string
		affects             func(*audit.Finding) bool
	}{
		{"thresholds.keyProfile", standard.KeyProfile, effective.KeyProfile, of("SEC-05")},
		{"thresholds.administratorSegregation", standard.AdministratorSegregation, effective.AdministratorSegregation, segregation},
		{"thresholds.privateLifetimeDays", strconv.Itoa(standard.PrivateLifetimeDays), strconv.Itoa(effective.PrivateLifetimeDays), of("SEC-09", "GW-03")},
		{"thresholds.waiverMaxDays", strconv.Itoa(standard.WaiverMaxDays), strconv.Itoa(effective.WaiverMaxDays), func(found *audit.Finding) bool { return found.Waiver != "" }},
		{"thresholds.attestationMaxDays", strconv.Itoa(standard.AttestationMaxDays), strconv.Itoa(effective.AttestationMaxDays), func(found *audit.Finding) bool { return found.Attestation != "" }},
	} {
		if t.standard != t.effective {
			list = append(list, Deviation{
				Setting: t.setting, Default: t.standard, Effective: t.effective, Reason: notStated,
				Findings: countFindings(r.Findings, t.affects),
			})
		}
	}
	return list
}

// narrowings lists what the command line asked for otherwise than by default.
func narrowings(o audit.Options, r *Record) []Deviation {
	const reason = "given on the command line"
	var list []Deviation
	if o.Namespace != "" {
		list = append(list, Deviation{
			Setting: "namespace", Default: "all namespaces", Effective: o.Namespace, Reason: reason,
			Objects: excludedObjects(r, "outside the scope: "), Findings: len(r.Findings),
		})
	}
	if len(o.Checks) > 0 {
		list = append(list, Deviation{
			Setting: "check", Default: "the whole catalogue", Effective: strings.Join(o.Checks, ", "), Reason: reason, Findings: len(r.Findings),
		})
	}
	if len(o.ExcludedChecks) > 0 {
		list = append(list, Deviation{
			Setting: "exclude-check", Default: "none", Effective: strings.Join(o.ExcludedChecks, ", "), Reason: reason,
		})
	}
	restsOn := func(level audit.Level) int {
		return countFindings(r.Findings, func(found *audit.Finding) bool {
			return slices.ContainsFunc(found.Evidence, func(e audit.Evidence) bool { return e.Level == level })
		})
	}
	if o.ReadSecrets {
		list = append(list, Deviation{Setting: "read-secrets", Default: "false", Effective: "true", Reason: reason, Findings: restsOn(audit.Stored)})
	}
	if o.Probe {
		list = append(list, Deviation{Setting: "probe", Default: "false", Effective: "true", Reason: reason, Findings: restsOn(audit.Served)})
	}
	return list
}

func excludedObjects(r *Record, rule string) int {
	n := 0
	for _, e := range r.Collection.Exclusions {
		if strings.HasPrefix(e.Rule, rule) {
			n += e.Objects
		}
	}
	return n
}

func countFindings(findings []audit.Finding, affected func(*audit.Finding) bool) int {
	n := 0
	for i := range findings {
		if affected(&findings[i]) {
			n++
		}
	}
	return n
}

// matches reports whether a glob of the configuration covers a subject's namespace.
func matches(glob string, s audit.Subject) bool {
	namespace := s.Namespace
	if s.Kind == "Namespace" {
		namespace = s.Name
	}
	ok, _ := path.Match(glob, namespace) // the configuration was checked for malformed globs
	return ok && namespace != ""
}

// authorities name the CAs of an organization by subject and fingerprint.
func authorities(texts []string) []string {
	var names []string
	for _, text := range texts {
		certificates, err := pki.Parse([]byte(text))
		if err != nil {
			continue // the configuration was validated
		}
		for _, c := range certificates {
			names = append(names, c.Subject+" (sha256:"+c.Fingerprint+")")
		}
	}
	return names
}
