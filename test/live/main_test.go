package live

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/kubevidence/kubevidence/test/live/cluster"
	"github.com/kubevidence/kubevidence/test/live/nameserver"
	"golang.org/x/sync/errgroup"
	"k8s.io/client-go/rest"
)

// repository is where the product and its examples are.
const repository = "../.."

// What TestMain starts and builds; no test changes it.
var (
	conforming, nonconforming *cluster.Cluster
	issuing                   *cluster.Cluster
	names                     *nameserver.Server // that its ACME server asks
	planted                   canaries           // in the non-conforming cluster
	program                   string             // the path of kubevidence
)

func TestMain(m *testing.M) {
	rest.SetDefaultWarningHandler(rest.NoWarnings{}) // the examples have no real keys
	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	folder, err := os.MkdirTemp("", "live-")
	if err == nil {
		err = prepare(ctx, folder)
	}
	code := 1
	if err != nil {
		fmt.Fprintln(os.Stderr, "prepare the live tests:", err)
	} else {
		code = m.Run()
	}
	for _, c := range []*cluster.Cluster{conforming, nonconforming, issuing} {
		if c != nil {
			c.Stop()
		}
	}
	if names != nil {
		names.Stop()
	}
	os.RemoveAll(folder)
	release()
	os.Exit(code)
}

func prepare(ctx context.Context, folder string) error {
	options := cluster.Options{Examples: filepath.Join(repository, "examples"), Log: os.Stderr}
	// The group's context would end what the others have started.
	var group errgroup.Group
	group.Go(func() (err error) {
		conforming, err = cluster.Conforming(ctx, options)
		return err
	})
	group.Go(func() (err error) {
		if nonconforming, err = cluster.Nonconforming(ctx, options); err == nil {
			planted, err = plant(ctx, nonconforming)
		}
		return err
	})
	group.Go(func() (err error) {
		issuing, names, err = cluster.Issuing(ctx, options)
		return err
	})
	group.Go(func() error {
		program = filepath.Join(folder, "kubevidence")
		cmd := exec.CommandContext(ctx, "go", "build", "-o", program, "./cmd/kubevidence")
		cmd.Dir = repository
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
		if output, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build kubevidence: %w\n%s", err, output)
		}
		return nil
	})
	return group.Wait()
}
