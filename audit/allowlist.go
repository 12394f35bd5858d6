package audit

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
)

// An Allowlist is a list of the addresses that a controller lets in, as it stands somewhere.
type Allowlist struct {
	Where    string         // object and field: "metadata.annotations[…]", "ConfigMap ns/name: data.key"
	Text     string         // as written
	Ranges   []netip.Prefix // what of it is a range or an address
	Invalid  []string       // what of it isn't
	ByHeader bool           // it goes by a header of the request, as Traefik's ipStrategy does
}

// AllowlistAnnotation returns the annotation that lists who is let in: of several the first
// that the controller goes by. An empty one counts as absent.
func (c *IngressController) AllowlistAnnotation(annotations map[string]string) (key string, ok bool) {
	if c.Allowlist == nil {
		return "", false
	}
	for _, key := range c.Allowlist.Annotations {
		if strings.TrimSpace(annotations[key]) != "" {
			return key, true
		}
	}
	return "", false
}

// AllowlistOf returns the list of an Ingress's own annotation, nil for none.
func (c *IngressController) AllowlistOf(e *Exposure) *Allowlist {
	key, ok := c.AllowlistAnnotation(e.Annotations)
	if !ok {
		return nil
	}
	return allowlist("metadata.annotations["+key+"]", e.Annotations[key], c.Allowlist.Separator)
}

// Shares reports whether two Ingresses of a class are of one group, which shares its lists.
func (r *AllowlistRule) Shares(a, b *Exposure) bool {
	return r != nil && r.Group != "" && a.Annotations[r.Group] != "" && a.Annotations[r.Group] == b.Annotations[r.Group]
}

// Allowlist returns the list that an instance applies to Ingresses without one of their
// own, nil for none.
func (c *IngressInstance) Allowlist() *Allowlist {
	if c.Is.Allowlist == nil {
		return nil
	}
	for _, key := range c.Is.Allowlist.Settings {
		if text, ok := c.Setting(key); ok && text != "" {
			return allowlist("ConfigMap "+c.ConfigMap+": data."+key, text, c.Is.Allowlist.Separator)
		}
	}
	return nil
}

// MiddlewareAllowlist returns the list of a Middleware of Traefik, nil where it has none
// (https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/ipallowlist/).
func MiddlewareAllowlist(m *Setting) *Allowlist {
	for _, field := range []string{"spec.ipAllowList", "spec.ipWhiteList"} {
		text, is := m.Values[field]
		if !is {
			continue
		}
		var list struct {
			SourceRange []string   `json:"sourceRange"`
			IPStrategy  ipStrategy `json:"ipStrategy"`
		}
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			list.SourceRange = []string{text}
		}
		a := allowlist(fmt.Sprintf("Middleware %s/%s: %s.sourceRange", m.Namespace, m.Name, field), strings.Join(list.SourceRange, ","), "")
		a.ByHeader = list.IPStrategy.byHeader()
		return a
	}
	return nil
}

// An ipStrategy is what a list of Traefik takes for a client's address.
type ipStrategy struct {
	Depth       int      `json:"depth"`
	ExcludedIPs []string `json:"excludedIPs"`
}

// byHeader reports whether it takes that from X-Forwarded-For. Another one, such as a bare
// ipv6Subnet, goes by the address of the connection
// (https://github.com/traefik/traefik/blob/v3.5/pkg/config/dynamic/middlewares.go, IPStrategy.Get).
func (s ipStrategy) byHeader() bool { return s.Depth > 0 || len(s.ExcludedIPs) > 0 }

// ReadAllowlist reads ranges and addresses that commas separate.
func ReadAllowlist(where, text string) *Allowlist { return allowlist(where, text, "") }

// allowlist reads a list of ranges and addresses.
func allowlist(where, text, separator string) *Allowlist {
	if separator == "" {
		separator = ","
	}
	list := &Allowlist{Where: where, Text: text}
	for entry := range strings.SplitSeq(text, separator) {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		if p, ok := rangeOf(entry); ok {
			list.Ranges = append(list.Ranges, p)
		} else {
			list.Invalid = append(list.Invalid, entry)
		}
	}
	return list
}

// rangeOf reads a range in CIDR notation (RFC 4632, RFC 4291 section 2.3), or a single address. Bits
// of the host are cleared, as controllers do.
func rangeOf(text string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked(), true
	}
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()), true
}

// Open returns the family, "IPv4" or "IPv6", of which the list holds half or more, "" for
// neither: 0.0.0.0/1 and 128.0.0.0/1 are everybody too.
func (l *Allowlist) Open() string {
	for _, family := range []struct {
		name string
		bits int
	}{{"IPv4", 32}, {"IPv6", 128}} {
		if halves(l.Ranges, family.bits) {
			return family.name
		}
	}
	return ""
}

// halves reports whether ranges of a family, overlaps counted once, hold half of it or more.
func halves(ranges []netip.Prefix, bits int) bool {
	var sum float64 // share of the family
	for i, p := range ranges {
		if p.Addr().BitLen() != bits || covered(ranges, i) {
			continue
		}
		share := 1.0
		for range p.Bits() {
			share /= 2
		}
		sum += share
	}
	return sum >= 0.5
}

// covered reports whether another range holds a range, or an earlier one is the same.
func covered(ranges []netip.Prefix, i int) bool {
	for k, q := range ranges {
		p := ranges[i]
		if k != i && q.Addr().BitLen() == p.Addr().BitLen() && q.Contains(p.Addr()) && (q.Bits() < p.Bits() || q.Bits() == p.Bits() && k < i) {
			return true
		}
	}
	return false
}
