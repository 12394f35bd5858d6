package cluster

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/kubevidence/kubevidence/test/controlplane"
	"k8s.io/client-go/dynamic"
)

// A Cluster is an example on a control plane that runs.
type Cluster struct {
	*controlplane.ControlPlane
	// Config is the path of the configuration to scan it with. Its days are moved as far
	// as today is from the day for which the examples were written.
	Config string
	// Dynamic is an administrator's client.
	Dynamic dynamic.Interface
}

// Options say where the examples are and who is told about progress.
type Options struct {
	// Examples is the path of the folder examples of the repository.
	Examples string
	// Log is told about progress. nil discards it.
	Log io.Writer
}

// start starts a control plane for the example of that name.
func start(ctx context.Context, name string, options Options, components controlplane.Options) (*Cluster, error) {
	components.Log = options.Log
	cp, err := controlplane.Start(ctx, components)
	if err != nil {
		return nil, err
	}
	c := &Cluster{ControlPlane: cp}
	if c.Dynamic, err = dynamic.NewForConfig(cp.AdminConfig()); err != nil {
		err = fmt.Errorf("create client: %w", err)
	} else {
		err = c.configure(filepath.Join(options.Examples, "cluster", name+".kubevidence.yaml"))
	}
	if err != nil {
		cp.Stop()
		return nil, err
	}
	return c, nil
}

// configure writes an example's configuration with its days moved to today.
func (c *Cluster) configure(example string) error {
	text, err := os.ReadFile(example)
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	c.Config = filepath.Join(c.Dir, "kubevidence.yaml")
	if err := os.WriteFile(c.Config, movedDays(text, time.Since(written)), 0o644); err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	return nil
}
