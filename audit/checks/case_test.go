package checks

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/collect"
	"golang.org/x/tools/txtar"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"
)

// defaultInstant is when cases are evaluated that don't say.
const defaultInstant = "2026-11-22T12:00:00Z"

// A testCase is a file testdata/<ID>/<case>.txtar: a comment that says what it is and
//
//	-- objects.yaml --  the cluster, as manifests
//	-- config.yaml --   a configuration; may be absent
//	-- handshakes.yaml --  a list of [audit.Handshake]: servers were asked; may be absent
//	-- previous.yaml --  an [audit.Previous]: what an earlier record says; may be absent
//	-- options --       "key: value" lines; may be absent
//	-- want --          the findings, a line each; -update rewrites it
//
// Options are "at: TIME", "ended: TIME" of collection where that is another, "version: TEXT" of the cluster, "source: cluster" for objects
// that were read from a server, and, repeatable, what wasn't: "forbidden: RESOURCE",
// "forbidden: RESOURCE@NAMESPACE", "notRequested: RESOURCE", "notServed: RESOURCE",
// "absent: NAMESPACE/NAME" for a Secret that a server said isn't there, and
// "key: NAMESPACE/NAME WORD" for what comparing a Secret's private key gave: no case holds
// one.
type testCase struct {
	path    string
	archive *txtar.Archive
	check   *audit.Check
}

// cases returns the cases of a check.
func cases(t *testing.T, c *audit.Check) []testCase {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", c.ID, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("check %s has no cases: add testdata/%s/<case>.txtar (%v)", c.ID, c.ID, err)
	}
	list := make([]testCase, 0, len(paths))
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.TrimSpace(string(archive.Comment)) == "" {
			t.Errorf("%s doesn't say what it is: begin it with a comment", path)
		}
		list = append(list, testCase{path: path, archive: archive, check: c})
	}
	return list
}

func (c *testCase) section(name string) string {
	for i := range c.archive.Files {
		if c.archive.Files[i].Name == name {
			return string(c.archive.Files[i].Data)
		}
	}
	return ""
}

// facts derives the facts of the case, from its documents in the order that arrange
// leaves them in.
func (c *testCase) facts(t *testing.T, arrange func(documents []string)) *audit.Facts {
	t.Helper()
	documents := strings.Split(strings.TrimSpace(c.section("objects.yaml")), "\n---\n")
	if arrange != nil {
		arrange(documents)
	}
	options := c.options(t)
	at, err := time.Parse(time.RFC3339, options.first("at", defaultInstant))
	if err != nil {
		t.Fatalf("%s: %v", c.path, err)
	}
	s, err := collect.Files(context.Background(), collect.FilesOptions{
		Paths: []string{"-"}, Stdin: strings.NewReader(strings.Join(documents, "\n---\n")), At: at,
	})
	if err != nil {
		t.Fatalf("%s: %v", c.path, err)
	}
	if s.Collection.Ended, err = time.Parse(time.RFC3339, options.first("ended", at.Format(time.RFC3339))); err != nil {
		t.Fatalf("%s: %v", c.path, err)
	}
	s.Cluster.Version = options.first("version", s.Cluster.Version)
	s.Collection.Source = audit.Source(options.first("source", string(s.Collection.Source)))
	for _, absent := range options["absent"] {
		namespace, name, _ := strings.Cut(absent, "/")
		s.Secrets = append(s.Secrets, audit.Secret{Object: audit.Object{Namespace: namespace, Name: name}, Absent: true})
	}
	for _, compared := range options["key"] {
		name, word, _ := strings.Cut(compared, " ")
		for i := range s.Secrets {
			if s.Secrets[i].Namespace+"/"+s.Secrets[i].Name == name {
				s.Secrets[i].Key = word
			}
		}
	}
	c.handshakes(t, s)
	for _, reason := range []audit.Reason{audit.Forbidden, audit.NotRequested} {
		for _, place := range options[string(reason)] {
			resource, namespace, _ := strings.Cut(place, "@")
			hide(s, audit.Resource(resource), namespace, reason)
		}
	}
	for _, resource := range options["notServed"] {
		hide(s, audit.Resource(resource), "", "")
		reading(s, audit.Resource(resource)).State = audit.NotServed
	}
	config, err := audit.ParseConfig([]byte(c.section("config.yaml")))
	if err != nil {
		t.Fatalf("%s: %v", c.path, err)
	}
	return audit.Derive(s, config, audit.Options{At: at, Previous: c.previous(t)})
}

