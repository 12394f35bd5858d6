package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/bundle"
	"github.com/kubevidence/kubevidence/report/compare"
)

// An earlier is what --previous gives an evaluation: the record that it is compared with,
// and the evaluations before it.
type earlier struct {
	previous *audit.Previous
	side     *compare.Side // nil where there is none
	runs     []report.EarlierRun
	unread   []report.OtherRun
}

// readPrevious reads what --previous names, nothing where it names nothing: a record, its
// bundle, or a folder of bundles, of which the last one of this cluster counts. A record of
// another cluster, or of a later instant than this evaluation's, is refused. That the folder
// which the evidence goes to isn't there yet is the first run.
func (s *scan) readPrevious(snapshot *audit.Snapshot, at time.Time) (*earlier, error) {
	if s.previous == "" {
		return &earlier{}, nil
	}
	path, found := recordIn(s.previous), &earlier{}
	if _, err := os.Stat(s.previous); errors.Is(err, fs.ErrNotExist) && filepath.Clean(s.previous) == filepath.Clean(s.outputDir) {
		return found, nil
	}
	here := (&audit.Facts{Snapshot: snapshot, Config: s.config}).ClusterName()
	if _, err := os.Stat(path); err != nil && path != s.previous && !bundle.Is(s.previous) {
		path, err = found.search(s.previous, snapshot.Cluster.UID, here, at)
		if err != nil || path == "" {
			return found, err
		}
	}
	record, digest, err := readHashed(path, report.Read)
	if err != nil {
		return nil, fmt.Errorf("read previous record %s: %w", path, err)
	}
	before, now := record.Subject.Cluster.UID, snapshot.Cluster.UID
	switch {
	case before != now:
		return nil, usageError("--previous %s is a record of another cluster: the UID of its namespace kube-system is %s, here it is %s", path, orNone(before), orNone(now))
	case now == "" && record.Subject.Name != here:
		return nil, usageError("--previous %s is a record of other files: they are called %s, these %s", path, record.Subject.Name, here)
	case !record.Metadata.GeneratedAt.Before(at):
		return nil, usageError("--previous %s isn't earlier: it is of %s, this evaluation of %s", path, record.Metadata.GeneratedAt.Format(time.RFC3339), at.Format(time.RFC3339))
	}
	found.previous, found.side = record.AsPrevious(digest), record.Side()
	if len(found.runs) == 0 {
		found.runs = []report.EarlierRun{record.AsEarlierRun(path, digest)}
	}
	return found, nil
}

// search looks through a folder of bundles, one outline in memory at a time, and returns
// the last record of the cluster, "" where there is none. Records of other clusters and
// later ones are none of this series; what can't be read, isn't there, or isn't what its
// bundle's manifest lists, is noted.
func (e *earlier) search(folder, uid, name string, at time.Time) (last string, err error) {
	var lastAt time.Time
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("read previous records: %w", err)
		}
		switch {
		case entry.IsDir() && bundle.Is(path):
			if _, err := os.Lstat(filepath.Join(path, recordFile)); errors.Is(err, fs.ErrNotExist) {
				e.unread = append(e.unread, report.Unreadable(below(folder, path), errors.New("its record isn't there")))
			}
			return nil
		case entry.IsDir() || entry.Name() != recordFile:
			return nil
		}
		where := below(folder, filepath.Dir(path))
		record, digest, err := readHashed(path, report.ReadOutline)
		if err != nil {
			e.unread = append(e.unread, report.Unreadable(where, err))
			return nil
		}
		when := record.Metadata.GeneratedAt
		if record.Subject.Cluster.UID != uid || uid == "" && record.Subject.Name != name || !when.Before(at) {
			return nil
		}
		if when.After(lastAt) {
			last, lastAt = path, when
		}
		e.runs = append(e.runs, record.AsEarlierRun(where, digest))
		return nil
	})
	return last, err
}

// below is the path of a bundle below a folder, with slashes.
func below(folder, found string) string {
	where, _ := filepath.Rel(folder, found)
	return filepath.ToSlash(where)
}

// readHashed reads a record, or its outline, and the SHA-256 of its bytes, hex. A file that
// isn't what its bundle's manifest lists is an error.
func readHashed(path string, read func(io.Reader) (*report.Record, error)) (*report.Record, string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, "", err
	}
	defer file.Close() //nolint:errcheck // it was read only
	hash := sha256.New()
	bytes := io.TeeReader(file, hash)
	record, err := read(bytes)
	if err != nil {
		return nil, "", err
	}
	if _, err := io.Copy(io.Discard, bytes); err != nil {
		return nil, "", err
	}
	digest := hex.EncodeToString(hash.Sum(nil))
	return record, digest, bundle.Holds(filepath.Dir(path), filepath.Base(path), digest)
}

func orNone(uid string) string {
	if uid == "" {
		return "not known"
	}
	return uid
}
