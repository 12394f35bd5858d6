package collect

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A fault is one way for a server to go wrong and what has to come of it.
var faults = []struct {
	name       string
	aggregated bool
	absent     []string
	stale      []string
	broken     func(s *apiServer, n int, w http.ResponseWriter, r *http.Request) bool
	resource   audit.Resource
	state      audit.ReadState
	objects    int
	gap        audit.Gap // the first
	waits      []time.Duration
	restarts   int
}{
	{
		name: "a group that isn't installed", absent: []string{certmanagerGroup},
		resource: audit.Certificates, state: audit.NotServed,
	},
	{
		name: "the same, told in one answer", aggregated: true, absent: []string{certmanagerGroup},
		resource: audit.Certificates, state: audit.NotServed,
	},
	{
		name: "a group whose server is down", stale: []string{certmanagerGroup},
		resource: audit.Certificates, waits: backoff,
		gap: audit.Gap{Reason: audit.Failed, Verb: "list", Message: "discovery of cert-manager.io/v1: 503 Service Unavailable service unavailable (tried 5 times)"},
	},
	{
		name: "the same, told in one answer", aggregated: true, stale: []string{certmanagerGroup},
		resource: audit.Certificates,
		gap:      audit.Gap{Reason: audit.Failed, Verb: "list", Message: "discovery of cert-manager.io/v1: the server that serves it doesn't answer (its discovery is stale)"},
	},
	{
		name: "a group of another version",
		broken: func(s *apiServer, _ int, w http.ResponseWriter, r *http.Request) bool {
			switch r.URL.Path {
			case "/apis":
				s.json(w, map[string]any{"kind": "APIGroupList", "groups": []any{map[string]any{
					"name": certmanagerGroup, "versions": []any{map[string]string{"groupVersion": certmanagerGroup + "/v1alpha2", "version": "v1alpha2"}},
				}}})
			case "/apis/cert-manager.io/v1alpha2":
				s.resources(w, "cert-manager.io/v1")
			default:
				return false
			}
			return true
		},
		resource: audit.Certificates,
		gap:      audit.Gap{Reason: audit.Failed, Verb: "list", Message: "the server has certificates.cert-manager.io as v1alpha2 only; this build reads v1"},
	},
	{
		name: "discovery is forbidden: what is built in is read", broken: discoveryForbidden,
		resource: audit.Ingresses, state: audit.Read, objects: 2,
	},
	{
		name: "discovery is forbidden: what isn't built in is a gap", broken: discoveryForbidden,
		resource: audit.Certificates,
		gap:      audit.Gap{Reason: audit.Forbidden, Verb: "list", Message: `discovery: discovery is forbidden: User "auditor" cannot do that`},
	},
	{
		name: "a list of the whole cluster is forbidden",
		broken: func(s *apiServer, _ int, w http.ResponseWriter, r *http.Request) bool {
			return r.URL.Path == "/api/v1/pods" && s.forbid(w, "pods")
		},
		resource: audit.Pods, state: audit.Read, objects: 4,
	},
	{
		name: "and in one namespace too",
		broken: func(s *apiServer, _ int, w http.ResponseWriter, r *http.Request) bool {
			return (r.URL.Path == "/api/v1/pods" || r.URL.Path == "/api/v1/namespaces/other/pods") && s.forbid(w, "pods")
		},
		resource: audit.Pods, state: audit.Read, objects: 2,
		gap: audit.Gap{Namespace: "other", Reason: audit.Forbidden, Verb: "list", Message: `pods is forbidden: User "auditor" cannot do that`},
	},
	{
		name: "and everywhere",
		broken: func(s *apiServer, _ int, w http.ResponseWriter, r *http.Request) bool {
			return strings.HasSuffix(r.URL.Path, "/pods") && s.forbid(w, "pods")
		},
		resource: audit.Pods,
		gap:      audit.Gap{Reason: audit.Forbidden, Verb: "list", Message: `pods is forbidden: User "auditor" cannot do that`},
	},
	{
		name: "namespaces can't be listed: the ones that are known are read", broken: tenant,
		resource: audit.Pods, state: audit.Read, objects: 2,
		gap: audit.Gap{Namespace: Elsewhere, Reason: audit.Forbidden, Verb: "list", Message: `namespaces is forbidden: User "auditor" cannot do that`},
	},
	{
		name: "namespaces can't be listed: the ones that are known are got", broken: tenant,
		resource: audit.Namespaces, state: audit.Read, objects: 1,
		gap: audit.Gap{Namespace: Elsewhere, Reason: audit.Forbidden, Verb: "list", Message: `namespaces is forbidden: User "auditor" cannot do that`},
	},
	{
		name: "a kind without namespaces is forbidden",
		broken: func(s *apiServer, _ int, w http.ResponseWriter, r *http.Request) bool {
			return strings.HasSuffix(r.URL.Path, "/clusterissuers") && s.forbid(w, "clusterissuers")
		},
		resource: audit.ClusterIssuers,
		gap:      audit.Gap{Reason: audit.Forbidden, Verb: "list", Message: `clusterissuers is forbidden: User "auditor" cannot do that`},
	},
	{
		name: "a discovered kind isn't there",
		broken: func(_ *apiServer, _ int, w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/ingresses") {
				http.NotFound(w, r)
				return true
			}
			return false
		},
		resource: audit.Ingresses,
		gap:      audit.Gap{Reason: audit.Failed, Verb: "list", Message: "404 Not Found 404 page not found"},
	},
	{
		name: "too many requests: the server's wait is kept", broken: onPage2(1, func(_ *apiServer, w http.ResponseWriter) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusTooManyRequests)
		}),
		resource: audit.Pods, state: audit.Read, objects: 4, waits: []time.Duration{7 * time.Second},
	},
	{
		name: "the server asks for an hour", broken: onPage2(1, func(_ *apiServer, w http.ResponseWriter) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusServiceUnavailable)
		}),
		resource: audit.Pods,
		gap:      audit.Gap{Reason: audit.Failed, Verb: "list", Message: "503 Service Unavailable"},
	},
	{
		name: "an internal error that passes", broken: onPage2(2, func(s *apiServer, w http.ResponseWriter) {
			s.refuse(w, http.StatusInternalServerError, metav1.StatusReasonInternalError, "etcd is away")
		}),
		resource: audit.Pods, state: audit.Read, objects: 4, waits: backoff[:2],
	},
	{
		name: "an internal error that stays", broken: onPage2(99, func(s *apiServer, w http.ResponseWriter) {
			s.refuse(w, http.StatusInternalServerError, metav1.StatusReasonInternalError, "etcd is away")
		}),
		resource: audit.Pods, waits: backoff,
		gap: audit.Gap{Reason: audit.Failed, Verb: "list", Message: "etcd is away (tried 5 times)"},
	},
	{
		name: "a connection that is cut", broken: onPage2(1, func(_ *apiServer, w http.ResponseWriter) {
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}),
		resource: audit.Pods, state: audit.Read, objects: 4, waits: backoff[:1],
	},
	{
		name: "a page that is cut off", broken: onPage2(1, func(_ *apiServer, w http.ResponseWriter) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write(protobufMagic)
		}),
		resource: audit.Pods, state: audit.Read, objects: 4, waits: backoff[:1],
	},
	{
		name: "a page that is damaged", broken: onPage2(99, func(_ *apiServer, w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[{"metadata`))
		}),
		resource: audit.Pods, waits: backoff,
		gap: audit.Gap{Reason: audit.Failed, Verb: "list", Message: "the answer arrived damaged: unexpected end of JSON input (tried 5 times)"},
	},
	{
		name: "a login page", broken: onPage2(99, func(_ *apiServer, w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html>\nlog in</html>"))
		}),
		resource: audit.Pods, waits: backoff,
		gap: audit.Gap{Reason: audit.Failed, Verb: "list", Message: `the answer arrived damaged: not an API server's but "text/html": <html> log in</html> (tried 5 times)`},
	},
	{
		name: "an empty object instead of a list", broken: onPage2(99, func(s *apiServer, w http.ResponseWriter) {
			s.json(w, struct{}{})
		}),
		resource: audit.Pods, waits: backoff,
		gap: audit.Gap{Reason: audit.Failed, Verb: "list", Message: "the answer arrived damaged: not a PodList but an object without apiVersion and kind (tried 5 times)"},
	},
	{
		name: "a redirect", broken: onPage2(99, func(_ *apiServer, w http.ResponseWriter) {
			w.Header().Set("Location", "https://login.example.com/")
			w.WriteHeader(http.StatusFound)
		}),
		resource: audit.Pods,
		gap:      audit.Gap{Reason: audit.Failed, Verb: "list", Message: "302 Found"},
	},
	{
		name: "an expired continue token begins the list anew", broken: onPage2(1, gone),
		resource: audit.Pods, state: audit.Read, objects: 4, restarts: 1,
	},
	{
		name: "continue tokens that always expire", broken: onPage2(99, gone),
		resource: audit.Pods, restarts: 3,
		gap: audit.Gap{Reason: audit.Failed, Verb: "list", Message: "the continue token expired"},
	},
	{
		name: "a list that repeats its token",
		broken: func(s *apiServer, _ int, w http.ResponseWriter, r *http.Request) bool {
			return endless(s, w, r, func(int) string { return "again" })
		},
		resource: audit.Pods,
		gap:      audit.Gap{Reason: audit.Failed, Verb: "list", Message: errRepeats.Error()},
	},
	{
		name: "a list without end",
		broken: func(s *apiServer, n int, w http.ResponseWriter, r *http.Request) bool {
			return endless(s, w, r, func(asked int) string { return fmt.Sprint("token-", asked) })
		},
		resource: audit.Pods,
		gap:      audit.Gap{Reason: audit.Failed, Verb: "list", Message: "the list doesn't end: 20 pages, and still more"},
	},
	{
		name: "pages that overlap",
		broken: func(s *apiServer, _ int, w http.ResponseWriter, r *http.Request) bool {
			k := kindOf(audit.Pods)
			if r.URL.Path != k.path("") {
				return false
			}
			meta := metav1.ListMeta{Continue: "2"}
			if r.URL.Query().Get("continue") != "" {
				meta.Continue = ""
			}
			w.Header().Set("Content-Type", "application/vnd.kubernetes.protobuf")
			_, _ = w.Write(protobufList(s.t, k, &meta, s.objects[audit.Pods][:2]))
			return true
		},
		resource: audit.Pods,
		gap:      audit.Gap{Reason: audit.Failed, Verb: "list", Message: "the server listed Pod app/web-0 twice: its pages don't fit together"},
	},
	{
		name: "an object that can't be decoded",
		broken: func(s *apiServer, _ int, w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/certificates") {
				return false
			}
			k := kindOf(audit.Certificates)
			good := typed(s.t, k, &cmv1.Certificate{ObjectMeta: named("app", "good")})
			bad := typed(s.t, k, &cmv1.Certificate{ObjectMeta: named("app", "bad")})
			bad["spec"] = map[string]any{"dnsNames": "example.com"}
			s.json(w, map[string]any{"apiVersion": "cert-manager.io/v1", "kind": "CertificateList", "metadata": map[string]any{}, "items": []any{bad, good}})
			return true
		},
		resource: audit.Certificates, state: audit.Read, objects: 1,
		gap: audit.Gap{Namespace: "app", Name: "bad", Reason: audit.Failed, Verb: "list", Message: "Certificate app/bad: a string can't stand here, a list is expected"},
	},
	{
		name: "the credentials run out on the way", broken: onPage2(99, func(s *apiServer, w http.ResponseWriter) {
			s.refuse(w, http.StatusUnauthorized, metav1.StatusReasonUnauthorized, "Unauthorized")
		}),
		resource: audit.Pods,
		gap:      audit.Gap{Reason: audit.Failed, Verb: "list", Message: "Unauthorized"},
	},
}

