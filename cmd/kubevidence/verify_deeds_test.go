package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/bundle"
)

type deed = func(t *testing.T, folder string)

func nothing(*testing.T, string) {}

func both(deeds ...deed) deed {
	return func(t *testing.T, folder string) {
		t.Helper()
		for _, do := range deeds {
			do(t, folder)
		}
	}
}

// edit rewrites a file.
func edit(name string, how func([]byte) []byte) deed {
	return func(t *testing.T, folder string) {
		t.Helper()
		path := filepath.Join(folder, name)
		text, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, how(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func cut(name string, to int) deed {
	return edit(name, func(text []byte) []byte { return text[:to] })
}

func grow(name string) deed {
	return edit(name, func(text []byte) []byte { return append(text, '\n') })
}

func replace(name, old, with string) deed {
	return func(t *testing.T, folder string) {
		t.Helper()
		edit(name, func(text []byte) []byte {
			if !bytes.Contains(text, []byte(old)) {
				t.Fatalf("%s doesn't hold %q", name, old)
			}
			return bytes.Replace(text, []byte(old), []byte(with), 1)
		})(t, folder)
	}
}

func lineOut(name, with string) deed {
	return edit(name, func(text []byte) []byte {
		var kept []string
		for line := range strings.Lines(string(text)) {
			if !strings.Contains(line, with) {
				kept = append(kept, line)
			}
		}
		return []byte(strings.Join(kept, ""))
	})
}

func write(name, text string) deed {
	return func(t *testing.T, folder string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func remove(name string) deed {
	return func(t *testing.T, folder string) {
		t.Helper()
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
}

func linked(name string) deed {
	return func(t *testing.T, folder string) {
		t.Helper()
		elsewhere := filepath.Join(t.TempDir(), name)
		if err := os.Rename(filepath.Join(folder, name), elsewhere); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(elsewhere, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
}

func folderIn(name string) deed {
	return func(t *testing.T, folder string) {
		t.Helper()
		if err := os.Mkdir(filepath.Join(folder, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

func socket(name string) deed {
	return func(t *testing.T, folder string) {
		t.Helper()
		listener, err := net.Listen("unix", filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = listener.Close() })
	}
}

func readOnly(t *testing.T, folder string) {
	t.Helper()
	for name := range contents(t, folder) {
		if name == folder {
			continue
		}
		if err := os.Chmod(name, 0o400); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(folder, 0o700) })
}

func signedBy(key string) deed {
	return func(t *testing.T, folder string) {
		t.Helper()
		run(t, 0, "sign", folder, "--key", key)
	}
}

// manifestOf edits the manifest as a document.
func manifestOf(t *testing.T, folder string, how func(*bundle.Manifest)) {
	t.Helper()
	edit("MANIFEST.json", func(text []byte) []byte {
		m := new(bundle.Manifest)
		if err := json.Unmarshal(text, m); err != nil {
			t.Fatal(err)
		}
		how(m)
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return append(text, '\n')
	})(t, folder)
}

// reseal makes manifest and checksums anew, as whoever can write every file could.
func reseal(t *testing.T, folder string) {
	t.Helper()
	manifestOf(t, folder, func(m *bundle.Manifest) {
		for i := range m.Files {
			text, err := os.ReadFile(filepath.Join(folder, m.Files[i].Name))
			if err != nil {
				t.Fatal(err)
			}
			m.Files[i].Size, m.Files[i].SHA256 = int64(len(text)), fmt.Sprintf("%x", sha256.Sum256(text))
			if m.Files[i].Name == recordFile {
				m.Record.SHA256 = m.Files[i].SHA256
			}
		}
	})
	resum(t, folder)
}

// resum makes the checksums anew.
func resum(t *testing.T, folder string) {
	t.Helper()
	var sums strings.Builder
	for _, name := range []string{"record.json", "report.html", "report.pdf", "findings.csv", "MANIFEST.json"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(text), name)
	}
	write("SHA256SUMS", sums.String())(t, folder)
}

func otherUID(t *testing.T, folder string) {
	t.Helper()
	manifestOf(t, folder, func(m *bundle.Manifest) { m.Record.UID = "another" })
	resum(t, folder)
}

// rewritten edits the record, with a uid and a seal that fit.
func rewritten(how func(*report.Record)) deed {
	return func(t *testing.T, folder string) {
		t.Helper()
		var uid string
		var tool report.Tool
		edit(recordFile, func(text []byte) []byte {
			r, err := report.Read(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			how(r)
			if r.Metadata.UID, err = report.UID(r); err != nil {
				t.Fatal(err)
			}
			uid, tool = r.Metadata.UID, r.Tool
			var out bytes.Buffer
			if err := report.WriteJSON(&out, r); err != nil {
				t.Fatal(err)
			}
			return out.Bytes()
		})(t, folder)
		manifestOf(t, folder, func(m *bundle.Manifest) { m.Record.UID, m.Tool.Version = uid, tool.Version })
		reseal(t, folder)
	}
}

// restated edits what is stated and leaves the signature over it.
func restated(t *testing.T, folder string) {
	t.Helper()
	edit(bundle.SignatureFile, func(text []byte) []byte {
		var envelope bundle.Envelope
		if err := json.Unmarshal(text, &envelope); err != nil {
			t.Fatal(err)
		}
		payload, err := base64.StdEncoding.DecodeString(envelope.Payload)
		if err != nil {
			t.Fatal(err)
		}
		envelope.Payload = base64.StdEncoding.EncodeToString(bytes.Replace(payload, []byte("report.pdf"), []byte("report.pdg"), 1))
		text, err = json.Marshal(envelope)
		if err != nil {
			t.Fatal(err)
		}
		return text
	})(t, folder)
}

// signatureOfAnother puts the good signature of another bundle beside the files.
func signatureOfAnother(t *testing.T, folder string) {
	t.Helper()
	text, err := os.ReadFile("signed/unnamed/20261122T120000Z/" + bundle.SignatureFile)
	if err != nil {
		t.Fatal(err)
	}
	write(bundle.SignatureFile, string(text))(t, folder)
}
