package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

// limitations says, in sentences, what the record does not show. Those that always hold
// come first, those of this reading after them.
func limitations(r *Record) []string {
	list := []string{
		"The record is evidence, not a certificate: a Fail is a candidate nonconformity, a Warning a candidate opportunity for improvement. The auditor concludes.",
		"It shows a state at one point in time, not operating effectiveness over a period.",
		"Declared policy isn't observed traffic: that a NetworkPolicy exists doesn't prove that the network plugin enforces it, or that a connection was ever refused.",
		"Network policies of Kubernetes (networking.k8s.io, policy.networking.k8s.io), Cilium and Calico are evaluated together. What depends on names, requests or a service mesh is called indeterminate. Policies of other API groups (NET-07 names them) aren't evaluated: they may keep out or let in more.",
		"What no API server can show is listed with each control, with who has to evidence it.",
		"Names of owners, approvers and of those who attest are asserted in the configuration, not authenticated.",
		"Of ISO/IEC 27001 the titles of controls are given. The standard's text is copyrighted; intents and procedures are in this tool's own words.",
		signatureLimit(r),
	}
	return append(list, readingLimitations(r)...)
}

// readingLimitations are those of this reading.
func readingLimitations(r *Record) []string {
	var list []string
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	c := &r.Collection
	if c.Source == audit.FromFiles {
		say("The population was given, not read: the evaluation took files for the whole cluster. That they are complete, and that they are what runs, rests on whoever gave them. Defaults that a server would have set were set.")
		if absent := absentKinds(r); len(absent) > 0 {
			say("Of what every cluster has, the files hold no %s: each counted as absent, and findings rest on that.", strings.Join(absent, ", "))
		}
	} else {
		say("Reads were not simultaneous: they took place from %s to %s, and the cluster may have changed in between.", utc(c.StartedAt), utc(c.EndedAt))
		say("Who read is told from the credentials at hand. The server was not asked to confirm it.")
	}
	if r.Config.Options.AtGiven {
		say("The instant of the evaluation, %s, was given (--at): waivers, attestations and certificates are judged as of then, whenever it was that the %s.", utc(r.Metadata.GeneratedAt), whenRead(c.Source))
	}
	if n := len(c.Gaps); n > 0 {
		say("Not everything could be read: the ledger lists %s with the checks that each costs.", counted(n, "gap"))
	}
	if r.Config.Options.Namespace != "" {
		say("Only subjects in namespace %s were evaluated; objects of other namespaces were read as peers.", r.Config.Options.Namespace)
	}
	if len(c.Exclusions) > 0 {
		say("Objects were left out of the evaluation by the rules that the ledger counts.")
	}
	if edition := r.Config.Options.Edition; edition != "" {
		say("Controls of edition %s alone were assessed (--edition).", edition)
	}
	if len(r.Config.Options.Checks)+len(r.Config.Options.ExcludedChecks) > 0 {
		say("Not the whole catalogue of checks was run: it was narrowed on the command line.")
	}
	switch o := &r.Config.Options; {
	case o.ReadSecrets || c.Source != audit.FromCluster:
	case o.Probe:
		say("Secrets were not read. Certificates are known as they were issued or served, not as they are stored.")
	default:
		say("Secrets were not read. Certificates are known as they were issued, not as they are stored or served.")
	}
	if r.Config.Options.Probe {
		say("Servers were asked, and names looked up, from where this was run: users of other networks may meet something else.")
	}
	for _, table := range aged(r.Catalogue.Tables, r.Metadata.GeneratedAt) {
		say("The table of %s in this build is of %s, more than twelve months before this evaluation: what has changed since isn't known to it. A newer release may judge otherwise.", table.Name, table.Date)
	}
	for _, ignored := range c.Ignored {
		say("Ignored, because this build doesn't know the kind: %s of kind %s (%s).", counted(ignored.Count, "document"), ignored.Kind, ignored.APIVersion)
	}
	return list
}

// everyCluster are resources of which a cluster at work has some.
var everyCluster = []audit.Resource{audit.Namespaces, audit.Nodes, audit.Pods, audit.Services, audit.EndpointSlices, audit.ConfigMaps, audit.Deployments, audit.ClusterRoles, audit.ClusterRoleBindings}

// absentKinds are those of which the files hold none, though they were asked for.
func absentKinds(r *Record) []string {
	var list []string
	for _, resource := range everyCluster {
		listed, asked := 0, false
		for i := range r.Collection.Queries {
			if q := &r.Collection.Queries[i]; q.Resource == resource {
				listed, asked = listed+q.Listed, true
			}
		}
		if asked && listed == 0 {
			list = append(list, string(resource))
		}
	}
	return list
}

func whenRead(s audit.Source) string {
	if s == audit.FromFiles {
		return "files were read, which isn't recorded"
	}
	return "cluster was read"
}

// aged are the tables that were more than twelve months old on the day of an instant.
func aged(tables []Table, at time.Time) []Table {
	var old []Table
	for _, t := range tables {
		if date, err := time.Parse(time.DateOnly, t.Date); err == nil && !at.Before(date.AddDate(1, 0, 1)) {
			old = append(old, t)
		}
	}
	return old
}
