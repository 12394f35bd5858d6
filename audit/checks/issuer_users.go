package checks

import (
	"slices"

	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// usersUnknown notes what keeps those that present what an issuer issues from being known,
// and reports whether anything does.
func usersUnknown(f *audit.Facts, j *audit.Judgement, i *audit.Issuer, what string) bool {
	unknown := false
	for _, r := range []audit.Resource{audit.Certificates, audit.Ingresses} {
		unknown = unread(f, j, r, i.Subject.Namespace, what) || unknown
	}
	unknown = unread(f, j, audit.Gateways, "", what) || unknown // they present Secrets of other namespaces too
	if slices.ContainsFunc(f.Presentations, func(p audit.Presentation) bool { return p.Unnamed }) {
		for _, r := range defaultSources {
			unknown = unread(f, j, r, "", what) || unknown
		}
	}
	asking := wantingDefault(f, i.Subject.Namespace)
	if len(asking) == 0 || defaultIssuerKnown(f) {
		return unknown
	}
	what += ": " + several(asking) + " may, by " + audit.TLSACME
	if !unread(f, j, audit.Deployments, "", what) && !unread(f, j, audit.Pods, "", what) {
		j.NotAssessed(audit.Unknown, "%s, which leaves the issuer to a default that isn't known", what)
	}
	return true
}

// defaultIssuerKnown reports whether the default issuer is known, or that there is none: the
// controllers that run have it from their arguments or a file, and from nowhere else.
func defaultIssuerKnown(f *audit.Facts) bool {
	running := f.Running("cert-manager")
	return f.DefaultsIssuer() != nil || len(running) > 0 && !slices.ContainsFunc(running, func(i audit.Instance) bool {
		_, file := i.Container.Flag("config")
		return file
	})
}

// wantingDefault names the Ingresses and Gateways in scope, of a namespace where one is
// given, that ask for the default issuer's certificate in a Secret that no Certificate owns.
func wantingDefault(f *audit.Facts, namespace string) []string {
	unowned := map[string]bool{}
	for i := range f.TLS.Secrets {
		for _, user := range f.TLS.Secrets[i].Users {
			unowned[user.Key()] = unowned[user.Key()] || f.TLS.Secrets[i].Owner() == nil
		}
	}
	var names []string
	note := func(o metav1.Object, s audit.Subject) {
		if audit.WantsDefaultIssuer(o) && unowned[s.Key()] && f.InScope(s.Namespace) && (namespace == "" || namespace == s.Namespace) {
			names = append(names, s.String())
		}
	}
	for i := range f.Ingresses {
		note(&f.Ingresses[i], audit.IngressSubject(&f.Ingresses[i]))
	}
	for i := range f.Gateways {
		note(&f.Gateways[i], audit.GatewaySubject(&f.Gateways[i]))
	}
	return names
}
