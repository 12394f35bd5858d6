package controlplane

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
)

// TestControlPlane starts everything once; the subtests share it.
func TestControlPlane(t *testing.T) {
	cp, err := Start(t.Context(), Options{
		Dir:         t.TempDir(),
		Log:         os.Stderr,
		AuditLog:    true,
		CertManager: true,
		GatewayAPI:  true,
		Pebble:      true,
		Users:       map[string]string{"opaque-token": "auditor"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cp.Stop)
	apply(t, cp, "testdata/workload.yaml")

	t.Run("objects and their status", func(t *testing.T) { testApply(t, cp) })
	t.Run("credentials", func(t *testing.T) { testCredentials(t, cp) })
	t.Run("cert-manager issues", func(t *testing.T) { testIssuing(t, cp) })
	t.Run("ACME", func(t *testing.T) { testACME(t, cp) })
	t.Run("audit log", func(t *testing.T) { testAuditLog(t, cp) })
}

func testApply(t *testing.T, cp *ControlPlane) {
	pod := get(t, cp, schema.GroupVersionResource{Version: "v1", Resource: "pods"}, "shop", "web-1")
	if ip, _, _ := unstructured.NestedString(pod.Object, "status", "podIP"); ip != "10.1.0.7" {
		t.Errorf("Pod's address is %q, want that of the manifest", ip)
	}
	owner := get(t, cp, schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "replicasets"}, "shop", "web")
	if got := pod.GetOwnerReferences()[0].UID; got != owner.GetUID() {
		t.Errorf("Pod is owned by %q, want its ReplicaSet's uid %q", got, owner.GetUID())
	}
	apply(t, cp, "testdata/workload.yaml") // again, onto what is there
}

func testCredentials(t *testing.T, cp *ControlPlane) {
	token, err := cp.TokenFor(t.Context(), "shop", "reader")
	if err != nil {
		t.Fatal(err)
	}
	for user, kubeconfig := range map[string]func() (string, error){
		"system:serviceaccount:shop:reader": func() (string, error) { return cp.TokenKubeconfig("reader", token) },
		"auditor":                           func() (string, error) { return cp.TokenKubeconfig("auditor", "opaque-token") },
		"jane":                              func() (string, error) { return cp.CertificateKubeconfig("jane", "guests") },
	} {
		path, err := kubeconfig()
		if err != nil {
			t.Fatal(err)
		}
		config, err := configFrom(path)
		if err != nil {
			t.Fatal(err)
		}
		_, err = kubernetes.NewForConfigOrDie(config).CoreV1().Secrets("shop").List(t.Context(), metav1.ListOptions{})
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("User %q cannot list", user)) {
			t.Errorf("list Secrets as %s: %v, want that this user is forbidden to", user, err)
		}
	}
}

func testIssuing(t *testing.T, cp *ControlPlane) {
	apply(t, cp, "testdata/ca.yaml")
	certificates := schema.GroupVersionResource{Group: "cert-manager.io", Version: "v1", Resource: "certificates"}
	awaitReady(t, cp, certificates, "shop", "shop")
	awaitReady(t, cp, certificates, "shop", "shop-ingress")
	awaitReady(t, cp, certificates, "shop", "shop-gateway")
}

func testACME(t *testing.T, cp *ControlPlane) {
	text, err := os.ReadFile("testdata/acme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte("DIRECTORY"), []byte(cp.ACMEDirectory))
	text = bytes.ReplaceAll(text, []byte("BUNDLE"), []byte(base64.StdEncoding.EncodeToString(cp.CA)))
	if err := cp.Apply(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	issuers := schema.GroupVersionResource{Group: "cert-manager.io", Version: "v1", Resource: "clusterissuers"}
	awaitReady(t, cp, issuers, "", "acme")
	certificates := schema.GroupVersionResource{Group: "cert-manager.io", Version: "v1", Resource: "certificates"}
	awaitReady(t, cp, certificates, "shop", "shop-acme")
}

func testAuditLog(t *testing.T, cp *ControlPlane) {
	eventually(t, "an audit event of the forbidden request", func(context.Context) error {
		log, err := os.ReadFile(cp.AuditLog)
		if err == nil && !bytes.Contains(log, []byte(`"username":"jane","groups":["guests"`)) {
			err = fmt.Errorf("none in %d bytes", len(log))
		}
		return err
	})
}

func apply(t *testing.T, cp *ControlPlane, path string) {
	t.Helper()
	if err := cp.ApplyFiles(t.Context(), path); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, cp *ControlPlane, kind schema.GroupVersionResource, namespace, name string) *unstructured.Unstructured {
	t.Helper()
	object, err := cp.dynamic.Resource(kind).Namespace(namespace).Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return object
}

// awaitReady waits for cert-manager to set the condition Ready of an object.
func awaitReady(t *testing.T, cp *ControlPlane, kind schema.GroupVersionResource, namespace, name string) {
	t.Helper()
	eventually(t, kind.Resource+"/"+name+" is ready", func(ctx context.Context) error {
		object, err := cp.dynamic.Resource(kind).Namespace(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		conditions, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
		for _, c := range conditions {
			if c := c.(map[string]any); c["type"] == "Ready" && c["status"] == "True" {
				return nil
			}
		}
		return fmt.Errorf("conditions are %v", conditions)
	})
}

// eventually polls until check has no objection, for two minutes at most.
func eventually(t *testing.T, what string, check func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		objection := check(ctx)
		if objection == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: %v", what, objection)
		case <-tick.C:
		}
	}
}
