package audit

import (
	"slices"
	"strings"
)

// spelt reads the table of ingress controllers, with each annotation in all its spellings.
func spelt(t *IngressTable) *IngressTable {
	for i := range t.Controllers {
		if c := &t.Controllers[i]; len(c.Synonyms) > 0 {
			*c = c.under(c.Synonyms)
		}
	}
	return t
}

// asTold returns the controllers that may serve an Ingress, each with the annotations that its
// instances were told to go by: those under a prefix of their own. Instances that were told
// differently are as several controllers.
func asTold(s *Snapshot, e *Exposure, running func(component string) []Instance) []IngressController {
	var list []IngressController
	for i := range e.Controllers {
		c := &e.Controllers[i]
		if c.PrefixFlag == "" {
			list = append(list, *c)
			continue
		}
		var told []string
		for _, instance := range running(c.Component) {
			prefixes, _ := instance.Container.Flag(c.PrefixFlag)
			if s.serves(c, &instance, e) && !slices.Contains(told, prefixes) {
				told = append(told, prefixes)
			}
		}
		if len(told) == 0 {
			list = append(list, *c)
		}
		for _, prefixes := range told {
			list = append(list, c.under(prefixesIn(prefixes)))
		}
	}
	return list
}

// AnnotationPrefixes returns the prefixes of annotations that an instance goes by, the one that
// counts first.
func (c *IngressInstance) AnnotationPrefixes() []string {
	text, _ := c.Container.Flag(c.Is.PrefixFlag)
	if told := prefixesIn(text); len(told) > 0 {
		return told
	}
	return c.Is.Synonyms
}

// prefixesIn reads the prefixes that a flag lists, nil for none.
func prefixesIn(text string) []string {
	var prefixes []string
	for prefix := range strings.SplitSeq(text, ",") {
		if prefix = strings.TrimSpace(prefix); prefix != "" {
			prefixes = append(prefixes, prefix+"/")
		}
	}
	return prefixes
}

// under returns the controller with its annotations under some prefixes, the first of which
// counts first, instead of its own. Without any it stays as it is.
func (c *IngressController) under(prefixes []string) IngressController {
	moved := *c
	if len(prefixes) == 0 {
		return moved
	}
	respell := func(keys ...string) []string {
		var list []string
		for _, key := range keys {
			for _, spelling := range c.spellings(key, prefixes) {
				if !slices.Contains(list, spelling) {
					list = append(list, spelling)
				}
			}
		}
		return list
	}
	moved.Passthrough = map[string]string{}
	for key, value := range c.Passthrough {
		for _, spelling := range respell(key) {
			moved.Passthrough[spelling] = value
		}
	}
	if c.Merge != nil {
		merge := *c.Merge
		merge.Annotation = respell(merge.Annotation)[0]
		moved.Merge = &merge
	}
	if c.Redirect != nil {
		redirect := *c.Redirect
		redirect.On, redirect.Force = respell(redirect.On...), respell(redirect.Force)[0]
		moved.Redirect = &redirect
	}
	if c.Allowlist != nil {
		list := *c.Allowlist
		list.Annotations = respell(list.Annotations...)
		moved.Allowlist = &list
	}
	if c.Origin != nil {
		origin := *c.Origin
		origin.Headers = respell(origin.Headers...)
		moved.Origin = &origin
	}
	return moved
}

// spellings returns an annotation of the controller under other prefixes; what isn't under one
// of its own, such as a setting, stays as it is.
func (c *IngressController) spellings(key string, prefixes []string) []string {
	for _, own := range slices.Concat(c.Synonyms, c.Prefixes) {
		name, is := strings.CutPrefix(key, own)
		if !is {
			continue
		}
		var list []string
		for _, prefix := range prefixes {
			list = append(list, prefix+name)
		}
		return list
	}
	return []string{key}
}
