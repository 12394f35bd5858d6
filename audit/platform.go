package audit

import (
	"net/netip"
	"slices"
	"strings"
)

// Platforms is the dated table of what distributions bring with them.
var Platforms = table[PlatformTable]("platforms")

// A PlatformTable lists what is the distribution's own on a fresh cluster.
type PlatformTable struct {
	Date       Date              `yaml:"date"`
	Source     string            `yaml:"source"`
	Namespaces []string          `yaml:"namespaces"` // globs: the administrator's
	Services   []PlatformService `yaml:"services"`
	Ranges     []PlatformRange   `yaml:"ranges"`
}

// A PlatformService is a Service without a selector that the distribution makes.
type PlatformService struct {
	Namespace string `yaml:"namespace"`
	Name      string `yaml:"name"`
	What      string `yaml:"what"` // where it leads, in words
}

// A PlatformRange is a network that a provider keeps private.
type PlatformRange struct {
	CIDR     netip.Prefix `yaml:"cidr"`
	Provider string       `yaml:"provider"` // scheme of its nodes' providerID: "gce"
}

// Made says where a Service leads that the distribution made without a selector, and
// whether it is one.
func (t *PlatformTable) Made(s *Service) (string, bool) {
	i := slices.IndexFunc(t.Services, func(p PlatformService) bool { return p.Namespace == s.Namespace && p.Name == s.Name })
	if i < 0 || len(s.Selector) > 0 {
		return "", false
	}
	return t.Services[i].What, true
}

// keeps reports whether something is true of a range that the provider of a cluster's nodes
// keeps private.
func (t *PlatformTable) keeps(s *Snapshot, is func(netip.Prefix) bool) bool {
	return slices.ContainsFunc(t.Ranges, func(r PlatformRange) bool {
		return is(r.CIDR) && slices.ContainsFunc(s.Nodes, func(n Node) bool { return strings.HasPrefix(n.ProviderID, r.Provider+"://") })
	})
}
