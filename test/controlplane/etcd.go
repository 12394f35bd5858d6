package controlplane

import (
	"context"
	"path/filepath"
)

// startEtcd starts etcd without the fsync that makes it slow, and durable.
func (cp *ControlPlane) startEtcd(ctx context.Context, program string) (url string, err error) {
	ports, err := freePorts(2)
	if err != nil {
		return "", err
	}
	client, peer := "http://"+ports[0], "http://"+ports[1]
	p, err := launch(cp.Dir, program, nil,
		"--data-dir="+filepath.Join(cp.Dir, "etcd"),
		"--listen-client-urls="+client,
		"--advertise-client-urls="+client,
		"--listen-peer-urls="+peer,
		"--initial-advertise-peer-urls="+peer,
		"--initial-cluster=default="+peer,
		"--log-level=warn",
		"--unsafe-no-fsync",
	)
	if err != nil {
		return "", err
	}
	return client, cp.run(ctx, p, answers(client+"/health", nil))
}
