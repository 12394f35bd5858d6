package audit

import (
	"net/url"
	"testing"
)

func TestStagingCAs(t *testing.T) {
	for host, want := range map[string]string{
		"acme-staging-v02.api.letsencrypt.org": "a staging CA",
		"acme-staging.example.com":             "a staging CA",
		"acme-v01.api.letsencrypt.org":         "version 1 of ACME, which is switched off",
		"dv.acme-v02.test-api.pki.goog":        "Google's staging CA",
		"api.test4.buypass.no":                 "Buypass's staging CA",
		"pebble":                               "Pebble, an ACME server for tests",
		"pebble-1.acme.svc":                    "Pebble, an ACME server for tests",
		"acme.test-pebble.svc":                 "Pebble, an ACME server for tests",
		"acme-v02.api.letsencrypt.org":         "",
		"dv.acme-v02.api.pki.goog":             "",
		"api.buypass.com":                      "",
		"www.acme-staging.example.com":         "", // the first label counts
		"pebbles.example.com":                  "",
		"":                                     "",
	} {
		if got := StagingCAs.Host(host); got != want {
			t.Errorf("%q is %q, want %q", host, got, want)
		}
	}
	for text, want := range map[string]string{
		"https://acme.svc:14000/dir":  "Pebble, an ACME server for tests",
		"https://acme.svc:14000/":     "",
		"https://acme.svc:14000/dir/": "",
		"https://acme.svc/dir":        "",
		"https://acme.svc":            "",
	} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := StagingCAs.Directory(u); got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
	for _, a := range StagingCAs.Authorities {
		if a.What == "" || a.Docs == "" {
			t.Errorf("%+v: who says so?", a)
		}
		for _, prefix := range a.Issuers {
			if len(prefix) < len("Fake LE ") {
				t.Errorf("%s: %q begins the name of others, too", a.What, prefix)
			}
		}
	}
	if len(StagingCAs.IssuerPrefixes()) < 4 {
		t.Errorf("issuers %q", StagingCAs.IssuerPrefixes())
	}
}
