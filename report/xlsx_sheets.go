package report

import (
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// xlsxFoot names the record below each printed page. In Excel's code & begins a command
// (ECMA-376 part 1, 18.3.1.46).
func xlsxFoot(r *Record) string {
	plain := func(text string) string { return strings.ReplaceAll(clip(xlsxText(text), 60), "&", "&&") }
	return "&L" + plain(r.Subject.Name) + ", " + utc(r.Metadata.GeneratedAt) + "&CRecord " + plain(r.Metadata.UID) + "&R" + plain(r.classification()) + ", page &P of &N"
}

// recordSheet is what the workbook is a form of.
func recordSheet(r *Record) xlsxSheet {
	s := &r.Summary
	rows := [][2]string{
		{"What this is", "A rendering of an evidence record for spreadsheets. The record is the evidence; where they differ, it holds. Evidence, not a certificate: the auditor concludes."},
		{"Organization", stated(r.Subject.Organization)}, {"Cluster", r.called()}, {"API server", orDash(r.Subject.Cluster.Server)},
		{"Kubernetes", orDash(r.Subject.Cluster.Version)}, {"UID of kube-system", orDash(r.Subject.Cluster.UID)},
		{"Record", r.Metadata.UID}, {"Time", timeWords(r)}, {"Read by", r.reader()},
		{"State", stateWords[s.State].title}, {"Findings", countWords(&s.Counts)}, {"Coverage", coverageWords(r)}, {"Sampling", samplingWords(&r.Collection)},
		{"Controls", r.editions()}, {"Signature", signatureWords(r)},
		{"Catalogue", r.Catalogue.Version + ", sha256:" + r.Catalogue.Digest}, {"Configuration", "sha256:" + r.Config.Digest},
		{"Tool", r.Tool.Name + " " + r.Tool.Version + ", commit " + orDash(r.Tool.Commit)}, {"Classification", r.classification()},
	}
	if r.Signing != nil {
		rows = append(rows, [2]string{"Signing key", "sha256:" + r.Signing.KeySHA256})
	}
	for _, limitation := range r.Limitations {
		rows = append(rows, [2]string{"Limitation", limitation})
	}
	return xlsxSheet{
		name: "Record", plain: true, rows: len(rows), columns: []xlsxColumn{{"Evidence record", 24}, {"", 110}},
		row: func(i int) []any { return []any{rows[i][0], rows[i][1]} },
	}
}

// findingsSheet lists the findings as the record does; worst first where the sheet has no
// room for all.
func findingsSheet(r *Record) xlsxSheet {
	checks := r.checksByID()
	at := func(i int) *audit.Finding { return &r.Findings[i] }
	if len(r.Findings) >= xlsxMaxRows {
		worst := sortedWorst(r.Findings)
		at = func(i int) *audit.Finding { return worst[i] }
	}
	return xlsxSheet{
		name: "Findings", rows: len(r.Findings),
		columns: []xlsxColumn{
			{"Check", 10}, {"Title", 34}, {"Status", 13}, {"Reason", 13}, {"Severity", 10}, {"Responsible", 14}, {"Kind", 15}, {"Namespace", 18}, {"Name", 28},
			{"Message", 60}, {"Expected", 34}, {"Command", 44}, {"Remediation", 50}, {"Controls", 22}, {"Waiver", 12}, {"Attestation", 12}, {"Cause", 22}, {"Finding", 22},
			{"Observed", 44}, {"Evidence", 60}, {"UID", 38}, {"Resource version", 16},
		},
		row: func(i int) []any {
			f := at(i)
			var title, remediation string
			var controls []string
			if c := checks[f.Check]; c != nil {
				title, remediation = c.Title, c.Remediation
				for _, ref := range c.Controls {
					controls = append(controls, ref.Control)
				}
			}
			if !deviates(f) {
				remediation = "" // there is nothing to mend
			}
			return []any{
				f.Check, title, f.Status.String(), string(f.Reason), f.Severity.String(), f.Responsible.String(), f.Subject.Kind, f.Subject.Namespace, f.Subject.Name,
				f.Message, f.Expected, f.Command, remediation, strings.Join(controls, " "), f.Waiver, f.Attestation, f.Cause, f.ID,
				f.Observed, evidenceText(f), f.Subject.UID, f.Subject.ResourceVersion,
			}
		},
	}
}

func controlsSheet(r *Record) xlsxSheet {
	return xlsxSheet{
		name: "Controls", rows: len(r.Controls),
		columns: []xlsxColumn{
			{"Control", 11}, {"Edition", 9}, {"Title", 34}, {"Status", 13}, {"Pass", 9}, {"Warning", 9}, {"Fail", 9}, {"Waived", 9}, {"Attested", 9},
			{"Not assessed", 10}, {"Not requested", 10}, {"Not applicable", 10}, {"Assessed", 10}, {"Of", 10}, {"Conclusion of the auditor", 40},
		},
		row: func(i int) []any {
			c := &r.Controls[i]
			n := c.Counts
			return []any{
				c.ID, c.Edition, c.Title, c.Status.String(), n.Pass, n.Warning, n.Fail, n.Waived, n.Attested,
				n.NotAssessed, n.NotRequested, n.NotApplicable, c.Population.Numerator, c.Population.Denominator, "",
			}
		},
	}
}

func certificatesSheet(r *Record) xlsxSheet {
	all := r.Inventory.Certificates
	lives := newTimeline(r)
	return xlsxSheet{
		name: "Certificates", rows: len(all),
		columns: []xlsxColumn{
			{"Namespace", 18}, {"Secret", 28}, {"Certificate", 28}, {"Names", 40}, {"Issuer", 34}, {"Key", 13}, {"Not before", 17}, {"Not after", 17}, {"Renewal", 17},
			{"State", 16}, {"Known from", 12}, {"Used by", 40}, {"Serial", 36}, {"SHA-256", 66}, {"Public key, SHA-256", 66},
		},
		row: func(i int) []any {
			c := &all[i]
			state := ""
			if !c.NotAfter.IsZero() {
				state = lives.State(*c)
			}
			return []any{
				c.Namespace, c.Secret, c.Certificate, strings.Join(c.Names, ", "), c.Issuer, c.Key, c.NotBefore, c.NotAfter, c.RenewalTime,
				state, string(c.Level), strings.Join(c.UsedBy, ", "), c.Serial, c.SHA256, c.PublicKey,
			}
		},
	}
}

func ledgerSheet(r *Record) xlsxSheet {
	all := r.Collection.Queries
	return xlsxSheet{
		name: "Ledger", rows: len(all),
		columns: []xlsxColumn{
			{"Resource", 40}, {"Scope", 18}, {"State", 14}, {"Listed", 9}, {"Evaluated", 10}, {"Excluded", 10}, {"Errored", 9}, {"Request", 50}, {"Pages", 8},
			{"Resource version", 16}, {"Started", 17}, {"Milliseconds", 12}, {"Error", 50}, {"Excluded by", 50}, {"Asked for by name", 50}, {"Absent", 9},
		},
		row: func(i int) []any {
			q := &all[i]
			return []any{
				string(q.Resource), q.Scope, q.State, q.Listed, q.Evaluated, q.Excluded, q.Errored, q.Request, q.Pages,
				q.ResourceVersion, q.StartedAt, q.DurationMS, strings.Join(append([]string{q.Error}, q.Errors...), " "),
				excludedWords(q.ExcludedBy), strings.Join(q.Asked, ", "), q.Absent,
			}
		},
	}
}

// excludedWords says which rules left out how many objects.
func excludedWords(by []audit.Excluded) string {
	words := make([]string, len(by))
	for i, e := range by {
		words[i] = grouped(e.Count) + " by " + e.Rule
	}
	return strings.Join(words, "; ")
}
