package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/collect"
	"github.com/spf13/pflag"
	"k8s.io/client-go/tools/clientcmd"
)

// An input is where a snapshot comes from: a cluster, as kubectl's flags choose it, or
// files.
type input struct {
	paths       []string
	at          string
	readSecrets bool
	probe       bool
	probing     collect.ProbeOptions
	all         bool
	timeout     time.Duration

	kubeconfig string
	overrides  clientcmd.ConfigOverrides
	std        streams
}

// bindCluster adds the flags that choose a cluster, as kubectl has them.
func (in *input) bindCluster(flags *pflag.FlagSet) {
	flags.StringVar(&in.kubeconfig, "kubeconfig", "", "path to the kubeconfig file")
	clientcmd.BindOverrideFlags(&in.overrides, flags, clientcmd.RecommendedConfigOverrideFlags(""))
	flags.BoolVarP(&in.all, "all-namespaces", "A", false, "the whole cluster (the default; excludes --namespace)")
	flags.BoolVar(&in.readSecrets, "read-secrets", false, "get the Secrets that Ingresses, Gateways and Certificates name; their CERTIFICATE blocks are kept, and whether the key matches")
	flags.DurationVar(&in.timeout, "timeout", 10*time.Minute, "bound on the whole run; 0 is none")
}

// bindProbe adds the flags that ask servers beside the cluster.
func (in *input) bindProbe(flags *pflag.FlagSet) {
	flags.BoolVar(&in.probe, "probe", false, "ask each exposed host with TLS, at the addresses that Ingresses and Gateways have, for its certificate: handshakes, nothing after them")
	flags.DurationVar(&in.probing.Timeout, "probe-timeout", 5*time.Second, "bound on each connection of --probe")
	flags.StringVar(&in.probing.Resolver, "resolver", "", "DNS server of --probe, HOST:PORT, instead of the system's")
}

// bindFiles adds the flags that read files instead of a cluster.
func (in *input) bindFiles(flags *pflag.FlagSet) {
	flags.StringArrayVar(&in.paths, "input", nil, "evaluate a snapshot or manifests (file, folder or - for standard input) instead of a cluster; may be repeated")
	flags.StringVar(&in.at, "at", "", "instant of evaluation, RFC 3339 or a day; with --input only")
}

// namespace is what -n narrows the subjects to; "" is the whole cluster.
func (in *input) namespace() string { return in.overrides.Context.Namespace }

// validate reports flags that don't go together.
func (in *input) validate() error {
	switch {
	case in.at != "" && len(in.paths) == 0:
		return usageError("--at goes with --input: a live cluster is evaluated at the end of collection")
	case in.all && in.namespace() != "":
		return usageError("--all-namespaces and --namespace exclude each other")
	case in.readSecrets && len(in.paths) > 0:
		return usageError("--read-secrets is for a live cluster: files hold what they hold")
	case in.probe && len(in.paths) > 0:
		return usageError("--probe is for a live cluster: files are no servers that could be asked")
	case !in.probe && in.probing.Resolver != "":
		return usageError("--resolver goes with --probe")
	case in.probe && in.probing.Timeout <= 0:
		return usageError("--probe-timeout %s isn't positive", in.probing.Timeout)
	case in.probing.Resolver != "" && !isHostPort(in.probing.Resolver):
		return usageError("--resolver %q isn't HOST:PORT, such as 9.9.9.9:53", in.probing.Resolver)
	case in.timeout < 0:
		return usageError("--timeout %s is negative", in.timeout)
	}
	_, err := in.instant()
	return err
}

// isHostPort reports whether a text names a host and a port by number.
func isHostPort(text string) bool {
	host, port, err := net.SplitHostPort(text)
	if err != nil || host == "" {
		return false
	}
	number, err := strconv.ParseUint(port, 10, 16)
	return err == nil && number > 0
}

// instant is what --at says, zero where it isn't given.
func (in *input) instant() (time.Time, error) {
	if in.at == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, in.at); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, usageError("--at %q is neither RFC 3339 (2026-11-22T12:00:00Z) nor a day (2026-11-22)", in.at)
}

