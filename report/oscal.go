package report

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/kubevidence/kubevidence/audit"
)

// oscalVersion is the version of OSCAL that is written
// (https://pages.nist.gov/OSCAL-Reference/models/v1.1.3/assessment-results/json-reference/).
const oscalVersion = "1.1.3"

// oscalSpace is the namespace of properties that are kubevidence's own.
const oscalSpace = "https://github.com/kubevidence/kubevidence/oscal"

// WriteOSCAL writes the record as OSCAL Assessment Results in JSON. Each finding is an
// observation, conformities and what wasn't assessed included. A check is an objective: it is
// not satisfied where a subject fails or is waived, satisfied where every subject that it
// applies to passes, and has no finding otherwise: what wasn't assessed is never satisfied.
// Whether a control is, the assessor concludes: it has no finding. Waivers are risks that were
// accepted. Observations are written one at a time. The same record gives the same bytes.
func WriteOSCAL(w io.Writer, r *Record) error {
	o := &oscalWriter{out: bufio.NewWriterSize(w, 64<<10), r: r, space: uuid.NewSHA1(uuid.NameSpaceURL, []byte(oscalSpace+"/"+r.Metadata.UID))}
	o.document()
	if o.err == nil {
		o.err = o.out.Flush()
	}
	if o.err != nil {
		return fmt.Errorf("write OSCAL: %w", o.err)
	}
	return nil
}

// An oscalWriter writes a document piece by piece; the first error stays.
type oscalWriter struct {
	out   *bufio.Writer
	r     *Record
	space uuid.UUID // of the identifiers
	err   error
}

// id derives an identifier (RFC 9562, version 5) from the record's and a name.
func (o *oscalWriter) id(name string) string { return uuid.NewSHA1(o.space, []byte(name)).String() }

// instant prints an instant, the record's where there is none: OSCAL asks for one.
func (o *oscalWriter) instant(t time.Time) string {
	return cmp.Or(t, o.r.Metadata.GeneratedAt).UTC().Format(time.RFC3339)
}

func (o *oscalWriter) text(s string) {
	if o.err == nil {
		_, o.err = o.out.WriteString(s)
	}
}

// value writes one value on a line.
func (o *oscalWriter) value(v any) {
	if o.err != nil {
		return
	}
	data, err := json.Marshal(v)
	if err != nil {
		o.err = err
		return
	}
	_, o.err = o.out.Write(data)
}

// list writes a field that is an array, nothing where it would be empty, which OSCAL
// doesn't allow.
func (o *oscalWriter) list(field string, n int, element func(i int) any) {
	separator := ",\n" + `"` + field + `": [` + "\n"
	written := false
	for i := range n {
		v := element(i)
		if v == nil {
			continue
		}
		o.text(separator)
		o.value(v)
		separator, written = ",\n", true
	}
	if written {
		o.text("\n]")
	}
}

func (o *oscalWriter) document() {
	r := o.r
	o.text(`{"assessment-results": {` + "\n" + `"uuid": `)
	o.value(o.id("assessment-results"))
	o.text(",\n\"metadata\": ")
	o.value(o.metadata())
	o.text(",\n\"import-ap\": ")
	o.value(map[string]string{"href": "#" + o.id("no plan"), "remarks": "There is no assessment plan in OSCAL: the record's scope and configuration are the plan."})
	o.text(",\n\"results\": [{\n\"uuid\": ")
	o.value(o.id("result"))
	for _, field := range []struct {
		name  string
		value any
	}{
		{"title", "Network controls and key management of " + oscalString(r.Subject.Name)},
		{"description", oscalDescription(r)},
		{"start", o.instant(r.Collection.StartedAt)}, {"end", o.instant(r.Metadata.GeneratedAt)},
		{"props", o.resultProps()["props"]}, {"reviewed-controls", o.reviewed()},
	} {
		if field.value == nil {
			continue
		}
		o.text(",\n\"" + field.name + "\": ")
		o.value(field.value)
	}
	o.list("observations", len(r.Findings), func(i int) any { return o.observation(&r.Findings[i]) })
	o.list("risks", len(r.Waivers), func(i int) any { return o.risk(&r.Waivers[i]) })
	o.list("findings", len(r.Checks), func(i int) any { return o.finding(&r.Checks[i]) })
	o.text("\n}],\n\"back-matter\": ")
	o.value(map[string]any{"resources": []any{map[string]any{
		"uuid": o.id("no plan"), "title": "Scope and configuration", "description": oscalString(scopeWords(r)) + ". Digest of the configuration: " + r.Config.Digest,
	}}})
	o.text("\n}}\n")
}

// An oscalProp is a property of kubevidence's namespace.
type oscalProp struct {
	Name  string `json:"name"`
	Space string `json:"ns"`
	Value string `json:"value"`
}

// props adds properties to an object, without those that are empty: OSCAL allows no empty
// value, and no empty array.
func props(object map[string]any, pairs ...string) map[string]any {
	var list []oscalProp
	for i := 0; i < len(pairs); i += 2 {
		if value := oscalString(pairs[i+1]); value != "" {
			list = append(list, oscalProp{pairs[i], oscalSpace, value})
		}
	}
	if len(list) > 0 {
		object["props"] = list
	}
	return object
}

// oscalString is a text as OSCAL's strings are: one line, blank at neither end.
func oscalString(s string) string { return strings.TrimSpace(oneLine(escaped(s))) }

