package checks

import (
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
)

// A hostVerdict is one thing that is true of some hosts.
type hostVerdict struct {
	status audit.Status // Pass, Warning, Fail or NotAssessed
	reason audit.Reason
	text   string

	command  string // that shows it, "" for the subject itself
	compared string // and what it was compared with
}

// A byHost gathers verdicts on hosts, so that what is true of many is said once.
type byHost struct {
	verdicts []hostVerdict
	hosts    map[hostVerdict][]string
}

// add notes a verdict on a host.
func (b *byHost) add(host string, v hostVerdict) {
	if b.hosts == nil {
		b.hosts = map[hostVerdict][]string{}
	}
	if len(b.hosts[v]) == 0 {
		b.verdicts = append(b.verdicts, v)
	}
	if !slices.Contains(b.hosts[v], host) {
		b.hosts[v] = append(b.hosts[v], host)
	}
}

// note hands the verdicts to a judgement. Hosts that pass are counted past the third,
// all others are named.
func (b *byHost) note(j *audit.Judgement) {
	for _, v := range b.verdicts {
		named := strings.Join(b.hosts[v], ", ")
		back := j.By(v.command, v.compared)
		switch v.status {
		case audit.Pass:
			j.Pass("%s: %s", several(b.hosts[v]), v.text)
		case audit.Warning:
			j.Warn("%s: %s", named, v.text)
		case audit.Fail:
			j.Fail("%s: %s", named, v.text)
		default:
			j.NotAssessed(v.reason, "%s: %s", named, v.text)
		}
		back()
	}
}
