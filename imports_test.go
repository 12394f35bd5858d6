package kubevidence_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/kubevidence/kubevidence/"

// arrows says what each package may import of this module, and why: data flows one way.
var arrows = map[string]struct {
	inside []string
	why    string
}{
	"audit":           {[]string{"audit/netpol", "audit/pki"}, "the domain stands on the two pure engines alone"},
	"audit/netpol":    {nil, "pure: owns its inputs, knows neither snapshots nor checks"},
	"audit/pki":       {nil, "pure: facts about certificates, knows neither snapshots nor checks"},
	"audit/checks":    {[]string{"audit", "audit/netpol", "audit/pki"}, "a check judges facts and does no I/O"},
	"audit/collect":   {[]string{"audit", "audit/netpol", "audit/pki"}, "the only caller of the API; decides nothing"},
	"controls":        {[]string{"audit"}, "assesses findings; names no check"},
	"docs/schema":     {nil, "a file, no logic"},
	"report":          {[]string{"audit", "audit/netpol", "audit/pki", "controls", "docs/schema", "report/chart", "report/compare", "report/pdfa", "templates"}, "writes what was decided; contacts no cluster"},
	"report/compare":  {[]string{"audit"}, "pure: what changed between two evaluations"},
	"report/pdfa":     {nil, "pure: bytes of a PDF into bytes of another"},
	"report/chart":    {nil, "pure: where shapes and words of a picture stand"},
	"report/bundle":   {nil, "files into a folder, whatever they hold: manifest, signature, and whether they are still so"},
	"templates":       {nil, "files, no logic"},
	"examples":        {nil, "files, no logic"},
	"cmd/kubevidence": {[]string{"audit", "audit/checks", "audit/collect", "audit/netpol", "audit/pki", "controls", "report", "report/bundle", "report/compare", "templates"}, "wires everything"},
}

// outside says who may import what lies outside the standard library, by prefix.
var outside = []struct {
	prefix   string
	packages []string
	why      string
}{
	{"k8s.io/client-go", []string{"audit/collect", "cmd/kubevidence"}, "an API client anywhere else could call the cluster"},
	{"github.com/spf13/", []string{"cmd/kubevidence"}, "flags are the command line's"},
	{"github.com/jung-kurt/gofpdf", []string{"report"}, "the PDF library is archived: one place to replace it"},
	{"github.com/xuri/excelize", []string{"report"}, "writes the workbook, a row at a time"},
	{"github.com/google/uuid", []string{"report"}, "identifiers of OSCAL, which asks for version 5"},
	{"github.com/go-fonts/", []string{"report"}, "fonts of the PDF"},
	{"github.com/santhosh-tekuri/jsonschema", []string{"report"}, "holds a record against its published schema"},
	{"golang.org/x/sync", []string{"audit/collect"}, "only reading is done side by side"},
	{"golang.org/x/term", []string{"cmd/kubevidence"}, "progress on a terminal"},
	{"github.com/cert-manager/", []string{"audit", "audit/checks", "audit/collect"}, "API types"},
	{"sigs.k8s.io/gateway-api", []string{"audit", "audit/checks", "audit/collect", "report"}, "API types"},
	{"sigs.k8s.io/yaml", []string{"audit/collect", "cmd/kubevidence"}, "Kubernetes objects as YAML"},
	{"k8s.io/api", []string{"audit", "audit/checks", "audit/collect", "audit/netpol", "report", "cmd/kubevidence"}, "API types"},
	{"k8s.io/", []string{"audit", "audit/checks", "audit/collect", "audit/netpol", "cmd/kubevidence"}, "API machinery"},
	{"gopkg.in/yaml.v3", []string{"audit", "audit/checks", "audit/collect", "controls", "report"}, "configuration, catalogues and tables, with lines; OpenReports"},
	{"golang.org/x/net/dns/dnsmessage", []string{"audit/collect"}, "questions to the DNS server of --resolver"},
	{"golang.org/x/net/publicsuffix", []string{"audit/pki"}, "the public suffix list"},
	{"golang.org/x/crypto/x509roots", []string{"audit/pki"}, "embedded roots"},
}

func TestImportsFollowTheDesign(t *testing.T) {
	for _, p := range goList(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if p.ImportPath+"/" == module || strings.HasSuffix(name, "test") {
			continue // the root and packages of test support
		}
		allowed, known := arrows[name]
		if !known {
			t.Errorf("package %s is in no arrow: say in imports_test.go what it may import, and why", name)
			continue
		}
		for _, imported := range p.Imports {
			if inside, ok := strings.CutPrefix(imported, module); ok {
				if !slices.Contains(allowed.inside, inside) {
					t.Errorf("%s imports %s, but %s", name, inside, allowed.why)
				}
				continue
			}
			checkOutside(t, name, imported)
		}
	}
}

func checkOutside(t *testing.T, name, imported string) {
	t.Helper()
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		if imported == "time" || !strings.HasPrefix(imported, "net/http") || name == "audit/collect" || name == "cmd/kubevidence" {
			return
		}
		t.Errorf("%s imports %s: only audit/collect speaks HTTP", name, imported)
		return
	}
	for _, rule := range outside {
		if strings.HasPrefix(imported, rule.prefix) {
			if !slices.Contains(rule.packages, name) {
				t.Errorf("%s imports %s, but %s", name, imported, rule.why)
			}
			return
		}
	}
	t.Errorf("%s imports %s, which no rule allows: say in imports_test.go who may, and why", name, imported)
}

type listed struct {
	ImportPath string
	Imports    []string
}

func goList(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		packages = append(packages, p)
	}
}
