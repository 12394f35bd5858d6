package checks

import (
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// inherits notes that an Ingress only adds to another of its host, such as a canary to its
// main Ingress, so that what is asked follows that one, and reports whether it decides.
func inherits(f *audit.Facts, j *audit.Judgement, e *audit.Exposure) bool {
	m, sure := mergeOf(f, e)
	switch {
	case m == nil:
		return false
	case !sure:
		j.NotAssessed(audit.Unknown, "several controllers may serve it, of which not each goes by %s", m.Annotation)
		return true
	}
	mains := f.MainsOf(e, m)
	switch {
	case len(mains) > 0:
		j.NotApplicable("annotation %s: it inherits from %s", m.Annotation, several(mainNames(mains)))
	case unread(f, j, audit.Ingresses, "", "annotation "+m.Annotation+": from which Ingress it inherits isn't known"):
	default:
		j.NotApplicable("annotation %s: it only adds to another Ingress, and there is none to which it would: it isn't served", m.Annotation)
	}
	return true
}

// mergeOf returns the rule by which an Ingress is merged into others, nil where it isn't, and
// whether each controller that may serve it has one.
func mergeOf(f *audit.Facts, e *audit.Exposure) (m *audit.Merge, sure bool) {
	sure = true
	for _, c := range ingressServers(f, e) {
		if c.Merge.Merges(e.Ingress) {
			m = c.Merge
		} else {
			sure = false
		}
	}
	return m, sure
}

func mainNames(mains []*audit.Exposure) []string {
	var names []string
	for _, main := range mains {
		names = append(names, main.Subject.String())
	}
	return names
}

// judgeMergedList judges a list of addresses on an Ingress that is merged into others: only
// theirs count, so that it says what holds where each of them has the same. It reports
// whether that decides.
func judgeMergedList(f *audit.Facts, j *audit.Judgement, e *audit.Exposure, c *ingressServer) bool {
	if !c.Merge.Merges(e.Ingress) {
		return false
	}
	mains := f.MainsOf(e, c.Merge)
	own := c.AllowlistOf(e)
	same := func(main *audit.Exposure) bool {
		list := c.AllowlistOf(main)
		return own != nil && list != nil && strings.TrimSpace(list.Text) == strings.TrimSpace(own.Text)
	}
	switch {
	case unread(f, j, audit.Ingresses, "", "annotation "+c.Merge.Annotation+": from which Ingress it inherits isn't known"):
	case len(mains) == 0:
		j.NotApplicable("annotation %s: it only adds to another Ingress, and there is none to which it would: it isn't served", c.Merge.Annotation)
	case !slices.ContainsFunc(mains, func(main *audit.Exposure) bool { return !same(main) }):
		j.Pass("annotation %s: it inherits from %s, with the same list", c.Merge.Annotation, several(mainNames(mains)))
	default:
		j.Evidence(annotationPath(c.Merge.Annotation), e.Annotations[c.Merge.Annotation], audit.Configured)
		j.Fail("annotation %s lets it inherit from %s: its own list is ignored", c.Merge.Annotation, several(mainNames(mains)))
	}
	return true
}
