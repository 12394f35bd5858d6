package cluster

import (
	"bytes"
	"context"
	_ "embed" // manifests
	"encoding/base64"
	"path/filepath"

	"github.com/kubevidence/kubevidence/test/controlplane"
)

// authority has cert-manager make the CA that the example's ClusterIssuer issues from.
//
//go:embed authority.yaml
var authority []byte

// acme is a ClusterIssuer that registers with pebble.
//
//go:embed acme.yaml
var acme []byte

// ciliumNodes and traefik define what the example has of kinds of Cilium's and Traefik's own.
//
//go:embed ciliumnodes.yaml
var ciliumNodes []byte

//go:embed traefik.yaml
var traefik []byte

// Conforming starts the conforming example and waits until cert-manager has issued and
// registered. What the example would have of cert-manager's own making is left out: there
// is a real one.
func Conforming(ctx context.Context, options Options) (*Cluster, error) {
	c, err := start(ctx, "conforming", options, controlplane.Options{
		AuditLog: true, CertManager: true, GatewayAPI: true, Pebble: true,
	})
	if err != nil {
		return nil, err
	}
	if err := c.conform(ctx, options); err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

func (c *Cluster) conform(ctx context.Context, options Options) error {
	if err := c.Apply(ctx, ciliumNodes, traefik); err != nil {
		return err
	}
	folder := filepath.Join(options.Examples, "cluster")
	manifests, err := filesBut(filepath.Join(folder, "conforming"), "60-issuer.yaml", "90-issued.yaml")
	if err != nil {
		return err
	}
	if err := c.ApplyFiles(ctx, append(manifests, filepath.Join(folder, "live"))...); err != nil {
		return err
	}
	registering := bytes.ReplaceAll(acme, []byte("DIRECTORY"), []byte(c.ACMEDirectory))
	registering = bytes.ReplaceAll(registering, []byte("BUNDLE"), []byte(base64.StdEncoding.EncodeToString(c.CA)))
	if err := c.Apply(ctx, authority, registering); err != nil {
		return err
	}
	if err := c.deploy(ctx, options); err != nil {
		return err
	}
	return c.awaitCertManager(ctx, options.Log)
}
