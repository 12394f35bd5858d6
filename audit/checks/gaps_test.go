package checks

import (
	"testing"
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

func TestSecretGapIsOfTheOneSecret(t *testing.T) {
	f := &audit.Facts{Snapshot: &audit.Snapshot{Collection: audit.Collection{Readings: []audit.Reading{{
		Resource: audit.Secrets, State: audit.Read,
		Gaps: []audit.Gap{{Namespace: "app", Name: "a", Reason: audit.Forbidden}, {Namespace: "shop", Reason: audit.Failed}},
	}}}}}
	for _, test := range []struct {
		namespace, name string
		want            audit.Reason
		message         string
	}{
		{"app", "a", audit.Forbidden, ""},
		{"app", "b", audit.Failed, "it was not asked for"},
		{"shop", "a", audit.Failed, ""},
	} {
		gap := secretGap(f, &audit.TLSSecret{Namespace: test.namespace, Name: test.name})
		if gap.Reason != test.want || gap.Message != test.message {
			t.Errorf("Secret %s/%s: %+v, want %s %q", test.namespace, test.name, gap, test.want, test.message)
		}
	}
}

func TestLasting(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 seconds", 119 * time.Second: "119 seconds", 2 * time.Minute: "2 minutes", 119 * time.Minute: "119 minutes",
		2 * time.Hour: "2 hours", 2*day - time.Second: "47 hours", 2 * day: "2 days", 30*day - time.Second: "29 days",
	} {
		if got := lasting(d); got != want {
			t.Errorf("%v lasts %s, want %s", d, got, want)
		}
	}
}
