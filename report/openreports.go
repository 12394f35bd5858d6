package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/kubevidence/kubevidence/audit"
	"gopkg.in/yaml.v3"
)

// openReportsMax is how many results one report holds, the worst first: an API server stores no
// object of more than 1.5 MB (https://etcd.io/docs/v3.6/dev-guide/limit).
const openReportsMax = 1_000

// WriteOpenReports writes the findings as reports of openreports.io/v1alpha1: YAML documents,
// a Report a namespace and a ClusterReport for what has none, to be applied by whoever
// wants them in the cluster. Kubevidence applies nothing. Of more than a thousand results the
// worst are kept, and a property counts the others. What was waived is a warning, what
// wasn't assessed an error; what a person attests to, wasn't requested or doesn't apply is
// skipped. The same record gives the same bytes.
func WriteOpenReports(w io.Writer, r *Record) error {
	byNamespace := map[string][]*audit.Finding{}
	for i := range r.Findings {
		f := &r.Findings[i]
		byNamespace[f.Subject.Namespace] = append(byNamespace[f.Subject.Namespace], f)
	}
	out := bufio.NewWriterSize(w, 64<<10)
	titles := r.checksByID()
	for _, namespace := range slices.Sorted(maps.Keys(byNamespace)) {
		// One encoder of several documents keeps what it wrote.
		if err := writeDocument(out, newOpenReport(r, namespace, byNamespace[namespace], titles)); err != nil {
			return fmt.Errorf("write OpenReports: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write OpenReports: %w", err)
	}
	return nil
}

func writeDocument(out *bufio.Writer, document *openReport) error {
	if _, err := out.WriteString("---\n"); err != nil {
		return err
	}
	encoder := yaml.NewEncoder(out)
	encoder.SetIndent(2)
	if err := encoder.Encode(document); err != nil {
		return err
	}
	return encoder.Close()
}

// An openReport is a Report or ClusterReport (github.com/openreports/reports-api).
type openReport struct {
	APIVersion string             `yaml:"apiVersion"`
	Kind       string             `yaml:"kind"`
	Metadata   openMetadata       `yaml:"metadata"`
	Source     string             `yaml:"source"`
	Scope      *openScope         `yaml:"scope,omitempty"`
	Summary    map[string]int     `yaml:"summary"`
	Results    []openReportResult `yaml:"results"`
}

type openMetadata struct {
	Name        string            `yaml:"name"`
	Namespace   string            `yaml:"namespace,omitempty"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

type openScope struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string `yaml:"kind"`
	Name       string `yaml:"name"`
}

type openReportResult struct {
	Source     string            `yaml:"source"`
	Policy     string            `yaml:"policy"`
	Category   string            `yaml:"category"`
	Severity   string            `yaml:"severity,omitempty"`
	Timestamp  openTimestamp     `yaml:"timestamp"`
	Result     string            `yaml:"result"`
	Scored     bool              `yaml:"scored"`
	Resources  []openResource    `yaml:"resources,omitempty"`
	Message    string            `yaml:"message"`
	Properties map[string]string `yaml:"properties,omitempty"`
}

type openTimestamp struct {
	Seconds int64 `yaml:"seconds"`
	Nanos   int32 `yaml:"nanos"`
}

type openResource struct {
	APIVersion string `yaml:"apiVersion,omitempty"`
	Kind       string `yaml:"kind"`
	Namespace  string `yaml:"namespace,omitempty"`
	Name       string `yaml:"name"`
	UID        string `yaml:"uid,omitempty"`
}

// openResults are the words for statuses. None passes that the tool didn't see pass.
var openResults = map[audit.Status]string{
	audit.Pass: "pass", audit.Fail: "fail", audit.Warning: "warn", audit.Waived: "warn",
	audit.NotAssessed: "error", audit.Attested: "skip", audit.NotApplicable: "skip",
}

// openWord is the word for a finding: what nobody asked for is no error.
func openWord(f *audit.Finding) string {
	if f.Status == audit.NotAssessed && f.Reason == audit.NotRequested {
		return "skip"
	}
	return openResults[f.Status]
}

func newOpenReport(r *Record, namespace string, findings []*audit.Finding, checks map[string]*Check) *openReport {
	p := &openReport{
		APIVersion: "openreports.io/v1alpha1", Kind: "Report", Source: "kubevidence",
		Metadata: openMetadata{
			Name: "kubevidence", Namespace: escaped(namespace), Labels: map[string]string{"app.kubernetes.io/managed-by": "kubevidence"},
			Annotations: map[string]string{"kubevidence/record": escaped(r.Metadata.UID), "kubevidence/generated-at": utc(r.Metadata.GeneratedAt)},
		},
		Scope:   &openScope{"v1", "Namespace", escaped(namespace)},
		Summary: map[string]int{"pass": 0, "fail": 0, "warn": 0, "error": 0, "skip": 0},
	}
	if namespace == "" {
		p.Kind, p.Scope = "ClusterReport", nil
	}
	for _, f := range findings {
		p.Summary[openWord(f)]++
	}
	if left := len(findings) - openReportsMax; left > 0 {
		findings = slices.Clone(findings)
		slices.SortStableFunc(findings, func(a, b *audit.Finding) int { return audit.CompareWorst(*a, *b) })
		findings = findings[:openReportsMax]
		p.Metadata.Annotations["kubevidence/results-left-out"] = strconv.Itoa(left)
	}
	for _, f := range findings {
		p.Results = append(p.Results, openResult(r, f, checks[f.Check]))
	}
	return p
}

func openResult(r *Record, f *audit.Finding, c *Check) openReportResult {
	result := openReportResult{
		Source: "kubevidence", Policy: escaped(f.Check), Category: "ISO 27001", Severity: f.Severity.String(), Result: openWord(f), Scored: true,
		Timestamp: openTimestamp{Seconds: r.Metadata.GeneratedAt.Unix()}, Message: escaped(f.Message),
		Properties: map[string]string{"finding": escaped(f.ID), "status": f.Status.String(), "responsible": f.Responsible.String()},
	}
	if c != nil {
		result.Properties["title"] = escaped(c.Title)
	}
	for name, value := range map[string]string{"reason": string(f.Reason), "waiver": f.Waiver, "attestation": f.Attestation} {
		if value != "" {
			result.Properties[name] = escaped(value)
		}
	}
	if f.Subject.Kind != "Cluster" {
		result.Resources = []openResource{{
			APIVersion: escaped(cmp.Or(f.Subject.APIVersion, "v1")), Kind: escaped(f.Subject.Kind),
			Namespace: escaped(f.Subject.Namespace), Name: escaped(f.Subject.Name), UID: escaped(f.Subject.UID),
		}}
	}
	return result
}
