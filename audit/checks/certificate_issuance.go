package checks

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	cmacme "github.com/cert-manager/cert-manager/pkg/apis/acme/v1"
	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var certificateIssuance = audit.Check{
	ID:       "CRT-06",
	Title:    "Issuance works",
	Expected: "status.failedIssuanceAttempts is 0, Issuing lasts at most 1 hour, and the next revision's request, Order and Challenges didn't fail and aren't pending for more than 1 hour",
	Doc: "A certificate whose renewal fails stays Ready until it expires. What fails, and why, stands in the request that cert-manager makes for the next revision, " +
		"and of ACME in its Order and Challenges, long before that.",
	Logic: "status.failedIssuanceAttempts 1 or 2: warning, 3 or more: fail. Condition Issuing for more than 1 h: warning, more than 24 h: fail. " +
		"Of the CertificateRequest for revision + 1: Denied, InvalidRequest, Failed, or pending for more than 1 h: fail with its words, as are its Order and Challenges " +
		"that are invalid, errored, expired, or pending for more than 1 h. Requests of other revisions are history.",
	Fix: "cmctl status certificate NAME -n NAMESPACE follows it from Certificate to Challenge; kubectl describe challenge -n NAMESPACE says what the CA saw. " +
		"Once mended: cmctl renew NAME -n NAMESPACE.",
	Controls:    keyManagement("That keys can be renewed shows before they end."),
	Responsible: audit.User,
	Severity:    audit.High,
	Needs:       []audit.Resource{audit.Certificates},
	Uses:        slices.Concat([]audit.Resource{audit.CertificateRequests, audit.Orders, audit.Challenges}, issuerKinds),
	Run:         func(f *audit.Facts) []audit.Finding { return eachCertificate(f, judgeIssuance) },
}

// Bounds of how long issuance may take.
const (
	issuanceSlow = time.Hour
	issuanceHung = day
)

func judgeIssuance(f *audit.Facts, j *audit.Judgement, c *cmv1.Certificate) {
	byIssuer(f, j, c)
	attempts, text := c.Status.FailedIssuanceAttempts, "absent"
	if attempts != nil {
		text = strconv.Itoa(*attempts)
	}
	j.Evidence("status.failedIssuanceAttempts", text, audit.Configured)
	if attempts != nil && *attempts > 0 {
		deviates := j.Warn
		if *attempts >= 3 {
			deviates = j.Fail
		}
		deviates("attempts at issuance that failed since the last success: %d", *attempts)
	}
	issuing := judgeIssuing(f.At, j, c)
	if unread(f, j, audit.CertificateRequests, c.Namespace, "how its next issuance stands isn't known") {
		return
	}
	if request := nextRequest(f, c); request != nil {
		judgeRequest(f, j, request)
		return
	}
	if !issuing {
		j.Evidence("status.conditions[type=Issuing]", "not True", audit.Configured)
		j.Pass("no issuance has failed, and none is under way")
	}
}

// judgeIssuing judges how long the condition Issuing has stood, and reports whether it does.
func judgeIssuing(at time.Time, j *audit.Judgement, c *cmv1.Certificate) bool {
	issuing := audit.Issuing(c)
	if issuing == nil {
		return false
	}
	if issuing.LastTransitionTime == nil {
		j.NotAssessed(audit.Unknown, "it is being issued, since when its status doesn't say")
		return true
	}
	since := issuing.LastTransitionTime.Time
	j.Evidence("status.conditions[type=Issuing]", "True since "+instant(since)+": "+issuing.Message, audit.Configured)
	switch lasts := at.Sub(since); {
	case lasts > issuanceHung:
		j.Fail("issuance has been under way since %s, for %s: %s", instant(since), lasting(lasts), issuing.Message)
	case lasts > issuanceSlow:
		j.Warn("issuance has been under way since %s, for %s: %s", instant(since), lasting(lasts), issuing.Message)
	default:
		j.Pass("issuance has been under way since %s", instant(since))
	}
	return true
}

// nextRequest returns the request for the revision after the Certificate's, nil where
// there is none.
func nextRequest(f *audit.Facts, c *cmv1.Certificate) *cmv1.CertificateRequest {
	next := 1
	if c.Status.Revision != nil {
		next = *c.Status.Revision + 1
	}
	var latest *cmv1.CertificateRequest
	for i := range f.CertificateRequests {
		r := &f.CertificateRequests[i]
		if r.Namespace == c.Namespace && r.Annotations[cmv1.CertificateNameKey] == c.Name &&
			r.Annotations[cmv1.CertificateRequestRevisionAnnotationKey] == strconv.Itoa(next) &&
			(latest == nil || latest.CreationTimestamp.Before(&r.CreationTimestamp)) {
			latest = r
		}
	}
	return latest
}

