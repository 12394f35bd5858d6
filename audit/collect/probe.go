package collect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"golang.org/x/sync/errgroup"
)

// ProbeOptions say how servers are asked. The zero value asks with the system's resolver.
type ProbeOptions struct {
	Timeout  time.Duration // of one connection with its handshake, and of one lookup; 5 s where 0
	Resolver string        // HOST:PORT of a DNS server; the system's where ""

	// Dial opens connections to servers, and Lookup finds the addresses of a name; those
	// of package net where nil.
	Dial   func(ctx context.Context, network, address string) (net.Conn, error)
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
}

const (
	probesAtOnce = 32
	probeTimeout = 5 * time.Second
	maxAddresses = 16 // of one hostname of a status
)

// probe asks the servers of every exposed host with TLS what they present, where that was
// asked for. It connects to what the status of Ingresses and Gateways says and to nothing
// else: what the hosts themselves resolve to is noted, never connected to.
func (r *reader) probe(ctx context.Context) {
	reading := &audit.Reading{Resource: audit.Handshakes, State: audit.Read}
	r.readings[audit.Handshakes] = reading
	if r.o.Probe == nil {
		reading.State = audit.Unread
		reading.Gaps = []audit.Gap{{Reason: audit.NotRequested, Verb: "probe", Message: "servers are asked only with --probe, which was not given"}}
		return
	}
	finish(&r.kept.Snapshot)
	hosts := audit.ServedHosts(&r.kept.Snapshot)
	if r.o.InScope != nil {
		hosts = slices.DeleteFunc(hosts, func(h audit.ServedHost) bool { return !r.o.InScope(h.Namespace) })
	}
	started := instant(r.now())
	p := newProber(r.o.Probe, r.now)
	r.kept.Handshakes = p.ask(ctx, hosts, func() {
		if r.progress != nil {
			r.progress(audit.Handshakes, 1)
		}
	})
	for i := range r.kept.Handshakes {
		h := &r.kept.Handshakes[i]
		if h.Error == "" {
			continue
		}
		of := slices.IndexFunc(hosts, func(s audit.ServedHost) bool { return s.Host == h.Host })
		gap := audit.Gap{Namespace: hosts[of].Namespace, Name: h.Host, Reason: audit.Failed, Verb: "probe", Message: h.Text() + ": " + h.Error}
		if !slices.Contains(reading.Gaps, gap) {
			reading.Gaps = append(reading.Gaps, gap)
		}
	}
	r.queries = append(r.queries, audit.Query{
		Resource: audit.Handshakes, Request: "TLS handshakes, nothing sent after them", Pages: len(r.kept.Handshakes), Listed: len(r.kept.Handshakes),
		Started: started, DurationMS: r.now().Sub(started).Milliseconds(),
	})
}

// A prober asks servers, some at once.
type prober struct {
	ProbeOptions
	now  func() time.Time
	kept chains
}

func newProber(o *ProbeOptions, now func() time.Time) *prober {
	p := &prober{ProbeOptions: *o, now: now, kept: chains{seen: map[string]string{}, left: maxKept}}
	if p.Timeout == 0 {
		p.Timeout = probeTimeout
	}
	if p.Dial == nil {
		p.Dial = new(net.Dialer).DialContext
	}
	if p.Lookup == nil {
		p.Lookup = lookup(p.Resolver)
	}
	return p
}

// lookup finds addresses by the system's resolver, or by one DNS server alone. A name is
// absolute: search domains are this machine's, not the users'.
func lookup(server string) func(context.Context, string) ([]netip.Addr, error) {
	if server != "" {
		return func(ctx context.Context, host string) ([]netip.Addr, error) { return askServer(ctx, server, host) }
	}
	return func(ctx context.Context, host string) ([]netip.Addr, error) {
		return net.DefaultResolver.LookupNetIP(ctx, "ip", strings.TrimSuffix(host, ".")+".")
	}
}

