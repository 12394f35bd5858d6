package checks

import (
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

var secretsEncrypted = audit.Check{
	ID:       "KEY-01",
	Title:    "Secrets are encrypted at rest",
	Expected: "each API server has --encryption-provider-config (k3s, RKE2: --secrets-encryption); which provider comes first no API shows, so that an attestation has to say it",
	Doc: "Every private key that a controller presents lies in a Secret, and by default etcd holds Secrets in the clear: whoever reads its disk, a backup or a snapshot has them all " +
		"(https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/).",
	Logic: "A kube-apiserver that runs as a Pod without --encryption-provider-config, or an empty one: fail; with it: not assessed, since which provider comes first, and it may be identity, stands in a file that no API shows. " +
		"k3s and RKE2 likewise by --secrets-encryption among the node’s arguments, where false counts as without, or --kube-apiserver-arg encryption-provider-config. No such Pod or node: not assessed, as on managed control planes. No rule passes: an attestation can stand for what was seen.",
	Fix: "Configure --encryption-provider-config with a KMS v2 provider first and identity last, then write every Secret again (kubectl get secrets -A -o json | kubectl replace -f -); " +
		"on a managed control plane switch envelope encryption on, and attest it (attestations in the configuration, check KEY-01).",
	Controls:    keyManagement("Private keys are stored so that a copy of the disk doesn’t give them away."),
	Responsible: audit.Administrator,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Pods, audit.Nodes},
	Run: func(f *audit.Facts) []audit.Finding {
		j := audit.Judge(audit.ClusterSubject())
		j.Command("kubectl get pods -n kube-system -l component=kube-apiserver -o jsonpath='{.items[*].spec.containers[*].command}'")
		if !judgeAPIServers(f, j) && !judgeNodeArguments(f, j) {
			if len(f.Nodes) == 0 && len(f.Pods) == 0 {
				return nil
			}
			j.NotAssessed(audit.Unknown, "no kube-apiserver runs as a Pod here, as on managed control planes: how it keeps Secrets isn't visible to the API")
		}
		return []audit.Finding{j.Finding()}
	},
}

// judgeAPIServers judges API servers that run as Pods, and reports whether there are any.
func judgeAPIServers(f *audit.Facts, j *audit.Judgement) bool {
	found := false
	for i := range f.Pods {
		p := &f.Pods[i]
		for k := range p.Containers {
			c := &p.Containers[k]
			if known, ok := audit.Components.Of(c.Image); !ok || known.Name != "kube-apiserver" {
				continue
			}
			found = true
			file, set := c.Flag("encryption-provider-config")
			path := "Pod " + p.Namespace + "/" + p.Name + ": --encryption-provider-config"
			switch {
			case !set:
				j.Evidence(path, "not given", audit.Configured)
				j.Fail("%s/%s has no --encryption-provider-config: etcd holds Secrets in the clear", p.Namespace, p.Name)
				continue
			case strings.TrimSpace(file) == "":
				j.Evidence(path, "empty", audit.Configured)
				j.Fail("%s/%s has an empty --encryption-provider-config, which counts as none: etcd holds Secrets in the clear", p.Namespace, p.Name)
				continue
			}
			j.Evidence(path, file, audit.Configured)
			j.NotAssessed(audit.Unknown, "%s/%s: configured; the provider order, where identity may come first, isn't visible", p.Namespace, p.Name)
		}
	}
	return found
}

// judgeNodeArguments judges k3s and RKE2, which tell their arguments on their servers'
// nodes (https://docs.k3s.io/security/secrets-encryption), and reports whether any does.
func judgeNodeArguments(f *audit.Facts, j *audit.Judgement) bool {
	found := false
	for i := range f.Nodes {
		n := &f.Nodes[i]
		for _, key := range []string{"k3s.io/node-args", "rke2.io/node-args"} {
			server, err := n.Server(key)
			switch {
			case err != nil:
				j.NotAssessed(audit.Failed, "%v", err)
			case server != nil:
				judgeArguments(j, n, key, server)
			default:
				continue
			}
			found = true
		}
	}
	return found
}

// judgeArguments judges the arguments of one server.
func judgeArguments(j *audit.Judgement, n *audit.Node, key string, server *audit.Container) {
	path := "Node " + n.Name + ": metadata.annotations[" + key + "]"
	defer j.By(audit.GetCommand("node", "", n.Name, "jsonpath={.metadata.annotations."+strings.ReplaceAll(key, ".", `\.`)+"}"))()
	given, on := server.Switch("secrets-encryption")
	file := server.APIServerArgument("encryption-provider-config")
	switch {
	case file != "":
		j.Evidence(path, "--kube-apiserver-arg encryption-provider-config="+file, audit.Configured)
		j.NotAssessed(audit.Unknown, "node %s: its API server is given an --encryption-provider-config; the provider order, where identity may come first, isn't visible", n.Name)
	case given && on:
		j.Evidence(path, "with --secrets-encryption", audit.Configured)
		j.NotAssessed(audit.Unknown, "node %s: --secrets-encryption is given; whether every Secret was written again since isn't visible", n.Name)
	case given:
		j.Evidence(path, "--secrets-encryption is false", audit.Configured)
		j.Fail("node %s: --secrets-encryption is false: Secrets are stored in the clear", n.Name)
	case key == "rke2.io/node-args":
		j.NotAssessed(audit.Unknown, "node %s: RKE2 encrypts unless its configuration says otherwise, which isn't visible", n.Name)
	default:
		j.Evidence(path, "without --secrets-encryption", audit.Configured)
		j.Fail("node %s: its k3s server runs without --secrets-encryption: Secrets are stored in the clear", n.Name)
	}
}
