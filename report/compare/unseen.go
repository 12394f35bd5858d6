package compare

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

// A view is a side, with what it takes to tell why it holds no finding of something.
type view struct {
	*Side
	subjects map[string]bool // keys of those that its findings speak of, and of the cluster
	broken   map[string]bool // checks that failed as a whole
}

func newView(s *Side) *view {
	v := &view{s, map[string]bool{audit.ClusterSubject().Key(): true}, map[string]bool{}}
	for i := range s.Findings {
		f := &s.Findings[i]
		v.subjects[f.Subject.Key()] = true
		if f.Status == audit.NotAssessed && f.Reason == audit.Failed && f.Subject.Key() == audit.ClusterSubject().Key() {
			v.broken[f.Check] = true
		}
	}
	return v
}

// unseen says why nobody may have looked at what another side has a finding of, "" where
// its population was read. Files were chosen by somebody: that they don't hold an object
// doesn't show that the cluster has none.
func (v *view) unseen(f *audit.Finding) string {
	if !slices.ContainsFunc(v.Checks, func(c Check) bool { return c.ID == f.Check }) {
		return "check " + f.Check + " wasn’t run"
	}
	if v.broken[f.Check] {
		return "check " + f.Check + " failed"
	}
	namespace := f.Subject.InNamespace()
	if !v.Scope.covers(namespace) {
		return "namespace " + namespace + " was out of scope"
	}
	for i := range v.Gaps {
		g := &v.Gaps[i]
		if slices.Contains(g.Checks, f.Check) && (g.Namespace == "" || namespace == "" || g.Namespace == namespace) {
			return "what it rests on wasn’t read: " + g.Words
		}
	}
	if v.Source == audit.FromFiles && !v.subjects[f.Subject.Key()] {
		return "the files don’t hold it; they were given, not read"
	}
	return ""
}
