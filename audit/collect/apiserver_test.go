package collect

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
)

// An apiServer serves objects over loopback the way a Kubernetes API server does, and
// goes wrong where a test tells it to.
type apiServer struct {
	t          *testing.T
	objects    map[audit.Resource][]metav1.Object
	aggregated bool                                                     // discovery in one answer
	onlyJSON   bool                                                     // no protobuf
	absent     []string                                                 // API groups that aren't served
	stale      []string                                                 // API groups whose server is down
	serves     func(*kind)                                              // changes what is served of a row, its version say
	broken     func(n int, w http.ResponseWriter, r *http.Request) bool // answers instead, where it returns true; n counts requests of this URI from 1

	mu    sync.Mutex
	asked []string // "GET /api/v1/pods?limit=500"
	times map[string]int
	waits []time.Duration // between attempts; nobody waits
}

func (s *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	uri := r.URL.RequestURI()
	s.asked = append(s.asked, r.Method+" "+uri)
	s.times[uri]++
	n := s.times[uri]
	w.Header().Set("Audit-Id", fmt.Sprintf("id-%d", len(s.asked)))
	s.mu.Unlock()
	w.Header().Set("Date", at.Add(3*time.Second).Format(http.TimeFormat))
	if s.broken != nil && s.broken(n, w, r) {
		return
	}
	switch path := r.URL.Path; {
	case path == "/version":
		s.json(w, map[string]string{"gitVersion": "v1.37.2"})
	case path == "/api" || path == "/apis":
		s.discovery(w, r)
	case strings.Count(path, "/") == 2 && strings.HasPrefix(path, "/api/"),
		strings.Count(path, "/") == 3 && strings.HasPrefix(path, "/apis/"):
		s.resources(w, strings.TrimPrefix(strings.TrimPrefix(path, "/apis/"), "/api/"))
	default:
		s.collection(w, r)
	}
}

// collection serves a list, or one object of it.
func (s *apiServer) collection(w http.ResponseWriter, r *http.Request) {
	for _, k := range s.kinds() {
		namespace, name := "", ""
		rest, ok := strings.CutPrefix(r.URL.Path, k.path(""))
		if !ok {
			var at string
			parts := strings.SplitN(r.URL.Path, "/namespaces/", 2)
			if len(parts) == 2 {
				namespace, at, _ = strings.Cut(parts[1], "/")
			}
			rest, ok = strings.CutPrefix(r.URL.Path, k.path(namespace))
			if !ok || at == "" {
				continue
			}
		}
		if name = strings.TrimPrefix(rest, "/"); strings.Contains(name, "/") || name != "" && rest[0] != '/' {
			continue
		}
		if slices.Contains(s.absent, k.group) {
			break
		}
		s.objectsOf(w, r, k, namespace, name)
		return
	}
	s.refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource")
}

func (s *apiServer) objectsOf(w http.ResponseWriter, r *http.Request, k *kind, namespace, name string) {
	var items []metav1.Object
	for _, o := range s.objects[k.resource] {
		if (namespace == "" || o.GetNamespace() == namespace) && (name == "" || o.GetName() == name) {
			items = append(items, o)
		}
	}
	if name != "" {
		if len(items) == 0 {
			s.refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, fmt.Sprintf("%s %q not found", k.plural, name))
			return
		}
		s.json(w, typed(s.t, k, items[0]))
		return
	}
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	from, _ := strconv.Atoi(r.URL.Query().Get("continue"))
	meta := metav1.ListMeta{ResourceVersion: "42"}
	if end := from + limit; limit > 0 && end < len(items) {
		meta.Continue = strconv.Itoa(end)
		items = items[from:end]
	} else {
		items = items[from:]
	}
	if strings.Contains(r.Header.Get("Accept"), "protobuf") && !s.onlyJSON {
		w.Header().Set("Content-Type", "application/vnd.kubernetes.protobuf")
		_, _ = w.Write(protobufList(s.t, k, &meta, items))
		return
	}
	s.json(w, map[string]any{"apiVersion": k.apiVersion(), "kind": k.name + "List", "metadata": meta, "items": append([]metav1.Object{}, items...)})
}

// kinds are the rows of the table as the server serves them; where the cluster makes kinds
// up, it has made one.
func (s *apiServer) kinds() []*kind {
	kinds := make([]*kind, len(table))
	for i := range table {
		served := table[i]
		if served.name == anyKind {
			served.name, served.plural = "K8sMadeUp", "k8smadeup"
		}
		if s.serves != nil {
			s.serves(&served)
		}
		kinds[i] = &served
	}
	return kinds
}

func (s *apiServer) json(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(value); err != nil {
		s.t.Logf("the client went away: %v", err)
	}
}

// refuse answers with a Status.
func (s *apiServer) refuse(w http.ResponseWriter, code int, reason metav1.StatusReason, words string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(metav1.Status{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}, Status: metav1.StatusFailure,
		Code: int32(code), Reason: reason, Message: words,
	})
}

