package audit

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit/pki"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A TLSView knows every Secret that an Ingress, a Gateway or a Certificate names, and the
// certificate behind it.
type TLSView struct {
	Secrets []TLSSecret // sorted by namespace and name
}

// A TLSSecret is a named Secret: who owns it, who presents it and what is known of its
// certificate.
type TLSSecret struct {
	Namespace    string
	Name         string
	Certificates []*cmv1.Certificate // objects that own it, by spec.secretName; more than one is a conflict
	Users        []Subject           // Ingresses and Gateways that present it, sorted
	Presence     Presence
	Type         string             // of the Secret, where it was read
	Key          string             // what comparing its private key gave (the Key… words), where it was read
	Empty        bool               // it was read, and has neither CERTIFICATE blocks nor a private key
	Level        Level              // what Chain rests on: Stored, Issued or Served; "" where there is none
	Chain        []*pki.Certificate // leaf first as in the file; empty where nothing is known
	Request      string             // the CertificateRequest that Chain comes from, for Issued
	Server       string             // "host at address:port" that presented Chain, for Served
	CopyOf       *TLSSecret         // a Secret that a Certificate owns, with the same certificate; nil where this one is owned, or none is known
	Malformed    string             // why the certificate that was read or presented can't be understood
}

// Presence says whether a Secret is there. The zero value is that nobody looked.
type Presence int

// The presences.
const (
	NotRead Presence = iota // Secrets were not read, or this one couldn't be
	Present
	Absent
)

// Leaf returns the server's own certificate, wherever in the file it stands; nil where it
// isn't known.
func (t *TLSSecret) Leaf() *pki.Certificate { return pki.EndEntity(t.Chain) }

// Owner returns the Certificate that owns the Secret, nil where none does: the Secret is
// unmanaged. Of several the first stands.
func (t *TLSSecret) Owner() *cmv1.Certificate {
	if len(t.Certificates) == 0 {
		return nil
	}
	return t.Certificates[0]
}

// noteCopies finds the copies of Secrets that Certificates own, by their certificates.
func (v *TLSView) noteCopies() {
	owned := map[string]*TLSSecret{} // by fingerprint
	for i := range v.Secrets {
		t := &v.Secrets[i]
		if leaf := t.Leaf(); leaf != nil && t.Owner() != nil && owned[leaf.Fingerprint] == nil {
			owned[leaf.Fingerprint] = t
		}
	}
	for i := range v.Secrets {
		t := &v.Secrets[i]
		if leaf := t.Leaf(); leaf != nil && t.Owner() == nil {
			t.CopyOf = owned[leaf.Fingerprint]
		}
	}
}

// RenewalOff reports whether cert-manager was told to let the owner's certificate end.
func (t *TLSSecret) RenewalOff() bool {
	c := t.Owner()
	return c != nil && c.Spec.Renewal != nil && c.Spec.Renewal.Policy == cmv1.CertificateRenewalPolicyDisabled
}

// Secret returns what is known of the Secret of a name, nil where nothing names it.
func (v *TLSView) Secret(namespace, name string) *TLSSecret {
	i, found := slices.BinarySearchFunc(v.Secrets, [2]string{namespace, name}, func(t TLSSecret, key [2]string) int {
		return cmp.Or(strings.Compare(t.Namespace, key[0]), strings.Compare(t.Name, key[1]))
	})
	if !found {
		return nil
	}
	return &v.Secrets[i]
}

// StoredSecret returns what is known of a Secret that was read without being named, as
// files can give it; nil where it wasn't.
func (s *Snapshot) StoredSecret(namespace, name string) *TLSSecret {
	for i := range s.Secrets {
		if o := &s.Secrets[i]; o.Namespace == namespace && o.Name == name && !o.Absent {
			return o.TLS()
		}
	}
	return nil
}

// UnnamedSecrets returns the Secrets with certificates that were read without being named,
// as files can give them.
func (f *Facts) UnnamedSecrets() []*TLSSecret {
	var list []*TLSSecret
	for i := range f.Snapshot.Secrets {
		if o := &f.Snapshot.Secrets[i]; o.Certificates != "" && f.TLS.Secret(o.Namespace, o.Name) == nil {
			list = append(list, o.TLS())
		}
	}
	return list
}

// TLS returns what is known of a Secret that was read.
func (s *Secret) TLS() *TLSSecret {
	t := &TLSSecret{Namespace: s.Namespace, Name: s.Name}
	t.store(s)
	return t
}

// store notes what was read of the Secret.
func (t *TLSSecret) store(s *Secret) {
	t.Presence, t.Type, t.Malformed, t.Key = Present, s.Type, s.Malformed, s.Key
	t.Empty = s.Certificates == "" && s.Key == KeyAbsent
	t.parse(s.Certificates, Stored)
}

// NamedSecrets returns the Secrets that Ingresses, Gateways, with the ListenerSets that
// they admit, and Certificates of a snapshot name, sorted: those that --read-secrets gets,
// and no others. What a ListenerSet names its Gateway presents. For a TLS block that names
// none the Secret of the controller's default certificate stands in.
func NamedSecrets(s *Snapshot) []TLSSecret {
	return namedSecrets(s, exposures(s), listeners(s))
}

