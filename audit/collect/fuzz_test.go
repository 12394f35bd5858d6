package collect

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// FuzzFiles: whatever stands in a file, there is a whole snapshot whose ledger adds up or
// an error, and no panic.
func FuzzFiles(f *testing.F) {
	f.Add(application)
	for _, bad := range badFiles {
		if bad.text != billion {
			f.Add(bad.text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Files(context.Background(), FilesOptions{Paths: []string{"-"}, Stdin: strings.NewReader(text), At: at})
		if (s == nil) == (err == nil) {
			t.Fatalf("snapshot %v, error %v", s, err)
		}
		if s == nil {
			return
		}
		if err := verify(s); err != nil {
			t.Error(err)
		}
	})
}

// FuzzCertificates: nothing but certificates leaves a Secret.
func FuzzCertificates(f *testing.F) {
	certificate, key := makePair(f)
	f.Add(certificate + key)
	f.Add(key + certificate)
	f.Add("-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n")
	f.Fuzz(func(t *testing.T, bundle string) {
		got, malformed := certificates([]byte(bundle))
		if (got == "") == (malformed == "") {
			t.Errorf("kept %q and says %q", got, malformed)
		}
		if again, _ := certificates([]byte(got)); again != got {
			t.Errorf("kept %q, of which %q is kept", got, again)
		}
	})
}

// FuzzPage: an answer, whatever it is, is taken apart into items or refused, and every
// item is decoded, named or refused.
func FuzzPage(f *testing.F) {
	k := kindOf(audit.Pods)
	f.Add(protobufList(f, k, &metav1.ListMeta{Continue: "x"}, []metav1.Object{fullPod()}), "application/vnd.kubernetes.protobuf")
	f.Add([]byte(`{"apiVersion":"v1","kind":"PodList","metadata":{},"items":[{"metadata":{"name":"a"}},{"spec":1}]}`), "application/json")
	f.Add([]byte("k8s\x00\x0a\x00"), "")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		var p page
		if p.read(k, &reply{contentType: contentType, body: body}) != nil {
			return
		}
		l := &listing{kind: k, kept: newKept(), excluded: counts{}}
		l.reduce(&p, k.codec())
		held := len(l.kept.Pods) + len(l.query.Errors)
		for _, n := range l.excluded {
			held += n
		}
		if held != l.query.Listed || held != len(p.items) {
			t.Errorf("%d items, %d listed, %d accounted for", len(p.items), l.query.Listed, held)
		}
		_ = refused(&http.Response{StatusCode: http.StatusForbidden}, body)
	})
}
