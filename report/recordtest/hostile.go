package recordtest

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/report"
)

// Hostiles are texts that have broken reports: markup, emoji, text that reorders its
// surroundings or hides, a placeholder of the PDF library, control characters, a name
// that reads from the right and one that never ends.
var Hostiles = []string{
	`<script>alert("kubevidence")</script>`,
	`"><img src=x onerror=alert(1)>`,
	"rocket 🚀 and family 👩‍👩‍👧",
	"invoice\u202egnp.exe\u202c",
	"مساحة-الاسم",
	"{nb}",
	"a\x00b\x1b[31mc\u200bd\ufeff",
	"</style></title><!-- ]]> {{.}} javascript:alert(1)",
	"line one\nline two\ttab",
	strings.Repeat("very-long-name-", 1365) + "end",
	"broken \xff\xfe bytes",
}

// texts are the fields of a record that hold what a cluster, a server or an organization
// wrote.
var texts = []string{
	"Name", "Namespace", "Message", "Observed", "Expected", "Value", "Path", "Command", "Owner", "Approver",
	"Organization", "Classification", "Retention", "ISMSScope", "StatementOfApplicability", "Policies", "Title",
	"Rationale", "Logic", "Remediation", "Error", "Errors", "Request", "Rule", "Statement", "By", "Covers",
	"Reference", "RiskRef", "Compensating", "Secret", "Certificate", "Issuer", "Names", "UsedBy", "Workload",
	"SelectedBy", "Limitations", "Duties", "Intent", "Procedure", "Criterion", "What", "Who", "Why", "Places",
	"Server", "Version", "ResourceVersion", "AuditIDs", "Malformed", "Differing", "Source", "Note", "Commit",
}

// Hostile is the sample with a hostile text wherever somebody else chose the words.
func Hostile(tb testing.TB) *report.Record {
	tb.Helper()
	var b bytes.Buffer
	if err := report.WriteJSON(&b, Sample(tb)); err != nil {
		tb.Fatal(err)
	}
	r, err := report.Read(&b)
	if err != nil {
		tb.Fatal(err)
	}
	next := 0
	spoil(reflect.ValueOf(r).Elem(), "", func() string {
		next++
		return Hostiles[next%len(Hostiles)]
	})
	return r
}

func spoil(v reflect.Value, field string, text func() string) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && slices.Contains(texts, field) {
			v.SetString(text())
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i), field, text)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			spoil(v.Elem(), field, text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				spoil(v.Field(i), f.Name, text)
			}
		}
	}
}