var backoff = []time.Duration{200 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond, 1600 * time.Millisecond}

func gone(s *apiServer, w http.ResponseWriter) {
	s.refuse(w, http.StatusGone, metav1.StatusReasonExpired, "the continue token expired")
}

func discoveryForbidden(s *apiServer, _ int, w http.ResponseWriter, r *http.Request) bool {
	return (r.URL.Path == "/api" || r.URL.Path == "/apis") && s.forbid(w, "discovery")
}

// tenant is a server that lets its user read namespace app alone.
func tenant(s *apiServer, _ int, w http.ResponseWriter, r *http.Request) bool {
	path := r.URL.Path
	switch {
	case path == "/version" || strings.Count(path, "/") < 3 || strings.Count(path, "/") == 3 && strings.HasPrefix(path, "/apis/"),
		strings.Contains(path, "/namespaces/app"):
		return path == "/api/v1/namespaces" && s.forbid(w, "namespaces") || path == "/api/v1/pods" && s.forbid(w, "pods")
	}
	return s.forbid(w, path[strings.LastIndex(path, "/")+1:])
}

// onPage2 breaks the second page of Pods, the first times that it is asked for.
func onPage2(times int, answer func(*apiServer, http.ResponseWriter)) func(*apiServer, int, http.ResponseWriter, *http.Request) bool {
	return func(s *apiServer, n int, w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/api/v1/pods" || r.URL.Query().Get("continue") != "2" || n > times {
			return false
		}
		answer(s, w)
		return true
	}
}

