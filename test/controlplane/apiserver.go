package controlplane

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net"
	"path/filepath"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
)

// auditPolicy has every request logged, once, when it was answered.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
`

// issuer is whom ServiceAccount tokens are from, and whom they are for.
const issuer = "https://kubernetes.default.svc.cluster.local"

// startAPIServer starts the API server and connects to it as an administrator.
func (cp *ControlPlane) startAPIServer(ctx context.Context, program, storage string, options Options) error {
	ports, err := freePorts(1)
	if err != nil {
		return err
	}
	cp.URL = "https://" + ports[0]
	flags, err := cp.apiServerFlags(ports[0], storage, options)
	if err != nil {
		return err
	}
	p, err := launch(cp.Dir, program, nil, flags...)
	if err != nil {
		return err
	}
	if err := cp.connect(); err != nil {
		return err
	}
	return cp.run(ctx, p, cp.serves)
}

func (cp *ControlPlane) apiServerFlags(address, storage string, options Options) ([]string, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("choose a port: %w", err)
	}
	certificate, key, err := cp.authority.serving()
	if err != nil {
		return nil, err
	}
	signing, verifying, err := newKeyPair()
	if err != nil {
		return nil, err
	}
	var tokens bytes.Buffer
	for _, token := range slices.Sorted(maps.Keys(options.Users)) {
		fmt.Fprintf(&tokens, "%s,%[2]s,%[2]s\n", token, options.Users[token])
	}
	files := map[string][]byte{
		"ca.crt":              cp.CA,
		"apiserver.crt":       certificate,
		"apiserver.key":       key,
		"service-account.key": signing,
		"service-account.pub": verifying,
		"tokens.csv":          tokens.Bytes(),
		"audit-policy.yaml":   []byte(auditPolicy),
	}
	for name, text := range files {
		if _, err := cp.write(name, text); err != nil {
			return nil, err
		}
	}
	path := func(name string) string { return filepath.Join(cp.Dir, name) }
	flags := []string{
		"--etcd-servers=" + storage,
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		// Endpoints may not be loopback addresses: the Service named
		// kubernetes has none.
		"--endpoint-reconciler-type=none",
		"--secure-port=" + port,
		"--tls-cert-file=" + path("apiserver.crt"),
		"--tls-private-key-file=" + path("apiserver.key"),
		"--client-ca-file=" + path("ca.crt"),
		"--token-auth-file=" + path("tokens.csv"),
		"--authorization-mode=RBAC",
		"--service-account-issuer=" + issuer,
		"--service-account-key-file=" + path("service-account.pub"),
		"--service-account-signing-key-file=" + path("service-account.key"),
		"--service-cluster-ip-range=10.96.0.0/16",
		// Nothing makes the default ServiceAccounts that it asks for.
		"--disable-admission-plugins=ServiceAccount",
	}
	if options.AuditLog {
		cp.AuditLog = path("audit.log")
		flags = append(flags, "--audit-policy-file="+path("audit-policy.yaml"), "--audit-log-path="+cp.AuditLog)
	}
	return flags, nil
}

// connect makes the administrator's kubeconfig and clients.
func (cp *ControlPlane) connect() error {
	var err error
	if cp.Kubeconfig, err = cp.CertificateKubeconfig("admin", "system:masters"); err != nil {
		return err
	}
	if cp.admin, err = configFrom(cp.Kubeconfig); err != nil {
		return err
	}
	cp.admin.QPS = -1 // the server's own fairness is enough
	if cp.client, err = kubernetes.NewForConfig(cp.admin); err != nil {
		return fmt.Errorf("create client: %w", err)
	}
	if cp.dynamic, err = dynamic.NewForConfig(cp.admin); err != nil {
		return fmt.Errorf("create client: %w", err)
	}
	cp.catalogue = newCatalogue(cp.client.Discovery())
	return nil
}

// serves objects until the API server is ready and has made its namespaces.
func (cp *ControlPlane) serves(ctx context.Context) error {
	if err := cp.client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error(); err != nil {
		return err
	}
	for _, name := range []string{"default", "kube-system"} {
		if _, err := cp.client.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{}); err != nil {
			return err
		}
	}
	return nil
}
