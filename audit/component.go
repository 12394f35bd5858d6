package audit

import (
	"iter"
	"slices"
	"strings"
)

// Components is the dated table of platform components: data that ages.
var Components = table[ComponentTable]("components")

// A ComponentTable recognizes platform components by their images, their places or their
// labels.
type ComponentTable struct {
	Date       Date        `yaml:"date"`
	Source     string      `yaml:"source"`
	Components []Component `yaml:"components"`
}

// A Component is a piece of the platform that checks have to know.
type Component struct {
	Name   string   `yaml:"name"`
	Role   string   `yaml:"role"`   // certificates, ingress, gateway, network, dns, control-plane, admission, delivery
	Images []string `yaml:"images"` // last elements of repository paths
	Flags  []string `yaml:"flags"`  // globs of the arguments that checks rely on, in lower case, without dashes
	Runs   []string `yaml:"runs"`   // globs of namespace/name of its controllers, where images have digests for names

	// Labels are the sets of which one tells it, where images go by other names. A label
	// with no value is one that isn't there.
	Labels []map[string]string `yaml:"labels"`
}

// Of returns the component that an image belongs to.
func (t *ComponentTable) Of(image string) (*Component, bool) {
	repository := Repository(image)
	for i := range t.Components {
		c := &t.Components[i]
		if slices.ContainsFunc(c.Images, func(known string) bool {
			return repository == known || strings.HasSuffix(repository, "/"+known)
		}) {
			return c, true
		}
	}
	return nil, false
}

// At returns the component that a controller of a namespace and name is, and its Pods.
// Some platforms have no names for their images.
func (t *ComponentTable) At(namespace, name string) (*Component, bool) {
	for i := range t.Components {
		c := &t.Components[i]
		if slices.ContainsFunc(c.Runs, func(g string) bool { return glob(g, namespace+"/"+name) }) {
			return c, true
		}
	}
	return nil, false
}

// Labelled returns the component that labels tell.
func (t *ComponentTable) Labelled(labels map[string]string) (*Component, bool) {
	for i := range t.Components {
		c := &t.Components[i]
		if slices.ContainsFunc(c.Labels, func(set map[string]string) bool { return carries(labels, set) }) {
			return c, true
		}
	}
	return nil, false
}

func carries(labels, set map[string]string) bool {
	for key, value := range set {
		if labels[key] != value {
			return false
		}
	}
	return true
}

// Named returns the component of a name.
func (t *ComponentTable) Named(name string) (*Component, bool) {
	i := slices.IndexFunc(t.Components, func(c Component) bool { return c.Name == name })
	if i < 0 {
		return nil, false
	}
	return &t.Components[i], true
}

// Keep returns those of a container's arguments that the table asks for, as
// "--name=value" or "--name", in their order: of a flag that is given twice the last one
// counts. A value that stands in the next argument is joined.
func (c *Component) Keep(args []string) []string {
	var kept []string
	for i, arg := range args {
		name, _, joined := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if !strings.HasPrefix(arg, "-") || !c.keeps(name) {
			continue
		}
		arg = "--" + strings.TrimLeft(arg, "-")
		if !joined && i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") {
			arg += "=" + args[i+1]
		}
		kept = append(kept, arg)
	}
	return kept
}

func (c *Component) keeps(flag string) bool {
	return slices.ContainsFunc(c.Flags, func(wanted string) bool { return glob(wanted, strings.ToLower(flag)) })
}

// Flag returns the value of a kept flag; one without a value is "true". Of several the last
// one counts, as with Go's flag package and pflag.
func (c *Container) Flag(name string) (value string, given bool) {
	for flag, said := range c.FlagsLike(name) {
		if strings.EqualFold(flag, name) {
			value, given = said, true
		}
	}
	return value, given
}

// FlagsLike yields the kept flags that a glob matches, with their values, in their order.
// Case doesn't matter: Traefik's doesn't.
func (c *Container) FlagsLike(pattern string) iter.Seq2[string, string] {
	return func(yield func(flag, value string) bool) {
		for _, flag := range c.Flags {
			name, value, joined := strings.Cut(strings.TrimPrefix(flag, "--"), "=")
			if !joined {
				value = "true"
			}
			if glob(strings.ToLower(pattern), strings.ToLower(name)) && !yield(name, value) {
				return
			}
		}
	}
}

// Repository returns an image reference without its tag and digest.
func Repository(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if colon := strings.LastIndex(image, ":"); colon > strings.LastIndex(image, "/") {
		image = image[:colon]
	}
	return image
}

// Tag returns the tag of an image reference, "" where it has none.
func Tag(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if colon := strings.LastIndex(image, ":"); colon > strings.LastIndex(image, "/") {
		return image[colon+1:]
	}
	return ""
}
