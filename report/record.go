package report

import (
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report/compare"
)

// Version and Kind identify the document. Readers refuse another major version and pass
// over unknown fields.
const (
	Version = "kubevidence/v1alpha1"
	Kind    = "EvidenceRecord"
)

// A Record is the evidence of one evaluation of one cluster at one point in time. Arrays
// are sorted, times are RFC 3339 UTC, numbers are whole. The same snapshot,
// configuration and tool give the same record, byte for byte.
type Record struct {
	APIVersion       string                   `json:"apiVersion"` // Version
	Kind             string                   `json:"kind"`       // "EvidenceRecord"
	Metadata         Metadata                 `json:"metadata"`
	Tool             Tool                     `json:"tool"`
	Catalogue        Catalogue                `json:"catalogue"`
	Config           Configuration            `json:"config"`
	Subject          Subject                  `json:"subject"`
	Collection       Collection               `json:"collection"`
	Summary          Summary                  `json:"summary"`
	Controls         []Control                `json:"controls"`
	Checks           []Check                  `json:"checks"`
	Findings         []audit.Finding          `json:"findings"`         // sorted by check, namespace, kind, name
	Waivers          []audit.WaiverState      `json:"waivers"`          // sorted by ID
	Attestations     []audit.AttestationState `json:"attestations"`     // sorted by ID
	Declarations     []DeclarationFile        `json:"declarationFiles"` // beside the configuration, that waivers and attestations were read from
	Inventory        Inventory                `json:"inventory"`
	Limitations      []string                 `json:"limitations"`      // sentences
	Glossary         []StatusTerm             `json:"glossary"`         // the statuses in the language of audits, worst first
	Responsibilities []Responsibility         `json:"responsibilities"` // the demarcation, a row a party
	Deviations       []Deviation              `json:"deviationsFromDefaults"`
	Previous         *PreviousRecord          `json:"previousRecord,omitempty"` // what was compared with (--previous)
	Changes          *compare.Comparison      `json:"changes,omitempty"`        // since then; what persists is counted, not listed
	Series           *Series                  `json:"series,omitempty"`         // the evaluations of which this is one
	Signing          *Signing                 `json:"signing,omitempty"`        // the key that its bundle was signed with as it was written
}

// A Signing names the key that a record's bundle is to be signed with. It is part of the
// record so that a signature can't be taken away unseen. By itself it proves nothing.
type Signing struct {
	KeySHA256 string `json:"keySHA256"` // of the public key in PKIX form, hex
}

// A DeclarationFile is a file that waivers and attestations were read from.
type DeclarationFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"` // of its bytes, hex
	Commit string `json:"commit"` // that its git checkout is at, not compared with the file; "" where there is none
}

// A PreviousRecord identifies the earlier record that was compared with.
type PreviousRecord struct {
	UID         string    `json:"uid"`
	SHA256      string    `json:"sha256"` // of the record's bytes, hex
	GeneratedAt time.Time `json:"generatedAt"`
}

// Metadata identifies the record.
type Metadata struct {
	Name        string    `json:"name"`        // "<cluster>-<time>"
	UID         string    `json:"uid"`         // derives from the record's content, see [UID]
	GeneratedAt time.Time `json:"generatedAt"` // the end of collection, or --at
}

// A Tool is the program that wrote the record.
type Tool struct {
	Name    string `json:"name"`    // "kubevidence"
	Version string `json:"version"` // "v0.1.0", "(devel)"
	Commit  string `json:"commit"`  // hash, "" where the build doesn't say
	SHA256  string `json:"sha256"`  // of the binary, hex
	Go      string `json:"go"`      // the Go release that built it
}

// A Catalogue identifies the checks that were run and the tables that they rest on.
type Catalogue struct {
	Version  string    `json:"version"` // of the catalogue of checks
	Digest   string    `json:"digest"`  // SHA-256 over the checks as recorded, hex
	LeftOut  []string  `json:"leftOut"` // IDs of its checks that this evaluation wasn't asked for, sorted
	Tables   []Table   `json:"tables"`
	Editions []Edition `json:"editions"` // of the standard, the one in force first
}

// An Edition is an edition of the standard whose controls are assessed.
type Edition struct {
	Edition  string `json:"edition"`  // "2022"
	Standard string `json:"standard"` // "ISO/IEC 27001:2022"
	Note     string `json:"note"`     // how it stands
}

// A Table is built-in data that ages.
type Table struct {
	Name   string `json:"name"`
	Date   string `json:"date"` // "2006-01-02"
	Source string `json:"source"`
}

