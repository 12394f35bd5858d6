package audit

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"strconv"
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
func (t *ReleaseTable) Supported(text string) (bool, error) {
	is, err := parseRelease(text)
	if err != nil {
		return false, err
	}
	oldest, err := parseRelease(t.Minors[len(t.Minors)-1])
	return cmp.Or(cmp.Compare(is.major, oldest.major), cmp.Compare(is.minor, oldest.minor)) >= 0, err
}

// Open returns the advisories that a release has no fix for, and those of which its patch
// number would tell, where it doesn't say one. The error says that it is no version.
func (t *ReleaseTable) Open(text string) (open, unclear []Advisory, err error) {
	is, err := parseRelease(text)
	if err != nil {
		return nil, nil, err
	}
	first, last := is, is
	if is.patch == anyPatch {
		first.patch, last.patch = 0, math.MaxInt
	}
	for _, a := range t.Advisories {
		switch {
		case !a.fixedIn(last):
			open = append(open, a)
		case !a.fixedIn(first):
			unclear = append(unclear, a)
		}
	}
	return open, unclear, nil
}

// fixedIn reports whether a release has the fix: that of its own minor, where one was made,
// else that of the newest.
func (a *Advisory) fixedIn(is release) bool {
	fixed := release{}
	for _, text := range a.Fixed {
		fixed, _ = parseRelease(text) // a test reads the table
		if fixed.major == is.major && fixed.minor == is.minor {
			break
		}
	}
	return is.compare(fixed) >= 0
}

// A release is a version as project and vendors write it.
type release struct {
	major, minor, patch int
	early               bool // an alpha, beta or release candidate: it comes before the release
}

// anyPatch stands for a patch number that a version such as "1.12" doesn't say.
const anyPatch = -1

// releaseText is a version with whatever a vendor puts after it. A suffix such as "-r0",
// "-eksbuild.1" or "-gke.1" is a build of the release, which SemVer would have before it.
var releaseText = regexp.MustCompile(`^v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:-((?i:alpha|beta|rc)(?:[\d.+-].*)?)|[.+-].*)?$`)

func parseRelease(text string) (release, error) {
	match := releaseText.FindStringSubmatch(text)
	if match == nil {
		return release{}, fmt.Errorf("%q is not a release", text)
	}
	is := release{patch: anyPatch, early: match[4] != ""}
	is.major, _ = strconv.Atoi(match[1]) // digits only, at most four
	is.minor, _ = strconv.Atoi(match[2])
	if match[3] != "" {
		is.patch, _ = strconv.Atoi(match[3])
	}
	return is, nil
}

func (r release) compare(other release) int {
	order := cmp.Or(cmp.Compare(r.major, other.major), cmp.Compare(r.minor, other.minor), cmp.Compare(r.patch, other.patch))
	switch {
	case order != 0 || r.early == other.early:
		return order
	case r.early:
		return -1
	}
	return 1
}