// previous is what an earlier record says, nil where there is none.
func (c *testCase) previous(t *testing.T) *audit.Previous {
	t.Helper()
	text := c.section("previous.yaml")
	if text == "" {
		return nil
	}
	previous := new(audit.Previous)
	if err := yaml.UnmarshalStrict([]byte(text), previous); err != nil {
		t.Fatalf("%s: previous.yaml: %v", c.path, err)
	}
	return previous
}

// handshakes puts what servers presented into the snapshot, as --probe does.
func (c *testCase) handshakes(t *testing.T, s *audit.Snapshot) {
	t.Helper()
	text := c.section("handshakes.yaml")
	if text == "" {
		return
	}
	if err := yaml.UnmarshalStrict([]byte(text), &s.Handshakes); err != nil {
		t.Fatalf("%s: handshakes.yaml: %v", c.path, err)
	}
	how := reading(s, audit.Handshakes)
	how.State, how.Gaps = audit.Read, nil
	for _, h := range s.Handshakes {
		if h.Error != "" {
			how.Gaps = append(how.Gaps, audit.Gap{Namespace: "app", Name: h.Host, Reason: audit.Failed, Verb: "probe", Message: h.Error})
		}
	}
}

// caseOptions are the option lines of a case, by key.
type caseOptions map[string][]string

func (c *testCase) options(t *testing.T) caseOptions {
	t.Helper()
	options := caseOptions{}
	for line := range strings.Lines(c.section("options")) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "at", "ended", "version", "source", "forbidden", "notRequested", "notServed", "absent", "key":
		default:
			ok = false
		}
		if !ok {
			t.Fatalf("%s: option %q isn't known", c.path, strings.TrimSpace(line))
		}
		options[key] = append(options[key], value)
	}
	return options
}

func (o caseOptions) first(key, otherwise string) string {
	if len(o[key]) == 0 {
		return otherwise
	}
	return o[key][0]
}

// lines are findings the way cases want them.
func lines(c *audit.Check, findings []audit.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprint(&b, f.Status)
		if f.Severity != c.Severity {
			fmt.Fprintf(&b, " (%s)", f.Severity)
		}
		fmt.Fprintf(&b, " %s", f.Subject)
		if f.Reason != "" {
			fmt.Fprintf(&b, " [%s]", f.Reason)
		}
		fmt.Fprintf(&b, ": %s\n", f.Message)
	}
	return b.String()
}

