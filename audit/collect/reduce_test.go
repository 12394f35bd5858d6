package collect

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestIssuersLoseFreeFormConfiguration(t *testing.T) {
	const solver = `{acme: {email: a@example.com, server: x, privateKeySecretRef: {name: k}, solvers: [{dns01: {webhook: {groupName: g, solverName: s, config: {apiKey: hunter2}}}}]}}`
	s := manifestsOf(t, "apiVersion: cert-manager.io/v1\nkind: Issuer\nmetadata: {name: a}\nspec: "+solver+
		"\n---\napiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: {name: a}\nspec: "+solver+"\n")
	text := written(t, s)
	if strings.Contains(text, "hunter2") || strings.Count(text, `"solverName":"s"`) != 2 {
		t.Error(text)
	}
	if s.ClusterIssuers[0].Namespace != "" || s.Issuers[0].Namespace != "default" {
		t.Errorf("namespaces %q, %q", s.ClusterIssuers[0].Namespace, s.Issuers[0].Namespace)
	}
}

// A Pod whose bytes are damaged is named, is a gap in its namespace, and takes no other
// with it.
func TestDamagedItemInProtobuf(t *testing.T) {
	k := kindOf(audit.Pods)
	good, err := fullPod().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	meta := metav1.ObjectMeta{Namespace: "app", Name: "bad"}
	head, err := meta.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	bad := bytesField(bytesField(nil, 1, head), 2, []byte{0xff, 0xff})
	l := &listing{kind: k, kept: newKept(), excluded: counts{}}
	l.reduce(&page{protobuf: true, items: [][]byte{bad, good, nil}}, k.codec())
	if len(l.kept.Pods) != 1 || l.query.Listed != 3 || len(l.query.Errors) != 2 {
		t.Fatalf("kept %d, row %+v", len(l.kept.Pods), l.query)
	}
	if gap := l.gaps[0]; gap.Namespace != "app" || gap.Name != "bad" || !strings.HasPrefix(l.query.Errors[0], "Pod app/bad: ") {
		t.Errorf("gap %+v, errors %q", gap, l.query.Errors)
	}
}

// No more lists are read side by side than were asked for, and each has one page on its
// way.
func TestLiveIsBounded(t *testing.T) {
	server := &apiServer{objects: smallCluster(t), aggregated: true}
	o := server.start(t)
	o.Parallel = 2
	var now, most atomic.Int32
	server.broken = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.RawQuery, "limit=") {
			return false
		}
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		server.collection(w, r)
		now.Add(-1)
		return true
	}
	scan(t, o)
	if most.Load() > 2 {
		t.Errorf("%d requests side by side, want at most 2", most.Load())
	}
}

func TestPause(t *testing.T) {
	if err := pause(context.Background(), time.Nanosecond); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	errStopped := errors.New("stopped")
	cancel(errStopped)
	if err := pause(ctx, time.Hour); !errors.Is(err, errStopped) {
		t.Errorf("error is %v", err)
	}
}
