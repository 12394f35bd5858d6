package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/controls"
	"github.com/kubevidence/kubevidence/report/compare"
)

// Input is an evaluation as the command line has it in hand.
type Input struct {
	Facts        *audit.Facts
	Checks       []audit.Check // those that were selected
	Catalogue    []audit.Check // those that there are
	Result       audit.Result  // after audit.Waive
	Waivers      []audit.WaiverState
	Attestations []audit.AttestationState
	Declarations []DeclarationFile
	Assessments  []controls.Assessment // of the findings as they stand
	Tool         Tool
	Older        *compare.Side // what it is compared with, nil for nothing
	Earlier      []EarlierRun  // evaluations of the cluster before this one
	Unread       []OtherRun    // and what of their folder couldn't be read
	SigningKey   string        // SHA-256 of the public key that the bundle will be signed with, hex; "" for none
}

// New composes the record of an evaluation. It is an error if the ledger doesn't add up:
// a record that can't account for its population is none.
func New(in Input) (*Record, error) {
	f := in.Facts
	queries, err := ledger(f)
	if err != nil {
		return nil, err
	}
	name := f.ClusterName()
	waivers := slices.SortedStableFunc(slices.Values(in.Waivers), func(a, b audit.WaiverState) int { return strings.Compare(a.ID, b.ID) })
	attestations := slices.SortedStableFunc(slices.Values(in.Attestations), func(a, b audit.AttestationState) int { return strings.Compare(a.ID, b.ID) })
	r := &Record{
		APIVersion: Version,
		Kind:       Kind,
		Metadata:   Metadata{Name: name + "-" + f.At.UTC().Format(compactTime), GeneratedAt: f.At.UTC()},
		Tool:       in.Tool,
		Config:     configuration(f),
		Subject:    Subject{Organization: f.Config.Organization, Name: name, Cluster: f.Snapshot.Cluster},
		Collection: Collection{
			Source:     f.Collection.Source,
			StartedAt:  f.Collection.Started.UTC(),
			EndedAt:    f.Collection.Ended.UTC(),
			SkewMS:     f.Collection.SkewMS,
			Identity:   identity(f),
			Queries:    queries,
			Gaps:       gaps(f, in.Checks),
			Exclusions: exclusions(queries),
			Ignored:    f.Collection.Ignored,
		},
		Controls:         workpapers(in.Assessments, f.Config.Criteria.Applicability, attestations),
		Checks:           checks(in.Checks, in.Result.Findings),
		Findings:         in.Result.Findings,
		Waivers:          waivers,
		Attestations:     attestations,
		Declarations:     in.Declarations,
		Inventory:        Inventory{Certificates: certificates(f), Ingresses: hosts(f, in.Result.Findings), Isolation: isolation(f), Reachability: reachability(f), Network: network(f)},
		Glossary:         statusTerms(),
		Responsibilities: responsibilities(),
		Previous:         previousRecord(f.Options.Previous),
	}
	if in.SigningKey != "" {
		r.Signing = &Signing{KeySHA256: in.SigningKey}
	}
	servedWith(r)
	r.Collection.Complete = complete(&r.Collection)
	r.Catalogue = catalogue(in.Tool.Version, r.Checks, r.Controls)
	r.Catalogue.LeftOut = leftOut(in.Catalogue, in.Checks)
	r.Summary = summary(r)
	r.Deviations = deviations(f, r)
	r.Limitations = limitations(r)
	r.Changes, r.Series = changes(in.Older, r), series(in.Earlier, in.Unread, r)
	fill(r)
	if r.Metadata.UID, err = UID(r); err != nil {
		return nil, err
	}
	return r, nil
}

// compactTime is how names carry an instant, UTC.
const compactTime = "20060102T150405Z"

// identity is who read; where a token says nothing, the assessor that the configuration
// names.
func identity(f *audit.Facts) audit.Identity {
	i := f.Collection.Identity
	i.Name = cmp.Or(i.Name, f.Config.Assessor)
	return i
}

// configuration is what was in force. Its digest leaves the instant out, so that two
// evaluations under one configuration can be told to be so.
func configuration(f *audit.Facts) Configuration {
	c := Configuration{Effective: *f.Config, Options: f.Options}
	c.Options.At = time.Time{}
	c.Digest = digest(c)
	c.Options.At = f.At.UTC()
	return c
}
