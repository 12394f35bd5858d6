// Command cert-manager runs cert-manager's own controllers in one process, for
// the control plane that the live tests start. It differs from the released
// controller in three ways: there is no webhook, nothing is served, and the
// self-check of an HTTP-01 challenge is answered here (see selfcheck.go).
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/cert-manager/cert-manager/pkg/controller"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "kubeconfig `file` to connect with")
	gatewayAPI := flag.Bool("gateway-api", false, "issue for Gateways too; their CRDs have to be installed")
	nameserver := flag.String("nameserver", "", "`address` of the DNS server to look for DNS-01 answers at, instead of the system's")
	flag.Parse()

	logf.InitLogs()
	if err := run(context.Background(), *kubeconfig, *gatewayAPI, *nameserver); err != nil {
		fmt.Fprintln(os.Stderr, "cert-manager:", err)
		os.Exit(1)
	}
}

// run constructs the controllers and runs them for as long as it leads, which
// leaves the Lease that a real installation has.
func run(ctx context.Context, kubeconfig string, gatewayAPI bool, nameserver string) error {
	if err := answerSelfChecks(kubeconfig); err != nil {
		return err
	}
	chosen := options(kubeconfig, gatewayAPI)
	if nameserver != "" {
		chosen.DNS01Nameservers, chosen.DNS01CheckAuthoritative = []string{nameserver}, false
		chosen.DNS01CheckRetryPeriod = time.Second // a server on loopback needs no time
	}
	factory, err := controller.NewContextFactory(ctx, chosen)
	if err != nil {
		return err
	}
	var controllers []controller.Interface
	for name, construct := range controller.Known() {
		if name == gatewayShim && !gatewayAPI {
			continue
		}
		c, err := construct(factory)
		if err != nil {
			return fmt.Errorf("construct %s: %w", name, err)
		}
		controllers = append(controllers, c)
	}
	root, err := factory.Build()
	if err != nil {
		return err
	}
	return lead(ctx, root.Client, func(ctx context.Context) {
		root.KubeSharedInformerFactory.Start(ctx.Done())
		root.SharedInformerFactory.Start(ctx.Done())
		root.HTTP01ResourceMetadataInformersFactory.Start(ctx.Done())
		root.GWShared.Start(ctx.Done())
		for _, c := range controllers {
			go func() {
				if err := c.Run(5, ctx); err != nil {
					fmt.Fprintln(os.Stderr, "cert-manager:", err)
					os.Exit(1)
				}
			}()
		}
	})
}

// options are the defaults of cert-manager's command line and Helm chart.
func options(kubeconfig string, gatewayAPI bool) controller.ContextOptions {
	return controller.ContextOptions{
		Kubeconfig:    kubeconfig,
		IssuerOptions: controller.IssuerOptions{ClusterResourceNamespace: "cert-manager"},
		ACMEOptions: controller.ACMEOptions{
			HTTP01SolverImage:            "quay.io/jetstack/cert-manager-acmesolver",
			ACMEHTTP01SolverRunAsNonRoot: true,
			DNS01CheckRetryPeriod:        10 * time.Second,
		},
		IngressShimOptions: controller.IngressShimOptions{
			DefaultIssuerKind:                 "Issuer",
			DefaultIssuerGroup:                "cert-manager.io",
			DefaultAutoCertificateAnnotations: []string{"kubernetes.io/tls-acme"},
		},
		CertificateOptions: controller.CertificateOptions{
			CertificateRequestMinimumBackoffDuration: time.Hour,
			CertificateRequestMaximumBackoffDuration: 32 * time.Hour,
		},
		SchedulerOptions: controller.SchedulerOptions{MaxConcurrentChallenges: 60},
		ConfigOptions:    controller.ConfigOptions{EnableGatewayAPI: gatewayAPI},
	}
}

// lead takes cert-manager's Lease, calls start and keeps the Lease renewed.
func lead(ctx context.Context, client kubernetes.Interface, start func(context.Context)) error {
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock: &resourcelock.LeaseLock{
			LeaseMeta:  metav1.ObjectMeta{Namespace: "kube-system", Name: "cert-manager-controller"},
			Client:     client.CoordinationV1(),
			LockConfig: resourcelock.ResourceLockConfig{Identity: "cert-manager"},
		},
		LeaseDuration: 60 * time.Second,
		RenewDeadline: 40 * time.Second,
		RetryPeriod:   15 * time.Second,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: start,
			OnStoppedLeading: func() {},
		},
	})
	if err != nil {
		return fmt.Errorf("configure leader election: %w", err)
	}
	elector.Run(ctx)
	return fmt.Errorf("lost the lease: %w", context.Cause(ctx))
}
