// Command controlplane starts a Kubernetes control plane on loopback and keeps it
// until it is interrupted, or until the command that it was given has ended:
//
//	controlplane [flags] [-- command argument...]
//
// The command is run with KUBECONFIG set; its exit code is controlplane's.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/kubevidence/kubevidence/test/controlplane"
)

func main() {
	var (
		buildOnly bool
		manifests []string
		options   = controlplane.Options{Log: os.Stderr}
	)
	flag.BoolVar(&buildOnly, "build-only", false, "build the components, start nothing")
	flag.StringVar(&options.Dir, "dir", "", "`folder` for keys, data and logs (default a temporary one)")
	flag.BoolVar(&options.AuditLog, "audit-log", true, "write an audit log")
	flag.BoolVar(&options.CertManager, "cert-manager", true, "run cert-manager")
	flag.BoolVar(&options.GatewayAPI, "gateway-api", true, "install the CRDs of the Gateway API")
	flag.BoolVar(&options.Pebble, "pebble", true, "run pebble, an ACME server")
	flag.Func("apply", "`path` of manifests to apply; may be given several times", func(path string) error {
		manifests = append(manifests, path)
		return nil
	})
	flag.Parse()

	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer release()
	if buildOnly {
		if _, err := controlplane.Build(ctx, os.Stderr); err != nil {
			exit(err)
		}
		return
	}
	exit(run(ctx, options, manifests, flag.Args()))
}

// run starts the control plane, applies the manifests and runs the command. Where
// there is none it waits for ctx to end.
func run(ctx context.Context, options controlplane.Options, manifests, command []string) error {
	cp, err := controlplane.Start(ctx, options)
	if err != nil {
		return err
	}
	defer cp.Stop()
	if err := cp.ApplyFiles(ctx, manifests...); err != nil {
		return err
	}
	if len(command) == 0 {
		fmt.Printf("export KUBECONFIG=%s\n", cp.Kubeconfig)
		describe(cp)
		<-ctx.Done()
		return nil
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Env = append(os.Environ(), "KUBECONFIG="+cp.Kubeconfig)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}

func describe(cp *controlplane.ControlPlane) {
	fmt.Fprintln(os.Stderr, "API server:", cp.URL)
	fmt.Fprintln(os.Stderr, "logs:", cp.Dir)
	if cp.ACMEDirectory != "" {
		fmt.Fprintln(os.Stderr, "ACME directory:", cp.ACMEDirectory)
	}
	fmt.Fprintln(os.Stderr, "Interrupt to stop.")
}

// exit ends with the code of the command that was run, in the manner of a shell.
func exit(err error) {
	var ended *exec.ExitError
	switch {
	case err == nil:
		os.Exit(0)
	case errors.As(err, &ended) && ended.Exited():
		os.Exit(ended.ExitCode())
	case errors.As(err, &ended):
		os.Exit(128 + int(ended.Sys().(syscall.WaitStatus).Signal()))
	}
	fmt.Fprintln(os.Stderr, "controlplane:", err)
	os.Exit(1)
}
