package audit

import (
	"regexp"
	"strings"
)

// Command is the kubectl command that shows a subject, "" for the whole cluster. Of a Secret
// it shows the type alone: no command of a finding prints what a Secret holds.
func (s Subject) Command() string {
	if strings.EqualFold(s.Kind, "Secret") {
		return s.Get("jsonpath={.type}")
	}
	return s.Get("yaml")
}

// Get is the kubectl command that prints a subject in a form of output, "" for the whole
// cluster.
func (s Subject) Get(output string) string {
	if s.Kind == "Cluster" {
		return ""
	}
	kind := strings.ToLower(s.Kind)
	if group, _, grouped := strings.Cut(s.APIVersion, "/"); grouped {
		kind = dotted(kind, group)
	}
	return GetCommand(kind, s.Namespace, s.Name, output)
}

// GetCommand is the kubectl command that gets an object, or all of a resource where it has no
// name, in a form of output; "" is kubectl's own.
func GetCommand(resource, namespace, name, output string) string {
	c := "kubectl get " + Quote(resource)
	switch {
	case strings.HasPrefix(name, "-"):
		c += "/" + Quote(name) // no option
	case name != "":
		c += " " + Quote(name)
	}
	c += scopeFlag(namespace)
	if output == "" {
		return c
	}
	form, template, templated := strings.Cut(output, "=")
	if !templated {
		return c + " -o " + Quote(form)
	}
	return c + " -o " + form + "=" + Quote(template)
}

// ListCommand is the kubectl command that lists a resource of a namespace, of all of them
// where none is given.
func ListCommand(resource, namespace, output string) string {
	c := GetCommand(resource, namespace, "", output)
	if namespace != "" {
		return c
	}
	return strings.Replace(c, Quote(resource), Quote(resource)+" -A", 1)
}

// Command is the kubectl command that shows whether what a gap kept from being read may be
// read now.
func (g Gap) Command(r Resource) string {
	resource, group, _ := strings.Cut(string(r), ".")
	return "kubectl auth can-i " + Quote(g.Verb) + " " + Quote(dotted(resource, group)) + scopeFlag(g.Namespace)
}

func dotted(resource, group string) string {
	if group == "" {
		return resource
	}
	return resource + "." + group
}

func scopeFlag(namespace string) string {
	if namespace == "" {
		return ""
	}
	return " -n " + Quote(namespace)
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9._/:,-][A-Za-z0-9._/:,=-]*$`)

// Quote makes a word safe to paste into a shell: files may hold names that no API server
// would accept.
func Quote(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
