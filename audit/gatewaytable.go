package audit

import (
	"slices"
	"strings"
)

// GatewayImplementations is the dated table of implementations of the Gateway API: data
// that ages.
var GatewayImplementations = table[GatewayTable]("gateways")

// A GatewayTable recognizes implementations of the Gateway API by their GatewayClasses.
type GatewayTable struct {
	Date            Date                    `yaml:"date"`
	Source          string                  `yaml:"source"`
	Implementations []GatewayImplementation `yaml:"implementations"`
}

// A GatewayImplementation is what the table says of one: what tells the lowest version of
// TLS that its listeners speak.
type GatewayImplementation struct {
	Name        string   `yaml:"name"`
	Controllers []string `yaml:"controllers"` // spec.controllerName of its GatewayClasses
	Default     string   `yaml:"default"`     // "1.2", "" where this build doesn't know it
	Since       int      `yaml:"since"`       // the first major release of which Default is true, 0 for all
	Component   string   `yaml:"component"`   // its name in table components, for Since
	Option      string   `yaml:"option"`      // key of a listener's tls.options, "" for none
	Policies    bool     `yaml:"policies"`    // ClientTrafficPolicies attach to its Gateways
	Ingress     string   `yaml:"ingress"`     // the ingress controller whose settings hold
	Elsewhere   string   `yaml:"elsewhere"`   // what says it, where no API shows it
	Docs        string   `yaml:"docs"`
}

// Of returns the implementation that a GatewayClass's spec.controllerName names, nil for
// one that the table doesn't know.
func (t *GatewayTable) Of(controller string) *GatewayImplementation {
	i := slices.IndexFunc(t.Implementations, func(g GatewayImplementation) bool {
		return slices.ContainsFunc(g.Controllers, func(known string) bool {
			return controller == known || strings.HasPrefix(controller, known+"/")
		})
	})
	if i < 0 {
		return nil
	}
	return &t.Implementations[i]
}
