package main

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/report"
)

// TestReachSharedCases compares what `reach -o json` prints of each case's manifests with
// the exact port sets that an unrelated analyzer prints. Where Pods run in the host's
// network, or blocks hold Pods, the two read policy differently: those are left out, and
// such cases say so themselves.
func TestReachSharedCases(t *testing.T) {
	cases, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "cases", "network-policies", "*", "expected.json"))
	if len(cases) == 0 {
		t.Skip("no cases with known answers beside this repository")
	}
	compared := 0
	for _, path := range cases {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var want struct {
			KnownDivergence string
			Pairs           []struct{ Src, Dst, Connections string }
		}
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if want.Pairs == nil || strings.Contains(want.KnownDivergence, "ipBlock") || strings.Contains(want.KnownDivergence, "hostNetwork") {
			continue
		}
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			var out, errs bytes.Buffer
			code := execute(t.Context(), []string{"kubevidence", "reach", "-o", "json", "--input", filepath.Dir(path)}, streams{out: &out, err: &errs})
			if code != exitOK && code != exitIncomplete {
				t.Fatalf("exit code %d: %s", code, errs.String())
			}
			var rows []report.Connectivity
			if err := json.Unmarshal(out.Bytes(), &rows); err != nil {
				t.Fatal(err)
			}
			if !slices.IsSortedFunc(rows, func(a, b report.Connectivity) int {
				return strings.Compare(a.Source+"\x00"+a.Destination, b.Source+"\x00"+b.Destination)
			}) {
				t.Error("the rows aren't sorted")
			}
			got, expected := map[string]string{}, map[string]string{}
			for _, row := range rows {
				if strings.Contains(row.Source, "[") && strings.Contains(row.Destination, "[") {
					var words []string
					for _, c := range row.Connections {
						words = append(words, string(c.Protocol)+" "+c.Ports)
					}
					if len(words) > 0 { // a Pod without an address may be in a block: indeterminate, where the analyzer says no
						got[row.Source+" → "+row.Destination] = strings.Join(words, ",")
					}
				}
			}
			for _, p := range want.Pairs {
				if strings.HasSuffix(p.Src, "[External]") || strings.HasSuffix(p.Dst, "[External]") {
					outsideAllowed(t, rows, p.Src, p.Dst, p.Connections)
					continue
				}
				if p.Connections == "All Connections" {
					p.Connections = "TCP 1-65535,UDP 1-65535,SCTP 1-65535"
				}
				expected[p.Src+" → "+p.Dst] = inOrder(p.Connections)
			}
			if diff := cmp.Diff(expected, got); diff != "" {
				t.Errorf("pairs (-want +got):\n%s", diff)
			}
			compared += len(got)
		})
	}
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// outsideAllowed holds that a row covers the first and the last address of a range.
func outsideAllowed(t *testing.T, rows []report.Connectivity, src, dst, connections string) {
	t.Helper()
	span, inside, outward := strings.TrimSuffix(src, "[External]"), dst, false
	if strings.HasSuffix(dst, "[External]") {
		span, inside, outward = strings.TrimSuffix(dst, "[External]"), src, true
	}
	first, last, _ := strings.Cut(span, "-")
	for _, text := range []string{first, last} {
		address := netip.MustParseAddr(text)
		if !slices.ContainsFunc(rows, func(r report.Connectivity) bool {
			workload, network := r.Destination, r.Source
			if outward {
				workload, network = r.Source, r.Destination
			}
			prefix, err := netip.ParsePrefix(network)
			return err == nil && workload == inside && prefix.Contains(address) && (connections != "All Connections" || len(r.Connections) == 3)
		}) {
			t.Errorf("%s → %s: %s isn't allowed with %s", src, dst, connections, address)
		}
	}
}

// inOrder sorts "UDP 1,TCP 2,3" by TCP, UDP, SCTP.
func inOrder(connections string) string {
	var parts []string
	for part := range strings.SplitSeq(connections, ",") {
		if part = strings.TrimSpace(part); strings.Contains(part, " ") {
			parts = append(parts, part)
		} else {
			parts[len(parts)-1] += "," + part
		}
	}
	order := []string{"TCP", "UDP", "SCTP"}
	slices.SortFunc(parts, func(a, b string) int {
		return slices.Index(order, strings.Fields(a)[0]) - slices.Index(order, strings.Fields(b)[0])
	})
	return strings.Join(parts, ",")
}
