package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"path"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
	"k8s.io/apimachinery/pkg/labels"
)

// A Config is what an organization states about the cluster and what it wants judged
// otherwise than by default. Blank criteria print as "not stated by the organization".
type Config struct {
	Organization   string         `json:"organization,omitempty" yaml:"organization"`
	ClusterName    string         `json:"clusterName,omitempty" yaml:"clusterName"`
	Assessor       string         `json:"assessor,omitempty" yaml:"assessor"` // who reads, where the token is opaque
	Classification string         `json:"classification,omitempty" yaml:"classification"`
	Retention      string         `json:"retention,omitempty" yaml:"retention"`
	Criteria       Criteria       `json:"criteria" yaml:"criteria"`
	Scope          Scope          `json:"scope" yaml:"scope"`
	Administrator  Administration `json:"administrator" yaml:"administrator"`
	Segregation    Segregation    `json:"segregation" yaml:"segregation"`
	Network        Network        `json:"network" yaml:"network"`
	Keys           Keys           `json:"keys" yaml:"keys"`
	Thresholds     Thresholds     `json:"thresholds" yaml:"thresholds"`
	Series         Schedule       `json:"series,omitzero" yaml:"series"`
	Waivers        []Waiver       `json:"waivers,omitempty" yaml:"waivers"`
	Attestations   []Attestation  `json:"attestations,omitempty" yaml:"attestations"`
}

// Criteria are what the findings are held against, by reference.
type Criteria struct {
	ISMSScope                string            `json:"ismsScope,omitempty" yaml:"ismsScope"`
	StatementOfApplicability string            `json:"statementOfApplicability,omitempty" yaml:"statementOfApplicability"` // reference and version
	Policies                 []string          `json:"policies,omitempty" yaml:"policies"`
	Applicability            map[string]string `json:"applicability,omitempty" yaml:"applicability"` // control → statement
}

// A Scope says which namespaces are left out, and why.
type Scope struct {
	Exclusions []Exclusion `json:"exclusions,omitempty" yaml:"exclusions"`
}

// An Exclusion leaves namespaces out of the evaluation; their objects stay in the ledger.
type Exclusion struct {
	Namespace string `json:"namespace" yaml:"namespace"` // glob
	Reason    string `json:"reason" yaml:"reason"`
}

// Administration says which namespaces are the administrator's beside those that are
// recognized (see [Facts.Administrators]).
type Administration struct {
	Namespaces []string `json:"namespaces,omitempty" yaml:"namespaces"` // globs
}

// Segregation says how tenants, environments and what is sensitive are told apart.
type Segregation struct {
	TenantLabels      []string `json:"tenantLabels" yaml:"tenantLabels"`           // of namespaces; the first that one has names its owner
	EnvironmentLabels []string `json:"environmentLabels" yaml:"environmentLabels"` // of namespaces; the first that one has names its environment
	Production        []string `json:"production" yaml:"production"`               // values of the environment label
	Sensitive         string   `json:"sensitive" yaml:"sensitive"`                 // selector over the labels of Pods, and of namespaces: "data in (personal, card)"
}

// Network says what the organization knows about its addresses.
type Network struct {
	PrivateRanges []string `json:"privateRanges,omitempty" yaml:"privateRanges"` // CIDRs that are private beside RFC 1918 and RFC 4193
}

// Keys says who is expected to read keys, and whose word the organization takes.
type Keys struct {
	Authorities   []string `json:"authorities,omitempty" yaml:"authorities"` // CAs of the organization's own, PEM: what chains to one is vouched for
	SecretReaders []string `json:"secretReaders" yaml:"secretReaders"`       // of every namespace: globs such as "ServiceAccount cert-manager/cert-manager*", "Group platform"
}

// A Schedule says how often the cluster is to be evaluated, so that what is missing in a
// folder of bundles is seen.
type Schedule struct {
	Every string `json:"every,omitempty" yaml:"every"` // such as "24h"; "" where nothing is said
}

