package netpol

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestReachCases evaluates testdata/reach/*.txtar: paths (between every two Pods, with the reasons), outside (of each
// Pod), matrix (of namespaces), columns (of each Pod), and admin (what is wrong with policies of administrators and of
// other engines).
func TestReachCases(t *testing.T) {
	runCases(t, "reach", EvaluateReachability, map[string]func(*manifest, *Reachability) string{
		"paths": paths, "outside": outsides, "matrix": matrix, "columns": columns, "admin": administration,
	})
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
				fmt.Fprintf(&b, "    %s %s", part.Addresses, part.Allowed)
				for _, rule := range m.OutsideGrounds(i, d, part.Addresses).Rules {
					fmt.Fprintf(&b, " by %s %s", rule.Policy, rule.Path)
				}
				b.WriteByte('\n')
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

// TestUnread leaves in doubt what a policy that isn't evaluated may decide, and nothing else.
func TestUnread(t *testing.T) {
	c := &Cluster{
		Pods:   []Pod{{Namespace: "x", Name: "a"}, {Namespace: "w", Name: "b"}, {Namespace: "x", Name: "host", HostNetwork: true}},
		Unread: []Unread{{PolicyRef{Kind: "NetworkPolicy.projectcalico.org", Namespace: "x", Name: "p"}, "not evaluated"}},
	}
	r := EvaluateReachability(c)
	for pod, want := range []Verdict{Indeterminate, None, NotCoverable} {
		if got := r.Columns(pod, Ingress).Effective.Verdict; got != want {
			t.Errorf("Pod %d: got %s, want %s", pod, got, want)
		}
	}
	p := r.Reach(PodEndpoint(1), PodEndpoint(0))[0]
	if !p.Allowed.Empty() || !p.Indeterminate.Everything() || len(p.Ingress.Unparseable) != 1 {
		t.Errorf("got %+v", p)
	}
	groups := r.Namespaces()
	if got := r.Matrix(groups).Cell(0, 1).Access; groups[0].Name != "w" || got != UnknownAccess {
		t.Errorf("%s -> %s is %s", groups[0].Name, groups[1].Name, got)
	}
	c.Unread[0].Namespace = ""
	if got := EvaluateReachability(c).Columns(1, Egress).Effective.Verdict; got != Indeterminate {
		t.Errorf("a policy of any namespace leaves a Pod %s", got)
	}
}

// TestAccessText: the zero value segregates nobody, and names survive.
func TestAccessText(t *testing.T) {
	var zero Cell
	if zero.Access != UnknownAccess {
		t.Errorf("the zero access is %s", zero.Access)
	}
	for a := UnknownAccess; a <= NotApplicableAccess; a++ {
		text, err := a.MarshalText()
		var back Access
		if err == nil {
			err = back.UnmarshalText(text)
		}
		if err != nil || back != a {
			t.Errorf("%s became %s: %v", a, back, err)
		}
	}
	if err := new(Access).UnmarshalText([]byte("open")); err == nil {
		t.Error("an access that is none was read")
	}
}

// TestConnections writes sets for people and for programs.
func TestConnections(t *testing.T) {
	c := connectionsOf([]span{{"TCP", 8000, 8010}, {"TCP", 443, 443}, {"TCP", 80, 80}, {"UDP", 1, 65535}, {"TCP", 8011, 8011}})
	if got, want := c.String(), "TCP 80,443,8000-8011 and UDP all"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	got, err := json.Marshal(c)
	if want := `[{"protocol":"TCP","ports":"80,443,8000-8011"},{"protocol":"UDP","ports":"1-65535"}]`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if got, err := json.Marshal(Connections{}); err != nil || string(got) != "[]" {
		t.Errorf("nothing is %s, %v", got, err)
	}
	if rest := everyConnection.minus(c); !rest.union(c).Everything() || !rest.intersection(c).Empty() {
		t.Errorf("%s and %s don't add up", rest, c)
	}
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
