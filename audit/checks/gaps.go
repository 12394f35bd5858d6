package checks

import (
	"fmt"
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

// unread notes on a judgement that something can't be told because a resource wasn't
// read in a namespace ("" for the whole cluster), with the server's words, and reports
// whether that is so.
func unread(f *audit.Facts, j *audit.Judgement, r audit.Resource, namespace, what string) bool {
	gap, missing := f.Unread(r, namespace)
	if missing {
		if gap.Reason == audit.Forbidden {
			defer j.By(gap.Command(r))()
		}
		j.NotAssessed(gap.Reason, "%s: %s", what, gapWords(r, gap))
	}
	return missing
}

// gapWords says what wasn't read and why.
func gapWords(r audit.Resource, gap audit.Gap) string {
	return fmt.Sprintf("%s were not read: %s", r, gap.Message)
}

// secretGap returns why a Secret that nobody read isn't known. Secrets are asked for by
// name, so one may be missing while others are there.
func secretGap(f *audit.Facts, t *audit.TLSSecret) audit.Gap {
	for _, gap := range f.Reading(audit.Secrets).Gaps {
		if (gap.Namespace == "" || gap.Namespace == t.Namespace) && (gap.Name == "" || gap.Name == t.Name) {
			return gap
		}
	}
	return audit.Gap{Reason: audit.Failed, Verb: "get", Message: "it was not asked for"}
}

// lasting words a duration the way people say it, rounded down, in the largest unit of
// which there are two.
func lasting(d time.Duration) string {
	switch {
	case d >= 2*day:
		return fmt.Sprintf("%d days", d/day)
	case d >= 2*time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
	return fmt.Sprintf("%d seconds", d/time.Second)
}

const day = 24 * time.Hour

// instant words a point in time.
func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }
