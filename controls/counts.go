package controls

import "github.com/kubevidence/kubevidence/audit"

// Counts counts findings by status as they show on a control. NotRequested counts the
// NotAssessed findings that only lack an opt-in, apart from the others.
type Counts struct {
	Pass          int
	Warning       int
	Fail          int
	Waived        int
	Attested      int
	NotAssessed   int
	NotRequested  int
	NotApplicable int
}

// Add counts one finding.
func (c *Counts) Add(s audit.Status, r audit.Reason) { *c.field(s, r)++ }

func (c *Counts) field(s audit.Status, r audit.Reason) *int {
	switch s {
	case audit.Pass:
		return &c.Pass
	case audit.Warning:
		return &c.Warning
	case audit.Fail:
		return &c.Fail
	case audit.Waived:
		return &c.Waived
	case audit.Attested:
		return &c.Attested
	case audit.NotApplicable:
		return &c.NotApplicable
	}
	if r == audit.NotRequested {
		return &c.NotRequested
	}
	return &c.NotAssessed // a status that isn't known, too: it never reads as conformity
}

// plus returns the sum of two counts.
func (c Counts) plus(d Counts) Counts {
	return Counts{
		Pass: c.Pass + d.Pass, Warning: c.Warning + d.Warning, Fail: c.Fail + d.Fail,
		Waived: c.Waived + d.Waived, Attested: c.Attested + d.Attested,
		NotAssessed: c.NotAssessed + d.NotAssessed, NotRequested: c.NotRequested + d.NotRequested,
		NotApplicable: c.NotApplicable + d.NotApplicable,
	}
}

// supporting returns the counts as they show on a control that the check only supports: a
// Fail is a Warning there.
func (c Counts) supporting() Counts {
	c.Warning, c.Fail = c.Warning+c.Fail, 0
	return c
}

// Status rolls the counts up. Nothing counted is NotAssessed: nobody looked.
func (c Counts) Status() audit.Status {
	var findings []audit.Finding // one for each kind that occurs
	for _, s := range audit.Statuses {
		for _, r := range []audit.Reason{"", audit.NotRequested} {
			if *c.field(s, r) > 0 {
				findings = append(findings, audit.Finding{Status: s, Reason: r})
			}
		}
	}
	if len(findings) == 0 {
		return audit.NotAssessed
	}
	return audit.RollUp(findings)
}
