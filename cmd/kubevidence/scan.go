package main

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/checks"
	"github.com/kubevidence/kubevidence/controls"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/bundle"
	"github.com/spf13/cobra"
)

// A scan reads, evaluates and writes.
type scan struct {
	input
	configFile string
	waivers    []string
	trusted    []string // files of CAs
	previous   string
	only       []string
	excluded   []string
	outputDir  string
	formats    []string
	output     string
	edition    string
	exitZero   bool
	signKey    string

	config    *audit.Config
	declared  []report.DeclarationFile
	documents []document // of attestations
	selected  []audit.Check
	key       ed25519.PrivateKey // nil for none
}

func newScan(std streams) *cobra.Command {
	s := &scan{input: input{std: std}}
	cmd := &cobra.Command{
		Use:   "scan",
		Short: "Read a cluster, evaluate it and write the evidence",
		Long: `Read a cluster, or a snapshot or manifests with --input, and evaluate it. Manifests
are taken for the whole cluster: what they don't hold counts as absent.

With --output-dir the evidence is written to DIR/<cluster>/<UTC time>/. With
-o json the record is printed and no file written. With neither only a summary
is printed.`,
		Example: `  kubevidence scan --output-dir evidence
  kubevidence scan --context production -n shop
  kubevidence scan --input snapshot.json.gz --output-dir evidence
  kubectl get ns,po,deploy,rs,sts,ds,jobs,cj,netpol -A -o yaml | kubevidence scan --input - --check NET-01,NET-02,NET-03`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.complete(); err != nil {
				return err
			}
			return s.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	s.bindFiles(flags)
	flags.StringVar(&s.configFile, "config", "", "configuration file")
	flags.StringArrayVar(&s.trusted, "authorities", nil, "PEM file of CAs that the organization trusts, beside keys.authorities of the configuration; may be repeated")
	flags.StringArrayVar(&s.waivers, "waivers", nil, "waivers and attestations beside the configuration's: a file, or a folder of *.yaml; may be repeated")
	flags.StringVar(&s.previous, "previous", "", "compare with an earlier record of the cluster: a record.json, its bundle, or a folder of bundles, of which the last one counts and all make the trend")
	flags.StringSliceVar(&s.only, "check", nil, "run these checks only (IDs)")
	flags.StringSliceVar(&s.excluded, "exclude-check", nil, "leave these checks out (IDs)")
	flags.StringVar(&s.edition, "edition", bothEditions, "edition of ISO/IEC 27001 whose controls are assessed: 2022, 2013, or both, where 2022 leads")
	flags.StringVar(&s.outputDir, "output-dir", "", "write a bundle folder below this folder")
	flags.StringSliceVar(&s.formats, "format", usualFormats(), "files of the bundle: "+strings.Join(formatNames(), ", "))
	flags.StringVar(&s.signKey, "sign-key", "", "sign the bundle with this private key (PEM, Ed25519: see keygen)")
	flags.StringVarP(&s.output, "output", "o", "", "json: print the record to standard output and write no file")
	flags.BoolVar(&s.exitZero, "exit-zero", false, "exit 0 instead of 3 and 4")
	s.bindCluster(flags)
	s.bindProbe(flags)
	for _, name := range []string{"check", "exclude-check"} {
		_ = cmd.RegisterFlagCompletionFunc(name, completeCheckIDs)
	}
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formatNames(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("edition", cobra.FixedCompletions(editionNames(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]cobra.Completion{"json"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// bothEditions is what --edition says for all that the catalogue of controls has.
const bothEditions = "both"

// editionNames are what --edition takes.
func editionNames() []string {
	names := []string{bothEditions}
	for _, e := range controls.Editions() {
		names = append(names, e.Name)
	}
	return names
}

// complete turns flags into values and reports those that don't hold.
func (s *scan) complete() (err error) {
	if err := s.validate(); err != nil {
		return err
	}
	switch {
	case s.output != "" && s.output != "json":
		return usageError("-o %q: only json can be printed", s.output)
	case s.output != "" && s.outputDir != "":
		return usageError("-o json prints the record and writes no file: it excludes --output-dir")
	}
	for _, format := range s.formats {
		if !slices.Contains(formatNames(), format) {
			return usageError("--format %q: the forms are %s", format, strings.Join(formatNames(), ", "))
		}
	}
	if !slices.Contains(editionNames(), s.edition) {
		return usageError("--edition %q: the editions are %s", s.edition, strings.Join(editionNames(), ", "))
	}
	if s.signKey != "" && s.outputDir == "" {
		return usageError("--sign-key signs a bundle: it needs --output-dir")
	}
	if s.key, err = readPrivateKey(s.signKey); err != nil {
		return err
	}
	if s.config, err = readConfig(s.configFile); err != nil {
		return err
	}
	if err := s.declare(); err != nil {
		return err
	}
	if s.selected, err = audit.Select(checks.All, s.only, s.excluded); err != nil {
		return usageError("%w", err)
	}
	return nil
}

// declare reads what people declare beside the configuration: CAs that they trust, waivers and
// attestations, and the documents that these rest on.
func (s *scan) declare() error {
	err := addAuthorities(s.trusted, s.config)
	if err != nil {
		return err
	}
	if s.documents, err = readDocuments(s.configFile, s.config.Attestations); err != nil {
		return err
	}
	files, err := readDeclarations(s.waivers, s.config.Terms(declarationNames()))
	if err != nil {
		return err
	}
	if err := declare(s.config, s.configFile, files); err != nil {
		return err
	}
	for _, f := range files {
		documents, err := readDocuments(f.path, f.declared.Attestations)
		if err != nil {
			return err
		}
		s.documents, s.declared = append(s.documents, documents...), append(s.declared, f.listed)
	}
	return nameClash(s.documents)
}

func (s *scan) run(ctx context.Context) error {
	snapshot, err := s.snapshot(ctx, audit.Resources(s.selected), s.mayReadSecrets)
	if err != nil {
		return err
	}
	record, panics, err := s.evaluate(snapshot)
	if err != nil {
		return err
	}
	for _, p := range panics {
		fmt.Fprintf(s.std.err, "kubevidence: check %s broke: %s\n%s", p.Check, p.Words, p.Stack)
	}
	if err := s.write(ctx, record); err != nil {
		return err
	}
	return s.outcome(record, panics)
}

// mayReadSecrets keeps --read-secrets to the namespaces that are evaluated.
func (s *scan) mayReadSecrets(namespace string) bool {
	return (s.namespace() == "" || s.namespace() == namespace) && !s.config.Excludes(namespace)
}

// evaluate is the forward line from a snapshot to its record.
func (s *scan) evaluate(snapshot *audit.Snapshot) (*report.Record, []audit.Panic, error) {
	// A snapshot was asked for what a live scan is, by other flags than these.
	asked := func(r audit.Resource) bool {
		return snapshot.Collection.Source == audit.FromCluster && snapshot.Reading(r).State == audit.Read
	}
	options := audit.Options{
		At: snapshot.Collection.Ended, Namespace: s.namespace(),
		Checks: s.only, ExcludedChecks: s.excluded,
		ReadSecrets: s.readSecrets || asked(audit.Secrets), Probe: s.probe || asked(audit.Handshakes),
	}
	if options.Namespace == "" {
		options.Namespace = snapshot.Collection.Namespace
	}
	at, err := s.instant()
	if err != nil {
		return nil, nil, err
	}
	if !at.IsZero() {
		options.At, options.AtGiven = at, true
	}
	var editions []string // all of them
	if s.edition != bothEditions {
		options.Edition, editions = s.edition, []string{s.edition}
	}
	earlier, err := s.readPrevious(snapshot, options.At)
	if err != nil {
		return nil, nil, err
	}
	options.Previous = earlier.previous
	facts := audit.Derive(snapshot, s.config, options)
	result := audit.Run(facts, s.selected)
	waivers, attestations := facts.Waive(result.Findings, s.config.Waivers, s.config.Attestations)
	s.documents = attached(attestations, s.documents)
	record, err := report.New(report.Input{
		Facts: facts, Result: result, Checks: s.selected, Catalogue: checks.All,
		Waivers: waivers, Attestations: attestations, Declarations: s.declared,
		Assessments: controls.Assess(result.Findings, s.selected, editions...),
		Older:       earlier.side, Earlier: earlier.runs, Unread: earlier.unread,
		Tool: tool(), SigningKey: bundle.FingerprintOf(s.key),
	})
	if err != nil {
		return nil, nil, fmt.Errorf("compose the record: %w", err)
	}
	return record, result.Panics, nil
}

// write prints or files the record.
func (s *scan) write(ctx context.Context, record *report.Record) error {
	if s.output == "json" {
		return report.WriteJSON(s.std.out, record)
	}
	var folder string
	if s.outputDir != "" {
		digest, err := report.Digest(record)
		if err != nil {
			return err
		}
		folder, err = bundle.Write(s.outputDir, &bundle.Content{
			Cluster: record.Subject.Name, At: record.Metadata.GeneratedAt,
			Record: bundle.Record{UID: record.Metadata.UID, SHA256: digest},
			Tool:   bundle.Tool{Name: record.Tool.Name, Version: record.Tool.Version, Commit: record.Tool.Commit},
			Files:  append(forms(ctx, record, s.formats), documentFiles(s.documents)...), Key: s.key,
		})
		if err != nil {
			return fmt.Errorf("write the bundle: %w", err)
		}
	}
	return summarize(s.std.out, record, folder, s.formats)
}

// outcome is the exit code that a record ends the process with.
func (s *scan) outcome(record *report.Record, panics []audit.Panic) error {
	switch {
	case len(panics) > 0:
		return outcome(exitPanic)
	case s.exitZero:
		return nil
	case record.Summary.State == report.DeviationsFound:
		return outcome(exitDeviations)
	case record.Summary.State == report.Incomplete:
		return outcome(exitIncomplete)
	}
	return nil
}
