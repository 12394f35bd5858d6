package audit

import (
	"slices"
	"strings"
)

// Maintenance is the dated table of who maintains ingress controllers.
var Maintenance = table[MaintenanceTable]("maintenance")

// A MaintenanceTable recognizes maintained and retired ingress controllers by their images.
type MaintenanceTable struct {
	Date        Date         `yaml:"date"`
	Source      string       `yaml:"source"`
	Controllers []Maintained `yaml:"controllers"`
}

// A Maintained is what is known of a controller's maintenance. Without either day it is
// maintained as of the table's.
type Maintained struct {
	Name       string   `yaml:"name"`
	Images     []string `yaml:"images"`     // last elements of repository paths
	Registries []string `yaml:"registries"` // of the vendor's own builds; any where empty
	Retired    Date     `yaml:"retired"`    // since when nobody mends it
	Until      Date     `yaml:"until"`      // the last day of the vendor's support
	Docs       string   `yaml:"docs"`
}

// Of returns what is known of an image's maintenance, nil for a fork that no row has.
func (t *MaintenanceTable) Of(image string) *Maintained {
	repository := Repository(image)
	registry, path, _ := strings.Cut(repository, "/")
	for i := range t.Controllers {
		m := &t.Controllers[i]
		if slices.ContainsFunc(m.Images, func(known string) bool {
			return repository == known || path == known || len(m.Registries) == 0 && strings.HasSuffix(repository, "/"+known)
		}) && (len(m.Registries) == 0 || slices.Contains(m.Registries, registry)) {
			return m
		}
	}
	return nil
}
