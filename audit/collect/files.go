package collect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

// FilesOptions say what [Files] reads.
type FilesOptions struct {
	Paths []string  // files, folders, "-" for Stdin
	Stdin io.Reader // read where a path is "-"
	At    time.Time // the instant of evaluation; a snapshot brings its own
}

// Files reads a snapshot that this tool wrote, or manifests: YAML or JSON, one object,
// several documents or a List, in files or in folders of them. A snapshot is returned as
// it was written, with its gaps.
//
// Manifests are taken for the whole cluster: every kind of the table counts as read, the
// absent ones as empty. Defaults that a server would have set are set where verdicts hang
// on them: namespaces, the protocol of ports, policyTypes. Those of an issuerRef are left
// to its readers, as a live cluster does. Kinds of which the table doesn't have this
// version are counted as ignored.
//
// The error names everything that is wrong, by file, document and line; there is no half
// snapshot.
func Files(ctx context.Context, o FilesOptions) (*audit.Snapshot, error) {
	w := walk{stdin: o.Stdin, seen: map[string]bool{}}
	for _, path := range o.Paths {
		w.at(ctx, path)
	}
	m := manifests{
		kept: newKept(), errs: w.errs,
		listed: map[audit.Resource]int{}, excluded: map[audit.Resource]counts{},
		places: map[string]string{}, ignored: map[audit.Ignored]int{},
		codecs: map[audit.Resource]codec{}, namespaces: map[string]bool{},
	}
	var snapshots []*audit.Snapshot
	var names []string
	for i := range w.found {
		if s, err := asSnapshot(&w.found[i]); err != nil {
			m.errs = append(m.errs, err)
		} else if s != nil {
			snapshots, names = append(snapshots, s), append(names, w.found[i].name)
		} else {
			m.read(ctx, &w.found[i])
		}
		clear(w.found[i].data) // private keys may have been in it
		w.found[i].data = nil
	}
	if err := context.Cause(ctx); err != nil {
		return nil, fmt.Errorf("read files: %w", err)
	}
	if len(snapshots) > 0 && len(w.found) > 1 {
		m.errs = append(m.errs, fmt.Errorf("%s: a snapshot is a whole cluster; evaluate it by itself", strings.Join(names, ", ")))
	}
	if len(m.errs) == 0 && len(snapshots) == 0 && m.documents == 0 {
		m.errs = append(m.errs, fmt.Errorf("%s: no object: there is nothing to evaluate", o.sources()))
	}
	if len(m.errs) > 0 {
		return nil, listed(m.errs)
	}
	if len(snapshots) > 0 {
		return snapshots[0], nil
	}
	return m.snapshot(o), nil
}

// sources names what was read, for people.
func (o FilesOptions) sources() string {
	names := slices.Clone(o.Paths)
	for i, path := range names {
		if path == "-" {
			names[i] = standardInput
		}
	}
	return strings.Join(names, ", ")
}

// maxReported bounds how many errors are spelled out.
const maxReported = 50

func listed(errs []error) error {
	if more := len(errs) - maxReported; more > 0 {
		errs = append(errs[:maxReported:maxReported], fmt.Errorf("and %d more", more))
	}
	return errors.Join(errs...)
}
