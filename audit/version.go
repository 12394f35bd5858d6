package audit

import (
	"regexp"
	"strconv"
)

var versionText = regexp.MustCompile(`^v?(\d{1,4})\.(\d{1,4})(?:[.+-].*)?$`)

// MinorVersion returns the first two numbers of a version such as "v1.18.2", and whether
// it is like one.
func MinorVersion(version string) (major, minor int, ok bool) {
	match := versionText.FindStringSubmatch(version)
	if match == nil {
		return 0, 0, false
	}
	major, _ = strconv.Atoi(match[1]) // digits only, at most four
	minor, _ = strconv.Atoi(match[2])
	return major, minor, true
}
