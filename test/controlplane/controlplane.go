package controlplane

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// Options say what runs beside etcd and the API server.
type Options struct {
	// Dir takes keys, data and logs. Where it is empty, a temporary folder is
	// made, and removed by Stop.
	Dir string
	// Log is told about progress. nil discards it.
	Log io.Writer

	// AuditLog has the API server write a line about every request.
	AuditLog bool
	// CertManager installs cert-manager's CRDs and namespace, and runs its controllers.
	CertManager bool
	// GatewayAPI installs the standard CRDs of the Gateway API. cert-manager then
	// issues for Gateways too.
	GatewayAPI bool
	// Pebble runs an ACME server that finds every challenge met.
	Pebble bool
	// Nameserver is the address, host:port, of a DNS server that pebble asks, and cert-manager
	// before it does. With one pebble validates; "" lets every challenge count as met.
	Nameserver string
	// Users are bearer tokens as opaque as a cloud provider's, and whose they are.
	Users map[string]string
}

// A ControlPlane is one that runs. Its methods may be called concurrently.
type ControlPlane struct {
	// Dir holds keys, data and logs: kube-apiserver.log, cert-manager.log …
	Dir string
	// URL is the API server's.
	URL string
	// CA is the certificate, in PEM, that the API server and pebble serve under.
	CA []byte
	// Kubeconfig is the path of an administrator's kubeconfig.
	Kubeconfig string
	// AuditLog is the path of the audit log, one JSON event a line, of level
	// Metadata. An event may be written a moment after its response was read.
	AuditLog string
	// ACMEDirectory is pebble's URL, for spec.acme.server of an issuer; CA goes
	// to its spec.acme.caBundle.
	ACMEDirectory string

	authority *authority
	admin     *rest.Config
	client    kubernetes.Interface
	dynamic   dynamic.Interface
	catalogue *catalogue
	running   []*process
	temporary bool
	stop      sync.Once
}

// startup is how long the components have, once built, to become ready.
const startup = 2 * time.Minute

// Start builds what isn't built yet, starts it and returns when it is ready. It
// goes on after ctx is done, until Stop.
func Start(ctx context.Context, options Options) (*ControlPlane, error) {
	if options.Log == nil {
		options.Log = io.Discard
	}
	binaries, err := ensure(ctx, options.Log, options.components()...)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startup)
	defer cancel()
	cp, err := create(options.Dir)
	if err != nil {
		return nil, err
	}
	if err := cp.start(ctx, options, binaries); err != nil {
		cp.Stop()
		return nil, err
	}
	return cp, nil
}

// components are those that have to be built.
func (o Options) components() []component {
	components := []component{etcd, apiServer}
	if o.Pebble {
		components = append(components, pebble)
	}
	if o.CertManager || o.GatewayAPI {
		components = append(components, certManager)
	}
	return components
}

// create makes the folder and the authority of a control plane.
func create(folder string) (*ControlPlane, error) {
	cp := &ControlPlane{temporary: folder == ""}
	var err error
	if cp.temporary {
		folder, err = os.MkdirTemp("", "controlplane-")
	} else {
		err = os.MkdirAll(folder, 0o755)
	}
	if err != nil {
		return nil, fmt.Errorf("create folder: %w", err)
	}
	if cp.Dir, err = filepath.Abs(folder); err != nil {
		return nil, fmt.Errorf("locate folder: %w", err)
	}
	if cp.authority, err = newAuthority(); err != nil {
		return nil, err
	}
	cp.CA = cp.authority.pem
	return cp, nil
}

func (cp *ControlPlane) start(ctx context.Context, options Options, binaries Binaries) error {
	done := narrate(options.Log, "starting the control plane in "+cp.Dir)
	defer done()

	storage, err := cp.startEtcd(ctx, binaries.Etcd)
	if err != nil {
		return err
	}
	if err := cp.startAPIServer(ctx, binaries.APIServer, storage, options); err != nil {
		return err
	}
	if options.GatewayAPI {
		if err := cp.ApplyFiles(ctx, binaries.GatewayAPICRDs); err != nil {
			return err
		}
	}
	if options.Pebble {
		if err := cp.startPebble(ctx, binaries.Pebble, options.Nameserver); err != nil {
			return err
		}
	}
	if options.CertManager {
		return cp.startCertManager(ctx, binaries, &options)
	}
	return nil
}

// Stop ends everything, without grace. It may be called again.
func (cp *ControlPlane) Stop() {
	cp.stop.Do(func() {
		for i := range cp.running {
			cp.running[len(cp.running)-1-i].kill()
		}
		if cp.temporary {
			os.RemoveAll(cp.Dir)
		}
	})
}

// run starts a component and waits until ready has no objection.
func (cp *ControlPlane) run(ctx context.Context, p *process, ready func(context.Context) error) error {
	cp.running = append(cp.running, p)
	return p.await(ctx, ready)
}