// save rewrites what the case wants.
func (c *testCase) save(t *testing.T, want string) {
	t.Helper()
	i := slices.IndexFunc(c.archive.Files, func(f txtar.File) bool { return f.Name == "want" })
	if i < 0 {
		i = len(c.archive.Files)
		c.archive.Files = append(c.archive.Files, txtar.File{Name: "want"})
	}
	c.archive.Files[i].Data = []byte(want)
	if err := os.WriteFile(c.path, txtar.Format(c.archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// reading returns how a resource of the snapshot was read, for changing it.
func reading(s *audit.Snapshot, r audit.Resource) *audit.Reading {
	for i := range s.Collection.Readings {
		if s.Collection.Readings[i].Resource == r {
			return &s.Collection.Readings[i]
		}
	}
	panic("the case names a resource that isn't read: " + strconv.Quote(string(r)))
}

// hide takes a resource out of the snapshot as a server that refuses it would: all of it,
// or in one namespace.
func hide(s *audit.Snapshot, r audit.Resource, namespace string, reason audit.Reason) {
	gap := audit.Gap{Namespace: namespace, Reason: reason, Verb: "list", Message: "the server says no"}
	if r == audit.Secrets || r == audit.ConfigMaps {
		gap.Verb = "get"
	}
	how := reading(s, r)
	how.Gaps = append(how.Gaps, gap)
	if namespace == "" {
		how.State = audit.Unread
	}
	keep := func(of audit.Resource, in string) bool { return of != r || namespace != "" && in != namespace }
	s.Namespaces = slices.DeleteFunc(s.Namespaces, func(o audit.Namespace) bool { return !keep(audit.Namespaces, o.Name) })
	s.Pods = slices.DeleteFunc(s.Pods, func(o audit.Pod) bool { return !keep(audit.Pods, o.Namespace) })
	s.Secrets = slices.DeleteFunc(s.Secrets, func(o audit.Secret) bool { return !keep(audit.Secrets, o.Namespace) })
	s.Controllers = slices.DeleteFunc(s.Controllers, func(o audit.Controller) bool {
		return !keep(audit.WorkloadKinds[o.Kind], o.Namespace)
	})
	s.ConfigMaps = slices.DeleteFunc(s.ConfigMaps, func(o audit.ConfigMap) bool { return !keep(audit.ConfigMaps, o.Namespace) })
	s.Nodes = slices.DeleteFunc(s.Nodes, func(audit.Node) bool { return !keep(audit.Nodes, "") })
	s.Services = slices.DeleteFunc(s.Services, func(o audit.Service) bool { return !keep(audit.Services, o.Namespace) })
	s.Backends = slices.DeleteFunc(s.Backends, func(o audit.Backends) bool { return !keep(audit.BackendKinds[o.Kind], o.Namespace) })
	s.ServiceCIDRs = slices.DeleteFunc(s.ServiceCIDRs, func(audit.ServiceCIDR) bool { return !keep(audit.ServiceCIDRs, "") })
	s.Routes = slices.DeleteFunc(s.Routes, func(o audit.Route) bool { return !keep(audit.RouteKinds[o.Kind], o.Namespace) })
	s.Settings = slices.DeleteFunc(s.Settings, func(o audit.Setting) bool { return !keep(o.Resource, o.Namespace) })
	s.OtherPolicies = slices.DeleteFunc(s.OtherPolicies, func(o audit.OtherPolicy) bool { return !keep(o.Resource, o.Namespace) })
	s.AdminPolicies = withoutKinds(s.AdminPolicies, keep)
	s.CiliumPolicies = withoutKinds(s.CiliumPolicies, keep)
	s.CalicoPolicies = withoutKinds(s.CalicoPolicies, keep)
	s.CalicoTiers = withoutKinds(s.CalicoTiers, keep)
	s.CalicoNetworkSets = withoutKinds(s.CalicoNetworkSets, keep)
	s.Handshakes = slices.DeleteFunc(s.Handshakes, func(audit.Handshake) bool { return !keep(audit.Handshakes, "") })
	s.ClusterRoles = slices.DeleteFunc(s.ClusterRoles, func(audit.ClusterRole) bool { return !keep(audit.ClusterRoles, "") })
	s.ClusterRoleBindings = slices.DeleteFunc(s.ClusterRoleBindings, func(audit.ClusterRoleBinding) bool { return !keep(audit.ClusterRoleBindings, "") })
	s.NetworkPolicies = without(s.NetworkPolicies, keep, audit.NetworkPolicies)
	s.Ingresses = without(s.Ingresses, keep, audit.Ingresses)
	s.IngressClasses = without(s.IngressClasses, keep, audit.IngressClasses)
	s.Gateways = without(s.Gateways, keep, audit.Gateways)
	s.ListenerSets = without(s.ListenerSets, keep, audit.ListenerSets)
	s.ReferenceGrants = without(s.ReferenceGrants, keep, audit.ReferenceGrants)
	s.Issuers = without(s.Issuers, keep, audit.Issuers)
	s.ClusterIssuers = without(s.ClusterIssuers, keep, audit.ClusterIssuers)
	s.Certificates = without(s.Certificates, keep, audit.Certificates)
	s.CertificateRequests = without(s.CertificateRequests, keep, audit.CertificateRequests)
}

// without drops those of Kubernetes' own objects that aren't kept.
func without[T any, P interface {
	*T
	GetNamespace() string
}](objects []T, keep func(audit.Resource, string) bool, r audit.Resource) []T {
	return slices.DeleteFunc(objects, func(o T) bool { return !keep(r, P(&o).GetNamespace()) })
}

// withoutKinds drops those of the policies of other engines that aren't kept.
func withoutKinds[T any, P interface {
	*T
	GetNamespace() string
	GroupVersionKind() schema.GroupVersionKind
}](objects []T, keep func(audit.Resource, string) bool) []T {
	return slices.DeleteFunc(objects, func(o T) bool {
		kind := P(&o).GroupVersionKind()
		return !keep(audit.PolicyKinds[[2]string{kind.Group, kind.Kind}], P(&o).GetNamespace())
	})
}