func (s *apiServer) forbid(w http.ResponseWriter, what string) bool {
	s.refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden, what+` is forbidden: User "auditor" cannot do that`)
	return true
}

// typed is an object's JSON with its apiVersion and kind.
func typed(t testing.TB, k *kind, o metav1.Object) map[string]any {
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	value := map[string]any{}
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	value["apiVersion"], value["kind"] = k.apiVersion(), k.name
	return value
}

// protobufList encodes a list in the envelope of Kubernetes.
func protobufList(t testing.TB, k *kind, meta *metav1.ListMeta, items []metav1.Object) []byte {
	head, err := meta.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	list := bytesField(nil, 1, head)
	for _, item := range items {
		text, err := item.(interface{ Marshal() ([]byte, error) }).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		list = bytesField(list, 2, text)
	}
	what := bytesField(bytesField(nil, 1, []byte(k.apiVersion())), 2, []byte(k.name+"List"))
	return bytesField(bytesField(slices.Clone(protobufMagic), 1, what), 2, list)
}

func bytesField(message []byte, number int, content []byte) []byte {
	message = binary.AppendUvarint(message, uint64(number)<<3|wireBytes)
	message = binary.AppendUvarint(message, uint64(len(content)))
	return append(message, content...)
}

// groups lists what is served: group, version, plural.
func (s *apiServer) groups() map[string][]*kind {
	groups := map[string][]*kind{"metrics.k8s.io": nil}
	for _, k := range s.kinds() {
		if !slices.Contains(s.absent, k.group) {
			groups[k.group] = append(groups[k.group], k)
		}
	}
	return groups
}

func (s *apiServer) discovery(w http.ResponseWriter, r *http.Request) {
	var items, list []any
	for group, kinds := range s.groups() {
		if (group == "") != (r.URL.Path == "/api") {
			continue
		}
		freshness := "Current"
		if slices.Contains(s.stale, group) {
			freshness = "Stale"
		}
		var versions, names []any
		for _, version := range versionsOf(kinds) {
			resources := []any{}
			for _, k := range kinds {
				if k.version == version {
					resources = append(resources, map[string]any{"resource": k.plural, "verbs": []string{"list"}})
				}
			}
			versions = append(versions, map[string]any{"version": version, "freshness": freshness, "resources": resources})
			names = append(names, map[string]string{"groupVersion": group + "/" + version, "version": version})
		}
		items = append(items, map[string]any{"metadata": map[string]string{"name": group}, "versions": versions})
		list = append(list, map[string]any{"name": group, "versions": names})
	}
	switch {
	case s.aggregated && strings.Contains(r.Header.Get("Accept"), "as=APIGroupDiscoveryList"):
		s.json(w, map[string]any{"apiVersion": "apidiscovery.k8s.io/v2", "kind": "APIGroupDiscoveryList", "items": items})
	case r.URL.Path == "/api":
		s.json(w, map[string]any{"kind": "APIVersions", "versions": []string{"v1"}})
	default:
		s.json(w, map[string]any{"kind": "APIGroupList", "apiVersion": "v1", "groups": list})
	}
}

// versionsOf lists the versions of a group's kinds; a group without any has a v1.
func versionsOf(kinds []*kind) []string {
	versions := []string{}
	for _, k := range kinds {
		versions = append(versions, k.version)
	}
	if len(versions) == 0 {
		return []string{"v1"}
	}
	slices.Sort(versions)
	return slices.Compact(versions)
}

func (s *apiServer) resources(w http.ResponseWriter, groupVersion string) {
	group, version, grouped := strings.Cut(groupVersion, "/")
	if !grouped {
		group, version = "", group
	}
	if slices.Contains(s.stale, group) {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("service unavailable\n"))
		return
	}
	resources := []any{}
	for _, k := range s.groups()[group] {
		if k.version != version {
			continue
		}
		resources = append(resources, map[string]any{"name": k.plural}, map[string]any{"name": k.plural + "/status"})
	}
	s.json(w, map[string]any{"kind": "APIResourceList", "groupVersion": groupVersion, "resources": resources})
}

// start serves and returns options that read everything, without waiting for anything.
func (s *apiServer) start(t *testing.T) LiveOptions {
	t.Helper()
	s.t, s.times = t, map[string]int{}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	small := defaultLimits
	small.pageSize, small.pages, small.timeout = 2, 20, 10*time.Second
	return LiveOptions{
		Config: &rest.Config{Host: server.URL}, Resources: Resources(),
		Now: func() time.Time { return at }, Wait: s.wait, limits: small,
	}
}

func (s *apiServer) wait(ctx context.Context, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waits = append(s.waits, d)
	return context.Cause(ctx)
}

// requests returns what was asked, of the paths that contain a text.
func (s *apiServer) requests(containing string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []string
	for _, a := range s.asked {
		if strings.Contains(a, containing) {
			list = append(list, a)
		}
	}
	return list
}
