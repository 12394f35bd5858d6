package checks

import (
	"fmt"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/pki"
)

// several lists names: the first three, and how many there are beside.
func several(names []string) string {
	const shown = 3
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}

// counted words a number of things: "1 Pod", "2 Pods".
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// subjectNames are subjects as messages name them.
func subjectNames(subjects []audit.Subject) []string {
	names := make([]string, 0, len(subjects))
	for _, s := range subjects {
		names = append(names, s.String())
	}
	return names
}

// details joins what is wrong with a certificate.
func details(defects []pki.Defect) string {
	texts := make([]string, 0, len(defects))
	for _, d := range defects {
		texts = append(texts, d.Detail)
	}
	return strings.Join(texts, ", ")
}
