package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

// checks writes down the checks that were selected and how each came out, sorted by ID.
func checks(selected []audit.Check, findings []audit.Finding) []Check {
	byCheck := map[string][]audit.Finding{}
	for start, end := 0, 0; start < len(findings); start = end {
		for end < len(findings) && findings[end].Check == findings[start].Check {
			end++
		}
		byCheck[findings[start].Check] = findings[start:end]
	}
	list := make([]Check, 0, len(selected))
	for i := range selected {
		c := described(&selected[i])
		c.Status, c.Counts = audit.RollUp(byCheck[c.ID]), counts(byCheck[c.ID])
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b Check) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// described is a check as the catalogue has it.
func described(c *audit.Check) Check {
	d := Check{
		ID: c.ID, Title: c.Title, Rationale: c.Doc, Logic: c.Logic, Severity: c.Severity,
		Responsible: c.Responsible, Remediation: c.Fix,
		Needs: slices.Sorted(slices.Values(c.Needs)), Uses: slices.Sorted(slices.Values(c.Uses)),
	}
	for _, ref := range c.Controls {
		d.Controls = append(d.Controls, CheckControl{Control: ref.Control, Role: ref.Role, Why: ref.Why})
	}
	slices.SortStableFunc(d.Controls, func(a, b CheckControl) int { return strings.Compare(a.Control, b.Control) })
	return d
}

// catalogue identifies the checks by what they say, not by how they came out.
func catalogue(version string, list []Check, assessed []Control) Catalogue {
	described := slices.Clone(list)
	for i := range described {
		described[i].Status, described[i].Counts = 0, Counts{}
	}
	return Catalogue{
		Version:  version,
		Digest:   digest(described),
		Tables:   dated(audit.Tables()),
		Editions: editions(assessed),
	}
}

// leftOut are the IDs of the checks that weren't selected.
func leftOut(all, selected []audit.Check) []string {
	var ids []string
	for i := range all {
		if !slices.ContainsFunc(selected, func(c audit.Check) bool { return c.ID == all[i].ID }) {
			ids = append(ids, all[i].ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// dated lists the tables as the record does, by name.
func dated(tables []audit.Table) []Table {
	list := make([]Table, 0, len(tables))
	for _, t := range tables {
		list = append(list, Table{Name: t.Name, Date: t.Date.Format(time.DateOnly), Source: t.Source})
	}
	slices.SortFunc(list, func(a, b Table) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// digest is the SHA-256 of a value as JSON, hex.
func digest(value any) string {
	hash := sha256.New()
	_ = json.NewEncoder(hash).Encode(value) // neither our types nor a hash can fail
	return hex.EncodeToString(hash.Sum(nil))
}
