package collect

import (
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A route is what the routes of all protocols have in common
// (https://gateway-api.sigs.k8s.io/reference/spec/).
type route struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec struct {
		ParentRefs []reference `json:"parentRefs"`
		Hostnames  []string    `json:"hostnames"`
		Rules      []struct {
			Matches []struct {
				Path *struct {
					Value *string `json:"value"`
				} `json:"path"`
			} `json:"matches"`
			BackendRefs []reference `json:"backendRefs"`
			Filters     []struct {
				Type            string `json:"type"`
				RequestRedirect struct {
					Scheme string `json:"scheme"`
				} `json:"requestRedirect"`
			} `json:"filters"`
		} `json:"rules"`
	} `json:"spec"`
}

// A reference is a ParentReference or a BackendObjectReference. Their group and kind
// default differently, the namespace to the route's.
type reference struct {
	Group     *string `json:"group"`
	Kind      string  `json:"kind"`
	Namespace string  `json:"namespace"`
	Name      string  `json:"name"`
	Port      int32   `json:"port"`
	Section   string  `json:"sectionName"`
}

func reduceRoute(k *kept, r *route, apiVersion, kind string) audit.Route {
	reduced := audit.Route{Object: k.meta(&r.ObjectMeta), APIVersion: apiVersion, Kind: kind, Created: r.CreationTimestamp.UTC(), Hostnames: r.Spec.Hostnames}
	if kind == "HTTPRoute" {
		reduced.Paths = r.paths()
	}
	reduced.Redirects = r.redirects()
	for i := range r.Spec.ParentRefs {
		reduced.Parents = append(reduced.Parents, r.end(&r.Spec.ParentRefs[i], "gateway.networking.k8s.io", "Gateway"))
	}
	for i := range r.Spec.Rules {
		refs := r.Spec.Rules[i].BackendRefs
		for j := range refs {
			reduced.Backends = append(reduced.Backends, r.end(&refs[j], "", "Service"))
		}
	}
	return reduced
}

// end sets what a reference leaves to its default.
func (r *route) end(ref *reference, group, kind string) audit.RouteEnd {
	end := audit.RouteEnd{Group: group, Kind: kind, Namespace: r.Namespace, Name: ref.Name, Port: ref.Port, Section: ref.Section}
	if ref.Group != nil {
		end.Group = *ref.Group
	}
	if ref.Kind != "" {
		end.Kind = ref.Kind
	}
	if ref.Namespace != "" {
		end.Namespace = ref.Namespace
	}
	return end
}

// paths are the paths that a route matches; the root where it names none (Gateway API,
// HTTPRouteRule.matches and HTTPPathMatch.value).
func (r *route) paths() []string {
	var paths []string
	for i := range r.Spec.Rules {
		if len(r.Spec.Rules[i].Matches) == 0 {
			paths = append(paths, "/")
		}
		for _, match := range r.Spec.Rules[i].Matches {
			path := "/"
			if match.Path != nil && match.Path.Value != nil {
				path = "/" + strings.Trim(*match.Path.Value, "/")
			}
			paths = append(paths, path)
		}
	}
	if len(r.Spec.Rules) == 0 {
		paths = []string{"/"}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// redirects reports whether every rule of a route redirects to https (Gateway API,
// HTTPRequestRedirectFilter.scheme). A route without rules leads nowhere.
func (r *route) redirects() bool {
	for i := range r.Spec.Rules {
		redirected := false
		for _, filter := range r.Spec.Rules[i].Filters {
			redirected = redirected || filter.Type == "RequestRedirect" && filter.RequestRedirect.Scheme == "https"
		}
		if !redirected {
			return false
		}
	}
	return len(r.Spec.Rules) > 0
}