func namedSecrets(s *Snapshot, exposures []Exposure, listeners []Listener) []TLSSecret {
	named := map[[2]string]*TLSSecret{}
	name := func(namespace, secret string) *TLSSecret {
		key := [2]string{namespace, secret}
		if named[key] == nil {
			named[key] = &TLSSecret{Namespace: namespace, Name: secret}
		}
		return named[key]
	}
	for i := range s.Certificates {
		c := &s.Certificates[i]
		if c.Spec.SecretName != "" {
			t := name(c.Namespace, c.Spec.SecretName)
			t.Certificates = append(t.Certificates, c)
		}
	}
	for i := range exposures {
		e := &exposures[i]
		for _, block := range e.Spec.TLS {
			if block.SecretName != "" {
				t := name(e.Namespace, block.SecretName)
				t.Users = append(t.Users, e.Subject)
			}
		}
		if namespace, secret, named := strings.Cut(e.Default.Secret, "/"); named && e.ShowsDefault() {
			t := name(namespace, secret)
			t.Users = append(t.Users, e.Subject)
		}
	}
	for i := range listeners {
		l := &listeners[i]
		for _, ref := range l.CertificateRefs() {
			if RefersToSecret(&ref) {
				t := name(l.SecretOf(&ref))
				t.Users = append(t.Users, GatewaySubject(l.Gateway))
			}
		}
	}
	list := make([]TLSSecret, 0, len(named))
	for _, t := range named {
		slices.SortFunc(t.Users, func(a, b Subject) int { return strings.Compare(a.Key(), b.Key()) })
		t.Users = slices.Compact(t.Users)
		list = append(list, *t)
	}
	slices.SortFunc(list, func(a, b TLSSecret) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	return list
}

// SubjectOf is the subject that an API object makes. Lists come without the type of
// their items, so it is given.
func SubjectOf(apiVersion, kind string, o metav1.Object) Subject {
	return Subject{
		APIVersion: apiVersion, Kind: kind, Namespace: o.GetNamespace(), Name: o.GetName(),
		UID: string(o.GetUID()), ResourceVersion: o.GetResourceVersion(),
	}
}

// tlsView resolves the named Secrets: what is stored where they were read, else what was
// issued for the Certificate that owns them.
func tlsView(s *Snapshot, named []TLSSecret) TLSView {
	view := TLSView{Secrets: named}
	stored := map[[2]string]*Secret{}
	for i := range s.Secrets {
		stored[[2]string{s.Secrets[i].Namespace, s.Secrets[i].Name}] = &s.Secrets[i]
	}
	issued := IssuedRequests(s)
	reading := s.Reading(Secrets)
	for i := range view.Secrets {
		t := &view.Secrets[i]
		switch secret := stored[[2]string{t.Namespace, t.Name}]; {
		case secret != nil && secret.Absent:
			t.Presence = Absent
		case secret != nil:
			t.store(secret)
		default:
			_, gap := reading.Gap(t.Namespace)
			if s.Collection.Source == FromFiles && reading.State == Read && !gap {
				t.Presence = Absent // files are the whole cluster
			}
		}
		if owner := t.Owner(); owner != nil && t.Presence == NotRead {
			if request := current(owner, issued[owner.Namespace+"/"+owner.Name]); request != nil {
				t.Request = request.Name
				t.parse(string(request.Status.Certificate), Issued)
			}
		}
	}
	return view
}

func (t *TLSSecret) parse(bundle string, level Level) {
	if t.Malformed != "" {
		t.Level = level
		return
	}
	chain, err := pki.Parse([]byte(bundle))
	t.Level, t.Chain = level, chain
	if err != nil {
		t.Malformed = err.Error()
	}
}

// IssuedRequests groups the requests that carry a certificate by the Certificate that they
// were made for, "namespace/name".
func IssuedRequests(s *Snapshot) map[string][]*cmv1.CertificateRequest {
	requests := map[string][]*cmv1.CertificateRequest{}
	for i := range s.CertificateRequests {
		r := &s.CertificateRequests[i]
		if name := r.Annotations[cmv1.CertificateNameKey]; name != "" && len(r.Status.Certificate) > 0 {
			key := r.Namespace + "/" + name
			requests[key] = append(requests[key], r)
		}
	}
	return requests
}

// current returns the request whose certificate is in force: that of the Certificate's
// revision with the same end. cert-manager keeps one request by default
// (spec.revisionHistoryLimit, since 1.18).
func current(c *cmv1.Certificate, requests []*cmv1.CertificateRequest) *cmv1.CertificateRequest {
	if c.Status.Revision == nil || c.Status.NotAfter == nil {
		return nil
	}
	revision := strconv.Itoa(*c.Status.Revision)
	for _, r := range requests {
		if r.Annotations[cmv1.CertificateRequestRevisionAnnotationKey] != revision {
			continue
		}
		chain, err := pki.Parse(r.Status.Certificate)
		if err != nil || pki.EndEntity(chain).NotAfter.Equal(c.Status.NotAfter.Time) {
			return r
		}
	}
	return nil
}

// Ready returns a Certificate's condition Ready, nil where it has none.
func Ready(c *cmv1.Certificate) *cmv1.CertificateCondition {
	for i := range c.Status.Conditions {
		if c.Status.Conditions[i].Type == cmv1.CertificateConditionReady {
			return &c.Status.Conditions[i]
		}
	}
	return nil
}

// IsReady reports whether cert-manager says that a Certificate is up to date with its
// Secret.
func IsReady(c *cmv1.Certificate) bool {
	ready := Ready(c)
	return ready != nil && ready.Status == cmmeta.ConditionTrue
}

// Issuing returns a Certificate's condition Issuing while cert-manager is working on a new
// certificate, nil while it isn't.
func Issuing(c *cmv1.Certificate) *cmv1.CertificateCondition {
	for i := range c.Status.Conditions {
		if k := &c.Status.Conditions[i]; k.Type == cmv1.CertificateConditionIssuing && k.Status == cmmeta.ConditionTrue {
			return k
		}
	}
	return nil
}
