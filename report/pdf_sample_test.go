package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

// sampleAt is the instant of the samples.
var sampleAt = time.Date(2026, 11, 22, 21, 4, 50, 0, time.UTC)

// sampleControls are the four pairs of the catalogue, with what no API server shows.
var sampleControls = []struct{ id, counterpart, title, counterpartTitle, intent, what, who string }{
	{"A.8.20", "A.13.1.1", "Networks security", "Network controls",
		"Networks and what connects to them are protected on purpose: which traffic is let in, which may leave, and who decides is defined, restricted and known.",
		"physical network, firewalls and routing outside the cluster", "Network provider"},
	{"A.8.21", "A.13.1.2", "Security of network services", "Security of network services",
		"Services of the network are offered with the security that was agreed: names resolve, connections are encrypted, plain access is closed.",
		"service agreements with providers and their monitoring", "Procurement"},
	{"A.8.22", "A.13.1.3", "Segregation of networks", "Segregation in networks",
		"Groups of services, users and systems that need not reach one another are kept apart.",
		"segregation of users’ own networks", "Network provider"},
	{"A.8.24", "A.10.1.2", "Use of cryptography", "Key management",
		"Cryptography is used by rules; keys are made, kept, rotated and withdrawn over their whole life.",
		"key life cycle outside cert-manager, hardware modules and the policy on cryptography", "Key custodian"},
}

// sampleChecks are a few checks, each with the control that it bears on.
var sampleChecks = []struct {
	id, title, control, logic, fix string
	severity                       audit.Severity
	party                          audit.Party
	role                           audit.Role
}{
	{"CM-01", "cert-manager is installed and up", "A.8.24", "No available Deployment of the controller fails.", "Restore the cert-manager Deployments.", audit.High, audit.Administrator, audit.Direct},
	{"CRT-01", "Certificates are Ready", "A.8.24", "Ready not True fails, with its reason; for less than 15 minutes it warns.", "Read the Certificate’s conditions and mend what they name.", audit.High, audit.User, audit.Direct},
	{"ING-01", "TLS is declared", "A.8.21", "An Ingress without spec.tls fails.", "Add spec.tls with the hosts of the rules and a Secret’s name.", audit.High, audit.User, audit.Direct},
	{"ING-03", "the Secret is there", "A.8.24", "A Secret that the Ingress names and that is absent fails.", "Create a Certificate that names the Secret.", audit.High, audit.User, audit.Direct},
	{"ISS-04", "ACME is secure", "A.8.21", "An http server, or one whose certificate isn’t verified, fails.", "Use an https directory and remove skipTLSVerify.", audit.High, audit.Administrator, audit.Direct},
	{"NET-01", "every workload is isolated for ingress", "A.8.20", "A workload that no policy selects for ingress fails; one that is isolated but open fails.", "Write a NetworkPolicy that selects the workload and lists who may connect.", audit.High, audit.User, audit.Direct},
	{"NET-02", "every workload is isolated for egress", "A.8.22", "A workload that no policy selects for egress fails.", "Write a NetworkPolicy with policyTypes Egress that lists where the workload may connect.", audit.High, audit.User, audit.Direct},
	{"NET-03", "every namespace denies by default", "A.8.22", "A namespace without an ingress default-deny fails; without an egress default-deny it warns.", "Add a NetworkPolicy with an empty podSelector, policyTypes Ingress and Egress and no rules, then allow what is needed.", audit.Medium, audit.User, audit.Direct},
	{"NET-06", "every policy protects something", "A.8.20", "A policy that selects no Pod and no template warns.", "Remove the policy or correct its selector.", audit.Low, audit.User, audit.Supporting},
	{"SEC-02", "key and certificate match", "A.8.24", "Compared where Secrets are read.", "Issue the certificate again.", audit.High, audit.User, audit.Direct},
	{"SEC-05", "the key is strong enough", "A.8.24", "RSA below 2048 bits fails.", "Ask for RSA 2048 or ECDSA P-256 in spec.privateKey.", audit.High, audit.User, audit.Direct},
}

