package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Difference is why two records don't compare as they are.
type Difference string

// The differences that the caller can be told to pass over.
const (
	OtherCluster   Difference = "cluster"
	OtherScope     Difference = "scope"
	OtherCatalogue Difference = "catalogue"
)

// Differences are all of them.
var Differences = []Difference{OtherCluster, OtherScope, OtherCatalogue}

// A Hindrance is a difference of two records, in words.
type Hindrance struct {
	Difference Difference `json:"difference"`
	Words      string     `json:"words"`
}

// Hindrances says in which ways two records don't compare, none where they do. Clusters are
// told apart by the UID of their namespace kube-system; files, which have none, by name.
func Hindrances(older, newer *Side) []Hindrance {
	var list []Hindrance
	add := func(d Difference, format string, args ...any) {
		list = append(list, Hindrance{d, fmt.Sprintf(format, args...)})
	}
	a, b := &older.Evaluation, &newer.Evaluation
	switch {
	case a.ClusterUID != b.ClusterUID:
		add(OtherCluster, "the records are of different clusters: the UID of namespace kube-system is %s in the older one (%s), %s in the newer one (%s)",
			cmp.Or(a.ClusterUID, "not known"), a.Cluster, cmp.Or(b.ClusterUID, "not known"), b.Cluster)
	case a.ClusterUID == "" && a.Cluster != b.Cluster:
		add(OtherCluster, "the records are of files of different names: %s and %s", a.Cluster, b.Cluster)
	}
	if older.Scope.Namespace != newer.Scope.Namespace || !slices.Equal(older.Scope.Exclusions, newer.Scope.Exclusions) {
		add(OtherScope, "the records have different scopes: %s, and %s", older.Scope.words(), newer.Scope.words())
	}
	if ids(older.Checks) != ids(newer.Checks) {
		add(OtherCatalogue, "the records rest on different checks: %s", checkWords(older.Checks, newer.Checks))
	} else if a.Version != b.Version {
		add(OtherCatalogue, "the records rest on different versions of the catalogue: %s and %s", a.Version, b.Version)
	}
	return list
}

// words say what a scope is.
func (s *Scope) words() string {
	words := "the whole cluster"
	if s.Namespace != "" {
		words = "namespace " + s.Namespace
	}
	if len(s.Exclusions) > 0 {
		words += " but " + strings.Join(s.Exclusions, ", ")
	}
	return words
}

func ids(checks []Check) string {
	var list []string
	for _, c := range checks {
		list = append(list, c.ID)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// checkWords name the checks that only one side has.
func checkWords(older, newer []Check) string {
	only := func(in, of []Check) string {
		var names []string
		for _, c := range in {
			if !slices.ContainsFunc(of, func(o Check) bool { return o.ID == c.ID }) {
				names = append(names, c.ID)
			}
		}
		if len(names) == 0 {
			return "none"
		}
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("only the older one has %s, only the newer one %s", only(older, newer), only(newer, older))
}

// Later reports whether the newer record is the later one.
func Later(older, newer *Side) bool {
	return newer.Evaluation.GeneratedAt.After(older.Evaluation.GeneratedAt)
}
