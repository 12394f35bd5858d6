package live

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"sync"
	"testing"

	"github.com/kubevidence/kubevidence/test/live/cluster"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/restmapper"
)

// TestServerAcceptsDeployment holds that the API server would take every object of
// examples/deploy, base and overlays, strictly and without a warning.
func TestServerAcceptsDeployment(t *testing.T) {
	for _, folder := range kustomizations(t) {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			manifest, err := cluster.Build(folder)
			if err != nil {
				t.Fatal(err)
			}
			config := conforming.AdminConfig()
			var warned warnings
			config.WarningHandler = &warned
			client, err := dynamic.NewForConfig(config)
			if err != nil {
				t.Fatal(err)
			}
			groups, err := restmapper.GetAPIGroupResources(discovery.NewDiscoveryClientForConfigOrDie(config))
			if err != nil {
				t.Fatal(err)
			}
			mapper := restmapper.NewDiscoveryRESTMapper(groups)
			objects := decode(t, manifest)
			if len(objects) < 5 {
				t.Errorf("%d objects, want a whole deployment", len(objects))
			}
			for _, object := range objects {
				if err := dryRun(t, client, mapper, object); err != nil {
					t.Errorf("%s %s: %v", object.GetKind(), object.GetName(), err)
				}
			}
			for _, words := range warned.words {
				t.Errorf("the API server warns: %s", words)
			}
		})
	}
}

// TestPodOfDeploymentIsAdmitted holds that the Pod that the CronJob would make is let into
// its namespace, which enforces the restricted Pod Security Standard.
func TestPodOfDeploymentIsAdmitted(t *testing.T) {
	client, err := kubernetes.NewForConfig(conforming.AdminConfig())
	if err != nil {
		t.Fatal(err)
	}
	job, err := client.BatchV1().CronJobs("kubevidence").Get(t.Context(), "kubevidence", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	pod := podOf(job)
	options := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}
	if _, err := client.CoreV1().Pods("kubevidence").Create(t.Context(), pod, options); err != nil {
		t.Error(err)
	}
	pod.Spec.Containers[0].SecurityContext = nil
	if _, err := client.CoreV1().Pods("kubevidence").Create(t.Context(), pod, options); err == nil {
		t.Error("a Pod without a security context is admitted too: the namespace enforces nothing")
	}
}

func podOf(job *batchv1.CronJob) *corev1.Pod {
	template := job.Spec.JobTemplate.Spec.Template
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: job.Namespace, GenerateName: job.Name + "-", Labels: template.Labels},
		Spec:       template.Spec,
	}
}

// kustomizations are the folders below examples/deploy that can be built.
func kustomizations(t *testing.T) []string {
	t.Helper()
	var folders []string
	err := filepath.WalkDir(filepath.Join(repository, "examples", "deploy"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Name() == "kustomization.yaml" {
			folders = append(folders, filepath.Dir(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(folders) < 2 {
		t.Fatalf("%d kustomizations, want a base and an overlay", len(folders))
	}
	return folders
}

func decode(t *testing.T, manifest []byte) []*unstructured.Unstructured {
	t.Helper()
	var objects []*unstructured.Unstructured
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(manifest), 4096)
	for {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(&object.Object); errors.Is(err, io.EOF) {
			return objects
		} else if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, object)
	}
}

// dryRun has the API server do everything but keep an object.
func dryRun(t *testing.T, client dynamic.Interface, mapper meta.RESTMapper, object *unstructured.Unstructured) error {
	t.Helper()
	kind := object.GroupVersionKind()
	mapping, err := mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return err
	}
	var resource dynamic.ResourceInterface = client.Resource(mapping.Resource)
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		resource = client.Resource(mapping.Resource).Namespace(object.GetNamespace())
	}
	body, err := object.MarshalJSON()
	if err != nil {
		return err
	}
	_, err = resource.Patch(t.Context(), object.GetName(), types.ApplyPatchType, body, metav1.PatchOptions{
		DryRun: []string{metav1.DryRunAll}, FieldManager: "live", FieldValidation: metav1.FieldValidationStrict, Force: new(true),
	})
	return err
}

// warnings keeps what the API server warns of.
type warnings struct {
	mu    sync.Mutex
	words []string
}

// HandleWarningHeader is called for each Warning of an answer.
func (w *warnings) HandleWarningHeader(_ int, _ string, words string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.words = append(w.words, words)
}
