package audit

import "time"

// A Collection says who read what, when and how completely.
type Collection struct {
	Source    Source    `json:"source"`
	Started   time.Time `json:"started"` // UTC
	Ended     time.Time `json:"ended"`   // UTC; the instant of evaluation
	SkewMS    int64     `json:"skewMS"`  // server's clock minus ours, milliseconds, from the Date header
	Identity  Identity  `json:"identity"`
	Namespace string    `json:"namespace,omitempty"` // what -n narrowed the subjects to
	Readings  []Reading `json:"readings"`            // one a resource, sorted
	Queries   []Query   `json:"queries"`             // sorted by resource and scope
	Ignored   []Ignored `json:"ignored,omitempty"`   // kinds in files that this build doesn't know
}

// A Source says where a snapshot came from.
type Source string

// The sources.
const (
	FromCluster Source = "cluster" // an API server
	FromFiles   Source = "files"   // manifests: the population was given, not read
)

// An Identity is who read the cluster, told from the credentials at hand and therefore
// not verified by the server.
type Identity struct {
	Method       string `json:"method"`                 // certificate, jwt, opaque, none
	Name         string `json:"name,omitempty"`         // certificate subject CN, token sub
	Impersonated string `json:"impersonated,omitempty"` // --as
	Verified     bool   `json:"verified"`               // always false: it would take a POST
}

// A ReadState says how a resource stands. The zero value is Unread: what nobody read is
// a gap, never an empty list.
type ReadState string

// The states.
const (
	Unread    ReadState = ""          // a gap
	Read      ReadState = "read"      // but where Gaps says otherwise
	NotServed ReadState = "notServed" // discovery worked and doesn't have it: no subjects, not a gap
)

// A Reading is how completely one resource was read.
type Reading struct {
	Resource Resource  `json:"resource"`
	State    ReadState `json:"state,omitempty"`
	Version  string    `json:"version,omitempty"` // the API version that was read
	Gaps     []Gap     `json:"gaps,omitempty"`    // for Unread one with Namespace ""; for Read the namespaces that are missing
}

// A Gap is a read that didn't happen.
type Gap struct {
	Namespace string `json:"namespace,omitempty"` // "" for all; "*" for those that nobody could name (collect.Elsewhere)
	Name      string `json:"name,omitempty"`      // of the one object, for Secrets
	Reason    Reason `json:"reason"`
	Verb      string `json:"verb"`    // list or get
	Message   string `json:"message"` // the server's words, or the client's error
}

// A Query is one row of the ledger: one list, or the gets of one resource by name.
// Listed = evaluated + excluded + errored holds for each.
type Query struct {
	Resource        Resource   `json:"resource"`
	Scope           string     `json:"scope,omitempty"` // a namespace; "" for the whole cluster
	Request         string     `json:"request"`         // "GET /api/v1/pods?limit=500"
	Pages           int        `json:"pages"`
	Asked           []string   `json:"asked,omitempty"`    // of gets by name: the names, sorted
	Absent          int        `json:"absent,omitempty"`   // how many of them the server says don't exist
	Listed          int        `json:"listed"`             // objects received
	Excluded        []Excluded `json:"excluded,omitempty"` // objects that collect left out
	Errors          []string   `json:"errors,omitempty"`   // objects that couldn't be decoded, verbatim
	ResourceVersion string     `json:"resourceVersion,omitempty"`
	Started         time.Time  `json:"started"`
	DurationMS      int64      `json:"durationMS"`
	Restarts        int        `json:"restarts,omitempty"` // expired continue tokens (410)
	AuditIDs        []string   `json:"auditIDs,omitempty"` // of the first and the last page
	Error           string     `json:"error,omitempty"`    // the server's words where it failed
}

// Excluded counts objects that a named exclusion leaves out.
type Excluded struct {
	Rule  string `json:"rule"`
	Count int    `json:"count"`
}

// Ignored counts documents of a kind that this build doesn't know.
type Ignored struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Count      int    `json:"count"`
}

// RuleTerminated is the exclusion of Pods that have ended: their addresses are reused
// (kube-router#1056, antrea#6507).
const RuleTerminated = "terminated: Succeeded and Failed Pods"

// Reading returns how completely r was read. A resource without a reading is Unread.
func (s *Snapshot) Reading(r Resource) Reading {
	for _, reading := range s.Collection.Readings {
		if reading.Resource == r {
			return reading
		}
	}
	return Reading{Resource: r, Gaps: []Gap{{Reason: Failed, Verb: "list", Message: "not read"}}}
}

// Gap returns why resource r wasn't read in a namespace, and whether there is a gap at
// all. With namespace "" it asks for any gap: the whole cluster is only known where no
// namespace is missing.
func (r Reading) Gap(namespace string) (Gap, bool) {
	if r.State == NotServed {
		return Gap{}, false
	}
	for _, gap := range r.Gaps {
		if namespace == "" || gap.Namespace == "" || gap.Namespace == namespace {
			return gap, true
		}
	}
	if r.State == Unread {
		return Gap{Reason: Failed, Verb: "list", Message: "not read"}, true
	}
	return Gap{}, false
}
