package collect

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/kubevidence/kubevidence/audit"
	corev1 "k8s.io/api/core/v1"
)

// template reduces a Pod's specification.
func (k *kept) template(spec *corev1.PodSpec) audit.Template {
	t := audit.Template{Ports: ports(spec), HostNetwork: spec.HostNetwork, Literals: k.literals(spec)}
	if spec.DNSPolicy != corev1.DNSClusterFirst { // the default
		t.DNSPolicy = string(spec.DNSPolicy)
	}
	if spec.DNSConfig != nil {
		t.Nameservers = spec.DNSConfig.Nameservers
	}
	t.Component, t.Containers = k.platform(spec)
	return t
}

// ports lists the ports of containers and init containers, which count because native
// sidecars are init containers. A port without protocol is TCP
// (k8s.io/api/core/v1, ContainerPort).
func ports(spec *corev1.PodSpec) []audit.Port {
	n := 0
	for _, containers := range [...][]corev1.Container{spec.Containers, spec.InitContainers} {
		for i := range containers {
			n += len(containers[i].Ports)
		}
	}
	if n == 0 {
		return nil
	}
	list := make([]audit.Port, 0, n)
	for _, containers := range [...][]corev1.Container{spec.Containers, spec.InitContainers} {
		for i := range containers {
			for _, p := range containers[i].Ports {
				if p.Protocol == "" {
					p.Protocol = corev1.ProtocolTCP
				}
				list = append(list, audit.Port{Name: p.Name, Number: p.ContainerPort, Protocol: string(p.Protocol), HostPort: p.HostPort, HostIP: p.HostIP})
			}
		}
	}
	return list
}

// platform returns the platform component that a Pod runs, "" for none, and of its
// containers those whose image the table of components names.
func (k *kept) platform(spec *corev1.PodSpec) (name string, containers []audit.Container) {
	for i := range spec.Containers {
		c := &spec.Containers[i]
		component, known := k.components[c.Image]
		if !known {
			component, _ = audit.Components.Of(c.Image)
			k.components[c.Image] = component
		}
		if component == nil {
			continue
		}
		if name == "" {
			name = component.Name
		}
		containers = append(containers, audit.Container{
			Name: k.text(c.Name), Image: k.text(c.Image), Flags: component.Keep(slices.Concat(c.Command, c.Args)),
		})
	}
	return name, containers
}

// recognize notes the component that a controller, or a Pod of it, is by the controller's
// namespace and name or by its labels, where no image tells.
func recognize(t *audit.Template, spec *corev1.PodSpec, namespace, name string, labels map[string]string) {
	if t.Component != "" {
		return
	}
	c, known := audit.Components.At(namespace, name)
	if !known {
		c, known = audit.Components.Labelled(labels)
	}
	if !known {
		return
	}
	t.Component = c.Name
	for i := range spec.Containers {
		t.Containers = append(t.Containers, audit.Container{
			Name: spec.Containers[i].Name, Image: spec.Containers[i].Image, Flags: c.Keep(slices.Concat(spec.Containers[i].Command, spec.Containers[i].Args)),
		})
	}
}

// literals lists the IP addresses that stand in the environment, commands and arguments
// of a Pod's containers. The texts that they stand in are not kept.
func (k *kept) literals(spec *corev1.PodSpec) []audit.Literal {
	var list []audit.Literal
	for _, containers := range [...][]corev1.Container{spec.Containers, spec.InitContainers} {
		for i := range containers {
			c := &containers[i]
			for j := range c.Env {
				list = k.literal(list, c.Name, "env", c.Env[j].Name, c.Env[j].Value)
			}
			list = k.arguments(list, c.Name, "command", c.Command)
			list = k.arguments(list, c.Name, "args", c.Args)
		}
	}
	return list
}

// arguments names each argument by its flag, the flag before it, or its index.
func (k *kept) arguments(list []audit.Literal, container, field string, values []string) []audit.Literal {
	flag := ""
	for i, value := range values {
		name, rest := strconv.Itoa(i), value
		switch {
		case strings.HasPrefix(value, "-"):
			var joined bool
			if name, rest, joined = strings.Cut(value, "="); !joined {
				flag, rest = value, ""
			}
		case flag != "":
			name, flag = flag, ""
		}
		list = k.literal(list, container, field, name, rest)
	}
	return list
}

