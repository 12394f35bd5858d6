package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
)

// readPrevious reads what --previous names, nil where it names nothing. A record of another
// cluster, or of a later instant than this evaluation's, is refused.
func (s *scan) readPrevious(snapshot *audit.Snapshot, at time.Time) (*audit.Previous, error) {
	if s.previous == "" {
		return nil, nil
	}
	path := s.previous
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "record.json")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read previous record: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was read only
	digest := sha256.New()
	record, err := report.Read(io.TeeReader(file, digest))
	if err != nil {
		return nil, fmt.Errorf("previous record %s: %w", path, err)
	}
	earlier, now := record.Subject.Cluster.UID, snapshot.Cluster.UID
	switch {
	case earlier != now:
		return nil, usageError("--previous %s is a record of another cluster: the UID of its namespace kube-system is %s, here it is %s", path, orNone(earlier), orNone(now))
	case !record.Metadata.GeneratedAt.Before(at):
		return nil, usageError("--previous %s isn't earlier: it is of %s, this evaluation of %s", path, record.Metadata.GeneratedAt.Format(time.RFC3339), at.Format(time.RFC3339))
	}
	return record.AsPrevious(hex.EncodeToString(digest.Sum(nil))), nil
}

func orNone(uid string) string {
	if uid == "" {
		return "not known"
	}
	return uid
}
