package collect

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"gopkg.in/yaml.v3"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/rest"
)

// The bench's cluster: 200 namespaces of 100 Pods.
const benchPods, benchPage = 20_000, 500

// runningPod is a Pod as a kubelet leaves it: about 4 KB on the wire.
func runningPod(i int) *corev1.Pod {
	app := fmt.Sprintf("app-%02d", i%20)
	yes := true
	mode := int32(420)
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
		Namespace: fmt.Sprintf("team-%03d", i/100), Name: fmt.Sprintf("%s-7d4b9c6f5d-%05d", app, i),
		UID: types.UID(fmt.Sprintf("0d2ad1ce-3ca4-4b5e-9d7c-%012d", i)), ResourceVersion: strconv.Itoa(i),
		Labels:          map[string]string{"app.kubernetes.io/name": app, "app.kubernetes.io/instance": app, "app.kubernetes.io/part-of": "shop", "pod-template-hash": "7d4b9c6f5d"},
		Annotations:     map[string]string{"prometheus.io/scrape": "true", "checksum/config": strings.Repeat("a1", 32), lastApplied: strings.Repeat("x", 600)},
		OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: app + "-7d4b9c6f5d", UID: "u", Controller: &yes}},
	}}
	for _, manager := range []string{"kube-controller-manager", "kubelet"} {
		p.ManagedFields = append(p.ManagedFields, metav1.ManagedFieldsEntry{
			Manager: manager, Operation: "Update", APIVersion: "v1", FieldsType: "FieldsV1",
			FieldsV1: &metav1.FieldsV1{Raw: []byte(`{"f:metadata":{` + strings.Repeat(`"f:labels":{".":{},"f:app":{}},`, 25) + `"f:x":{}}}`)},
		})
	}
	probe := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/healthz", Port: intstr.FromInt32(8080)}}}
	for c := range 2 {
		container := corev1.Container{
			Name: fmt.Sprintf("c-%d", c), Image: fmt.Sprintf("registry.example.com/shop/%s-%d:v1.2.3", app, c), Args: []string{"--listen=:8080", "--verbose"},
			Ports: []corev1.ContainerPort{{Name: fmt.Sprintf("http-%d", c), ContainerPort: 8080 + int32(c), Protocol: "TCP"}}, LivenessProbe: probe, ReadinessProbe: probe,
			Resources:    corev1.ResourceRequirements{Requests: corev1.ResourceList{"cpu": resource.MustParse("100m"), "memory": resource.MustParse("128Mi")}},
			VolumeMounts: []corev1.VolumeMount{{Name: "kube-api-access", MountPath: "/var/run/secrets/kubernetes.io/serviceaccount", ReadOnly: true}},
		}
		for e := range 8 {
			container.Env = append(container.Env, corev1.EnvVar{Name: fmt.Sprintf("SETTING_%d", e), Value: "some value of an ordinary length"})
		}
		p.Spec.Containers = append(p.Spec.Containers, container)
		p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, corev1.ContainerStatus{
			Name: container.Name, Image: container.Image, ImageID: "sha256:" + strings.Repeat("ab", 32), ContainerID: "containerd://" + strings.Repeat("cd", 32),
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(at)}},
		})
	}
	p.Spec.NodeName = fmt.Sprintf("node-%03d", i%100)
	p.Spec.Volumes = []corev1.Volume{{Name: "kube-api-access", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{DefaultMode: &mode}}}}
	p.Spec.Tolerations = []corev1.Toleration{{Key: "node.kubernetes.io/not-ready", Operator: "Exists", Effect: "NoExecute"}}
	for _, condition := range []corev1.PodConditionType{"PodScheduled", "Initialized", "ContainersReady", "Ready"} {
		p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{Type: condition, Status: "True", LastTransitionTime: metav1.NewTime(at)})
	}
	p.Status.Phase, p.Status.PodIP = corev1.PodRunning, fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)
	p.Status.PodIPs = []corev1.PodIP{{IP: p.Status.PodIP}}
	return p
}

