package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/report"
	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
)

// A reach asks what declared policy lets pass.
type reach struct {
	input
	from, to string
	port     string
	output   string
}

func newReach(std streams) *cobra.Command {
	r := &reach{input: input{std: std}}
	cmd := &cobra.Command{
		Use:   "reach",
		Short: "Say which connections policies allow, and why",
		Long: `Say which connections the policies of every engine allow, as declared: no traffic
is observed. With --from and --to a question about two ends is answered, with the
policies that select each end and the rules that decide. With one of them, or
with neither, every pair that something is allowed between is listed; a pair that
isn't listed is denied.

An end is a workload (namespace/name, or namespace/name[Kind] where several share
the name), a Pod (namespace/name), an address or a network outside the cluster
(CIDR).

Exit codes: 0 answered, whichever way · 4 it can't be told: a policy can't be
understood, evaluated or read.`,
		Example: `  kubevidence reach --from shop/web --to bank/ledger --port 443/TCP
  kubevidence reach --from shop/web --to 169.254.169.254 --port 80
  kubevidence reach --to bank/ledger
  kubevidence reach --input manifests/ -o json
  kubevidence reach -o dot | dot -Tsvg > reach.svg`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return r.run(cmd.Context()) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&r.from, "from", "", "the end that connects: namespace/name, an address or a network")
	flags.StringVar(&r.to, "to", "", "the end that is connected to")
	flags.StringVar(&r.port, "port", "", "one port, 80 or 53/UDP; needs --from and --to")
	flags.StringVarP(&r.output, "output", "o", "text", "text, json, or dot for Graphviz")
	r.bindFiles(flags)
	r.bindCluster(flags)
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]cobra.Completion{"text", "json", "dot"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// reachResources are what reachability rests on.
var reachResources = slices.Concat([]audit.Resource{
	audit.Namespaces, audit.Pods, audit.Deployments, audit.StatefulSets, audit.DaemonSets, audit.ReplicaSets,
	audit.Jobs, audit.CronJobs, audit.ReplicationControllers, audit.Nodes, audit.ConfigMaps,
}, audit.PolicyResources)

func (r *reach) run(ctx context.Context) error {
	if err := r.validate(); err != nil {
		return err
	}
	if !slices.Contains([]string{"text", "json", "dot"}, r.output) {
		return usageError("-o %q: text, json and dot can be printed", r.output)
	}
	port, err := r.portAsked()
	if err != nil {
		return err
	}
	snapshot, err := r.snapshot(ctx, reachResources, nil)
	if err != nil {
		return err
	}
	for _, needed := range []audit.Resource{audit.Pods, audit.NetworkPolicies} {
		if gap, unread := snapshot.Reading(needed).Gap(""); unread && snapshot.Reading(needed).State == audit.Unread {
			return fmt.Errorf("reachability needs %s: %s", needed, gap.Message)
		}
	}
	facts := audit.Derive(snapshot, audit.DefaultConfig(), audit.Options{At: snapshot.Collection.Ended})
	from, err := endOf(facts, "--from", r.from)
	if err != nil {
		return err
	}
	to, err := endOf(facts, "--to", r.to)
	if err != nil {
		return err
	}
	if from != nil && to != nil && from.Outside() && to.Outside() {
		return usageError("--from %s and --to %s are both outside the cluster: no policy of it speaks of that", r.from, r.to)
	}
	if from != nil && to != nil && r.output == "text" {
		answer, err := report.Explain(r.std.out, facts, from, to, port)
		if err == nil && answer == report.Undecided {
			err = outcome(exitIncomplete)
		}
		return err
	}
	return r.list(ctx, facts, ends(from), ends(to), port)
}

// list writes rows as they come.
func (r *reach) list(ctx context.Context, f *audit.Facts, from, to []report.End, port *report.Port) error {
	doubtful := false
	var rows iter.Seq[report.Connectivity] = func(yield func(report.Connectivity) bool) {
		report.Connectivities(f, from, to, func(row report.Connectivity) bool {
			if port != nil && !row.On(port) {
				return true
			}
			doubtful = doubtful || row.Indeterminate != ""
			return ctx.Err() == nil && yield(row)
		})
	}
	write := map[string]func(io.Writer, iter.Seq[report.Connectivity]) error{
		"text": report.WriteReachText, "json": report.WriteReachJSON, "dot": report.WriteReachDOT,
	}[r.output]
	if err := write(untilDone{ctx, r.std.out}, rows); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("write: %w", err)
	}
	if doubtful {
		return outcome(exitIncomplete)
	}
	return nil
}

func ends(e *report.End) []report.End {
	if e == nil {
		return nil
	}
	return []report.End{*e}
}

// portAsked reads "80", "80/TCP", "53/udp".
func (r *reach) portAsked() (*report.Port, error) {
	if r.port == "" {
		return nil, nil
	}
	if r.from == "" || r.to == "" {
		return nil, usageError("--port %s goes with --from and --to", r.port)
	}
	number, protocol, given := strings.Cut(r.port, "/")
	if !given {
		protocol = "TCP"
	}
	n, err := strconv.ParseUint(number, 10, 16)
	protocol = strings.ToUpper(protocol)
	if err != nil || n == 0 || !slices.Contains([]string{"TCP", "UDP", "SCTP"}, protocol) {
		return nil, usageError("--port %q is no port: 80, 80/TCP, 53/UDP or 3868/SCTP, from 1 to 65535", r.port)
	}
	return &report.Port{Protocol: corev1.Protocol(protocol), Number: int32(n)}, nil
}

// endOf finds what a flag names; nil where it isn't given.
func endOf(f *audit.Facts, flag, text string) (*report.End, error) {
	if text == "" {
		return nil, nil
	}
	if a, err := netip.ParseAddr(text); err == nil {
		return &report.End{Name: text, Network: netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen())}, nil
	}
	if p, err := netip.ParsePrefix(text); err == nil {
		return &report.End{Name: p.Masked().String(), Network: p.Masked()}, nil
	}
	namespace, name, ok := strings.Cut(text, "/")
	if ok && strings.ContainsAny(namespace, ".:") { // which no namespace's name has
		return nil, usageError("%s %q is no network: such as 10.0.0.0/8 or fd00::/8", flag, text)
	}
	if !ok || namespace == "" || name == "" {
		return nil, usageError("%s %q is neither namespace/name nor an address nor a network, such as 10.0.0.0/8", flag, text)
	}
	end, err := report.FindEnd(f, text)
	if several := (*report.AmbiguousError)(nil); errors.As(err, &several) {
		return nil, usageError("%s %s could be %s: say which", flag, text, strings.Join(several.Names, " or "))
	}
	if err != nil {
		return nil, usageError("%s %w", flag, err)
	}
	return end, nil
}