// judgeRequest judges the request for the next revision, and what was made for it.
func judgeRequest(f *audit.Facts, j *audit.Judgement, r *cmv1.CertificateRequest) {
	text, state := "CertificateRequest "+r.Name, "pending"
	defer j.By(audit.GetCommand(string(audit.CertificateRequests), r.Namespace, r.Name, "yaml"))()
	for _, condition := range r.Status.Conditions {
		bad := condition.Status == cmmeta.ConditionTrue && (condition.Type == cmv1.CertificateRequestConditionDenied || condition.Type == cmv1.CertificateRequestConditionInvalidRequest) ||
			condition.Type == cmv1.CertificateRequestConditionReady && condition.Reason == cmv1.CertificateRequestReasonFailed
		if bad {
			j.Evidence(text+": status.conditions[type="+string(condition.Type)+"]", condition.Reason+": "+condition.Message, audit.Configured)
			j.Fail("%s: %s: %s", text, condition.Reason, condition.Message)
		} else if condition.Type == cmv1.CertificateRequestConditionReady && condition.Status != cmmeta.ConditionTrue && condition.Message != "" {
			state = "pending (" + condition.Message + ")"
		}
	}
	judgePending(f.At, j, text, state, r.CreationTimestamp, len(r.Status.Certificate) == 0)
	if unread(f, j, audit.Orders, r.Namespace, "whether an ACME order for "+text+" failed isn't known") {
		return
	}
	for i := range f.Orders {
		if o := &f.Orders[i]; o.Namespace == r.Namespace && metav1.IsControlledBy(o, r) {
			judgeOrder(f, j, o)
		}
	}
	if len(r.Status.Certificate) == 0 {
		j.Evidence(text+": status.certificate", "absent", audit.Configured)
		j.Pass("%s for the next revision is %s; nothing of it has failed", text, state)
	} else {
		j.Evidence(text+": status.certificate", "present", audit.Configured)
		j.Pass("%s for the next revision: nothing of it has failed", text)
	}
}

func judgeOrder(f *audit.Facts, j *audit.Judgement, o *cmacme.Order) {
	text := "Order " + o.Name
	defer j.By(audit.GetCommand(string(audit.Orders), o.Namespace, o.Name, "yaml"))()
	judgeState(f.At, j, text, o.Status.State, o.Status.Reason, o.CreationTimestamp)
	if unread(f, j, audit.Challenges, o.Namespace, "how the challenges of "+text+" stand isn't known") {
		return
	}
	for i := range f.Challenges {
		if c := &f.Challenges[i]; c.Namespace == o.Namespace && metav1.IsControlledBy(c, o) {
			j.By(audit.GetCommand(string(audit.Challenges), c.Namespace, c.Name, "yaml"))
			judgeState(f.At, j, fmt.Sprintf("Challenge %s (%s for %s)", c.Name, c.Spec.Type, c.Spec.DNSName), c.Status.State, c.Status.Reason, c.CreationTimestamp)
		}
	}
}

// judgeState judges a state of ACME (RFC 8555, 7.1.6).
func judgeState(at time.Time, j *audit.Judgement, text string, state cmacme.State, reason string, created metav1.Time) {
	switch state {
	case cmacme.Invalid, cmacme.Errored, cmacme.Expired:
		j.Evidence(text+": status.state", string(state), audit.Configured)
		j.Fail("%s is %s: %s", text, state, reason)
	case cmacme.Pending, cmacme.Processing, cmacme.Unknown:
		words := "pending"
		if reason != "" {
			words += " (" + reason + ")"
		}
		judgePending(at, j, text, words, created, true)
	}
}

func judgePending(at time.Time, j *audit.Judgement, text, state string, created metav1.Time, pending bool) {
	if lasts := at.Sub(created.Time); pending && !created.IsZero() && lasts > issuanceSlow {
		j.Evidence(text+": metadata.creationTimestamp", instant(created.Time)+", and "+state, audit.Configured)
		j.Fail("%s has been %s for %s", text, state, lasting(lasts))
	}
}
