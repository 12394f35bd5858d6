package checks

import (
	"slices"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
)

var keyWhereNeeded = audit.Check{
	ID:       "CRT-11",
	Title:    "Keys are only where they are needed",
	Expected: "no known Secret of another namespace has a certificate with its key, and no annotation in spec.secretTemplate has a tool copy its Secret",
	Doc: "A key that is copied into several namespaces can be read by whoever may read Secrets in any of them, and a renewal or a revocation has to reach every copy. " +
		"Tools that mirror Secrets copy the key with the certificate.",
	Logic: "The public key of the certificate is also that of a certificate in another namespace, or spec.secretTemplate asks a tool that mirrors Secrets to copy it " +
		"(annotations of reflector, kubernetes-replicator, config-syncer): warning. Pass where the certificate behind every Secret of other namespaces that is named, or that files give, is known and has another key; " +
		"where one isn’t known or can’t be understood: not assessed. Other Secrets of a cluster, and annotations on Secrets, aren’t read.",
	Fix: "Ask for a Certificate in each namespace that needs one, with a name of its own, or let one Gateway end TLS for all of them; " +
		"then remove the annotations from spec.secretTemplate and delete the copies.",
	Controls:    refs(keyManagement("A key is given to those alone who need it."), supportsSegregation("A key that tenants share ties them together.")),
	Responsible: audit.User,
	Severity:    audit.Medium,
	Needs:       []audit.Resource{audit.Certificates},
	Uses:        []audit.Resource{audit.CertificateRequests, audit.Secrets, audit.Ingresses, audit.Gateways},
	Run: func(f *audit.Facts) []audit.Finding {
		places := placesOfKeys(f)
		return eachCertificate(f, func(f *audit.Facts, j *audit.Judgement, c *cmv1.Certificate) {
			judgeMirrored(j, c)
			judgeKeyPlaces(f, j, c, places)
		})
	},
}

// mirroring are annotations that ask for copies of a Secret in other namespaces
// (github.com/emberstack/kubernetes-reflector, github.com/mittwald/kubernetes-replicator,
// github.com/kubeops/config-syncer).
var mirroring = []string{
	"reflector.v1.k8s.emberstack.com/reflection-allowed",
	"reflector.v1.k8s.emberstack.com/reflection-auto-enabled",
	"replicator.v1.mittwald.de/replicate-to",
	"replicator.v1.mittwald.de/replicate-to-matching",
	"replicator.v1.mittwald.de/replication-allowed",
	"kubed.appscode.com/sync",
}

func judgeMirrored(j *audit.Judgement, c *cmv1.Certificate) {
	if c.Spec.SecretTemplate == nil {
		return
	}
	for _, key := range mirroring {
		value, there := c.Spec.SecretTemplate.Annotations[key]
		if !there || isFalse(value) {
			continue
		}
		j.Evidence("spec.secretTemplate.annotations["+key+"]", value, audit.Configured)
		j.Warn("its Secret %s may be copied into other namespaces, with its key: spec.secretTemplate says %s: %q", c.Spec.SecretName, key, value)
	}
}

// keyPlaces knows in which Secrets each public key is, and of which Secrets nobody knows.
type keyPlaces struct {
	of      map[string][]*audit.TLSSecret // by the digest of the public key
	unknown []*audit.TLSSecret
}

func placesOfKeys(f *audit.Facts) keyPlaces {
	places := keyPlaces{of: map[string][]*audit.TLSSecret{}}
	for i := range f.TLS.Secrets {
		places.note(&f.TLS.Secrets[i])
	}
	for _, t := range f.UnnamedSecrets() {
		places.note(t)
	}
	return places
}

// note sorts a Secret in. One with neither certificate nor key is nowhere.
func (p *keyPlaces) note(t *audit.TLSSecret) {
	leaf := t.Leaf()
	switch {
	case leaf != nil:
		p.of[leaf.PublicKey.Digest] = append(p.of[leaf.PublicKey.Digest], t)
	case t.Malformed != "" && !t.Empty, t.Malformed == "" && t.Presence == audit.NotRead:
		p.unknown = append(p.unknown, t)
	}
}

func judgeKeyPlaces(f *audit.Facts, j *audit.Judgement, c *cmv1.Certificate, places keyPlaces) {
	t := f.TLS.Secret(c.Namespace, c.Spec.SecretName)
	if t == nil {
		j.NotAssessed(audit.Unknown, "spec.secretName is empty: there is no Secret whose key could be told")
		return
	}
	defer j.By(certificateAs(t, keyOfCertificate))()
	leaf, settled := leafBehind(j, t)
	if leaf == nil {
		if !settled {
			unknownCertificate(f, j, t)
		}
		return
	}
	var copies []string
	commands := []string{certificateAs(t, keyOfCertificate)}
	for _, other := range places.of[leaf.PublicKey.Digest] {
		if other.Namespace != t.Namespace {
			copies, commands = append(copies, other.Namespace+"/"+other.Name), append(commands, certificateAs(other, keyOfCertificate))
		}
	}
	if len(copies) > 0 {
		j.By(commands...)
		j.Evidence("public key, also that of "+several(copies), "sha256:"+leaf.PublicKey.Digest, t.Level)
		j.Warn("its key is in another namespace too: Secret %s", several(copies))
		return
	}
	for _, r := range []audit.Resource{audit.Certificates, audit.Ingresses, audit.Gateways} {
		if unread(f, j, r, "", "whether its key is in another namespace too isn't known") {
			return
		}
	}
	if i := slices.IndexFunc(places.unknown, func(other *audit.TLSSecret) bool { return other.Namespace != t.Namespace }); i >= 0 {
		other := places.unknown[i]
		reason, why := audit.Unknown, other.Malformed
		if why == "" {
			reason, why = unknownBecause(f, other)
		}
		j.NotAssessed(reason, "whether its key is in another namespace too isn't known, for one in Secret %s/%s: %s", other.Namespace, other.Name, why)
		return
	}
	j.Pass("no known Secret of another namespace has a certificate with its key")
}
