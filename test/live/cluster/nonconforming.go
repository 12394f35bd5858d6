package cluster

import (
	"context"
	"io"
	"path/filepath"

	"github.com/kubevidence/kubevidence/test/controlplane"
)

// Nonconforming starts the non-conforming example, in which cert-manager is down: its
// CustomResourceDefinitions are there, and what it left behind.
func Nonconforming(ctx context.Context, options Options) (*Cluster, error) {
	log := options.Log
	if log == nil {
		log = io.Discard
	}
	binaries, err := controlplane.Build(ctx, log)
	if err != nil {
		return nil, err
	}
	c, err := start(ctx, "nonconforming", options, controlplane.Options{AuditLog: true, GatewayAPI: true})
	if err != nil {
		return nil, err
	}
	err = c.ApplyFiles(ctx, binaries.CertManagerCRDs, filepath.Join(options.Examples, "cluster", "nonconforming"))
	if err == nil {
		err = c.deploy(ctx, options)
	}
	if err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}