// A Configuration is what was in force.
type Configuration struct {
	Digest    string        `json:"digest"` // SHA-256 of effective and options, but the instant, as JSON; hex
	Effective audit.Config  `json:"effective"`
	Options   audit.Options `json:"options"`
}

// A Subject is what the record speaks of.
type Subject struct {
	Organization string        `json:"organization"` // "" prints as "not stated by the organization"
	Name         string        `json:"name"`         // what the cluster is called: as configured, else in the kubeconfig, else its UID
	Cluster      audit.Cluster `json:"cluster"`
}

// A Collection says how the population was read.
type Collection struct {
	Source     audit.Source    `json:"source"` // cluster or files
	StartedAt  time.Time       `json:"startedAt"`
	EndedAt    time.Time       `json:"endedAt"`
	SkewMS     int64           `json:"skewMS"` // the server's clock minus the reader's, milliseconds
	Identity   audit.Identity  `json:"identity"`
	Queries    []Query         `json:"queries"`    // the population ledger
	Gaps       []Gap           `json:"gaps"`       // what could not be read
	Exclusions []Exclusion     `json:"exclusions"` // what was left out of the evaluation, by rule
	Ignored    []audit.Ignored `json:"ignored"`    // kinds in files that this build doesn't know
	Complete   bool            `json:"complete"`   // neither gap nor exclusion nor error
}

// A Query is a row of the ledger: listed = evaluated + excluded + errored.
type Query struct {
	Resource        audit.Resource   `json:"resource"`
	Scope           string           `json:"scope"` // a namespace, "" for the whole cluster
	State           string           `json:"state"` // read, notServed, unread, notRequested
	Request         string           `json:"request"`
	Pages           int              `json:"pages"`
	Asked           []string         `json:"asked"`  // where objects were got by name: the names, sorted
	Absent          int              `json:"absent"` // how many of them the server said don't exist
	Listed          int              `json:"listed"` // objects received
	Evaluated       int              `json:"evaluated"`
	Excluded        int              `json:"excluded"`
	ExcludedBy      []audit.Excluded `json:"excludedBy"`
	Errored         int              `json:"errored"`
	Errors          []string         `json:"errors"` // verbatim
	ResourceVersion string           `json:"resourceVersion"`
	StartedAt       time.Time        `json:"startedAt,omitzero"`
	DurationMS      int64            `json:"durationMS"`
	Restarts        int              `json:"restarts"`
	AuditIDs        []string         `json:"auditIDs"`
	Error           string           `json:"error"` // the server's words
}

// A Gap is something that was not read.
type Gap struct {
	Resource  audit.Resource `json:"resource"`
	Namespace string         `json:"namespace"` // "" for the whole cluster
	Name      string         `json:"name"`      // of the one object, for Secrets
	Reason    audit.Reason   `json:"reason"`
	Verb      string         `json:"verb"`
	Message   string         `json:"message"`
	Checks    []string       `json:"checks"` // that it costs, wholly or in part
}

// An Exclusion counts the objects that a rule left out, over all resources.
type Exclusion struct {
	Rule    string `json:"rule"`
	Objects int    `json:"objects"`
}

// A State is the one-word outcome of a record.
type State string

// The states. None of them declares conformity.
const (
	DeviationsFound State = "deviations"   // at least one Fail
	Incomplete      State = "incomplete"   // no Fail, but something was not assessed or not read
	NoDeviations    State = "noDeviations" // neither
)

// Counts counts findings by status; notRequested is counted apart from notAssessed.
type Counts struct {
	Pass          int `json:"pass"`
	Warning       int `json:"warning"`
	Fail          int `json:"fail"`
	Waived        int `json:"waived"`
	Attested      int `json:"attested"`
	NotAssessed   int `json:"notAssessed"`
	NotRequested  int `json:"notRequested"`
	NotApplicable int `json:"notApplicable"`
}

// A Summary is what a reader sees first.
type Summary struct {
	State         State          `json:"state"`
	Counts        Counts         `json:"counts"`        // after waivers and attestations
	BeforeWaivers Counts         `json:"beforeWaivers"` // as observed
	Assessed      Ratio          `json:"assessed"`      // findings that the tool decided, of those that could be
	Checks        Ratio          `json:"checks"`        // checks that were decided for every subject, of those that apply
	Resources     Ratio          `json:"resources"`     // resources that were read in full, of those that were asked for
	NotRequested  []string       `json:"notRequested"`  // checks that wait, wholly or in part, for an opt-in
	ByControl     []ControlCount `json:"byControl"`
	ByResponsible []PartyCount   `json:"byResponsible"`
	Causes        []Cause        `json:"causes"` // what to fix first
}

