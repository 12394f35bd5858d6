package collect

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// fullPod has a value in everything that a reducer looks at.
func fullPod() *corev1.Pod {
	p := runningPod(1)
	p.Annotations[corev1.MirrorPodAnnotationKey] = "x"
	p.Spec.HostNetwork = true
	p.Spec.Containers[0].Image = "registry.example.com/jetstack/cert-manager-controller:v1"
	p.Spec.Containers[0].Command = []string{"controller", "--config=a"}
	p.Spec.Containers[0].Args = []string{"--default-issuer-name", "ca"}
	p.Spec.Containers[0].Ports[0].HostPort = 80
	p.Spec.Containers[0].Env = append(p.Spec.Containers[0].Env,
		corev1.EnvVar{Name: "UPSTREAM", Value: "http://10.1.2.3:8080"},
		corev1.EnvVar{Name: "REFERRED", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{Key: "hunter2"}}})
	p.Spec.DNSPolicy = corev1.DNSNone
	p.Spec.DNSConfig = &corev1.PodDNSConfig{Nameservers: []string{"9.9.9.9"}, Searches: []string{"hunter2"}}
	p.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue, Message: "hunter2"}}
	p.Spec.InitContainers = []corev1.Container{{Name: "sidecar", Ports: []corev1.ContainerPort{{Name: "x", ContainerPort: 9, Protocol: "UDP"}}}}
	return p
}

// A mask leaves everything that its reducer looks at, and nothing of where the environment
// comes from.
func TestMasks(t *testing.T) {
	seven, pod := int32(7), fullPod()
	meta := pod.ObjectMeta
	template := corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: pod.Labels}, Spec: pod.Spec}
	for _, test := range []struct {
		resource audit.Resource
		object   interface{ Marshal() ([]byte, error) }
	}{
		{audit.Pods, pod},
		{audit.Pods, &corev1.Pod{ObjectMeta: meta, Status: corev1.PodStatus{PodIP: "10.0.0.1"}}},
		{audit.Pods, &corev1.Pod{ObjectMeta: meta, Status: corev1.PodStatus{Phase: corev1.PodSucceeded}}},
		{audit.ReplicationControllers, &corev1.ReplicationController{ObjectMeta: meta, Spec: corev1.ReplicationControllerSpec{Replicas: &seven, Template: &template}, Status: corev1.ReplicationControllerStatus{AvailableReplicas: 5}}},
		{audit.Deployments, &appsv1.Deployment{ObjectMeta: meta, Spec: appsv1.DeploymentSpec{Replicas: &seven, Template: template}, Status: appsv1.DeploymentStatus{AvailableReplicas: 5}}},
		{audit.StatefulSets, &appsv1.StatefulSet{ObjectMeta: meta, Spec: appsv1.StatefulSetSpec{Replicas: &seven, Template: template}, Status: appsv1.StatefulSetStatus{AvailableReplicas: 5}}},
		{audit.ReplicaSets, &appsv1.ReplicaSet{ObjectMeta: meta, Spec: appsv1.ReplicaSetSpec{Replicas: &seven, Template: template}, Status: appsv1.ReplicaSetStatus{AvailableReplicas: 5}}},
		{audit.DaemonSets, &appsv1.DaemonSet{ObjectMeta: meta, Spec: appsv1.DaemonSetSpec{Template: template}, Status: appsv1.DaemonSetStatus{DesiredNumberScheduled: 7, NumberAvailable: 5}}},
		{audit.Jobs, &batchv1.Job{ObjectMeta: meta, Spec: batchv1.JobSpec{Parallelism: &seven, Template: template}, Status: batchv1.JobStatus{Ready: &seven}}},
		{audit.CronJobs, &batchv1.CronJob{ObjectMeta: meta, Spec: batchv1.CronJobSpec{JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: template}}}}},
	} {
		t.Run(string(test.resource), func(t *testing.T) {
			k := kindOf(test.resource)
			message, err := test.object.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			pruned := prune(nil, message, k.mask)
			if len(pruned) >= len(message) {
				t.Errorf("%d of %d bytes are left", len(pruned), len(message))
			}
			want, wantRule := reduced(t, k, message)
			got, rule := reduced(t, k, pruned)
			if diff := cmp.Diff(want.Snapshot, got.Snapshot); diff != "" || rule != wantRule {
				t.Errorf("rule %q, want %q (-want +got):\n%s", rule, wantRule, diff)
			}
		})
	}
	message, err := pod.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if pruned := prune(nil, message, maskPod); bytes.Contains(pruned, []byte("hunter2")) {
		t.Error("what nobody looks at was left to be decoded")
	}
}

func reduced(t *testing.T, k *kind, message []byte) (*kept, string) {
	t.Helper()
	c, into := k.codec(), newKept()
	if _, err := c.protobuf(message); err != nil {
		t.Fatal(err)
	}
	return into, c.keep(into)
}

// FuzzPrune: any bytes, cut at will, neither panic nor grow into what the decoder takes
// for more than there was.
func FuzzPrune(f *testing.F) {
	message, err := fullPod().Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(message)
	f.Add(message[:len(message)/2])
	f.Fuzz(func(t *testing.T, message []byte) {
		var whole, left corev1.Pod
		if whole.Unmarshal(message) != nil {
			return
		}
		if err := left.Unmarshal(prune(nil, message, maskPod)); err != nil {
			t.Fatalf("pruned, it can't be decoded: %v", err)
		}
		if left.Name != whole.Name || len(left.Spec.Containers) != len(whole.Spec.Containers) {
			t.Errorf("pruned, it is another Pod")
		}
	})
}