// sampleFinding makes a finding of a sample's check.
func sampleFinding(check string, status audit.Status, reason audit.Reason, subject audit.Subject, message string) audit.Finding {
	i := slices.IndexFunc(sampleChecks, func(c struct {
		id, title, control, logic, fix string
		severity                       audit.Severity
		party                          audit.Party
		role                           audit.Role
	}) bool {
		return c.id == check
	})
	c := sampleChecks[i]
	f := audit.Finding{
		ID: audit.FindingID(check, subject), Check: check, Status: status, Reason: reason, Severity: c.severity, Responsible: c.party,
		Subject: subject, Expected: c.title, Observed: message, Message: message,
		Command: fmt.Sprintf("kubectl get %s %s -o yaml", strings.ToLower(subject.Kind), subject.Name),
	}
	if subject.Namespace != "" {
		f.Command += " -n " + subject.Namespace
	}
	if subject.Kind == "Deployment" {
		f.Pods = &audit.PodCount{Total: 3}
	}
	if subject.Namespace == "kube-system" || subject.Namespace == "cert-manager" {
		f.Responsible = audit.Administrator
	}
	return f
}

// sampleRecord composes a record of findings: counts, checks and controls follow from
// them the way [New] has it.
func sampleRecord(findings []audit.Finding) *Record {
	r := &Record{
		APIVersion: Version, Kind: Kind,
		Metadata: Metadata{Name: "payments-prod-20261122T210450Z", UID: "8f14e45f-ceea-567d-9a36-dedd4bea2543", GeneratedAt: sampleAt},
		Tool:     Tool{Name: "kubevidence", Version: "v0.1.0", Commit: "3f786850e387550fdab836ed7e6dc881de23001b", SHA256: strings.Repeat("9c56cc51b374c3ba", 4), Go: "go1.26.0"},
		Catalogue: Catalogue{Version: "v0.1.0", Digest: strings.Repeat("b94d27b9934d3e08", 4),
			Tables: []Table{{Name: "components", Date: "2026-11-01", Source: "the projects’ release pages"}}},
		Subject: Subject{Organization: "Example Payments AB", Name: "payments-prod", Cluster: audit.Cluster{
			Name: "arn:aws:eks:eu-north-1:123456789012:cluster/payments-prod", UID: "1d2f8c0e-5b1c-4c0e-9d43-7c8d9d0f8a11",
			Server: "https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-north-1.eks.amazonaws.com", CASHA256: strings.Repeat("e3b0c44298fc1c14", 4), Version: "v1.37.2"}},
		Collection: Collection{
			Source: audit.FromCluster, StartedAt: sampleAt.Add(-4210 * time.Millisecond), EndedAt: sampleAt, SkewMS: 120,
			Identity: audit.Identity{Method: "jwt", Name: "system:serviceaccount:kubevidence:scanner"}, Complete: true,
		},
		Findings:    findings,
		Limitations: []string{"Declared policy isn’t observed traffic.", "It shows a state at one point in time, not operating effectiveness over a period."},
		Responsibilities: []Responsibility{
			{audit.User, []string{"creating workloads, Services and Ingresses", "segregating the private network with NetworkPolicies"}},
			{audit.Administrator, []string{"ensuring that cert-manager works and is configured correctly"}},
		},
	}
	r.Config = Configuration{Digest: strings.Repeat("2c26b46b68ffc68f", 4), Effective: *audit.DefaultConfig(), Options: audit.Options{At: sampleAt}}
	slices.SortFunc(r.Findings, audit.CompareFindings)
	for _, resource := range []audit.Resource{audit.Deployments, audit.Ingresses, audit.Namespaces, audit.NetworkPolicies, audit.Pods} {
		r.Collection.Queries = append(r.Collection.Queries, Query{
			Resource: resource, State: "read", Request: "/apis/" + string(resource) + "?limit=500", Pages: 1, Listed: 12, Evaluated: 12,
			ResourceVersion: "4815162342", DurationMS: 31,
		})
	}
	for _, c := range sampleChecks {
		var of []audit.Finding
		for i := range findings {
			if findings[i].Check == c.id {
				of = append(of, findings[i])
			}
		}
		r.Checks = append(r.Checks, Check{
			ID: c.id, Title: c.title, Rationale: "The control asks for it, and an auditor will.", Logic: c.logic, Severity: c.severity,
			Responsible: c.party, Remediation: c.fix, Controls: []CheckControl{{c.control, c.role, "It shows whether the intent is met."}},
			Needs: []audit.Resource{audit.Namespaces, audit.Pods}, Status: audit.RollUp(of), Counts: counts(of),
		})
	}
	for _, edition := range []string{"2022", "2013"} {
		for _, c := range sampleControls {
			r.Controls = append(r.Controls, sampleControl(r, edition, c.id, c.counterpart, c.title, c.counterpartTitle, c.intent, Remainder{What: c.what, Who: c.who}))
		}
	}
	r.Summary = summary(r)
	return r
}

