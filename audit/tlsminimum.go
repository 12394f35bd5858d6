package audit

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// A TLSMinimum is the lowest version of TLS that a server was told to speak, and what says
// so.
type TLSMinimum struct {
	Version string // "1.0" to "1.3"; "" where it isn't known
	Path    string // the setting that says it, "" for a default
	Default string // of a default, the setting that would say it
	Value   string // of either setting, "" where it isn't there
	Reason  Reason // why it isn't known
	Unknown string // the same in words; "" where it is known
}

// Sound reports whether no version below 1.2 is spoken: TLS 1.0 and 1.1 are deprecated
// (RFC 8996).
func (m *TLSMinimum) Sound() bool { return m.Version == "1.2" || m.Version == "1.3" }

func unknownMinimum(r Reason, format string, args ...any) TLSMinimum {
	return TLSMinimum{Reason: r, Unknown: fmt.Sprintf(format, args...)}
}

// tlsVersions are the words of the vendors' settings for versions of TLS, and of what came
// before it.
var tlsVersions = map[string]string{
	"SSLv2": "1.0", "SSLv3": "1.0",
	"TLSv1": "1.0", "TLSv1.0": "1.0", "TLSv1.1": "1.1", "TLSv1.2": "1.2", "TLSv1.3": "1.3", // nginx
	"TLSV1_0": "1.0", "TLSV1_1": "1.1", "TLSV1_2": "1.2", "TLSV1_3": "1.3", // Istio
	"VersionTLS10": "1.0", "VersionTLS11": "1.1", "VersionTLS12": "1.2", "VersionTLS13": "1.3", // Traefik
	"1.0": "1.0", "1.1": "1.1", "1.2": "1.2", "1.3": "1.3", // Contour, Envoy Gateway, kgateway
}

// minimumOf reads a setting: one version, or a list of those that are spoken.
func minimumOf(path, value string) TLSMinimum {
	words := strings.Fields(value)
	m := TLSMinimum{Path: path, Value: value}
	for _, word := range words {
		version, known := tlsVersions[word]
		if !known {
			return unknownMinimum(Unknown, "%s has %q, which is no version that this build knows", path, word)
		}
		if m.Version == "" || version < m.Version {
			m.Version = version
		}
	}
	if len(words) == 0 {
		return unknownMinimum(Unknown, "%s is empty", path)
	}
	return m
}

// ContourMinimum reads the file contour.yaml, which an instance of Contour takes from a
// ConfigMap. By default it speaks TLS from 1.2
// (https://projectcontour.io/docs/main/configuration/#tls-configuration).
func (c *IngressInstance) ContourMinimum() TLSMinimum {
	if name, said := c.Container.Flag("contour-config-name"); said {
		return unknownMinimum(Unknown, "its settings are in the ContourConfiguration %s, which isn't read", name)
	}
	text, said := c.Setting("contour.yaml")
	if !said {
		return unknownMinimum(Unknown, "its ConfigMap %s holds no contour.yaml", c.ConfigMap)
	}
	var file struct {
		TLS struct {
			Minimum string `yaml:"minimum-protocol-version"`
		} `yaml:"tls"`
	}
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		return unknownMinimum(Failed, "contour.yaml of ConfigMap %s can't be read: %v", c.ConfigMap, err)
	}
	path := "ConfigMap " + c.ConfigMap + ": data[contour.yaml]: tls.minimum-protocol-version"
	if file.TLS.Minimum == "" {
		return TLSMinimum{Version: "1.2", Default: path}
	}
	return minimumOf(path, file.TLS.Minimum)
}

// TraefikMinimum reads the TLSOption of a reference; "" is for routers that name none, for
// which the one called default holds
// (https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/tls/tlsoption/).
func (f *Facts) TraefikMinimum(c *IngressInstance, reference string) TLSMinimum {
	if gap, missing := f.Unread(TraefikTLSOptions, ""); missing {
		return unknownMinimum(gap.Reason, "%s were not read: %s", TraefikTLSOptions, gap.Message)
	}
	if reference != "" {
		if option := f.TraefikTLSOption(reference); option != nil {
			return traefikOptionMinimum(c, option)
		}
		return unknownMinimum(Unknown, "the options %s weren't read", reference)
	}
	defaults := f.TraefikDefaultOptions()
	switch {
	case len(defaults) == 1:
		return traefikOptionMinimum(c, defaults[0])
	case c.readsFiles():
		return unknownMinimum(Unknown, "its files, which aren't read, may hold the default options")
	}
	m := c.traefikDefault("TLSOptions of the name default")
	if m.Unknown == "" && len(defaults) > 1 {
		m.Value = "several, which Traefik drops"
	}
	return m
}

func traefikOptionMinimum(c *IngressInstance, option *Setting) TLSMinimum {
	version, path := option.Values["spec.minVersion"], "TLSOption "+option.Namespace+"/"+option.Name+": spec.minVersion"
	if version == "" {
		return c.traefikDefault(path)
	}
	return minimumOf(path, version)
}

// traefikDefault is what Traefik speaks where a setting isn't there: Go's default, which for servers is
// TLS 1.2 since 1.22 (https://go.dev/doc/go1.22#minor_library_changes), with which all
// releases of Traefik 3 are built.
func (c *IngressInstance) traefikDefault(path string) TLSMinimum {
	if major, _, known := MinorVersion(Tag(c.Container.Image)); known && major >= 3 {
		return TLSMinimum{Version: "1.2", Default: path}
	}
	return unknownMinimum(Unknown, "no minVersion is set, and the default of its release isn't known")
}

// readsFiles reports whether an instance of Traefik takes configuration from files.
func (c *IngressInstance) readsFiles() bool {
	for range c.Container.FlagsLike("providers.file.*") {
		return true
	}
	return false
}