// literal appends the addresses in a text. A network (10.0.0.0/8), a loopback or
// unspecified address, and an address to listen on say nothing about whom a Pod connects to.
func (k *kept) literal(list []audit.Literal, container, field, name, text string) []audit.Literal {
	if len(text) < 3 || listens(name) {
		return list
	}
	for _, found := range addressesIn(text) {
		l := audit.Literal{Container: k.text(container), Field: field, Name: k.text(name), Address: k.text(found.String())}
		if !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	return list
}

// listens reports whether a variable or flag names an address of the Pod itself, by one of
// its words: bind-address and LISTEN_ADDR do, KAFKA_BINDINGS_BROKER and LISTENER_URL don't.
// Kafka's listeners are what it binds to (https://kafka.apache.org/documentation/#brokerconfigs_listeners).
func listens(name string) bool {
	words := wordsIn(name)
	if slices.Contains(words, "listeners") && slices.Contains(words, "kafka") {
		return true
	}
	return strings.Contains(strings.Join(words, ""), "localip") || slices.ContainsFunc(words, func(word string) bool {
		return strings.HasPrefix(word, "advertise") && !strings.HasPrefix(word, "advertiser") || listening.MatchString(word)
	})
}

// listening are the words for what a process binds to or listens on, alone or with what of
// it is meant.
var listening = regexp.MustCompile(`^(bind|listen|listening)$|^(bind|listen)(addr|host|ip)`)

// wordsIn returns the words of a name, in lower case: of bind-address, BIND_ADDRESS and
// bindAddress they are bind and address.
func wordsIn(name string) []string {
	var words []string
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		start := 0
		for i := 1; i < len(part); i++ {
			if unicode.IsLower(rune(part[i-1])) && unicode.IsUpper(rune(part[i])) {
				words = append(words, strings.ToLower(part[start:i]))
				start = i
			}
		}
		words = append(words, strings.ToLower(part[start:]))
	}
	return words
}

// addressesIn returns the IP addresses that stand bare in a text: alone, or between
// characters that no address, number or name has, such as those of a URL.
func addressesIn(text string) []netip.Addr {
	var found []netip.Addr
	for start := 0; start < len(text); {
		if !addressByte(text[start]) {
			start++
			continue
		}
		end := start
		for end < len(text) && addressByte(text[end]) {
			end++
		}
		if a, ok := bareAddress(text, start, end); ok && !slices.Contains(found, a) && !listens(keyBefore(text, start)) {
			found = append(found, a)
		}
		start = end
	}
	return found
}

func addressByte(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F' || b == '.' || b == ':'
}

// keyBefore returns the key whose value begins at an index of a text, as in
// "bind=10.0.0.1"; "" where none does.
func keyBefore(text string, start int) string {
	if start == 0 || text[start-1] != '=' {
		return ""
	}
	key := start - 1
	for key > 0 && wordByte(text[key-1]) {
		key--
	}
	return text[key : start-1]
}

// bareAddress parses text[start:end], where what stands around it makes it neither a network
// nor a part of a longer word: an address alone, or one of IPv4 with a port, before which a
// word with a colon may stand, as in TCP:10.0.0.1:5432, and after which more may follow, as
// in 10.0.0.1:1521:orcl.
func bareAddress(text string, start, end int) (netip.Addr, bool) {
	word := strings.TrimRight(text[start:end], ".:")
	a, err := netip.ParseAddr(word)
	switch {
	case err != nil:
		var ok bool
		if a, ok = beforePort(text, start, end); !ok {
			return a, false
		}
	case start > 0 && wordByte(text[start-1]), end < len(text) && wordByte(text[end]) && !(a.Is4() && text[end-1] == ':'), isNetwork(text, start, end):
		return a, false
	}
	a = a.Unmap()
	return a, !a.IsLoopback() && !a.IsUnspecified() && !a.IsMulticast()
}

// beforePort parses the address of IPv4 in text[start:end] that stands before a port.
func beforePort(text string, start, end int) (a netip.Addr, ok bool) {
	parts := strings.Split(text[start:end], ":")
	for i, part := range parts[:len(parts)-1] {
		a, err := netip.ParseAddr(part)
		if err != nil || i == 0 && start > 0 && wordByte(text[start-1]) {
			continue
		}
		if i == len(parts)-2 && end < len(text) && wordByte(text[end]) {
			break // a longer word than a port
		}
		if _, err := strconv.ParseUint(strings.TrimRight(parts[i+1], "."), 10, 16); err == nil {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// isNetwork reports whether an address is followed by the length of a network's prefix. In a
// URL it is a path: redis://10.0.0.1/0.
func isNetwork(text string, start, end int) bool {
	if before := text[:start]; end == len(text) || text[end] != '/' || strings.HasSuffix(before, "//") || strings.HasSuffix(before, "@") {
		return false
	}
	_, is := prefixLength(text[end+1:])
	return is
}

// prefixLength reports whether a text begins with the length of a network's prefix.
func prefixLength(text string) (int, bool) {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	if n == 0 || n < len(text) && wordByte(text[n]) {
		return 0, false
	}
	length, err := strconv.Atoi(text[:n])
	return length, err == nil && length <= 128
}

func wordByte(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' || b == '-'
}
