package netpol

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

type sharedReach struct {
	Probes []struct {
		Protocol        corev1.Protocol
		Port            int32
		Allowed, Denied []string
	}
	Pairs      []sharedPair
	PairsBySrc map[string]map[string][]string
}

type sharedPair struct{ Src, Dst, Connections string }

// TestSharedReach compares what is allowed with the truth tables of Kubernetes' own end-to-end tests, with a
// simulator's, and with the exact port sets that an unrelated analyzer prints. That one takes hostNetwork Pods for
// ordinary ones and matches no Pod by address: pairs of the former are left out, and the latter is its reading.
func TestSharedReach(t *testing.T) {
	cases, _ := filepath.Glob(filepath.Join(shared, "*", "expected.json"))
	if len(cases) == 0 {
		t.Skipf("no cases with known answers at %s", shared)
	}
	verdicts := map[string]int{}
	for _, expected := range cases {
		folder := filepath.Dir(expected)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			var want sharedReach
			read(t, expected, func(content []byte) error { return json.Unmarshal(content, &want) })
			m := readFolder(t, folder)
			r := EvaluateReachability(&m.Cluster)
			verdicts["probes"] += probe(t, &want, m, r)
			for src, byConnections := range want.PairsBySrc {
				for connections, destinations := range byConnections {
					for _, dst := range destinations {
						want.Pairs = append(want.Pairs, sharedPair{src, dst, connections})
					}
				}
			}
			if want.Pairs != nil {
				verdicts["pairs"] += comparePairs(t, want.Pairs, m, r)
				verdicts["ranges"] += compareRanges(t, want.Pairs, m, r)
			}
		})
	}
	t.Logf("compared: %v", verdicts)
}

func probe(t *testing.T, want *sharedReach, m *manifest, r *Reachability) (compared int) {
	for _, p := range want.Probes {
		for i, from := range m.Pods {
			for j, to := range m.Pods {
				name := fmt.Sprintf("%s/%s -> %s/%s", from.Namespace, from.Name, to.Namespace, to.Name)
				denied := slices.Contains(p.Denied, name)
				if i == j || p.Allowed != nil && !denied && !slices.Contains(p.Allowed, name) {
					continue
				}
				path := r.Reach(PodEndpoint(i), PodEndpoint(j))[0]
				if path.Allowed.Allows(p.Protocol, p.Port) == denied {
					t.Errorf("%s %s %d: got %s, want denied %t", name, p.Protocol, p.Port, path.Allowed, denied)
				}
				compared++
			}
		}
	}
	return compared
}

// bySelector is the reading of a path that matches no Pod by address.
func bySelector(p Path) Connections { return p.Allowed.difference(p.DependsOnPlugin) }

func comparePairs(t *testing.T, pairs []sharedPair, m *manifest, r *Reachability) (compared int) {
	want := map[[2]string]Connections{}
	for _, p := range pairs {
		want[[2]string{p.Src, p.Dst}] = parseConnections(t, p.Connections)
	}
	for i, from := range m.Pods {
		for j, to := range m.Pods {
			pair := [2]string{m.workloads[i], m.workloads[j]}
			if pair[0] == pair[1] || from.HostNetwork || to.HostNetwork {
				continue
			}
			if got := bySelector(r.Reach(PodEndpoint(i), PodEndpoint(j))[0]); !got.Equal(want[pair]) {
				t.Errorf("%s -> %s: got %s, want %s", pair[0], pair[1], got, want[pair])
			}
			compared++
		}
	}
	return compared
}

func compareRanges(t *testing.T, pairs []sharedPair, m *manifest, r *Reachability) (compared int) {
	for i, p := range m.Pods {
		if p.HostNetwork {
			continue
		}
		for _, d := range Directions {
			got := r.Outside(i, d)
			bounds := []netip.Addr{netip.MustParseAddr("0.0.0.0")}
			for _, pair := range pairs {
				inside, outside := pair.Dst, pair.Src
				if d == Egress {
					inside, outside = outside, inside
				}
				if first, last, ok := parseExternal(outside); ok && inside == m.workloads[i] {
					bounds = append(bounds, first)
					if last.Next().IsValid() {
						bounds = append(bounds, last.Next())
					}
				}
			}
			for _, path := range got {
				bounds = append(bounds, path.Outside.First)
			}
			for _, a := range bounds {
				if !a.Is4() {
					continue
				}
				var have Connections
				for _, path := range got {
					if holds([]addressRange{{path.Outside.First, path.Outside.Last}}, a) == yes {
						have = path.Allowed
					}
				}
				if expected := wantAt(pairs, m.workloads[i], d, a, t); !have.Equal(expected) {
					t.Errorf("%s %s %s: got %s, want %s", m.workloads[i], d, a, have, expected)
				}
				compared++
			}
		}
	}
	return compared
}

func wantAt(pairs []sharedPair, workload string, d Direction, a netip.Addr, t *testing.T) Connections {
	for _, pair := range pairs {
		inside, outside := pair.Dst, pair.Src
		if d == Egress {
			inside, outside = outside, inside
		}
		if first, last, ok := parseExternal(outside); ok && inside == workload && !a.Less(first) && !last.Less(a) {
			return parseConnections(t, pair.Connections)
		}
	}
	return Connections{}
}

// parseExternal reads "10.0.0.0-10.255.255.255[External]".
func parseExternal(text string) (first, last netip.Addr, ok bool) {
	span, ok := strings.CutSuffix(text, "[External]")
	if !ok {
		return first, last, false
	}
	a, b, _ := strings.Cut(span, "-")
	return netip.MustParseAddr(a), netip.MustParseAddr(b), true
}

// parseConnections reads "All Connections" or "TCP 80,443,UDP 1-65535".
func parseConnections(t *testing.T, text string) Connections {
	t.Helper()
	if text == "All Connections" {
		return everyConnection
	}
	var spans []span
	protocol := ""
	for part := range strings.SplitSeq(text, ",") {
		if p, ports, ok := strings.Cut(strings.TrimSpace(part), " "); ok {
			protocol, part = p, ports
		}
		first, last, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			last = first
		}
		a, err := strconv.Atoi(first)
		b, err2 := strconv.Atoi(last)
		if err != nil || err2 != nil {
			t.Fatalf("connections %q: %v %v", text, err, err2)
		}
		spans = append(spans, span{corev1.Protocol(protocol), int32(a), int32(b)})
	}
	return connectionsOf(spans)
}
