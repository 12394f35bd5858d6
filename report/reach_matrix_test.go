package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/kubevidence/kubevidence/audit/netpol"
	"github.com/kubevidence/kubevidence/report"
	"github.com/kubevidence/kubevidence/report/recordtest"
)

// TestReachabilityPicture holds that of many namespaces those that reach most are shown,
// that the others are counted, and that names can't leave the text.
func TestReachabilityPicture(t *testing.T) {
	r := recordtest.Sample(t)
	r.Inventory.Reachability = nil
	hostile := `evil"><script>alert(1)</script>`
	everything := []netpol.Connection{{Protocol: "TCP", Ports: "1-65535"}}
	for i := range 60 {
		row := report.Reachability{Sources: []string{fmt.Sprintf("tenant-%02d", i)}, Access: "some", Allowed: everything, Destinations: []string{hostile}}
		if i < 30 {
			row.Access = "all"
			row.Destinations = append(row.Destinations, report.Outside, fmt.Sprintf("tenant-%02d", i))
		}
		r.Inventory.Reachability = append(r.Inventory.Reachability, row)
	}
	var page bytes.Buffer
	if err := report.WriteHTML(&page, r); err != nil {
		t.Fatal(err)
	}
	text := page.String()
	_, picture, found := strings.Cut(text, `<svg class="picture" role="img" aria-labelledby="reach-matrix-title`)
	picture, _, closed := strings.Cut(picture, "</svg>")
	if !found || !closed {
		t.Fatal("the report has no picture")
	}
	for _, want := range []string{"tenant-00<", "tenant-29<", "(outside)<", "evil&#34;&gt;&lt;script&gt;"} {
		if !strings.Contains(picture, want) {
			t.Errorf("the picture doesn't show %q", want)
		}
	}
	if strings.Count(text, "<script") != 1 { // the search
		t.Error("a name became markup")
	}
	if strings.Contains(picture, "tenant-59<") {
		t.Error("the picture shows a namespace that reaches least")
	}
	if !strings.Contains(text, "namespaces left out of the picture") {
		t.Error("the report doesn't say that namespaces are left out of the picture")
	}
	var document bytes.Buffer
	if err := report.WritePDF(&document, r); err != nil {
		t.Fatal(err)
	}
}
