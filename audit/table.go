package audit

import (
	"bytes"
	"embed"
	"time"

	"github.com/kubevidence/kubevidence/audit/pki"
	"gopkg.in/yaml.v3"
)

//go:embed tables/*.yaml
var tables embed.FS

// A Table says of which day a table of built-in data is, and where it comes from: data
// that ages is dated.
type Table struct {
	Name   string
	Date   Date
	Source string
}

// Tables lists the tables that verdicts rest on.
func Tables() []Table {
	return []Table{
		{"components", Components.Date, Components.Source},
		{"load balancers", Balancers.Date, Balancers.Source},
		{"named ConfigMaps", NamedConfigMaps.Date, NamedConfigMaps.Source},
		{"distributions", Platforms.Date, Platforms.Source},
		{"maintenance of ingress controllers", Maintenance.Date, Maintenance.Source},
		{"Gateway implementations", GatewayImplementations.Date, GatewayImplementations.Source},
		{"ingress controllers", IngressControllers.Date, IngressControllers.Source},
		{"cert-manager's releases", CertManagerReleases.Date, CertManagerReleases.Source},
		{"CAs for trials", StagingCAs.Date, StagingCAs.Source},
		{"public roots", builtIn(pki.RootsDate), "Mozilla's root store, as golang.org/x/crypto/x509roots carries it"},
		{"public suffixes", builtIn(pki.SuffixesDate), "publicsuffix.org, as golang.org/x/net/publicsuffix carries it"},
	}
}

// builtIn is the day of data that a module carries.
func builtIn(day string) Date {
	date, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err.Error()) // built in: a test reads it
	}
	return Date{date}
}

// table reads a built-in table, tables/<name>.yaml, strictly.
func table[T any](name string) *T {
	data, err := tables.ReadFile("tables/" + name + ".yaml")
	if err != nil {
		panic(err.Error()) // built in: a test reads it
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	read := new(T)
	if err := decoder.Decode(read); err != nil {
		panic("tables/" + name + ".yaml: " + err.Error()) // built in: a test reads it
	}
	return read
}
