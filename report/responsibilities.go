package report

import "github.com/kubevidence/kubevidence/audit"

// responsibilities is the demarcation that findings are divided by.
func responsibilities() []Responsibility {
	return []Responsibility{
		{Responsible: audit.User, Duties: []string{
			"creating workloads (Pods through controllers such as Deployments), Services and Ingresses",
			"segregating the private network with NetworkPolicies",
			"configuring Ingresses so that users reach the application over HTTPS",
		}},
		{Responsible: audit.Administrator, Duties: []string{
			"ensuring that cert-manager works and is configured correctly",
			"ensuring that ClusterIssuers exist and are configured correctly",
			"ensuring that the private network is secure or trusted, by an infrastructure audit or by pod-to-pod encryption",
		}},
	}
}
