package live

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/test/live/cluster"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// An event is what the API server's audit log says of one request
// (https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/#audit-k8s-io-v1-Event).
type event struct {
	AuditID    string `json:"auditID"`
	Verb       string `json:"verb"`
	RequestURI string `json:"requestURI"`
	User       struct {
		Username string `json:"username"`
	} `json:"user"`
	ObjectRef struct {
		Resource    string `json:"resource"`
		Subresource string `json:"subresource"`
		Namespace   string `json:"namespace"`
		Name        string `json:"name"`
	} `json:"objectRef"`
}

// TestAuditLogShowsReadingOnly holds that the API server saw nothing but get and list from
// the scanner, nothing about Secrets, and exactly the lists that the ledger tells of.
func TestAuditLogShowsReadingOnly(t *testing.T) {
	both(t, func(t *testing.T, c *cluster.Cluster) {
		kubeconfig, user := administrator(t, c)
		r, _ := scan(t, kubeconfig)
		events := eventsOf(t, c, kubeconfig, user, r)
		for _, e := range events {
			if e.ObjectRef.Resource == "secrets" {
				t.Errorf("%s %s without --read-secrets", e.Verb, e.RequestURI)
			}
		}
		onlyReads(t, events)
		ledgerTellsAll(t, r, events)
	})
}

// TestAuditLogShowsNamedSecretsOnly holds that with --read-secrets exactly the Secrets
// that Ingresses, Gateways and Certificates name are got, one by one, and none is listed.
func TestAuditLogShowsNamedSecretsOnly(t *testing.T) {
	both(t, func(t *testing.T, c *cluster.Cluster) {
		kubeconfig, user := administrator(t, c)
		r, _ := scan(t, kubeconfig, "--read-secrets")
		events := eventsOf(t, c, kubeconfig, user, r)
		onlyReads(t, events)
		ledgerTellsAll(t, r, events)
		var got []string
		for _, e := range events {
			if e.ObjectRef.Resource != "secrets" {
				continue
			}
			if e.Verb != "get" {
				t.Errorf("%s %s: Secrets are got by name, never listed", e.Verb, e.RequestURI)
			}
			got = append(got, e.ObjectRef.Namespace+"/"+e.ObjectRef.Name)
		}
		slices.Sort(got)
		if diff := cmp.Diff(namedSecrets(t, c), got); diff != "" {
			t.Errorf("Secrets that were got (-named +got):\n%s", diff)
		}
	})
}

// onlyReads reports every request that isn't a get or a list.
func onlyReads(t *testing.T, events []event) {
	t.Helper()
	for _, e := range events {
		if e.Verb != "get" && e.Verb != "list" || e.ObjectRef.Subresource != "" {
			t.Errorf("the scanner sent %s %s", e.Verb, e.RequestURI)
		}
	}
}

// ledgerTellsAll holds that the lists in the audit log are those of the record's ledger,
// as often as it says.
func ledgerTellsAll(t *testing.T, r *report.Record, events []event) {
	t.Helper()
	told, seen := map[string]int{}, map[string]int{}
	for _, q := range r.Collection.Queries {
		if path, ok := strings.CutPrefix(q.Request, "GET "); ok && strings.Contains(path, "limit=") {
			told[path] += q.Pages
		}
	}
	for _, e := range events {
		if e.Verb == "list" {
			seen[withoutToken(t, e.RequestURI)]++
		}
	}
	if len(told) < 10 {
		t.Errorf("the ledger tells of %d lists: it isn't read as it is written", len(told))
	}
	if diff := cmp.Diff(told, seen); diff != "" {
		t.Errorf("lists (-ledger +audit log):\n%s", diff)
	}
}

// withoutToken is a list's address without the continue token of its further pages.
func withoutToken(t *testing.T, address string) string {
	t.Helper()
	path, query, _ := strings.Cut(address, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	values.Del("continue")
	return path + "?" + values.Encode()
}

// eventsOf returns what the audit log holds of a user whose scan has ended. The log is
// written a moment after the answers: it is complete once it has what the ledger has, and
// a last request that this test makes.
func eventsOf(t *testing.T, c *cluster.Cluster, kubeconfig, user string, r *report.Record) []event {
	t.Helper()
	last := "/version?last=" + url.QueryEscape(user)
	request(t, kubeconfig, last)
	var events []event
	eventually(t, "the audit log holds the scan", func() error {
		var err error
		if events, err = eventsIn(c.AuditLog, user); err != nil {
			return err
		}
		logged := map[string]bool{}
		for _, e := range events {
			logged[e.AuditID], logged[e.RequestURI] = true, true
		}
		missing := []string{last}
		for _, q := range r.Collection.Queries {
			missing = append(missing, q.AuditIDs...)
		}
		missing = slices.DeleteFunc(missing, func(s string) bool { return logged[s] })
		if len(missing) > 0 {
			return fmt.Errorf("not yet logged: %s", strings.Join(missing, ", "))
		}
		return nil
	})
	return slices.DeleteFunc(events, func(e event) bool { return e.RequestURI == last })
}

func eventsIn(log, user string) ([]event, error) {
	text, err := os.ReadFile(log)
	if err != nil {
		return nil, err
	}
	var events []event
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, fmt.Errorf("read the audit log: %w", err) // its last line, half-written
		}
		if e.User.Username == user {
			events = append(events, e)
		}
	}
	return events, lines.Err()
}

// request sends a GET as the user of a kubeconfig.
func request(t *testing.T, kubeconfig, path string) {
	t.Helper()
	status, err := get(t, kubeconfig, path)
	if err != nil || status != http.StatusOK {
		t.Fatalf("GET %s: %d, %v", path, status, err)
	}
}

// get returns the status of a GET that the user of a kubeconfig sends.
func get(t *testing.T, kubeconfig, path string) (int, error) {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return 0, err
	}
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, config.Host+path, nil)
	if err != nil {
		return 0, err
	}
	response, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}