// benchPages are the answers of a whole list of Pods.
func benchPages(b *testing.B) [][]byte {
	b.Helper()
	var pages [][]byte
	for from := 0; from < benchPods; from += benchPage {
		var items []metav1.Object
		for i := range benchPage {
			items = append(items, runningPod(from+i))
		}
		meta := metav1.ListMeta{ResourceVersion: "1", Continue: strconv.Itoa(len(pages) + 1)}
		if from+benchPage == benchPods {
			meta.Continue = ""
		}
		pages = append(pages, protobufList(b, kindOf(audit.Pods), &meta, items))
	}
	return pages
}

// BenchmarkReducePods decodes and reduces 20,000 Pods: the time, the garbage, and what is
// kept in the end.
func BenchmarkReducePods(b *testing.B) {
	pages := benchPages(b)
	k := kindOf(audit.Pods)
	var kept *kept
	b.ReportAllocs()
	before := heap()
	for b.Loop() {
		l := &listing{kind: k, kept: newKept(), excluded: counts{}}
		decoder := k.codec()
		var p page
		for _, body := range pages {
			if err := p.read(k, &reply{body: body}); err != nil {
				b.Fatal(err)
			}
			l.reduce(&p, decoder)
		}
		kept = l.kept
	}
	b.ReportMetric(float64(heap()-before)/1e6, "MB-kept")
	b.ReportMetric(float64(len(pages[0])*len(pages))/1e6, "MB-wire")
	if len(kept.Pods) != benchPods {
		b.Fatalf("%d Pods", len(kept.Pods))
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// benchServer serves the pages over loopback.
func benchServer(b *testing.B) *httptest.Server {
	pages := benchPages(b)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api":
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"kind":"APIVersions","versions":["v1"]}`)
		case "/api/v1":
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"kind":"APIResourceList","resources":[{"name":"pods"}]}`)
		case "/api/v1/pods":
			n, _ := strconv.Atoi(r.URL.Query().Get("continue"))
			w.Header().Set("Content-Type", "application/vnd.kubernetes.protobuf")
			_, _ = w.Write(pages[n])
		default:
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"kind":"APIGroupList","groups":[]}`)
		}
	}))
	b.Cleanup(server.Close)
	return server
}

// BenchmarkRawGets is the floor: the same pages, read and thrown away.
func BenchmarkRawGets(b *testing.B) {
	server := benchServer(b)
	for b.Loop() {
		for n := range benchPods / benchPage {
			response, err := http.Get(fmt.Sprintf("%s/api/v1/pods?limit=500&continue=%d", server.URL, n))
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, response.Body); err != nil {
				b.Fatal(err)
			}
			_ = response.Body.Close()
		}
	}
}

// BenchmarkLive is a whole read of them.
func BenchmarkLive(b *testing.B) {
	server := benchServer(b)
	b.ReportAllocs()
	for b.Loop() {
		s, err := Live(context.Background(), LiveOptions{Config: &rest.Config{Host: server.URL}, Resources: []audit.Resource{audit.Pods}, Now: time.Now})
		if err != nil {
			b.Fatal(err)
		}
		if len(s.Pods) != benchPods {
			b.Fatalf("%d Pods", len(s.Pods))
		}
	}
}

// BenchmarkFiles reads 2,000 Pods from one file, as JSON and as YAML.
func BenchmarkFiles(b *testing.B) {
	list := map[string]any{"apiVersion": "v1", "kind": "List"}
	var items []any
	for i := range 2000 {
		items = append(items, typed(b, kindOf(audit.Pods), runningPod(i)))
	}
	list["items"] = items
	asJSON, err := json.MarshalIndent(list, "", "    ")
	if err != nil {
		b.Fatal(err)
	}
	asYAML, err := yaml.Marshal(list)
	if err != nil {
		b.Fatal(err)
	}
	for name, text := range map[string][]byte{"json": asJSON, "yaml": asYAML} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := Files(context.Background(), FilesOptions{Paths: []string{"-"}, Stdin: bytes.NewReader(text), At: at}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