// Interval is the time between two evaluations, 0 where nothing is said.
func (s Schedule) Interval() time.Duration {
	every, err := time.ParseDuration(s.Every)
	if err != nil {
		return 0
	}
	return every
}

// Thresholds are the numbers and choices that the catalogue marks as configurable.
type Thresholds struct {
	KeyProfile               string `json:"keyProfile" yaml:"keyProfile"`                             // "standard" or "bsi" (RSA below 3000 bits is a warning)
	AdministratorSegregation string `json:"administratorSegregation" yaml:"administratorSegregation"` // "warning" or "fail": NET-01, 02, 03 in administrator namespaces
	PrivateLifetimeDays      int    `json:"privateLifetimeDays" yaml:"privateLifetimeDays"`           // of certificates that aren't a public CA's; longer ones are a warning
	WaiverMaxDays            int    `json:"waiverMaxDays" yaml:"waiverMaxDays"`                       // from approval to expiry
	AttestationMaxDays       int    `json:"attestationMaxDays" yaml:"attestationMaxDays"`             // from date to validUntil
}

// DefaultConfig is the configuration where none is given.
func DefaultConfig() *Config {
	return &Config{
		Segregation: Segregation{
			TenantLabels:      []string{"tenant", "team", "owner", "capsule.clastix.io/tenant", "toolkit.fluxcd.io/tenant"},
			EnvironmentLabels: []string{"env", "environment"},
			Production:        []string{"prod", "production", "live"},
			Sensitive:         "sensitive=true",
		},
		Keys: Keys{SecretReaders: []string{
			"ServiceAccount argocd/argocd-*",
			"ServiceAccount cert-manager/cert-manager*",
			"ServiceAccount external-secrets/external-secrets*",
			"ServiceAccount flux-system/*",
			"ServiceAccount ingress-nginx/ingress-nginx*",
			"ServiceAccount kube-system/*",
			"ServiceAccount traefik/traefik*",
		}},
		Thresholds: Thresholds{
			KeyProfile:               "standard",
			AdministratorSegregation: "warning",
			PrivateLifetimeDays:      398,
			WaiverMaxDays:            365,
			AttestationMaxDays:       365,
		},
	}
}

// ParseConfig reads a configuration in YAML over the defaults. Unknown fields, wrong
// types and values that don't hold together are errors that name line and column.
func ParseConfig(data []byte) (*Config, error) {
	var document yaml.Node
	switch err := yaml.Unmarshal(data, &document); {
	case errors.Is(err, io.EOF) || err == nil && document.IsZero():
		return DefaultConfig(), nil
	case err != nil:
		return nil, errors.New(yamlWords(err))
	}
	config := DefaultConfig()
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	if err := misfit(&document, config); err != nil {
		return nil, err
	}
	if err := decoder.Decode(config); err != nil {
		return nil, errors.New(yamlWords(err))
	}
	var extra yaml.Node
	if err := decoder.Decode(&extra); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("line %d: a second document; a configuration is one", extra.Line)
	}
	return config, config.validate(&document)
}

// ExpectsReader reports whether a subject of RBAC is expected to read Secrets of every
// namespace.
func (c *Config) ExpectsReader(s Subject) bool {
	return slices.ContainsFunc(c.Keys.SecretReaders, func(reader string) bool { return glob(reader, s.String()) })
}

// Excludes reports whether the scope leaves a namespace out.
func (c *Config) Excludes(namespace string) bool {
	return slices.ContainsFunc(c.Scope.Exclusions, func(e Exclusion) bool { return glob(e.Namespace, namespace) })
}

// yamlWords takes the decoder's package name out of its message.
func yamlWords(err error) string {
	return strings.ReplaceAll(strings.TrimPrefix(err.Error(), "yaml: "), "unmarshal errors:\n  ", "")
}

