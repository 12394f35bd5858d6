package recordtest

import "github.com/kubevidence/kubevidence/audit"

// configurationYAML is what the sample's organization states.
const configurationYAML = `
organization: Example Commerce AB
classification: confidential
retention: 3 years
criteria:
  ismsScope: The production platform of the web shop, ISMS-01 §2
  statementOfApplicability: SoA-2026, version 4 of 2026-03-02
  policies: [POL-07 Network security, POL-11 Cryptography]
  applicability:
    A.8.20: applicable; network controls are set in Kubernetes (SoA-2026, row 8.20)
    A.8.24: applicable; TLS for every host that users reach (SoA-2026, row 8.24)
scope:
  exclusions:
    - {namespace: "sandbox-*", reason: "holds no production data; rebuilt nightly (CHG-2207)"}
administrator:
  namespaces: [monitoring]
waivers:
  - id: W-2026-014
    kind: acceptedRisk
    check: NET-02
    subject: {namespace: checkout}
    reason: The payment provider changes its addresses without notice; egress goes through the inspecting proxy instead.
    owner: Mia Lindqvist
    approver: Jonas Berg
    approvedAt: 2026-06-01
    expiresAt: 2027-05-31
    riskRef: RISK-118
    compensatingControls: [outbound proxy with an allowlist]
    subjectsAtApproval: [Deployment/checkout/cart, Deployment/checkout/checkout-api]
  - id: W-2026-021
    kind: remediation
    check: ING-02
    subject: {namespace: search}
    reason: The wildcard goes with the move to the new search cluster.
    owner: Anna Ek
    approver: Jonas Berg
    approvedAt: 2026-09-15
    expiresAt: 2026-12-10
    subjectsAtApproval: [Ingress/search/search]
  - id: W-2025-007
    kind: acceptedRisk
    check: NET-01
    subject: {kind: StatefulSet, namespace: analytics, name: clickhouse}
    reason: Reached by the old reporting job from several namespaces.
    owner: Anna Ek
    approver: Mia Lindqvist
    approvedAt: 2025-10-01
    expiresAt: 2026-09-30
  - id: W-2026-030
    kind: falsePositive
    check: CRT-05
    subject: {namespace: catalog}
    reason: The key is pinned by a partner.
    owner: Anna Ek
    approver: Mia Lindqvist
    approvedAt: 2026-10-01
    expiresAt: 2027-03-31
    subjectsAtApproval: [Certificate/catalog/partner]
attestations:
  - id: ATT-2026-003
    control: A.8.24
    checks: [ING-01]
    subject: {namespace: analytics}
    statement: The load balancer ends TLS 1.3 with a certificate of the provider's certificate manager and doesn't listen on port 80.
    by: Jonas Berg
    role: Platform lead
    organization: Example Commerce AB
    covers: AWS account 111122223333, region eu-west-1
    date: 2026-08-20
    validUntil: 2027-08-19
    reference: AUD-2026-08, section 4.2
    sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
`

func configuration() *audit.Config {
	c, err := audit.ParseConfig([]byte(configurationYAML))
	if err != nil {
		panic(err)
	}
	return c
}
