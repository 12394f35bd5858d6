package audit

import (
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// A Grantee is what a reference into another namespace starts from.
type Grantee struct {
	Kind      string // of gateway.networking.k8s.io: Gateway, ListenerSet
	Namespace string
}

// Grants returns the ReferenceGrants that let a kind of object refer to an object of the
// core group in another namespace: those that name it, and those that grant its whole kind
// (https://gateway-api.sigs.k8s.io/api-types/referencegrant/).
func (s *Snapshot) Grants(from Grantee, kind, namespace, name string) (named, wide []*gatewayv1.ReferenceGrant) {
	for i := range s.ReferenceGrants {
		g := &s.ReferenceGrants[i]
		if g.Namespace != namespace || !slices.ContainsFunc(g.Spec.From, func(f gatewayv1.ReferenceGrantFrom) bool {
			return f.Group == gatewayv1.GroupName && string(f.Kind) == from.Kind && string(f.Namespace) == from.Namespace
		}) {
			continue
		}
		byName, byKind := false, false
		for _, to := range g.Spec.To {
			if to.Group != "" || string(to.Kind) != kind {
				continue
			}
			unnamed := to.Name == nil || *to.Name == ""
			byKind = byKind || unnamed
			byName = byName || !unnamed && string(*to.Name) == name
		}
		switch {
		case byKind:
			wide = append(wide, g)
		case byName:
			named = append(named, g)
		}
	}
	return named, wide
}
