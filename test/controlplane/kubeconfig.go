package controlplane

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"

	authenticationv1 "k8s.io/api/authentication/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// AdminConfig returns an administrator's connection, without client-side limits.
func (cp *ControlPlane) AdminConfig() *rest.Config {
	return rest.CopyConfig(cp.admin)
}

// CertificateKubeconfig writes a kubeconfig for a user of these groups, proven by
// a client certificate, and returns its path.
func (cp *ControlPlane) CertificateKubeconfig(user string, groups ...string) (string, error) {
	certificate, key, err := cp.authority.client(user, groups...)
	if err != nil {
		return "", err
	}
	return cp.writeKubeconfig(user, &clientcmdapi.AuthInfo{ClientCertificateData: certificate, ClientKeyData: key})
}

// TokenKubeconfig writes a kubeconfig for the bearer of a token, from TokenFor or
// Options.Users, and returns its path. The user is a name in the file, no more.
func (cp *ControlPlane) TokenKubeconfig(user, token string) (string, error) {
	return cp.writeKubeconfig(user, &clientcmdapi.AuthInfo{Token: token})
}

// TokenFor returns a token of a ServiceAccount, as the kubelet would ask for one.
// It is good for an hour.
func (cp *ControlPlane) TokenFor(ctx context.Context, namespace, serviceAccount string) (string, error) {
	request := &authenticationv1.TokenRequest{}
	answer, err := cp.client.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, serviceAccount, request, metav1.CreateOptions{})
	if err != nil {
		return "", fmt.Errorf("request token of %s/%s: %w", namespace, serviceAccount, err)
	}
	return answer.Status.Token, nil
}

func (cp *ControlPlane) writeKubeconfig(user string, credentials *clientcmdapi.AuthInfo) (string, error) {
	config := clientcmdapi.NewConfig()
	config.Clusters["controlplane"] = &clientcmdapi.Cluster{Server: cp.URL, CertificateAuthorityData: cp.CA}
	config.AuthInfos[user] = credentials
	config.Contexts["controlplane"] = &clientcmdapi.Context{Cluster: "controlplane", AuthInfo: user}
	config.CurrentContext = "controlplane"

	path := filepath.Join(cp.Dir, "kubeconfig-"+rand.Text()[:8])
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		return "", fmt.Errorf("write kubeconfig of %s: %w", user, err)
	}
	return path, nil
}

func configFrom(kubeconfig string) (*rest.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("read kubeconfig: %w", err)
	}
	return config, nil
}
