package report

import (
	"fmt"
	"os"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// emptyRecord is of a cluster without a subject: every check is NotApplicable.
func emptyRecord() *Record {
	var findings []audit.Finding
	for _, c := range sampleChecks {
		f := sampleFinding(c.id, audit.NotApplicable, "", audit.ClusterSubject(), "There is no subject.")
		f.Command = ""
		findings = append(findings, f)
	}
	return sampleRecord(findings)
}

// hostileTexts are what a cluster's objects, or a server's words, may hold.
var hostileTexts = []string{
	`<script>alert(1)</script>`,
	"emoji 😀 and 漢字",
	"right-to-left \u202Egnp.exe, zero\u200Bwidth, bom\uFEFF",
	"Page {nb} of {nb}",
	"null \x00 bell \a escape \x1b[31m tab\tend",
	"not UTF-8 \xff\xfe\xc3(",
	"Żółć, Ελλάδα, Đặng, Україна, שלום, مرحبا, ✓ ✗ ⚠",
	"combining Z̸̧̢̛a̷l̶g̵o̴",
	"back\\slash (paren) ) ( %s %!d \\u{41}",
	"line\nends\r\nand\rmore\n\n\n",
	strings.Repeat("x", 20<<10),
	strings.Repeat("word ", 4<<10),
	strings.Repeat("\n", 20<<10),
	strings.Repeat("😀", 5000),
	"",
	" ",
}

// hostileRecord puts each of them wherever a cluster or a configuration has a say.
func hostileRecord() *Record {
	r := realisticRecord()
	n := 0
	next := func() string { n++; return hostileTexts[n%len(hostileTexts)] }
	for _, text := range hostileTexts {
		f := sampleFinding("NET-01", audit.Fail, "", audit.Subject{Kind: text, Namespace: text, Name: text, UID: text}, text)
		f.Observed, f.Expected, f.Command = next(), text, text
		f.Evidence = []audit.Evidence{{Path: text, Value: text, Level: audit.Level(text)}}
		f.Pods = &audit.PodCount{Total: -1, Differing: []string{text, text}}
		f.Waiver, f.Attestation, f.Cause = text, text, text
		r.Findings = append(r.Findings, f)
		r.Collection.Gaps = append(r.Collection.Gaps, Gap{Resource: audit.Resource(text), Namespace: text, Reason: audit.Reason(text), Verb: text, Message: text, Checks: []string{text}})
		r.Collection.Queries = append(r.Collection.Queries, Query{Resource: audit.Resource(text), Scope: text, State: text, Request: text, Error: text, Errors: []string{text}, AuditIDs: []string{text}})
		r.Collection.Exclusions = append(r.Collection.Exclusions, Exclusion{text, 1 << 40})
		r.Collection.Ignored = append(r.Collection.Ignored, audit.Ignored{APIVersion: text, Kind: text, Count: 1})
		r.Waivers = append(r.Waivers, audit.WaiverState{State: text, ForReview: []string{text}, Waiver: audit.Waiver{ID: text, Kind: audit.WaiverKind(text), Reason: text, Owner: text, Approver: text}})
		r.Attestations = append(r.Attestations, audit.AttestationState{State: text, Attestation: audit.Attestation{ID: text, Statement: text, By: text, Covers: text}})
		r.Inventory.Certificates = append(r.Inventory.Certificates, Certificate{Namespace: text, Secret: text, Issuer: text, Names: []string{text, text}, Serial: text, UsedBy: []string{text}, Malformed: text})
		r.Inventory.Ingresses = append(r.Inventory.Ingresses, Host{Host: text, Objects: []string{text}, Classes: []string{text}, Controllers: []string{text}, TLS: []TLSEnd{{At: text, Secret: text}}, Allowlist: []string{text}})
		r.Inventory.Isolation = append(r.Inventory.Isolation, Isolation{Workload: text, Ingress: Direction{ByNetworkPolicy: text, SelectedBy: []string{text}}})
		r.Deviations = append(r.Deviations, Deviation{Setting: text, Default: text, Effective: text, Reason: text})
		r.Limitations = append(r.Limitations, text)
		r.Summary.Causes = append(r.Summary.Causes, Cause{Check: text, Title: text, Places: []string{text, text}, Responsible: audit.User, Finding: text, Remedy: text})
	}
	r.Controls[0].Intent, r.Controls[1].Title, r.Controls[2].Criterion = next(), next(), next()
	r.Controls[3].NotAssessed = append(r.Controls[3].NotAssessed, Remainder{What: hostileTexts[0], Who: hostileTexts[1]})
	r.Subject.Organization = hostileTexts[10]
	r.Subject.Name = hostileTexts[2]
	r.Subject.Cluster.Server = hostileTexts[11]
	r.Config.Effective.Classification = hostileTexts[1]
	r.Config.Effective.Assessor = hostileTexts[12]
	r.Config.Effective.Criteria.Policies = hostileTexts
	r.Metadata.UID = hostileTexts[3]
	return r
}

// manyFindings is a record of n findings, half of them deviations.
func manyFindings(n int) *Record {
	findings := make([]audit.Finding, 0, n)
	for i := range n {
		subject := audit.Subject{APIVersion: "apps/v1", Kind: "Deployment", Namespace: fmt.Sprintf("team-%03d", i%200), Name: fmt.Sprintf("service-%05d", i), UID: "9b2e1c7a-0c56-4ab1-8f6e-2d6f5f0f7f01", ResourceVersion: "48151"}
		status, message := audit.Pass, "Isolated by policies default-deny and allow-frontend."
		if i%2 == 0 {
			status, message = audit.Fail, "No policy selects the workload: it accepts connections from every Pod and every address that reaches its node."
		}
		f := sampleFinding("NET-01", status, "", subject, message)
		f.Evidence = []audit.Evidence{{Path: "spec.template.metadata.labels", Value: "app=" + subject.Name, Level: audit.Configured}}
		findings = append(findings, f)
	}
	return sampleRecord(findings)
}

// pdfSamples are the records that every test of the document as a whole goes through.
var pdfSamples = map[string]func() *Record{
	"realistic": realisticRecord,
	"empty":     emptyRecord,
	"hostile":   hostileRecord,
	"bare":      func() *Record { return &Record{} },
	"shared":    sharedRecord,
}

// sharedRecord is the sample that other forms are tested with, too.
func sharedRecord() *Record {
	file, err := os.Open("testdata/record.json")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	r, err := Read(file)
	if err != nil {
		panic(err)
	}
	return r
}
