package netpol

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// TestReachCases evaluates testdata/reach/*.txtar. Each case says in its comment what it shows and holds objects.yaml
// and the sections that it is about: paths (between every two Pods, with the reasons), outside (of each Pod), matrix
// (of namespaces) and columns (of each Pod).
func TestReachCases(t *testing.T) {
	cases, _ := filepath.Glob("testdata/reach/*.txtar")
	if len(cases) == 0 {
		t.Fatal("no cases in testdata/reach")
	}
	sections := map[string]func(*manifest, *Reachability) string{
		"paths": paths, "outside": outsides, "matrix": matrix, "columns": columns, "admin": administration,
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var m manifest
			if err := m.read(archive.Files[0].Data); err != nil {
				t.Fatal(err)
			}
			r := EvaluateReachability(&m.Cluster)
			for i := range archive.Files[1:] {
				section := &archive.Files[i+1]
				got := sections[section.Name](&m, r)
				if diff := cmp.Diff(string(section.Data), got); diff != "" && !*update {
					t.Errorf("%s differ (-want +got):\n%s", section.Name, diff)
				}
				section.Data = []byte(got)
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func paths(m *manifest, r *Reachability) string {
	var b strings.Builder
	for i, from := range m.Pods {
		for j, to := range m.Pods {
			if i == j {
				continue
			}
			p := r.Reach(PodEndpoint(i), PodEndpoint(j))[0]
			fmt.Fprintf(&b, "%s/%s -> %s/%s ", from.Namespace, from.Name, to.Namespace, to.Name)
			describe(&b, &p)
		}
	}
	return b.String()
}

func describe(b *strings.Builder, p *Path) {
	b.WriteString(p.Allowed.String())
	if !p.Indeterminate.Empty() {
		fmt.Fprintf(b, ", indeterminate %s", p.Indeterminate)
	}
	if !p.DependsOnPlugin.Empty() {
		fmt.Fprintf(b, ", depends on the plugin: %s", p.DependsOnPlugin)
	}
	if p.Always != "" {
		fmt.Fprintf(b, ": %s", p.Always)
	}
	b.WriteByte('\n')
	for i, side := range []*Passage{p.Egress, p.Ingress} {
		if side == nil || side.Verdict == None || side.Verdict == NotCoverable {
			continue
		}
		fmt.Fprintf(b, "    %s %s", []string{"egress", "ingress"}[i], side.Verdict)
		list(b, "by", side.SelectedBy)
		b.WriteByte('\n')
		for _, d := range side.Decided {
			fmt.Fprintf(b, "        %s %s: %s %s\n", d.Policy, d.Path, d.Action, d.Connections)
		}
		for _, u := range side.Unparseable {
			fmt.Fprintf(b, "        %s %s\n", u.Policy, u.Reason)
		}
	}
}

func outsides(m *manifest, r *Reachability) string {
	var b strings.Builder
	for i, pod := range m.Pods {
		for _, d := range Directions {
			for _, p := range r.Outside(i, d) {
				fmt.Fprintf(&b, "%s/%s %s %s ", pod.Namespace, pod.Name, d, p.Outside)
				describe(&b, &p)
			}
		}
	}
	return b.String()
}

func matrix(_ *manifest, r *Reachability) string {
	var b strings.Builder
	groups := r.Namespaces()
	m := r.Matrix(groups)
	for i, from := range groups {
		for j, to := range groups {
			c, g := m.Cell(i, j), m.Grounds(i, j)
			fmt.Fprintf(&b, "%s -> %s %s: %s", from.Name, to.Name, c.Access, c.Allowed)
			if !c.Indeterminate.Empty() {
				fmt.Fprintf(&b, ", indeterminate %s", c.Indeterminate)
			}
			for _, rule := range g.Rules {
				fmt.Fprintf(&b, " by %s %s", rule.Policy, rule.Path)
			}
			b.WriteByte('\n')
		}
		for _, d := range Directions {
			border := m.Outside(i, d)
			fmt.Fprintf(&b, "%s outside %s %s\n", from.Name, d, border.Access)
			for _, part := range border.Ranges {
				fmt.Fprintf(&b, "    %s %s\n", part.Addresses, part.Allowed)
			}
		}
	}
	return b.String()
}

func columns(m *manifest, r *Reachability) string {
	var b strings.Builder
	for i, p := range m.Pods {
		for _, d := range Directions {
			c := r.Columns(i, d)
			fmt.Fprintf(&b, "%s/%s %s: networkPolicy %s, adminTiers %s, effective %s", p.Namespace, p.Name, d,
				c.ByNetworkPolicy.Verdict, c.ByAdminTiers.Verdict, c.Effective.Verdict)
			list(&b, "by", c.Effective.SelectedBy)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func administration(_ *manifest, r *Reachability) string {
	var b strings.Builder
	for _, c := range r.Conflicts() {
		fmt.Fprintf(&b, "conflict at %d %s", c.Priority, c.Direction)
		list(&b, "of", c.Policies)
		b.WriteByte('\n')
	}
	for _, u := range r.Unparseable() {
		fmt.Fprintf(&b, "%s %s\n", u.Policy, u.Reason)
	}
	return b.String()
}

// TestPrefixes cuts ranges into the fewest networks.
func TestPrefixes(t *testing.T) {
	for text, want := range map[string]string{
		"0.0.0.0-255.255.255.255":                    "[0.0.0.0/0]",
		"10.0.0.1-10.0.0.6":                          "[10.0.0.1/32 10.0.0.2/31 10.0.0.4/31 10.0.0.6/32]",
		"::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff": "[::/0]",
		"255.255.255.254-255.255.255.255":            "[255.255.255.254/31]",
	} {
		first, last, _ := parseExternal(text + "[External]")
		if got := fmt.Sprint(AddressRange{first, last}.Prefixes()); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	if got := (AddressRange{}).Prefixes(); got != nil {
		t.Errorf("no addresses are %v", got)
	}
}