// sampleControl is one edition's side of a pair.
func sampleControl(r *Record, edition, id, counterpart, title, counterpartTitle, intent string, rest Remainder) Control {
	control := Control{
		ID: id, Edition: edition, Title: title, MappedTo: []string{counterpart}, Intent: intent,
		Procedure:   "Every object of the population was read with GET requests and each check decided for each subject.",
		NotAssessed: []Remainder{rest},
	}
	if edition == "2013" {
		control.ID, control.Title, control.MappedTo = counterpart, counterpartTitle, []string{id}
	}
	var all []audit.Finding
	for i := range r.Checks {
		if check := &r.Checks[i]; check.Controls[0].Control == id {
			control.Checks = append(control.Checks, ControlCheck{check.ID, check.Controls[0].Role, "It shows whether the intent is met.", check.Status, check.Counts})
			for j := range r.Findings {
				if r.Findings[j].Check == check.ID {
					all = append(all, r.Findings[j])
				}
			}
		}
	}
	control.Status, control.Counts = audit.RollUp(all), counts(all)
	control.Population = control.Counts.Assessed()
	return control
}

// realisticRecord has something of everything.
func realisticRecord() *Record {
	of := func(kind, namespace, name string) audit.Subject {
		return audit.Subject{APIVersion: "v1", Kind: kind, Namespace: namespace, Name: name, UID: "5c1f0c1e-7a4b-4c55-9a3e-0a4f8f8f2b11", ResourceVersion: "4815162"}
	}
	deny := sampleFinding("NET-03", audit.Fail, "", of("Namespace", "", "team-checkout"), "No policy denies ingress by default in namespace team-checkout, which has 4 workloads.")
	findings := []audit.Finding{
		deny,
		sampleFinding("NET-03", audit.Warning, "", of("Namespace", "", "team-ledger"), "Ingress is denied by default; egress is not."),
		sampleFinding("NET-03", audit.Pass, "", of("Namespace", "", "team-reporting"), "Policy default-deny denies ingress and egress by default."),
		sampleFinding("NET-06", audit.Warning, "", of("NetworkPolicy", "team-ledger", "allow-from-old-frontend"), "The policy selects no Pod and no controller’s template."),
		sampleFinding("ING-01", audit.Fail, "", of("Ingress", "team-checkout", "checkout"), "The Ingress has no spec.tls; shop.example.com is served over plain HTTP."),
		sampleFinding("ING-01", audit.Pass, "", of("Ingress", "team-ledger", "ledger"), "TLS is declared for ledger.example.com with Secret ledger-tls."),
		sampleFinding("ING-03", audit.NotAssessed, audit.Forbidden, of("Ingress", "team-reporting", "reports"), "Secrets were not read and no Certificate names reports-tls: secrets is forbidden: User \"system:serviceaccount:kubevidence:scanner\" cannot get resource \"secrets\" in API group \"\" in the namespace \"team-reporting\""),
		sampleFinding("SEC-02", audit.NotAssessed, audit.NotRequested, of("Ingress", "team-ledger", "ledger"), "Comparing key and certificate takes --read-secrets."),
		sampleFinding("SEC-05", audit.Pass, "", of("Ingress", "team-ledger", "ledger"), "The key is ECDSA P-256."),
		sampleFinding("CRT-01", audit.Pass, "", of("Certificate", "team-ledger", "ledger"), "Ready since 2026-10-01."),
		sampleFinding("CRT-01", audit.Waived, "", of("Certificate", "team-legacy", "old-portal"), "Ready is False: DoesNotExist: Issuing certificate as Secret does not exist."),
		sampleFinding("CM-01", audit.Pass, "", of("Deployment", "cert-manager", "cert-manager"), "1 of 1 replicas is available."),
		sampleFinding("ISS-04", audit.Fail, "", of("ClusterIssuer", "", "internal-acme"), "The ACME server’s certificate is not verified: skipTLSVerify is true."),
		sampleFinding("NET-02", audit.Attested, "", of("DaemonSet", "kube-system", "node-agent"), "Egress can’t be decided: the policy has a named port that no container defines."),
	}
	fail := audit.Fail
	unknown := audit.NotAssessed
	findings[10].Before, findings[10].Waiver = &fail, "W-2026-014"
	findings[13].Before, findings[13].Attestation = &unknown, "ATT-7"
	findings[4].Evidence = []audit.Evidence{{Path: "spec.tls", Value: "", Level: audit.Configured}, {Path: "spec.rules[0].host", Value: "shop.example.com", Level: audit.Configured}}
	for i := range 26 {
		name := fmt.Sprintf("service-%02d", i)
		for _, check := range []string{"NET-01", "NET-02"} {
			namespace, status, message := "team-reporting", audit.Pass, "Isolated by policies default-deny and allow-"+name+"."
			if i%5 == 0 {
				namespace, status, message = "team-checkout", audit.Fail, "No policy selects the workload: it accepts connections from everywhere in the cluster."
			}
			f := sampleFinding(check, status, "", audit.Subject{APIVersion: "apps/v1", Kind: "Deployment", Namespace: namespace, Name: name, UID: "9b2e1c7a-0c56-4ab1-8f6e-2d6f5f0f7f01", ResourceVersion: "48151"}, message)
			if status == audit.Fail {
				f.Cause = deny.ID
				f.Pods.Differing = []string{name + "-7d9f8b6c5d-x2x4z"}
			}
			findings = append(findings, f)
		}
	}
	r := sampleRecord(findings)
	r.Collection.Complete = false
	r.Collection.Queries = append(r.Collection.Queries, Query{
		Resource: audit.Secrets, Scope: "team-reporting", State: "unread", Request: "/api/v1/namespaces/team-reporting/secrets/reports-tls",
		Error: `secrets "reports-tls" is forbidden: User "system:serviceaccount:kubevidence:scanner" cannot get resource "secrets"`,
	})
	r.Collection.Queries[4].Listed, r.Collection.Queries[4].Evaluated, r.Collection.Queries[4].Excluded = 97, 90, 7
	r.Collection.Queries[4].ExcludedBy = []audit.Excluded{{Rule: audit.RuleTerminated, Count: 7}}
	r.Collection.Exclusions = []Exclusion{{audit.RuleTerminated, 7}}
	r.Collection.Gaps = []Gap{{Resource: audit.Secrets, Namespace: "team-reporting", Name: "reports-tls", Reason: audit.Forbidden, Verb: "get", Message: `secrets "reports-tls" is forbidden`, Checks: []string{"ING-03", "SEC-02"}}}
	r.Config.Effective.Classification = "Confidential"
	r.Config.Effective.Criteria = audit.Criteria{ISMSScope: "Card payments, all environments", StatementOfApplicability: "SoA-2026 v3.1", Policies: []string{"POL-12 Network security", "POL-19 Cryptography"}}
	r.Waivers = []audit.WaiverState{{State: "expiring", Findings: []string{findings[10].ID}, Waiver: audit.Waiver{
		ID: "W-2026-014", Kind: audit.AcceptedRisk, Check: "CRT-01", Subject: audit.SubjectPattern{Namespace: "team-legacy"}, Reason: "The portal is switched off on 15 December.",
		Owner: "Ines Okafor", Approver: "Per Lindqvist", RiskRef: "RISK-881", Compensating: []string{"reachable from the office network only"},
		ApprovedAt: audit.Date{Time: sampleAt.AddDate(0, -2, 0)}, ExpiresAt: audit.Date{Time: sampleAt.AddDate(0, 0, 20)},
	}}}
	r.Attestations = []audit.AttestationState{{State: "active", Findings: []string{findings[13].ID}, Attestation: audit.Attestation{
		ID: "ATT-7", Checks: []string{"NET-02"}, Statement: "The node agent reaches the API server and nothing else; verified in the infrastructure audit of June.",
		By: "Mina Sato", Role: "Lead auditor", Organization: "Northern Assurance", Covers: "payments-prod", Date: audit.Date{Time: sampleAt.AddDate(0, -5, 0)},
		ValidUntil: audit.Date{Time: sampleAt.AddDate(0, 7, 0)}, Reference: "NA-2026-0611", SHA256: strings.Repeat("5feceb66ffc86f38", 4),
	}}}
	r.Deviations = []Deviation{{Setting: "thresholds.keyProfile", Default: "standard", Effective: "bsi", Reason: notStated, Findings: 1}}
	for i := range 8 {
		host := fmt.Sprintf("app%d.example.com", i)
		r.Inventory.Certificates = append(r.Inventory.Certificates, Certificate{
			Namespace: "team-ledger", Secret: fmt.Sprintf("app%d-tls", i), Certificate: fmt.Sprintf("app%d", i), Issuer: "ClusterIssuer letsencrypt-prod",
			Names: []string{host, "www." + host}, Serial: "04d2a1b3c4e5f60718293a4b5c6d7e8f9012", SHA256: strings.Repeat("a1b2c3d4e5f60718", 4), Key: "ECDSA P-256",
			NotBefore: sampleAt.AddDate(0, -1, -i), NotAfter: sampleAt.AddDate(0, 2, -i), RenewalTime: sampleAt.AddDate(0, 1, -i),
			Level: audit.Issued, Presence: "notRead", UsedBy: []string{fmt.Sprintf("Ingress team-ledger/app%d", i)}, Hosts: []string{host},
		})
		verdict := audit.Statuses[i%len(audit.Statuses)]
		r.Inventory.Ingresses = append(r.Inventory.Ingresses, Host{
			Host: host, Namespaces: []string{"team-ledger"}, Objects: []string{fmt.Sprintf("Ingress team-ledger/app%d", i)}, Classes: []string{"nginx"}, Controllers: []string{"ingress-nginx"},
			TLS: []TLSEnd{{At: "controller", Secret: fmt.Sprintf("team-ledger/app%d-tls", i)}}, Allowlist: []string{"192.0.2.0/24"}, Redirect: &verdict,
		})
	}
	for i := range 26 {
		w := Isolation{Workload: fmt.Sprintf("team-reporting/service-%02d[Deployment]", i), Pods: 3,
			Ingress: Direction{ByNetworkPolicy: "restricted", ByAdminTiers: "none", Effective: "restricted", SelectedBy: []string{"team-reporting/default-deny", fmt.Sprintf("team-reporting/allow-service-%02d", i)}}, Egress: Direction{ByNetworkPolicy: "restricted", ByAdminTiers: "none", Effective: "restricted", SelectedBy: []string{"team-reporting/default-deny"}}}
		if i%5 == 0 {
			w = Isolation{Workload: fmt.Sprintf("team-checkout/service-%02d[Deployment]", i), Pods: 3, Ingress: Direction{ByNetworkPolicy: "none"}, Egress: Direction{ByNetworkPolicy: "open", SelectedBy: []string{"team-checkout/allow-all"}}}
		}
		r.Inventory.Isolation = append(r.Inventory.Isolation, w)
	}
	return r
}