// A name is what looking up a host gave.
type name struct {
	addresses []netip.Addr // sorted; empty where there is no such name
	err       string
}

// ask makes a handshake for each host with each address, and returns them sorted.
func (p *prober) ask(ctx context.Context, hosts []audit.ServedHost, each func()) []audit.Handshake {
	var wanted []string
	for i := range hosts {
		wanted = append(wanted, hosts[i].Host)
		if _, err := netip.ParseAddr(hosts[i].Address); err != nil {
			wanted = append(wanted, hosts[i].Address)
		}
	}
	slices.Sort(wanted)
	names := p.lookUp(ctx, slices.Compact(wanted))
	var list []audit.Handshake
	for i := range hosts {
		list = append(list, addressed(&hosts[i], names)...)
	}
	slices.SortFunc(list, compareHandshakes)
	list = slices.CompactFunc(list, func(a, b audit.Handshake) bool { return compareHandshakes(a, b) == 0 })
	var group errgroup.Group
	group.SetLimit(probesAtOnce)
	for i := range list {
		group.Go(func() error {
			if list[i].Error == "" {
				p.handshake(ctx, &list[i])
			}
			each()
			return nil
		})
	}
	_ = group.Wait() // what failed is in the handshakes
	return list
}

func compareHandshakes(a, b audit.Handshake) int {
	return cmp.Or(strings.Compare(a.Host, b.Host), strings.Compare(a.Address, b.Address), cmp.Compare(a.Port, b.Port), strings.Compare(a.Name, b.Name))
}

func (p *prober) lookUp(ctx context.Context, hosts []string) map[string]name {
	var group errgroup.Group
	group.SetLimit(probesAtOnce)
	var one sync.Mutex
	names := map[string]name{}
	for _, host := range hosts {
		group.Go(func() error {
			found := p.find(ctx, host)
			one.Lock()
			defer one.Unlock()
			names[host] = found
			return nil
		})
	}
	_ = group.Wait() // what failed is in the names
	return names
}

func (p *prober) find(ctx context.Context, host string) name {
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	addresses, err := p.Lookup(ctx, host)
	failed := new(net.DNSError)
	switch {
	case errors.As(err, &failed) && failed.IsNotFound:
		return name{}
	case errors.As(err, &failed):
		return name{err: failed.Err} // without the server's name
	case err != nil:
		return name{err: err.Error()}
	}
	for i := range addresses {
		addresses[i] = addresses[i].Unmap()
	}
	slices.SortFunc(addresses, netip.Addr.Compare)
	return name{addresses: slices.Compact(addresses)}
}

// addressed are the handshakes to be made for a host: one for each address that the status
// has, or that its hostname leads to.
func addressed(s *audit.ServedHost, names map[string]name) []audit.Handshake {
	h := audit.Handshake{Host: s.Host, Port: s.Port, ResolveError: names[s.Host].err}
	for _, a := range names[s.Host].addresses {
		h.Resolved = append(h.Resolved, a.String())
	}
	if a, err := netip.ParseAddr(s.Address); err == nil {
		h.Address = a.Unmap().String()
		h.Error = unasked(a)
		return []audit.Handshake{h}
	}
	h.Name = s.Address
	found := names[s.Address]
	if len(found.addresses) == 0 {
		h.Error = fmt.Sprintf("the status's hostname %s leads to no address", s.Address)
		if found.err != "" {
			h.Error = fmt.Sprintf("the status's hostname %s: %s", s.Address, found.err)
		}
		return []audit.Handshake{h}
	}
	var list []audit.Handshake
	for _, a := range found.addresses[:min(len(found.addresses), maxAddresses)] {
		h.Address, h.Error = a.String(), unasked(a)
		list = append(list, h)
	}
	return list
}

func join(h *audit.Handshake) string {
	return net.JoinHostPort(h.Address, strconv.Itoa(int(h.Port)))
}
