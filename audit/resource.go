package audit

// A Resource names a collection the way the API does: the plural and, after a dot, its
// group ("pods", "ingresses.networking.k8s.io"). Versions are collect's affair.
type Resource string

// The resources that this build reads.
const (
	Namespaces             Resource = "namespaces"
	Pods                   Resource = "pods"
	Secrets                Resource = "secrets"
	ReplicationControllers Resource = "replicationcontrollers"
	Deployments            Resource = "deployments.apps"
	StatefulSets           Resource = "statefulsets.apps"
	DaemonSets             Resource = "daemonsets.apps"
	ReplicaSets            Resource = "replicasets.apps"
	Jobs                   Resource = "jobs.batch"
	CronJobs               Resource = "cronjobs.batch"
	NetworkPolicies        Resource = "networkpolicies.networking.k8s.io"
	Ingresses              Resource = "ingresses.networking.k8s.io"
	IngressClasses         Resource = "ingressclasses.networking.k8s.io"
	Gateways               Resource = "gateways.gateway.networking.k8s.io"
	Issuers                Resource = "issuers.cert-manager.io"
	ClusterIssuers         Resource = "clusterissuers.cert-manager.io"
	Certificates           Resource = "certificates.cert-manager.io"
	CertificateRequests    Resource = "certificaterequests.cert-manager.io"
)

// WorkloadKinds maps the kinds of Pod controllers that are read to their resource.
var WorkloadKinds = map[string]Resource{
	"Deployment":            Deployments,
	"StatefulSet":           StatefulSets,
	"DaemonSet":             DaemonSets,
	"ReplicaSet":            ReplicaSets,
	"Job":                   Jobs,
	"CronJob":               CronJobs,
	"ReplicationController": ReplicationControllers,
}

// Objects calls yield for every object of resource r that the snapshot keeps, with its
// namespace ("" for cluster-scoped ones) and its name. The ledger counts with it.
func (s *Snapshot) Objects(r Resource, yield func(namespace, name string)) {
	switch r {
	case Namespaces:
		for i := range s.Namespaces {
			yield("", s.Namespaces[i].Name)
		}
	case Pods:
		for i := range s.Pods {
			yield(s.Pods[i].Namespace, s.Pods[i].Name)
		}
	case Secrets:
		for i := range s.Secrets {
			yield(s.Secrets[i].Namespace, s.Secrets[i].Name)
		}
	case NetworkPolicies:
		each(s.NetworkPolicies, yield)
	case Ingresses:
		each(s.Ingresses, yield)
	case IngressClasses:
		each(s.IngressClasses, yield)
	case Gateways:
		each(s.Gateways, yield)
	case Issuers:
		each(s.Issuers, yield)
	case ClusterIssuers:
		each(s.ClusterIssuers, yield)
	case Certificates:
		each(s.Certificates, yield)
	case CertificateRequests:
		each(s.CertificateRequests, yield)
	default:
		for i := range s.Controllers {
			if c := &s.Controllers[i]; WorkloadKinds[c.Kind] == r {
				yield(c.Namespace, c.Name)
			}
		}
	}
}

// each walks a slice of Kubernetes' own types.
func each[T any, P interface {
	*T
	GetNamespace() string
	GetName() string
}](objects []T, yield func(namespace, name string)) {
	for i := range objects {
		o := P(&objects[i])
		yield(o.GetNamespace(), o.GetName())
	}
}
