package checks

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// eachGateway judges every Gateway, with its listeners and those of the ListenerSets that
// it admits.
func eachGateway(f *audit.Facts, judge func(*audit.Facts, *audit.Judgement, *gatewayv1.Gateway, []*audit.Listener)) []audit.Finding {
	findings := make([]audit.Finding, 0, len(f.Gateways))
	for i := range f.Gateways {
		gateway := &f.Gateways[i]
		var own []*audit.Listener
		for k := range f.Listeners {
			if f.Listeners[k].Gateway == gateway {
				own = append(own, &f.Listeners[k])
			}
		}
		j := audit.Judge(audit.GatewaySubject(gateway))
		judge(f, j, gateway, own)
		findings = append(findings, j.Finding())
	}
	return findings
}

// unreadSets notes that a Gateway admits ListenerSets and they weren't all read, and
// reports whether that is so.
func unreadSets(f *audit.Facts, j *audit.Judgement, g *gatewayv1.Gateway) bool {
	from, _ := audit.AllowedSets(g)
	namespace := ""
	switch from {
	case gatewayv1.NamespacesFromNone:
		return false
	case gatewayv1.NamespacesFromSame:
		namespace = g.Namespace
	}
	return unread(f, j, audit.ListenerSets, namespace, "it admits listeners of ListenerSets")
}

// eachTLSListener judges those listeners of every Gateway at which the Gateway itself ends
// TLS. One that passes it through is noted, and so is what of the listeners isn't known.
func eachTLSListener(f *audit.Facts, judge func(*audit.Facts, *audit.Judgement, *audit.Listener)) []audit.Finding {
	return eachGateway(f, func(f *audit.Facts, j *audit.Judgement, g *gatewayv1.Gateway, own []*audit.Listener) {
		own = slices.DeleteFunc(own, func(l *audit.Listener) bool { return !l.SpeaksTLS() })
		if !unreadSets(f, j, g) && len(own) == 0 {
			j.NotApplicable("none of its listeners speaks TLS")
		}
		for _, l := range own {
			switch {
			case l.Unknown != "":
				j.NotAssessed(audit.Unknown, "whether it admits %s isn't known: %s", l.Text(), l.Unknown)
			default:
				judge(f, j, l)
			}
		}
	})
}

// experimental is the API group of what isn't in Gateway API yet, such as the ListenerSet of
// its releases 1.3 and 1.4 (https://gateway-api.sigs.k8s.io/geps/gep-1713/).
const experimental = "gateway.networking.x-k8s.io"

// routesUnread notes what of a route's parents wasn't read, and reports whether anything
// is missing.
func routesUnread(f *audit.Facts, j *audit.Judgement, r *audit.Route) bool {
	missing := false
	for _, parent := range r.Parents {
		resource := audit.Gateways
		switch {
		case parent.Group == experimental && parent.Kind == "XListenerSet":
			missing = true
			j.NotAssessed(audit.Unknown, "its parent XListenerSet %s/%s is of an experimental kind, which this build doesn't read", parent.Namespace, parent.Name)
			continue
		case parent.Group != gatewayv1.GroupName:
			continue
		case parent.Kind == "ListenerSet":
			resource = audit.ListenerSets
		case parent.Kind != "Gateway":
			continue
		}
		missing = unread(f, j, resource, parent.Namespace, "its parent "+parent.Kind+" "+parent.Namespace+"/"+parent.Name) || missing
	}
	return missing
}

// An attachment is a route on a listener, seen from the route.
type attachment struct {
	listener *audit.Listener
	audit.Attachment
}

// eachRoute judges every HTTPRoute and GRPCRoute with the listeners that it attaches to.
// One that attaches to none stands in the open nowhere.
func eachRoute(f *audit.Facts, judge func(*audit.Facts, *audit.Judgement, *audit.Route, []attachment)) []audit.Finding {
	attached := map[*audit.Route][]attachment{}
	for i := range f.Listeners {
		l := &f.Listeners[i]
		for _, a := range l.Routes {
			attached[a.Route] = append(attached[a.Route], attachment{l, a})
		}
	}
	var findings []audit.Finding
	if gap, missing := f.Unread(audit.GRPCRoutes, ""); missing {
		j := audit.Judge(audit.ClusterSubject())
		j.NotAssessed(gap.Reason, "%s", gapWords(audit.GRPCRoutes, gap))
		findings = append(findings, j.Finding())
	}
	for i := range f.Routes {
		r := &f.Routes[i]
		if r.Kind != "HTTPRoute" && r.Kind != "GRPCRoute" {
			continue
		}
		j := audit.Judge(audit.RouteSubject(r))
		if missing := routesUnread(f, j, r); !missing && len(attached[r]) == 0 {
			j.NotApplicable("no listener of a Gateway takes it")
		}
		if len(attached[r]) > 0 {
			judge(f, j, r, attached[r])
		}
		findings = append(findings, j.Finding())
	}
	return findings
}

// at names the listener of an attachment.
func (a *attachment) at() string {
	return a.listener.Text() + " of Gateway " + a.listener.Gateway.Namespace + "/" + a.listener.Gateway.Name
}
