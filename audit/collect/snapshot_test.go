package collect

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestSnapshotRoundTrip(t *testing.T) {
	s := manifestsOf(t, application)
	var first, second bytes.Buffer
	for _, b := range []*bytes.Buffer{&first, &second} {
		if err := WriteSnapshot(b, s); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same snapshot gave other bytes")
	}

	path := filepath.Join(t.TempDir(), "snapshot.json.gz")
	if err := os.WriteFile(path, first.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Files(context.Background(), FilesOptions{Paths: []string{path}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("what was read isn't what was written (-want +got):\n%s", diff)
	}
	var again bytes.Buffer
	if err := WriteSnapshot(&again, got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), again.Bytes()) {
		t.Error("written again, it has other bytes")
	}

	cut := first.Bytes()[:first.Len()-20]
	if _, err := ReadSnapshot(bytes.NewReader(cut)); err == nil || !strings.Contains(err.Error(), "unexpected EOF") {
		t.Errorf("a snapshot that is cut off: error is %v", err)
	}
	other := folder(t, map[string]string{"x.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"})
	if _, err := Files(context.Background(), FilesOptions{Paths: []string{path, other}}); err == nil || !strings.Contains(err.Error(), "evaluate it by itself") {
		t.Errorf("a snapshot among manifests: error is %v", err)
	}
}

type fullDisk struct{}

var errFull = errors.New("no space left on device")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestWriteSnapshotReportsWriter(t *testing.T) {
	if err := WriteSnapshot(fullDisk{}, manifestsOf(t, application)); !errors.Is(err, errFull) {
		t.Errorf("error is %v", err)
	}
}
