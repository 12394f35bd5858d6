package audit

import (
	"slices"

	"k8s.io/apimachinery/pkg/util/version"
)

// CertManagerReleases is the table of cert-manager's releases.
var CertManagerReleases = table[ReleaseTable]("certmanager")

// A ReleaseTable says which releases of a project are supported, and which have advisories.
type ReleaseTable struct {
	Date       Date       `yaml:"date"`
	Source     string     `yaml:"source"`
	Minors     []string   `yaml:"minors"` // supported, "1.21", the newest first
	Advisories []Advisory `yaml:"advisories"`
}

// An Advisory is a vulnerability that a project has published.
type Advisory struct {
	ID       string   `yaml:"id"`
	Severity string   `yaml:"severity"`
	Source   string   `yaml:"source"`
	Fixed    []string `yaml:"fixed"` // the first release of each minor with the fix, ascending
}

// Supported reports whether a release, "v1.21.2", is of a supported minor or newer than
// the table. The error says that it is no version.
func (t *ReleaseTable) Supported(release string) (bool, error) {
	is, err := version.ParseSemantic(release)
	if err != nil {
		return false, err
	}
	oldest := version.MustParseGeneric(t.Minors[len(t.Minors)-1])
	return is.Major() > oldest.Major() || is.Major() == oldest.Major() && is.Minor() >= oldest.Minor(), nil
}

// Open returns the advisories that a release has no fix for. The error says that it is no
// version.
func (t *ReleaseTable) Open(release string) ([]Advisory, error) {
	is, err := version.ParseSemantic(release)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(t.Advisories), func(a Advisory) bool {
		for _, text := range a.Fixed {
			fixed := version.MustParseSemantic(text)
			if fixed.Major() == is.Major() && fixed.Minor() == is.Minor() {
				return is.AtLeast(fixed)
			}
		}
		return is.AtLeast(version.MustParseSemantic(a.Fixed[len(a.Fixed)-1]))
	}), nil
}
