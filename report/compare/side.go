package compare

import (
	"path"
	"slices"
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

// A Side is one of the records that are compared, reduced to what is compared.
type Side struct {
	Evaluation Evaluation
	Source     audit.Source
	Scope      Scope
	Controls   []Control
	Checks     []Check // that were run
	Gaps       []Gap
	Findings   []audit.Finding
}

// An Evaluation is what tells a record from others.
type Evaluation struct {
	UID         string    `json:"uid"`
	GeneratedAt time.Time `json:"generatedAt"`
	ClusterUID  string    `json:"clusterUID"` // "" for files
	Cluster     string    `json:"cluster"`    // what it is called
	Version     string    `json:"version"`    // of the catalogue
	Catalogue   string    `json:"catalogue"`  // digest, hex
}

// A Scope is what an evaluation was asked for.
type Scope struct {
	Namespace  string   // subjects were narrowed to it, "" for the whole cluster
	Exclusions []string // globs of namespaces that were left out, sorted
}

// covers reports whether objects of a namespace were evaluated.
func (s *Scope) covers(namespace string) bool {
	if namespace == "" {
		return true
	}
	for _, glob := range s.Exclusions {
		if left, err := path.Match(glob, namespace); err == nil && left {
			return false
		}
	}
	return s.Namespace == "" || s.Namespace == namespace
}

// includes reports whether what another scope covers is covered, as far as it can be told
// from the two: every exclusion is one of the other's, too.
func (s *Scope) includes(other *Scope) bool {
	if s.Namespace != "" && s.Namespace != other.Namespace {
		return false
	}
	return !slices.ContainsFunc(s.Exclusions, func(glob string) bool { return !slices.Contains(other.Exclusions, glob) })
}

// A Control is a control of an edition, and how it stood.
type Control struct {
	ID, Edition, Title string
	Status             audit.Status
}

// A Check is a check that was run, and the controls that it bears on.
type Check struct {
	ID, Title string
	Controls  []string
}

// A Gap is what a side didn't read, and the checks that it cost.
type Gap struct {
	Namespace, Words string // "" for the whole cluster
	Checks           []string
}
