package report

import (
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report/compare"
)

// Side returns what of a record is compared with another's.
func (r *Record) Side() *compare.Side {
	s := &compare.Side{
		Evaluation: compare.Evaluation{
			UID: r.Metadata.UID, GeneratedAt: r.Metadata.GeneratedAt, ClusterUID: r.Subject.Cluster.UID, Cluster: r.Subject.Name,
			Version: r.Catalogue.Version, Catalogue: r.Catalogue.Digest,
		},
		Source:   r.Collection.Source,
		Scope:    scopeOf(&r.Config.Effective, &r.Config.Options),
		Findings: r.Findings,
	}
	for i := range r.Controls {
		c := &r.Controls[i]
		s.Controls = append(s.Controls, compare.Control{ID: c.ID, Edition: c.Edition, Title: c.Title, Status: c.Status})
	}
	for i := range r.Checks {
		c := compare.Check{ID: r.Checks[i].ID, Title: r.Checks[i].Title}
		for _, ref := range r.Checks[i].Controls {
			c.Controls = append(c.Controls, ref.Control)
		}
		s.Checks = append(s.Checks, c)
	}
	for i := range r.Collection.Gaps {
		g := &r.Collection.Gaps[i]
		s.Gaps = append(s.Gaps, compare.Gap{Namespace: strings.TrimPrefix(g.Namespace, "*"), Words: string(g.Resource) + ": " + g.Message, Checks: g.Checks})
	}
	return s
}

func scopeOf(c *audit.Config, o *audit.Options) compare.Scope {
	s := compare.Scope{Namespace: o.Namespace}
	for _, e := range c.Scope.Exclusions {
		s.Exclusions = append(s.Exclusions, e.Namespace)
	}
	slices.Sort(s.Exclusions)
	return s
}
