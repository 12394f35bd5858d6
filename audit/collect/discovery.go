package collect

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/kubevidence/kubevidence/audit"
	apidiscovery "k8s.io/api/apidiscovery/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "k8s.io/apimachinery/pkg/util/json"
)

// A discovery is what the server says it serves, of the groups that the table reads.
type discovery struct {
	core, groups error                // why /api or /apis couldn't be read
	versions     map[string][]version // by group, "" for the core; no entry: not served
}

// A version is one version of an API group.
type version struct {
	name    string
	plurals plurals
	err     error // why nobody knows what it holds, as where an aggregated API is down
}

// plurals are the names of the collections of a version; subresources stand among them.
type plurals map[string]bool

// of returns those that belong to a row of the table, sorted.
func (p plurals) of(k *kind) []string {
	if k.plural != anyKind {
		if p[k.plural] {
			return []string{k.plural}
		}
		return nil
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(p)), func(name string) bool { return strings.Contains(name, "/") })
}

// Aggregated discovery tells all groups in one answer, since Kubernetes 1.26
// (https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery).
const acceptDiscovery = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList," +
	"application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

// discover reads the discovery documents. It doesn't fail: what couldn't be read is in
// the result.
func (c *client) discover(ctx context.Context) *discovery {
	d := &discovery{versions: map[string][]version{}}
	var apis map[string][]version
	var wait sync.WaitGroup
	wait.Go(func() { apis, d.groups = c.discoverAt(ctx, "/apis") })
	core, err := c.discoverAt(ctx, "/api")
	wait.Wait()
	d.core = err
	for group, versions := range apis {
		d.versions[group] = versions
	}
	for group, versions := range core {
		d.versions[group] = versions
	}
	return d
}

func (c *client) discoverAt(ctx context.Context, root string) (map[string][]version, error) {
	var document struct {
		metav1.TypeMeta `json:",inline"`
		Items           []apidiscovery.APIGroupDiscovery `json:"items"`    // aggregated
		Groups          []metav1.APIGroup                `json:"groups"`   // of /apis
		Versions        []string                         `json:"versions"` // of /api
	}
	if err := c.json(ctx, root, acceptDiscovery, &document); err != nil {
		return nil, err
	}
	found := map[string][]version{}
	switch document.Kind {
	case "APIGroupDiscoveryList":
		for _, group := range document.Items {
			for _, v := range group.Versions {
				found[group.Name] = append(found[group.Name], aggregated(v))
			}
		}
	case "APIGroupList":
		for _, group := range document.Groups {
			if !slices.ContainsFunc(table, func(k kind) bool { return k.group == group.Name }) {
				continue
			}
			for _, v := range group.Versions {
				found[group.Name] = append(found[group.Name], c.version(ctx, root+"/"+v.GroupVersion, v.Version))
			}
		}
	case "APIVersions":
		for _, v := range document.Versions {
			found[""] = append(found[""], c.version(ctx, root+"/"+v, v))
		}
	default:
		return nil, fmt.Errorf("GET %s: not a Kubernetes API server: it answers with kind %q", root, document.Kind)
	}
	return found, nil
}

func aggregated(v apidiscovery.APIVersionDiscovery) version {
	known := version{name: v.Version, plurals: plurals{}}
	for _, r := range v.Resources {
		known.plurals[r.Resource] = true
	}
	if v.Freshness == apidiscovery.DiscoveryFreshnessStale {
		known.err = fmt.Errorf("the server that serves it doesn't answer (its discovery is stale)")
	}
	return known
}

// version reads the discovery document of one version of a group.
func (c *client) version(ctx context.Context, path, name string) version {
	known := version{name: name, plurals: plurals{}}
	var list metav1.APIResourceList
	if known.err = c.json(ctx, path, acceptJSON, &list); known.err != nil {
		return known
	}
	if list.Kind != "APIResourceList" {
		known.err = fmt.Errorf("GET %s answers with kind %q", path, list.Kind)
	}
	for i := range list.APIResources {
		known.plurals[list.APIResources[i].Name] = true
	}
	return known
}

// json gets a small JSON document.
func (c *client) json(ctx context.Context, path, accept string, into any) error {
	var buffer bytes.Buffer
	return c.get(ctx, path, accept, &buffer, func(r *reply) error {
		if err := kjson.Unmarshal(r.body, into); err != nil {
			return &damaged{fmt.Errorf("GET %s: not JSON but: %s", path, firstWords(r.body))}
		}
		return nil
	})
}

// unusable reports that nothing could be discovered, and why.
func (d *discovery) unusable() error {
	if d.core != nil && d.groups != nil {
		return d.groups
	}
	return nil
}

// reading tells how a kind stands before it is listed. Read means that listing it is
// worth a try: what Kubernetes has built in is tried whatever discovery says of itself.
func (d *discovery) reading(k *kind) audit.Reading {
	reading := audit.Reading{Resource: k.resource, State: audit.Read, Version: k.version}
	unread := func(reason audit.Reason, words string) audit.Reading {
		gap := audit.Gap{Reason: reason, Verb: "list", Message: words}
		return audit.Reading{Resource: k.resource, State: audit.Unread, Gaps: []audit.Gap{gap}}
	}
	failed := d.groups
	if k.group == "" {
		failed = d.core
	}
	switch {
	case failed != nil && k.custom:
		return unread(reasonOf(failed), "discovery: "+failed.Error())
	case failed != nil:
		return reading
	}
	var others []string
	for _, wanted := range slices.Concat([]string{k.version}, k.also) {
		for _, v := range d.versions[k.group] {
			switch known := slices.Contains(k.also, v.name) || v.name == k.version; {
			case v.name == wanted && v.err != nil:
				return unread(reasonOf(v.err), fmt.Sprintf("discovery of %s/%s: %v", k.group, wanted, v.err))
			case v.name == wanted && len(v.plurals.of(k)) > 0:
				reading.Version = wanted
				return reading
			case !known && (len(v.plurals.of(k)) > 0 || v.err != nil) && !slices.Contains(others, v.name):
				others = append(others, v.name)
			}
		}
	}
	if len(others) > 0 {
		slices.Sort(others)
		return unread(audit.Failed, fmt.Sprintf("the server has %s as %s only; this build reads %s", k.resource, strings.Join(others, ", "), k.version))
	}
	return audit.Reading{Resource: k.resource, State: audit.NotServed}
}

// rows are what a kind takes to list in the version that is served: itself, or a row for
// each kind that the cluster has made up in a group.
func (d *discovery) rows(k *kind, version string) []*kind {
	row := *k
	row.version = version
	if k.plural != anyKind {
		return []*kind{&row}
	}
	var rows []*kind
	for _, v := range d.versions[k.group] {
		if v.name != version {
			continue
		}
		for _, plural := range v.plurals.of(k) {
			made := row
			made.plural = plural
			rows = append(rows, &made)
		}
	}
	return rows
}
