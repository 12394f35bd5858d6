package checks

import (
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

var certManagerAtWork = audit.Check{
	ID:       "CM-03",
	Title:    "cert-manager is at work",
	Expected: "its Lease was renewed in the 5 minutes before collection ended; a Certificate overdue for renewal by more than 24 hours (or a 12th of its life, if less) is being issued",
	Doc: "A controller whose Pods are up may still do nothing: without its lease, stuck, or refused by the API server. " +
		"Its lease, which the leader renews every few seconds, shows that it lives; Certificates that are due and not being renewed show that it doesn't work.",
	Logic: "Its Lease (cert-manager-controller, in the namespace of --leader-election-namespace) not renewed for 5 min before the end of collection: fail. " +
		"No Lease: not assessed. A Certificate past its renewal time and grace (CRT-02) that isn't being issued, and whose renewal isn't switched off (CRT-03): warning.",
	Fix:         "kubectl logs -n NAMESPACE deploy/cert-manager --tail=100; kubectl rollout restart deploy/cert-manager -n NAMESPACE if it is stuck. kubectl get lease cert-manager-controller -n kube-system shows who leads.",
	Controls:    keyManagement("The system that renews keys does so."),
	Responsible: audit.Administrator,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Certificates, audit.Leases},
	Uses:        []audit.Resource{audit.Deployments, audit.Pods},
	Run: func(f *audit.Facts) []audit.Finding {
		if len(f.Certificates)+len(f.Running("cert-manager"))+len(f.Leases) == 0 {
			return nil
		}
		j := audit.Judge(audit.ClusterSubject())
		j.Command("kubectl get lease cert-manager-controller -n kube-system -o jsonpath='{.spec.renewTime}'")
		judgeLeases(f, j)
		judgeIdle(f, j)
		return []audit.Finding{j.Finding()}
	},
}

// leaseSilence is how long a leader that lives can't be silent: cert-manager's lease lasts
// a minute (cert-manager, pkg/controller/options, --leader-election-lease-duration).
const leaseSilence = 5 * time.Minute

// judgeLeases measures against the end of collection, whatever instant the rest is
// evaluated at: a stored snapshot's leases are as old as it is.
func judgeLeases(f *audit.Facts, j *audit.Judgement) {
	found, ended := false, f.Collection.Ended
	if ended.IsZero() {
		ended = f.At
	}
	defer j.By()()
	for i := range f.Leases {
		lease := &f.Leases[i]
		if lease.Absent || lease.Name != audit.LeaseNames[0] {
			continue
		}
		found = true
		j.By(audit.GetCommand(string(audit.Leases), lease.Namespace, lease.Name, "jsonpath={.spec.renewTime}"))
		name := "Lease " + lease.Namespace + "/" + lease.Name
		j.Evidence(name+": spec.renewTime", instant(lease.Renewed), audit.Configured)
		switch silent := ended.Sub(lease.Renewed); {
		case lease.Renewed.IsZero():
			j.NotAssessed(audit.Unknown, "%s has never been renewed", name)
		case silent > leaseSilence:
			j.Fail("%s was last renewed on %s, %s before the end of collection: no controller leads", name, instant(lease.Renewed), lasting(silent))
		default:
			j.Pass("%s was renewed within %s before the end of collection: a controller leads", name, lasting(leaseSilence))
		}
	}
	j.By()
	if found {
		return
	}
	for _, r := range []audit.Resource{audit.Deployments, audit.Pods} {
		if len(f.Running("cert-manager")) == 0 && unread(f, j, r, "", "where its controller runs, and so where its Lease is, isn't known") {
			return
		}
	}
	j.NotAssessed(audit.Unknown, "no Lease of its controller was found, so whether one is at work can't be told from it")
}

// judgeIdle warns of Certificates that are due and that nothing works on.
func judgeIdle(f *audit.Facts, j *audit.Judgement) {
	var idle []string
	for i := range f.Certificates {
		c := &f.Certificates[i]
		if c.Status.NotAfter == nil || !f.InScope(c.Namespace) || audit.Issuing(c) != nil || renewalOff(c) {
			continue
		}
		if due, grace, known := renewalOf(&c.Status); known && f.At.After(due.Add(grace)) {
			idle = append(idle, c.Namespace+"/"+c.Name)
		}
	}
	if len(idle) > 0 {
		defer j.By(audit.ListCommand(string(audit.Certificates), "", "custom-columns=NAMESPACE:.metadata.namespace,NAME:.metadata.name,RENEWAL:.status.renewalTime,END:.status.notAfter"))()
		j.Warn("due for renewal, past their grace, and not being issued: %s", several(idle))
	}
}
