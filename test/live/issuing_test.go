package live

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/test/live/cluster"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// TestIssuing: a certificate that a real ACME server issued by DNS-01, one that signs itself,
// one of a CA, an issuer that can't reach its server and what is stuck on it, an ACME order
// whose name can't be proved; then renewals that really happen, seen by two scans: with a new
// key, and with the old one.
func TestIssuing(t *testing.T) {
	t.Parallel() // after the others: cert-manager gives DNS a minute to spread what it wrote
	c := issuing
	await := func(name string, wanted func(*unstructured.Unstructured) bool) {
		t.Helper()
		if _, err := c.AwaitCertificate(t.Context(), "app", name, wanted); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"changing", "keeping", "ordered"} {
		await(name, cluster.Ready(1))
	}
	await("stuck", blames(t.Context(), c))
	eventually(t, "the Order whose name can't be proved is pending", func() error { return unproved(t, c) })
	if names.Updates() == 0 {
		t.Error("nothing was written into the zone: no name was proved")
	}
	kubeconfig, _ := administrator(t, c)
	first, _ := scan(t, kubeconfig, "--read-secrets")
	for _, want := range []struct {
		check, subject string
		status         audit.Status
		words          string
	}{
		{"ISS-02", "ClusterIssuer acme", audit.Pass, ""},
		{"ISS-02", "ClusterIssuer ca", audit.Pass, ""},
		{"ISS-02", "ClusterIssuer self-signed", audit.Pass, ""},
		{"ISS-02", "ClusterIssuer broken", audit.Fail, "certificate signed by unknown authority"},
		{"ISS-04", "ClusterIssuer acme", audit.Pass, ""},
		{"ISS-06", "Certificate app/ordered", audit.Pass, ""},
		{"CRT-01", "Certificate app/ordered", audit.Pass, ""},
		{"CRT-01", "Certificate app/stuck", audit.Warning, "DoesNotExist"}, // for less than 15 minutes
		{"CRT-06", "Certificate app/ordered", audit.Pass, ""},
		{"CRT-06", "Certificate app/stuck", audit.Pass, "Referenced issuer does not have a Ready status condition"},      // for less than an hour
		{"CRT-06", "Certificate app/unproved", audit.Pass, "Waiting on certificate issuance from order app/unproved-1-"}, // for less than an hour
		{"CRT-05", "Certificate app/keeping", audit.Fail, "Never"},
		{"CRT-05", "Certificate app/changing", audit.Pass, ""},
		{"SEC-03", "Ingress app/ordered", audit.Pass, ""},
		{"SEC-04", "Ingress app/ordered", audit.Pass, ""},
		{"SEC-11", "Ingress app/ordered", audit.Pass, ""},
		{"ING-04", "Ingress app/ordered", audit.Pass, ""},
	} {
		f := find(first, want.check, want.subject)
		switch {
		case f == nil:
			t.Errorf("%s %s: no finding", want.check, want.subject)
		case f.Status != want.status || !strings.Contains(f.Message, want.words):
			t.Errorf("%s %s: %s (%s), want %s with %q", want.check, want.subject, f.Status, f.Message, want.status, want.words)
		}
	}

	for resource, least := range map[audit.Resource]int{audit.Orders: 2, audit.Challenges: 1} {
		listed := 0
		for i := range first.Collection.Queries {
			if q := &first.Collection.Queries[i]; q.Resource == resource {
				listed += q.Listed
			}
		}
		if listed < least {
			t.Errorf("the ledger tells of %d %s, want %d: a finished one, and one that is pending", listed, resource, least)
		}
	}

	twoHoursOn(t, kubeconfig)

	folder := t.TempDir()
	earlier := filepath.Join(folder, "record.json")
	if r := kubevidence(t, "scan", "--output-dir", folder, "--format", "json", "--kubeconfig", kubeconfig, "--read-secrets", "--exit-zero"); r.exit != exitOK {
		t.Fatalf("%d\n%s", r.exit, r.stderr)
	}
	if matches, err := filepath.Glob(filepath.Join(folder, "*", "*", "record.json")); err != nil || len(matches) != 1 {
		t.Fatalf("%v, %v", matches, err)
	} else {
		earlier = matches[0]
	}
	for _, name := range []string{"changing", "keeping"} {
		object, err := c.AwaitCertificate(t.Context(), "app", name, cluster.Ready(1))
		if err != nil {
			t.Fatal(err)
		}
		revision, _, _ := unstructured.NestedInt64(object.Object, "status", "revision")
		await(name, cluster.Ready(revision+1))
	}
	second, _ := scan(t, kubeconfig, "--read-secrets", "--previous", earlier)
	for subject, want := range map[string]audit.Status{"Certificate app/changing": audit.Pass, "Certificate app/keeping": audit.Fail} {
		if f := find(second, "CRT-10", subject); f == nil || f.Status != want {
			t.Errorf("CRT-10 %s: %+v, want %s", subject, f, want)
		}
	}
	if second.Previous == nil || second.Previous.UID == "" || second.Changes == nil {
		t.Error("the second record doesn't name the first, or doesn't say what changed")
	}
}

// twoHoursOn evaluates what is there as if it were so two hours later: what is stuck by then
// fails, with the reason.
func twoHoursOn(t *testing.T, kubeconfig string) {
	t.Helper()
	snapshot := filepath.Join(t.TempDir(), "snapshot.json.gz")
	if r := kubevidence(t, "snapshot", "--kubeconfig", kubeconfig, "--output", snapshot); r.exit != exitOK {
		t.Fatalf("%d\n%s", r.exit, r.stderr)
	}
	at := time.Now().Add(2 * time.Hour).UTC().Format(time.RFC3339)
	later := record(t, kubevidence(t, "scan", "--input", snapshot, "--at", at, "-o", "json"))
	for subject, words := range map[string][]string{
		"Certificate app/stuck":    {"Referenced issuer does not have a Ready status condition"},
		"Certificate app/unproved": {"Order unproved-1-", "Challenge unproved-1-", "(DNS-01 for unproved.example.org)", "has been pending"},
	} {
		f := find(later, "CRT-06", subject)
		if f == nil || f.Status != audit.Fail {
			t.Errorf("CRT-06 of %s two hours on: %+v", subject, f)
			continue
		}
		for _, text := range words {
			if !strings.Contains(f.Message, text) {
				t.Errorf("CRT-06 of %s two hours on: %q, want %q in it", subject, f.Message, text)
			}
		}
	}
}

// unproved says what is missing until the Order of Certificate unproved is pending, and its
// Challenge says why.
func unproved(t *testing.T, c *cluster.Cluster) error {
	t.Helper()
	state := func(plural, field string) string {
		for _, o := range list(t, c, "acme.cert-manager.io", "v1", plural) {
			if strings.HasPrefix(o.GetName(), "unproved-1-") {
				text, _, _ := unstructured.NestedString(o.Object, "status", field)
				return text
			}
		}
		return ""
	}
	if order, reason := state("orders", "state"), state("challenges", "reason"); order != "pending" || reason == "" {
		return fmt.Errorf("the Order is %q, its Challenge says %q", order, reason)
	}
	return nil
}

// blames is true of a Certificate once the request behind it says why nothing comes.
func blames(ctx context.Context, c *cluster.Cluster) func(*unstructured.Unstructured) bool {
	return func(o *unstructured.Unstructured) bool {
		return c.RequestOf(ctx, o.GetNamespace(), o.GetName()) != ""
	}
}

func find(r *report.Record, check, subject string) *audit.Finding {
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Check == check && f.Subject.String() == subject {
			return f
		}
	}
	return nil
}