// endless answers every page of Pods with another one to come.
func endless(s *apiServer, w http.ResponseWriter, r *http.Request, token func(asked int) string) bool {
	k := kindOf(audit.Pods)
	if r.URL.Path != k.path("") {
		return false
	}
	w.Header().Set("Content-Type", "application/vnd.kubernetes.protobuf")
	_, _ = w.Write(protobufList(s.t, k, &metav1.ListMeta{Continue: token(len(s.requests("")))}, nil))
	return true
}

func TestLiveFaults(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			server := &apiServer{objects: smallCluster(t), absent: f.absent, stale: f.stale, aggregated: f.aggregated}
			if f.broken != nil {
				server.broken = func(n int, w http.ResponseWriter, r *http.Request) bool { return f.broken(server, n, w, r) }
			}
			o := server.start(t)
			o.Home = "app"
			s := scan(t, o)
			reading := s.Reading(f.resource)
			if reading.State != f.state {
				t.Errorf("state %q, want %q", reading.State, f.state)
			}
			var gap audit.Gap
			if len(reading.Gaps) > 0 {
				gap = reading.Gaps[0]
			}
			if diff := cmp.Diff(f.gap, gap); diff != "" {
				t.Errorf("gap (-want +got):\n%s", diff)
			}
			objects := 0
			s.Objects(f.resource, func(string, string) { objects++ })
			if objects != f.objects {
				t.Errorf("%d objects, want %d", objects, f.objects)
			}
			if diff := cmp.Diff(f.waits, server.waits); diff != "" {
				t.Errorf("waits (-want +got):\n%s", diff)
			}
			if got := row(s, f.resource, "").Restarts; got != f.restarts {
				t.Errorf("%d restarts, want %d", got, f.restarts)
			}
		})
	}
}

