package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/report"
)

// A tampering is what somebody, or a disk, does to a bundle, and what verify says of it.
type tampering struct {
	name   string
	signed bool // the bundle is signed as it is written
	key    string
	do     func(t *testing.T, folder string)
	code   int
	words  string // of the output
}

// Everything that isn't as it was written is found, with words and a code of its own.
// MANIFEST.json and SHA256SUMS are made anew where the case says "resealed".
var tamperings = []tampering{
	{"nothing, unsigned", false, "", nothing, 0, "It isn't signed: whoever can write its files"},
	{"nothing, signed", true, "auditor.pub", nothing, 0, "It is what the holder of the key signed."},
	{"nothing, no key given", true, "", nothing, 0, "Its signature was not checked"},
	{"signed later", false, "auditor.pub", signedBy("auditor.key"), 0, "It is what the holder of the key signed."},
	{"for reading only", true, "auditor.pub", readOnly, 0, "It is what the holder of the key signed."},

	{"no manifest", false, "", remove("MANIFEST.json"), 10, "MANIFEST.json isn't there"},
	{"no manifest, nothing to compare with", false, "", remove("MANIFEST.json"), 10, "not compared: the manifest, which says what was written, isn't there"},
	{"a manifest cut short", false, "", cut("MANIFEST.json", 100), 10, "MANIFEST.json breaks off"},
	{"an empty manifest", false, "", cut("MANIFEST.json", 0), 10, "MANIFEST.json is empty"},
	{"a manifest that leads elsewhere", false, "", replace("MANIFEST.json", `"name": "record.json"`, `"name": "../record.json"`), 10, `lists "../record.json"`},
	{"no checksums", false, "", remove("SHA256SUMS"), 10, "SHA256SUMS isn't there"},
	{"checksums cut short", false, "", cut("SHA256SUMS", 130), 10, "SHA256SUMS breaks off"},
	{"checksums that are none", false, "", write("SHA256SUMS", "hello\n"), 10, "SHA256SUMS line 1 isn't a digest and a name"},
	{"a file is missing", false, "", remove("report.pdf"), 11, "report.pdf is missing"},
	{"the record is missing", false, "", remove("record.json"), 11, "record.json isn't there: without the record"},
	{"a file more", false, "", write("notes.txt", "hello"), 12, `"notes.txt" doesn't belong to the bundle`},
	{"a name that steers terminals", false, "", write("\x1b[2Jx", "hello"), 12, `"\x1b[2Jx" doesn't belong to the bundle`},
	{"a symbolic link", false, "", linked("report.pdf"), 12, `"report.pdf" is a symbolic link`},
	{"a link for the manifest", false, "", linked("MANIFEST.json"), 10, `"MANIFEST.json" is a symbolic link`},
	{"a folder", false, "", folderIn("more"), 12, `"more" is a folder`},
	{"a socket", false, "", socket("s"), 12, `"s" is no regular file`},
	{"a report cut short", false, "", cut("report.html", 1000), 13, "report.html is shorter than it was: 1000 of"},
	{"a report that grew", false, "", grow("report.pdf"), 13, "report.pdf has grown"},
	{"a report edited by a byte", false, "", replace("report.html", "NET-01", "NET-02"), 13, "report.html was edited"},
	{"a record edited by a byte", false, "", replace("record.json", `"fail": 1`, `"fail": 0`), 13, "record.json was edited"},
	{"a manifest edited by a byte", false, "", replace("MANIFEST.json", `"commit": "`, `"commit": "0`), 13, "MANIFEST.json was edited"},
	{"checksums without a line", false, "", lineOut("SHA256SUMS", "report.pdf"), 14, "don't agree on report.pdf"},
	{"a record edited, resealed", false, "", both(replace("record.json", `"message": "`, `"message": "not `), reseal), 14, "doesn't follow from its content"},
	{"another record's manifest, resealed", false, "", otherUID, 14, `MANIFEST.json is of record "another"`},
	{"a newer manifest", false, "", both(replace("MANIFEST.json", "kubevidence/v1alpha1", "kubevidence/v2"), resum), 15, `of "kubevidence/v2"; this build reads`},
	{"a newer record, resealed", false, "", both(replace("record.json", "kubevidence/v1alpha1", "kubevidence/v2"), reseal), 15, `found kind "EvidenceRecord" of "kubevidence/v2"; this build reads`},
	{"a record cut short, resealed", false, "", both(cut("record.json", 5000), reseal), 16, "record.json: read record: the document breaks off"},
	{"a record that isn't JSON, resealed", false, "", both(write("record.json", "%PDF-1.4"), reseal), 16, "record.json: read record: invalid character"},
	{"a word that isn't one, resealed", false, "", rewritten(func(r *report.Record) { r.Summary.State = "conforming" }), 16, `doesn't fit its schema at "/summary/state": value must be one of`},
	{"a field is absent, resealed", false, "", both(replace("record.json", `"organization": "",`, ``), reseal), 16, `doesn't fit its schema at "/subject": missing property 'organization'`},
	{"a ledger that doesn't add up", false, "", rewritten(func(r *report.Record) { r.Collection.Queries[0].Listed++ }), 17, "the ledger lists"},
	{"a count that isn't one", false, "", rewritten(func(r *report.Record) { r.Summary.Counts.Fail-- }), 17, "the summary counts as they stand"},
	{"a state that isn't its own", false, "", rewritten(func(r *report.Record) { r.Summary.State = report.NoDeviations }), 17, `the summary's state is "noDeviations"; by the findings and gaps it is "deviations"`},
	{"a report edited, resealed", false, "", both(replace("report.html", "NET-01", "NET-02"), reseal), 18, "report.html isn't a rendering of the record"},
	{"an old report of a new record, resealed", false, "", rewritten(func(r *report.Record) { r.Subject.Organization = "Another" }), 18, "report.pdf isn't a rendering of the record"},
	{"never signed", false, "auditor.pub", nothing, 19, "it isn't signed: there is no SIGNATURE.dsse.json"},
	{"the signature is taken away", true, "", remove("SIGNATURE.dsse.json"), 19, "the signature was taken away"},
	{"a signature cut short", true, "auditor.pub", cut("SIGNATURE.dsse.json", 200), 20, "SIGNATURE.dsse.json breaks off"},
	{"a signature of something else", true, "auditor.pub", replace("SIGNATURE.dsse.json", "vnd.in-toto", "vnd.out-toto"), 20, "not an in-toto statement"},
	{"a signature without one", true, "auditor.pub", write("SIGNATURE.dsse.json", `{"payloadType":"application/vnd.in-toto+json"}`), 20, "SIGNATURE.dsse.json holds no signature"},
	{"another key", true, "stranger.pub", nothing, 21, "it is signed by another key"},
	{"signed again by another", true, "", both(remove("SIGNATURE.dsse.json"), signedBy("stranger.key")), 21, "signed by another key than the record says"},
	{"a statement edited", true, "auditor.pub", restated, 22, "SIGNATURE.dsse.json was edited"},
	{"a record edited, resealed, the signature kept", true, "auditor.pub", both(replace("report.html", "NET-01", "NET-02"), reseal), 18, "report.html isn't the file that was signed"},
	{"a record edited under its uid, resealed, the signature kept", true, "auditor.pub", both(replace("record.json", `"message": "`, `"message": "not `), reseal), 14, "; MANIFEST.json is one of record "},
	{"the signature of another bundle", false, "auditor.pub", signatureOfAnother, 23, "isn't the file that was signed"},
	{"a field that this build doesn't know, resealed", false, "", both(replace("record.json", `"tool": {`, `"later": 1, "tool": {`), reseal), 18, "fits the schema, but for 1 field that this build doesn’t know (later), which nothing here looks at"},
	{"a newer minor version, resealed", false, "", both(rewritten(func(r *report.Record) { r.APIVersion, r.Tool.Version = "kubevidence/v1beta2", "v9.9.9" }),
		replace("record.json", `"tool": {`, `"later": 1, "tool": {"more": [],`), reseal), 0,
		"of kubevidence/v1beta2 fits the schema, but for 2 fields that this build doesn’t know (later, tool.more), which nothing here looks at"},
	{"an older major version, resealed", false, "", both(replace("record.json", "kubevidence/v1alpha1", "kubevidence/v0alpha1"), reseal), 15, `found kind "EvidenceRecord" of "kubevidence/v0alpha1"; this build reads`},
	{"another build's", false, "", rewritten(func(r *report.Record) { r.Tool.Version = "v9.9.9" }), 0, "not compared: rendered by kubevidence v9.9.9"},
}

