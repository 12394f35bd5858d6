package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/kubevidence/kubevidence/test/controlplane"
)

// A bench is one measurement.
type bench struct {
	size
	program string
	rounds  int
	profile string
}

func (b *bench) run(ctx context.Context) error {
	cp, err := b.start(ctx)
	if err != nil {
		return err
	}
	defer cp.Stop()
	for _, compressed := range []bool{false, true} {
		f, err := newFloor(cp.AdminConfig(), []string{
			"GET /api/v1/namespaces?limit=500",
			"GET /api/v1/pods?limit=500",
			"GET /apis/apps/v1/deployments?limit=500",
			"GET /apis/apps/v1/replicasets?limit=500",
			"GET /apis/networking.k8s.io/v1/networkpolicies?limit=500",
			"GET /apis/networking.k8s.io/v1/ingresses?limit=500",
			"GET /apis/cert-manager.io/v1/certificates?limit=500",
			"GET /apis/cert-manager.io/v1/certificaterequests?limit=500",
		}, compressed)
		if err != nil {
			return err
		}
		for _, n := range []int{1, 2, 4, 1, 2, 4} {
			r, err := f.read(ctx, n)
			fmt.Println(compressed, n, r, err)
		}
	}
	return nil
}

// start starts a control plane without controllers and fills it.
func (b *bench) start(ctx context.Context) (*controlplane.ControlPlane, error) {
	binaries, err := controlplane.Build(ctx, os.Stderr)
	if err != nil {
		return nil, err
	}
	cp, err := controlplane.Start(ctx, controlplane.Options{Log: os.Stderr})
	if err != nil {
		return nil, err
	}
	if err := b.populate(ctx, cp, binaries.CertManagerCRDs); err != nil {
		cp.Stop()
		return nil, err
	}
	return cp, nil
}

func (b *bench) populate(ctx context.Context, cp *controlplane.ControlPlane, crds string) error {
	if err := cp.ApplyFiles(ctx, crds); err != nil {
		return err
	}
	f, err := newFiller(cp.AdminConfig(), b.size)
	if err != nil {
		return err
	}
	started := time.Now()
	err = f.fill(ctx, func(n int) {
		if n%20 == 0 {
			fmt.Fprintf(os.Stderr, "filled %d of %d namespaces in %s\n", n, b.namespaces, time.Since(started).Round(time.Second))
		}
	})
	if err != nil {
		return err
	}
	fmt.Printf("cluster: %s\n", b.size)
	return nil
}
