package cluster

import (
	"testing"
	"time"
)

func TestMovedDays(t *testing.T) {
	config := []byte("approvedAt: 2026-09-01\nexpiresAt: 2026-12-31 # by 2026-13-77\nreference: SoA-2026\n")
	want := "approvedAt: 2026-09-03\nexpiresAt: 2027-01-02 # by 2026-13-77\nreference: SoA-2026\n"
	if got := string(movedDays(config, 2*24*time.Hour+5*time.Hour)); got != want {
		t.Errorf("moved days:\n%s\nwant\n%s", got, want)
	}
}
