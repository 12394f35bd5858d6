package controlplane

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Binaries are the paths of what Build has built.
type Binaries struct {
	APIServer   string
	Etcd        string
	CertManager string
	Pebble      string
	// CertManagerCRDs and GatewayAPICRDs are folders of YAML.
	CertManagerCRDs string
	GatewayAPICRDs  string
}

// Build builds every component that isn't built yet, and tells log what it does.
// The etcd and kube-apiserver of KUBEBUILDER_ASSETS are taken as they are.
func Build(ctx context.Context, log io.Writer) (Binaries, error) {
	return ensure(ctx, log, etcd, apiServer, pebble, certManager)
}

// ensure returns the paths of the components, built where they have to be.
func ensure(ctx context.Context, log io.Writer, components ...component) (Binaries, error) {
	var b Binaries
	for _, c := range components {
		folder, err := c.ensure(ctx, log)
		if err != nil {
			return Binaries{}, err
		}
		program := filepath.Join(folder, c.name)
		switch c.name {
		case apiServer.name:
			b.APIServer = program
		case etcd.name:
			b.Etcd = program
		case pebble.name:
			b.Pebble = program
		case certManager.name:
			b.CertManager = program
			b.CertManagerCRDs = filepath.Join(folder, "crds", "cert-manager")
			b.GatewayAPICRDs = filepath.Join(folder, "crds", "gateway-api")
		}
	}
	return b, nil
}

// ensure returns the folder that holds the component's program.
func (c component) ensure(ctx context.Context, log io.Writer) (string, error) {
	if assets := os.Getenv("KUBEBUILDER_ASSETS"); c.asset && assets != "" {
		return assets, nil
	}
	root, err := source()
	if err != nil {
		return "", err
	}
	kept := cache(filepath.Join(root, "bin"))
	digest, err := c.digest(root)
	if err != nil {
		return "", err
	}
	return kept.folder(c.name, digest, func(folder string) error {
		return c.build(ctx, log, filepath.Join(root, c.folder), folder)
	})
}

// build builds the component from the module at source into folder.
func (c component) build(ctx context.Context, log io.Writer, source, folder string) error {
	version, _, err := locate(ctx, source, c.module)
	if err != nil {
		return err
	}
	told := narrate(log, fmt.Sprintf("building %s %s (%s the first time, on two cores)", c.name, version, c.duration))
	defer told()

	link := "-s -w"
	if c.stamp != "" {
		link += " -X " + c.stamp + "=" + version
	}
	_, err = goCommand(ctx, source, "build", "-buildvcs=false", "-ldflags", link, "-o", filepath.Join(folder, c.name), c.pkg)
	if err != nil {
		return fmt.Errorf("build %s: %w", c.name, err)
	}
	for _, crds := range c.crds {
		_, module, err := locate(ctx, source, crds.module)
		if err != nil {
			return err
		}
		from := filepath.Join(module, filepath.FromSlash(crds.folder))
		if err := os.CopyFS(filepath.Join(folder, "crds", crds.name), os.DirFS(from)); err != nil {
			return fmt.Errorf("copy %s: %w", from, err)
		}
	}
	return nil
}

// locate returns the version of a module that source requires, and its folder in
// the module cache, where it is downloaded to if it has to be.
func locate(ctx context.Context, source, module string) (version, folder string, err error) {
	if _, err := goCommand(ctx, source, "mod", "download", module); err != nil {
		return "", "", fmt.Errorf("download %s: %w", module, err)
	}
	out, err := goCommand(ctx, source, "list", "-m", "-f", "{{.Version}}\n{{.Dir}}", module)
	if err != nil {
		return "", "", fmt.Errorf("locate %s: %w", module, err)
	}
	version, folder, _ = strings.Cut(strings.TrimSpace(out), "\n")
	return version, folder, nil
}

// goCommand runs the go command in the module at folder and returns its output.
// All components are built with the same flags, whatever the environment says:
// they share most of what they compile.
func goCommand(ctx context.Context, folder string, args ...string) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		cause := cmp.Or(context.Cause(ctx), err)
		return "", fmt.Errorf("go %s: %w\n%s", args[0], cause, lastLines(stderr.String(), 20))
	}
	return stdout.String(), nil
}
