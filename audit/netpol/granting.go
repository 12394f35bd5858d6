package netpol

// Grants returns the rules that may let something reach a Pod, and whether nothing does but by one of them: what no
// rule decides is denied.
func (r *Reachability) Grants(pod int) (rules []Rule, alone bool) {
	g := r.class(pod).gates[Ingress]
	for i := range g.stages {
		s := &g.stages[i]
		alone = s.rest == deny
		for j := range s.filters {
			switch s.filters[j].action {
			case allow:
				rules = append(rules, Rule{s.filters[j].policy, s.filters[j].path})
			case pass:
				alone = false
			}
		}
	}
	return rules, alone
}

// MayAdmitAnybody reports whether a rule that decides what reaches a Pod may mean Pods of a namespace that is to come:
// for Pods of some labels [Reachability.AdmitsAnybody] tells.
func (r *Reachability) MayAdmitAnybody(to int, rule Rule) bool {
	g := r.class(to).gates[Ingress]
	for i := range g.stages {
		for j := range g.stages[i].filters {
			f := &g.stages[i].filters[j]
			if f.policy == rule.Policy && f.path == rule.Path && r.meansStrangers(f) {
				return true
			}
		}
	}
	return false
}

func (r *Reachability) meansStrangers(f *filter) bool {
	if f.everywhere || len(f.addresses) > 0 {
		return true
	}
	if e := f.entity; e != nil {
		return !e.narrow || len(e.spaces) == len(r.spaces) || len(e.addresses) > 0
	}
	for _, p := range f.pods {
		if p.namespaces != nil && p.namespaces.matches(stranger.labels) {
			return true
		}
	}
	return false
}