func (o *oscalWriter) metadata() any {
	r := o.r
	m := map[string]any{
		"title": "Evidence record " + r.Metadata.UID, "last-modified": o.instant(r.Metadata.GeneratedAt), "version": oscalString(cmp.Or(r.Tool.Version, "unknown")), "oscal-version": oscalVersion,
	}
	props(m, "record", r.Metadata.UID, "tool-commit", r.Tool.Commit, "tool-sha256", r.Tool.SHA256)
	if name := oscalString(r.Subject.Organization); name != "" {
		m["parties"] = []any{map[string]any{"uuid": o.id("organization"), "type": "organization", "name": name}}
	}
	return m
}

// oscalDescription says what the result is of.
func oscalDescription(r *Record) string {
	source := "as the API server told it"
	if r.Collection.Source == audit.FromFiles {
		source = "as files that were given tell it: no cluster was contacted"
	}
	return "The state at one point in time, " + source + ". Evidence, not a statement of conformity: the assessor concludes."
}

func (o *oscalWriter) resultProps() map[string]any {
	r := o.r
	return props(map[string]any{}, "collection", string(r.Collection.Source), "cluster", r.Subject.Name, "cluster-uid", r.Subject.Cluster.UID, "kubernetes", r.Subject.Cluster.Version,
		"state", string(r.Summary.State), "catalogue", r.Catalogue.Version, "catalogue-sha256", r.Catalogue.Digest, "configuration-sha256", r.Config.Digest)
}

// reviewed names the controls that the checks bear on.
func (o *oscalWriter) reviewed() any {
	selection := map[string]any{"description": "Controls of ISO/IEC 27001 that checks of this record bear on, of each edition."}
	var included []any
	for i := range o.r.Controls {
		included = append(included, map[string]string{"control-id": o.r.Controls[i].ID})
	}
	if len(included) > 0 {
		selection["include-controls"] = included
	}
	return map[string]any{"control-selections": []any{selection}}
}

// observation is one finding as what was observed.
func (o *oscalWriter) observation(f *audit.Finding) any {
	evidence := make([]any, 0, len(f.Evidence))
	for _, e := range f.Evidence {
		evidence = append(evidence, props(map[string]any{"description": escaped(e.Path + ": " + e.Value)}, "level", string(e.Level)))
	}
	v := map[string]any{
		"uuid": o.id("observation " + f.ID), "title": oscalString(f.Check + ": " + f.Subject.String()),
		"description": cmp.Or(strings.TrimSpace(escaped(f.Message)), "no words"), "methods": []string{"TEST"}, "collected": o.instant(o.r.Collection.EndedAt),
		"subjects": []any{map[string]any{"subject-uuid": o.id("subject " + f.Subject.Key()), "type": "resource", "title": oscalString(f.Subject.String())}},
	}
	props(v, "finding", f.ID, "check", f.Check, "status", f.Status.String(), "reason", string(f.Reason), "severity", f.Severity.String(),
		"responsible", f.Responsible.String(), "command", f.Command, "waiver", f.Waiver, "attestation", f.Attestation)
	if f.Status == audit.Attested {
		v["methods"] = []string{"INTERVIEW"}
	}
	if len(evidence) > 0 {
		v["relevant-evidence"] = evidence
	}
	return v
}

// risk is a waiver that is in force: a deviation that somebody accepted.
func (o *oscalWriter) risk(w *audit.WaiverState) any {
	status, ok := oscalRisks[w.State]
	if !ok {
		return nil
	}
	return props(map[string]any{
		"uuid": o.id("waiver " + w.Waiver.ID), "title": oscalString("Waiver " + w.Waiver.ID), "description": escaped(w.Waiver.Reason),
		"statement": escaped(w.Waiver.Reason), "status": status,
	}, "kind", string(w.Waiver.Kind), "check", w.Waiver.Check, "owner", w.Waiver.Owner, "approver", w.Waiver.Approver, "risk-reference", w.Waiver.RiskRef)
}

// oscalRisks are the states of waivers as statuses of risks; one that waives nothing is none.
var oscalRisks = map[string]string{"active": "deviation-approved", "expiring": "deviation-approved", "expired": "open"}

// finding is a check as an objective, nil where nothing can be said of it.
func (o *oscalWriter) finding(c *Check) any {
	state, reason := "", ""
	switch {
	case c.Counts.Fail+c.Counts.Waived > 0:
		state, reason = "not-satisfied", "fail"
	case c.Counts.Pass > 0 && c.Counts.Warning+c.Counts.NotAssessed+c.Counts.NotRequested+c.Counts.Attested == 0:
		state, reason = "satisfied", "pass"
	default:
		return nil
	}
	var related []any
	first, _ := slices.BinarySearchFunc(o.r.Findings, c.ID, func(f audit.Finding, id string) int { return strings.Compare(f.Check, id) })
	for i := first; i < len(o.r.Findings) && o.r.Findings[i].Check == c.ID; i++ {
		if f := &o.r.Findings[i]; f.Status != audit.NotApplicable {
			related = append(related, map[string]string{"observation-uuid": o.id("observation " + f.ID)})
		}
	}
	finding := map[string]any{
		"uuid": o.id("finding " + c.ID), "title": oscalString(c.ID + ": " + c.Title), "description": escaped(cmp.Or(c.Logic, c.Title)),
		"target": map[string]any{
			"type": "objective-id", "target-id": c.ID, "title": oscalString(c.Title), "status": map[string]string{"state": state, "reason": reason},
			"remarks": "The objective is the check's. Whether the controls that it bears on are satisfied, the assessor concludes.",
		},
	}
	if len(related) > 0 {
		finding["related-observations"] = related
	}
	return props(finding, "severity", c.Severity.String(), "responsible", c.Responsible.String())
}
