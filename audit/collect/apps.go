package collect

import (
	"github.com/kubevidence/kubevidence/audit"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/json"
)

var apps = []kind{
	{
		resource: audit.Deployments, group: "apps", version: "v1", plural: "deployments", name: "Deployment", namespaced: true,
		mask: maskReplicas, codec: decoding(reduceDeployment),
	},
	{
		resource: audit.StatefulSets, group: "apps", version: "v1", plural: "statefulsets", name: "StatefulSet", namespaced: true,
		mask: maskReplicas, codec: decoding(reduceStatefulSet),
	},
	{
		resource: audit.DaemonSets, group: "apps", version: "v1", plural: "daemonsets", name: "DaemonSet", namespaced: true,
		mask: maskDaemonSet, codec: decoding(reduceDaemonSet),
	},
	{
		resource: audit.ReplicaSets, group: "apps", version: "v1", plural: "replicasets", name: "ReplicaSet", namespaced: true,
		mask: maskReplicas, codec: decoding(reduceReplicaSet),
	},
}

// A deployment is a Deployment that tells 0 available replicas from a status that nobody
// wrote, as in a manifest that was never applied.
type deployment struct {
	appsv1.Deployment
	given bool // JSON had something in status, be it 0
}

// UnmarshalJSON notes the presence of what the typed status drops.
func (d *deployment) UnmarshalJSON(data []byte) error {
	var present struct {
		Status map[string]any `json:"status"`
	}
	if err := json.Unmarshal(data, &d.Deployment); err != nil {
		return err
	}
	d.given = json.Unmarshal(data, &present) == nil && len(present.Status) > 0
	return nil
}

func (d *deployment) observed() bool {
	s := &d.Status
	return d.given || s.ObservedGeneration > 0 || s.Replicas > 0 || s.AvailableReplicas > 0 || len(s.Conditions) > 0
}

func reduceDeployment(k *kept, d *deployment) string {
	c := audit.Controller{
		Object: k.meta(&d.ObjectMeta), APIVersion: "apps/v1", Kind: "Deployment", Owner: k.owner(d.OwnerReferences),
		Replicas: wanted(d.Spec.Replicas), Available: d.Status.AvailableReplicas, Observed: d.observed(),
	}
	k.controller(&c, &d.Spec.Template)
	k.Controllers = append(k.Controllers, c)
	return ""
}

func reduceStatefulSet(k *kept, s *appsv1.StatefulSet) string {
	c := audit.Controller{
		Object: k.meta(&s.ObjectMeta), APIVersion: "apps/v1", Kind: "StatefulSet", Owner: k.owner(s.OwnerReferences),
		Replicas: wanted(s.Spec.Replicas), Available: s.Status.AvailableReplicas,
	}
	k.controller(&c, &s.Spec.Template)
	k.Controllers = append(k.Controllers, c)
	return ""
}

func reduceDaemonSet(k *kept, d *appsv1.DaemonSet) string {
	c := audit.Controller{
		Object: k.meta(&d.ObjectMeta), APIVersion: "apps/v1", Kind: "DaemonSet", Owner: k.owner(d.OwnerReferences),
		Replicas: d.Status.DesiredNumberScheduled, Available: d.Status.NumberAvailable,
	}
	k.controller(&c, &d.Spec.Template)
	k.Controllers = append(k.Controllers, c)
	return ""
}

func reduceReplicaSet(k *kept, r *appsv1.ReplicaSet) string {
	c := audit.Controller{
		Object: k.meta(&r.ObjectMeta), APIVersion: "apps/v1", Kind: "ReplicaSet", Owner: k.owner(r.OwnerReferences),
		Replicas: wanted(r.Spec.Replicas), Available: r.Status.AvailableReplicas,
	}
	k.controller(&c, &r.Spec.Template)
	k.Controllers = append(k.Controllers, c)
	return ""
}

// wanted is a number of replicas, 1 where none is given: the default of Deployments,
// StatefulSets, ReplicaSets and ReplicationControllers (k8s.io/api, their Spec.Replicas).
func wanted(replicas *int32) int32 {
	if replicas == nil {
		return 1
	}
	return *replicas
}

// controller notes what a controller's Pods would be like. Of a controller that another
// one owns it goes again, see [finish].
func (k *kept) controller(c *audit.Controller, t *corev1.PodTemplateSpec) {
	c.PodLabels = k.labelSet(t.Labels)
	c.Template = k.template(&t.Spec)
	recognize(&c.Template, &t.Spec, c.Namespace, c.Name, c.Labels)
}