// errTimeout says that --timeout ended the run.
var errTimeout = errors.New("the run took longer than --timeout; nothing was written")

// bounded is a context that ends with --timeout.
func (in *input) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if in.timeout == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, in.timeout, errTimeout)
}

// snapshot reads what the flags ask for.
func (in *input) snapshot(ctx context.Context, resources []audit.Resource, inScope func(namespace string) bool) (*audit.Snapshot, error) {
	ctx, cancel := in.bounded(ctx)
	defer cancel()
	snapshot, err := in.read(ctx, resources, inScope)
	if ctx.Err() != nil {
		// Whatever the last request said: the run was ended, it didn't fail.
		return nil, context.Cause(ctx)
	}
	return snapshot, err
}

func (in *input) read(ctx context.Context, resources []audit.Resource, inScope func(namespace string) bool) (*audit.Snapshot, error) {
	if len(in.paths) > 0 {
		at, err := in.instant()
		if err != nil {
			return nil, err
		}
		if at.IsZero() {
			at = time.Now().UTC().Truncate(time.Second)
		}
		return collect.Files(ctx, collect.FilesOptions{Paths: in.paths, Stdin: in.std.in, At: at})
	}
	options, err := in.live(resources)
	if err != nil {
		return nil, err
	}
	progress := newProgress(in.std.err)
	defer progress.done()
	options.InScope, options.Progress = inScope, progress.report
	return collect.Live(ctx, options)
}

// live is how the flags choose a cluster.
func (in *input) live(resources []audit.Resource) (collect.LiveOptions, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = in.kubeconfig
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &in.overrides)
	config, err := loader.ClientConfig()
	switch {
	case clientcmd.IsEmptyConfig(err):
		return collect.LiveOptions{}, errors.New("no cluster to read: no kubeconfig was found (looked at --kubeconfig, $KUBECONFIG, ~/.kube/config) and this isn't a Pod; give --kubeconfig FILE, or --input PATH for files")
	case err != nil:
		return collect.LiveOptions{}, fmt.Errorf("read kubeconfig: %w", err)
	}
	config.UserAgent = "kubevidence/" + tool().Version
	home, _, err := loader.Namespace()
	if err != nil {
		return collect.LiveOptions{}, fmt.Errorf("read kubeconfig: %w", err)
	}
	var probe *collect.ProbeOptions
	if in.probe {
		probe = &in.probing
	}
	return collect.LiveOptions{
		Config:      config,
		Cluster:     in.clusterName(loader),
		Resources:   resources,
		Namespace:   in.namespace(),
		Home:        home,
		ReadSecrets: in.readSecrets,
		Probe:       probe,
		Now:         time.Now,
	}, nil
}

// clusterName is what the kubeconfig calls the cluster, "" in a Pod.
func (in *input) clusterName(loader clientcmd.ClientConfig) string {
	raw, err := loader.RawConfig()
	if err != nil {
		return ""
	}
	current := raw.CurrentContext
	if in.overrides.CurrentContext != "" {
		current = in.overrides.CurrentContext
	}
	if in.overrides.Context.Cluster != "" {
		return in.overrides.Context.Cluster
	}
	if c := raw.Contexts[current]; c != nil {
		return c.Cluster
	}
	return ""
}

// readConfig reads the configuration file, the defaults where none is named.
func readConfig(path string) (*audit.Config, error) {
	if path == "" {
		return audit.DefaultConfig(), nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, usageError("read configuration: %w", err)
	}
	config, err := audit.ParseConfig(data)
	if err != nil {
		return nil, usageError("configuration %s: %w", path, err)
	}
	return config, nil
}

// addAuthorities reads files of CAs into a configuration.
func addAuthorities(files []string, c *audit.Config) error {
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return usageError("--authorities: %w", err)
		}
		if words := audit.InvalidAuthorities(text); words != "" {
			return usageError("--authorities %s: %s", file, words)
		}
		c.Keys.Authorities = append(c.Keys.Authorities, string(text))
	}
	return nil
}
