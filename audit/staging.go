package audit

import (
	"net/url"
	"slices"
	"strings"
)

// StagingCAs is the dated table of certificate authorities for trials.
var StagingCAs = table[StagingTable]("staging")

// A StagingTable tells CAs for trials by what they issue, and by where they are asked.
type StagingTable struct {
	Date        Date        `yaml:"date"`
	Source      string      `yaml:"source"`
	Authorities []StagingCA `yaml:"authorities"`
}

// A StagingCA is one of them.
type StagingCA struct {
	What    string   `yaml:"what"`
	Issuers []string `yaml:"issuers"` // how an attribute of the issuer's name begins
	Hosts   []string `yaml:"hosts"`   // of its ACME directory
	First   []string `yaml:"first"`   // globs of the first label of that host
	Labels  []string `yaml:"labels"`  // globs of any label of it
	Port    string   `yaml:"port"`    // with Path, of a directory that nothing else tells
	Path    string   `yaml:"path"`
	Docs    string   `yaml:"docs"`
}

// IssuerPrefixes are how an attribute of the issuer's name begins, of all CAs.
func (t *StagingTable) IssuerPrefixes() (list []string) {
	for i := range t.Authorities {
		list = append(list, t.Authorities[i].Issuers...)
	}
	return list
}

// Host says whose ACME server, not for production, a host is, in lower case; "" where it
// isn't known to be one.
func (t *StagingTable) Host(host string) string {
	labels := strings.Split(host, ".")
	for i := range t.Authorities {
		a := &t.Authorities[i]
		if slices.Contains(a.Hosts, host) || anyGlob(a.First, labels[:1]) || anyGlob(a.Labels, labels) {
			return a.What
		}
	}
	return ""
}

// Directory says whose ACME directory, not for production, has the port and path of an
// address; "" where none is known to.
func (t *StagingTable) Directory(u *url.URL) string {
	for i := range t.Authorities {
		if a := &t.Authorities[i]; a.Port != "" && u.Port() == a.Port && u.Path == a.Path {
			return a.What
		}
	}
	return ""
}

// anyGlob reports whether one of some globs matches one of some texts.
func anyGlob(globs, texts []string) bool {
	return slices.ContainsFunc(globs, func(g string) bool {
		return slices.ContainsFunc(texts, func(text string) bool { return glob(g, text) })
	})
}