// Nothing could be read: there is no snapshot but an error with the server's words.
func TestLiveRefuses(t *testing.T) {
	for _, test := range []struct {
		name   string
		broken func(s *apiServer, w http.ResponseWriter, r *http.Request) bool
		want   string
	}{
		{
			"wrong token", func(s *apiServer, w http.ResponseWriter, _ *http.Request) bool {
				s.refuse(w, http.StatusUnauthorized, metav1.StatusReasonUnauthorized, "Unauthorized")
				return true
			},
			"Unauthorized: the server doesn't accept these credentials; renew them or choose another context",
		},
		{
			"everything is forbidden", func(s *apiServer, w http.ResponseWriter, _ *http.Request) bool { return s.forbid(w, "everything") },
			`everything is forbidden: User "auditor" cannot do that: these credentials may read nothing at all; ` + "`kubevidence rbac`",
		},
		{
			"another kind of server", func(_ *apiServer, w http.ResponseWriter, _ *http.Request) bool {
				_, _ = w.Write([]byte("<html>welcome</html>"))
				return true
			},
			"GET /apis: not JSON but: <html>welcome</html>",
		},
		{
			"everything is down", func(_ *apiServer, w http.ResponseWriter, _ *http.Request) bool {
				w.WriteHeader(http.StatusServiceUnavailable)
				return true
			},
			"503 Service Unavailable (tried 5 times): the server refuses even discovery",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := &apiServer{}
			server.broken = func(_ int, w http.ResponseWriter, r *http.Request) bool { return test.broken(server, w, r) }
			o := server.start(t)
			s, err := Live(context.Background(), o)
			if err == nil || s != nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "read "+o.Config.Host+": ") {
				t.Errorf("error is\n%v\nwant\n%s", err, test.want)
			}
		})
	}
}

// A server that doesn't answer holds nobody up who has stopped waiting.
func TestLiveStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	errStopped := errors.New("interrupted")
	server := &apiServer{objects: smallCluster(t), aggregated: true}
	server.broken = func(_ int, _ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/api/v1/pods" {
			return false
		}
		cancel(errStopped)
		<-r.Context().Done() // until the client hangs up
		return true
	}
	s, err := Live(ctx, server.start(t))
	if s != nil || !errors.Is(err, errStopped) {
		t.Errorf("snapshot %v, error %v", s, err)
	}
}

// A request has its own deadline; a list that misses it is a gap.
func TestLiveDeadlineOfARequest(t *testing.T) {
	server := &apiServer{objects: smallCluster(t), aggregated: true}
	server.broken = func(_ int, _ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/api/v1/pods" {
			return false
		}
		<-r.Context().Done()
		return true
	}
	o := server.start(t)
	o.limits.timeout = 50 * time.Millisecond
	gap, _ := scan(t, o).Reading(audit.Pods).Gap("")
	if gap.Reason != audit.Failed || gap.Message != "no complete answer within 50ms" {
		t.Errorf("gap %+v", gap)
	}
}
