package controlplane

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// startCertManager installs cert-manager's CRDs and the namespace in which it
// looks for the Secrets of ClusterIssuers, and starts its controllers.
func (cp *ControlPlane) startCertManager(ctx context.Context, binaries Binaries, options *Options) error {
	if err := cp.ApplyFiles(ctx, binaries.CertManagerCRDs); err != nil {
		return err
	}
	namespace := []byte("{apiVersion: v1, kind: Namespace, metadata: {name: cert-manager}}")
	if err := cp.Apply(ctx, namespace); err != nil {
		return err
	}
	kubeconfig, err := cp.CertificateKubeconfig("cert-manager", "system:masters")
	if err != nil {
		return err
	}
	p, err := launch(cp.Dir, binaries.CertManager, nil,
		"-kubeconfig="+kubeconfig, fmt.Sprintf("-gateway-api=%t", options.GatewayAPI), "-nameserver="+options.Nameserver)
	if err != nil {
		return err
	}
	return cp.run(ctx, p, func(ctx context.Context) error {
		_, err := cp.client.CoordinationV1().Leases("kube-system").Get(ctx, "cert-manager-controller", metav1.GetOptions{})
		return err
	})
}
