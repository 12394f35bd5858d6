package report

import (
	"slices"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/netpol"
)

// isolation lists how policies isolate each workload in scope, sorted by name.
func isolation(f *audit.Facts) []Isolation {
	var list []Isolation
	for i := range f.Workloads {
		w := &f.Workloads[i]
		if !f.InScope(w.Subject.Namespace) {
			continue
		}
		list = append(list, Isolation{
			Workload: w.Subject.Namespace + "/" + w.Subject.Name + "[" + w.Subject.Kind + "]",
			Pods:     w.Pods,
			Ingress:  direction(f.Isolation(w, netpol.Ingress)),
			Egress:   direction(f.Isolation(w, netpol.Egress)),
		})
	}
	slices.SortFunc(list, func(a, b Isolation) int { return strings.Compare(a.Workload, b.Workload) })
	return list
}

func direction(w audit.WorkloadIsolation) Direction {
	d := Direction{ByNetworkPolicy: w.ByNetworkPolicy.String(), ByAdminTiers: w.ByAdminTiers.String(), Effective: w.Verdict.String()}
	for _, ref := range w.SelectedBy {
		d.SelectedBy = append(d.SelectedBy, ref.String())
	}
	return d
}

// certificates lists the Secrets in scope that an Ingress, a Gateway or a Certificate
// names, with what is known of the certificate behind each.
func certificates(f *audit.Facts) []Certificate {
	var list []Certificate
	for i := range f.TLS.Secrets {
		if t := &f.TLS.Secrets[i]; f.InScope(t.Namespace) {
			list = append(list, certificate(t))
		}
	}
	return list
}

var presenceWords = map[audit.Presence]string{
	audit.NotRead: "notRead", audit.Present: "present", audit.Absent: "absent",
}

// certificate says what is known: of the certificate that was issued or stored, else of
// its end from Certificate.status, which cert-manager keeps from the certificate itself.
func certificate(t *audit.TLSSecret) Certificate {
	c := Certificate{
		Namespace: t.Namespace, Secret: t.Name, Presence: presenceWords[t.Presence],
		Level: t.Level, Malformed: t.Malformed,
	}
	for _, user := range t.Users {
		c.UsedBy = append(c.UsedBy, user.String())
	}
	if leaf := t.Leaf(); leaf != nil {
		c.Issuer, c.Serial, c.SHA256 = leaf.Issuer, leaf.Serial, leaf.Fingerprint
		c.PublicKey, c.Key = leaf.PublicKey.Digest, leaf.PublicKey.String()
		c.Algorithm, c.Bits = leaf.PublicKey.Algorithm, leaf.PublicKey.Bits
		c.NotBefore, c.NotAfter = leaf.NotBefore, leaf.NotAfter
		c.Names = slices.Sorted(slices.Values(leaf.DNSNames))
		for _, address := range leaf.IPAddresses {
			c.Names = append(c.Names, address.String())
		}
	}
	owner := t.Owner()
	if owner == nil {
		return c
	}
	c.Certificate = owner.Name
	ref := owner.Spec.IssuerRef
	if ref.Kind == "" {
		ref.Kind = "Issuer" // the API's default: cert-manager, apis/meta/v1 types.go
	}
	c.Issuer = ref.Kind + " " + ref.Name
	c.RenewalOff = t.RenewalOff()
	if owner.Status.RenewalTime != nil && !c.RenewalOff {
		c.RenewalTime = owner.Status.RenewalTime.UTC()
	}
	if t.Leaf() == nil && t.Malformed == "" && owner.Status.NotAfter != nil {
		c.Level, c.NotAfter, c.NotBefore = audit.Issued, owner.Status.NotAfter.UTC(), time.Time{}
		if owner.Status.NotBefore != nil {
			c.NotBefore = owner.Status.NotBefore.UTC()
		}
	}
	return c
}

// servedWith notes on each certificate the hosts that are served with it, sorted as they
// are.
func servedWith(r *Record) {
	bySecret := map[string][]string{}
	for i := range r.Inventory.Ingresses {
		h := &r.Inventory.Ingresses[i]
		for _, end := range h.TLS {
			bySecret[end.Secret] = append(bySecret[end.Secret], h.Host)
		}
	}
	for i := range r.Inventory.Certificates {
		c := &r.Inventory.Certificates[i]
		c.Hosts = bySecret[c.Namespace+"/"+c.Secret]
	}
}