// validate reports the first value that doesn't hold, with its place.
func (c *Config) validate(document *yaml.Node) error {
	for i, e := range c.Scope.Exclusions {
		at := []any{"scope", "exclusions", i}
		if err := pattern(e.Namespace); err != nil || e.Namespace == "" {
			return misplaced(document, at, "an exclusion needs a namespace (a glob such as \"sandbox-*\")")
		}
		if strings.TrimSpace(e.Reason) == "" {
			return misplaced(document, at, fmt.Sprintf("exclusion %q needs a reason: it goes into the record", e.Namespace))
		}
	}
	for i, namespace := range c.Administrator.Namespaces {
		if pattern(namespace) != nil || namespace == "" {
			return misplaced(document, []any{"administrator", "namespaces", i}, fmt.Sprintf("%q is no namespace glob", namespace))
		}
	}
	if _, err := labels.Parse(c.Segregation.Sensitive); err != nil {
		return misplaced(document, []any{"segregation", "sensitive"}, fmt.Sprintf("%q is no label selector: %v", c.Segregation.Sensitive, err))
	}
	for i, text := range c.Network.PrivateRanges {
		if _, err := netip.ParsePrefix(text); err != nil {
			return misplaced(document, []any{"network", "privateRanges", i}, fmt.Sprintf("%q is no network, such as 100.64.0.0/10", text))
		}
	}
	for i, text := range c.Keys.Authorities {
		if words := InvalidAuthorities([]byte(text)); words != "" {
			return misplaced(document, []any{"keys", "authorities", i}, words)
		}
	}
	for i, glob := range c.Keys.SecretReaders {
		kind, name, ok := strings.Cut(glob, " ")
		if pattern(glob) != nil || !ok || name == "" || kind != "User" && kind != "Group" && kind != "ServiceAccount" {
			return misplaced(document, []any{"keys", "secretReaders", i}, fmt.Sprintf("%q isn't User NAME, Group NAME or ServiceAccount NAMESPACE/NAME (globs)", glob))
		}
	}
	if every := c.Series.Every; every != "" && c.Series.Interval() < time.Hour {
		return misplaced(document, []any{"series", "every"}, fmt.Sprintf("every is an hour or more, such as 24h or 168h, not %q", every))
	}
	t := c.Thresholds
	switch {
	case t.KeyProfile != "standard" && t.KeyProfile != "bsi":
		return misplaced(document, []any{"thresholds", "keyProfile"}, fmt.Sprintf("keyProfile is standard or bsi, not %q", t.KeyProfile))
	case t.AdministratorSegregation != "warning" && t.AdministratorSegregation != "fail":
		return misplaced(document, []any{"thresholds", "administratorSegregation"}, fmt.Sprintf("administratorSegregation is warning or fail, not %q", t.AdministratorSegregation))
	case t.PrivateLifetimeDays < 1:
		return misplaced(document, []any{"thresholds", "privateLifetimeDays"}, "privateLifetimeDays is at least 1")
	case t.WaiverMaxDays < 1:
		return misplaced(document, []any{"thresholds", "waiverMaxDays"}, "waiverMaxDays is at least 1")
	case t.AttestationMaxDays < 1:
		return misplaced(document, []any{"thresholds", "attestationMaxDays"}, "attestationMaxDays is at least 1")
	}
	if faults := c.Declarations().faults(document, c.Terms(nil)); len(faults) > 0 {
		return faults[0]
	}
	return nil
}

// Declarations are the configuration's waivers and attestations.
func (c *Config) Declarations() *Declarations {
	return &Declarations{Waivers: c.Waivers, Attestations: c.Attestations}
}

// Terms are what declarations have to keep to under the configuration.
func (c *Config) Terms(names *Names) Terms {
	return Terms{c.Thresholds.WaiverMaxDays, c.Thresholds.AttestationMaxDays, names}
}

// within reports whether last is a day from first on, at most days later.
func within(first, last Date, days int) bool {
	return !last.Before(first.Time) && last.Sub(first.Time) <= time.Duration(days)*24*time.Hour
}

// pattern reports whether a glob is malformed.
func pattern(glob string) error {
	_, err := path.Match(glob, "")
	return err
}