func TestVerify(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"auditor", "stranger"} {
		run(t, 0, "keygen", "--output", name)
	}
	if err := os.WriteFile("app.yaml", []byte("apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: web, image: web}]}\nstatus: {phase: Running}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	scan := []string{"scan", "--input", "app.yaml", "--at", "2026-11-22T12:00:00Z", "--check", "NET-01"}
	run(t, 3, append(scan, "--output-dir", "unsigned")...)
	run(t, 3, append(scan, "--output-dir", "signed", "--sign-key", "auditor.key")...)
	for i, c := range tamperings {
		t.Run(c.name, func(t *testing.T) {
			from, folder := "unsigned/unnamed/20261122T120000Z", fmt.Sprintf("case%d", i)
			if c.signed {
				from = strings.Replace(from, "unsigned", "signed", 1)
			}
			if err := os.CopyFS(folder, os.DirFS(from)); err != nil {
				t.Fatal(err)
			}
			c.do(t, folder)
			before := contents(t, folder)
			args := []string{"verify", folder}
			if c.key != "" {
				args = append(args, "--public-key", c.key)
			}
			output := run(t, c.code, args...)
			if !strings.Contains(output, c.words) {
				t.Errorf("it doesn't say %q:\n%s", c.words, output)
			}
			if strings.Contains(output, "\x1b") {
				t.Errorf("what others wrote reaches the terminal:\n%q", output)
			}
			if diff := cmp.Diff(before, contents(t, folder)); diff != "" {
				t.Errorf("verify changed something:\n%s", diff)
			}
		})
	}
}

// Every code is met by a case, and no two share a sentence.
func TestVerifyCodesHaveCases(t *testing.T) {
	met := map[int]bool{}
	for _, c := range tamperings {
		met[c.code] = true
	}
	for i, c := range verifyCodes {
		if c.code != 10+i || int(c.kind) != i || !met[c.code] {
			t.Errorf("code %d: position %d, kind %d, has a case: %v", c.code, i, c.kind, met[c.code])
		}
	}
}

// run runs the command line and returns what it prints.
func run(t *testing.T, code int, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	got := execute(t.Context(), append([]string{"kubevidence"}, args...), streams{in: strings.NewReader(""), out: &out, err: &out})
	if got != code {
		t.Fatalf("kubevidence %s: exit code %d, want %d:\n%s", strings.Join(args, " "), got, code, out.String())
	}
	return out.String()
}

func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			found[path] = fmt.Sprint(entry.Type())
			return err
		}
		text, err := os.ReadFile(path)
		found[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
