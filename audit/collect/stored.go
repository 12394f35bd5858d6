package collect

import (
	"context"
	"errors"
	"slices"

	"github.com/kubevidence/kubevidence/audit"
)

// secrets gets the Secrets that are named, where that was asked for.
func (r *reader) secrets(ctx context.Context) {
	reading := &audit.Reading{Resource: audit.Secrets, State: audit.Read, Version: "v1"}
	r.readings[audit.Secrets] = reading
	if !r.o.ReadSecrets {
		reading.State, reading.Version = audit.Unread, ""
		reading.Gaps = []audit.Gap{{Reason: audit.NotRequested, Verb: "get", Message: "Secrets are read only with --read-secrets, which was not given"}}
		return
	}
	finish(&r.kept.Snapshot)
	named := audit.NamedSecrets(&r.kept.Snapshot)
	if r.o.InScope != nil {
		named = slices.DeleteFunc(named, func(t audit.TLSSecret) bool { return !r.o.InScope(t.Namespace) })
	}
	names := make([]objectName, len(named))
	for i := range named {
		names[i] = objectName{namespace: named[i].Namespace, name: named[i].Name}
	}
	r.byName(ctx, reading, names)
}

// errSecret is all that is said of a Secret that can't be decoded: the decoder's words
// quote what it met.
var errSecret = errors.New("the answer is no Secret that can be decoded (not shown)")