// A Ratio is coverage: never a bare percentage.
type Ratio struct {
	Numerator   int `json:"numerator"`
	Denominator int `json:"denominator"`
}

// A ControlCount is one control's line of the summary.
type ControlCount struct {
	Control string       `json:"control"`
	Title   string       `json:"title"`
	Edition string       `json:"edition"`
	Status  audit.Status `json:"status"`
	Counts  Counts       `json:"counts"`
}

// A PartyCount is one party's line of the summary.
type PartyCount struct {
	Responsible audit.Party `json:"responsible"`
	Counts      Counts      `json:"counts"`
}

// A Cause is one thing to fix, in one place or several, and what hangs on it.
type Cause struct {
	Check       string         `json:"check"`
	Title       string         `json:"title"`
	Status      audit.Status   `json:"status"`
	Severity    audit.Severity `json:"severity"`
	Responsible audit.Party    `json:"responsible"`
	Finding     string         `json:"finding"`  // ID of the worst of the findings to mend
	Places      []string       `json:"places"`   // subjects where it has to be mended, sorted: "Namespace team-a"
	Subjects    int            `json:"subjects"` // subjects behind it
	Findings    int            `json:"findings"` // findings behind it
	Remedy      string         `json:"remedy"`
}

// A Control is one control of one edition as a workpaper.
type Control struct {
	ID          string         `json:"id"`      // "A.8.20"
	Edition     string         `json:"edition"` // "2022", "2013"
	Title       string         `json:"title"`
	MappedTo    []string       `json:"mappedTo"`  // in the other edition
	Intent      string         `json:"intent"`    // in our own words
	Criterion   string         `json:"criterion"` // the organization's applicability statement, or ""
	Procedure   string         `json:"procedure"`
	Status      audit.Status   `json:"status"`
	Counts      Counts         `json:"counts"`
	Population  Ratio          `json:"population"` // findings assessed of findings in scope
	Checks      []ControlCheck `json:"checks"`
	NotAssessed []Remainder    `json:"notAssessed"` // what no API server can show
}

// A ControlCheck is a check as it bears on a control.
type ControlCheck struct {
	Check  string       `json:"check"`
	Role   audit.Role   `json:"role"`
	Why    string       `json:"why"`
	Status audit.Status `json:"status"` // on this control: a supporting Fail is a Warning
	Counts Counts       `json:"counts"`
}

// A Remainder is what a person has to evidence.
type Remainder struct {
	What         string   `json:"what"`
	Who          string   `json:"who"`
	Attestations []string `json:"attestations"` // IDs of those in force that fill it
}

// A Check is a check of the catalogue and how it came out.
type Check struct {
	ID          string           `json:"id"`
	Title       string           `json:"title"`
	Rationale   string           `json:"rationale"`
	Logic       string           `json:"logic"`
	Severity    audit.Severity   `json:"severity"`
	Responsible audit.Party      `json:"responsible"`
	Remediation string           `json:"remediation"`
	Controls    []CheckControl   `json:"controls"`
	Needs       []audit.Resource `json:"needs"`
	Uses        []audit.Resource `json:"uses"`
	Status      audit.Status     `json:"status"`
	Counts      Counts           `json:"counts"`
}

// A CheckControl is a control that a check bears on.
type CheckControl struct {
	Control string     `json:"control"`
	Role    audit.Role `json:"role"`
	Why     string     `json:"why"`
}

// A StatusTerm is a status in the language of audits.
type StatusTerm struct {
	Word    audit.Status `json:"word"`  // as findings bear it
	Terms   string       `json:"terms"` // "nonconformity (candidate)"
	Meaning string       `json:"meaning"`
}

// A Responsibility is one party's share of the demarcation.
type Responsibility struct {
	Responsible audit.Party `json:"responsible"`
	Duties      []string    `json:"duties"`
}

// A Deviation is a setting that differs from the default.
type Deviation struct {
	Setting   string `json:"setting"`
	Default   string `json:"default"`
	Effective string `json:"effective"`
	Reason    string `json:"reason"`
	Findings  int    `json:"findings"` // that it affects
	Objects   int    `json:"objects"`  // that it leaves out of the evaluation
}
