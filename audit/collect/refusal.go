package collect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"
	"unicode"

	"github.com/kubevidence/kubevidence/audit"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilnet "k8s.io/apimachinery/pkg/util/net"
)

// A refusal is an answer that isn't 200, with the server's words.
type refusal struct {
	code       int
	reason     metav1.StatusReason // "" where the answer isn't an API server's
	words      string
	retryAfter time.Duration
}

// Error returns the server's words.
func (r *refusal) Error() string { return r.words }

// refused understands a refusal: a Status, JSON or protobuf, or what a proxy says.
func refused(response *http.Response, body []byte) error {
	r := &refusal{code: response.StatusCode, retryAfter: retryAfter(response)}
	var status metav1.Status
	if message, ok := unwrap(body); ok {
		if status.Unmarshal(message.raw) != nil {
			status = metav1.Status{}
		}
	} else if json.Unmarshal(body, &status) != nil || status.Kind != "Status" {
		status = metav1.Status{}
	}
	r.reason, r.words = status.Reason, status.Message
	if r.words == "" {
		r.words = strings.TrimSpace(fmt.Sprintf("%d %s %s", r.code, http.StatusText(r.code), firstWords(body)))
	}
	return r
}

// firstWords are the first printable characters of an answer that isn't an API server's.
func firstWords(body []byte) string {
	text := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, string(body[:min(len(body), 200)]))
	return strings.Join(strings.Fields(text), " ")
}

// codeOf is the HTTP status of a refusal, 0 for another error.
func codeOf(err error) int {
	if r := new(refusal); errors.As(err, &r) {
		return r.code
	}
	return 0
}

// expired reports whether a continue token is too old
// (https://kubernetes.io/docs/reference/using-api/api-concepts/#410-gone-responses).
func expired(err error) bool { return codeOf(err) == http.StatusGone }

// absent reports whether the API server says that there is no such object. A 404 from
// anything on the way isn't that.
func absent(err error) bool {
	r := new(refusal)
	return errors.As(err, &r) && r.code == http.StatusNotFound && r.reason == metav1.StatusReasonNotFound
}

// reasonOf words an error as a gap's reason.
func reasonOf(err error) audit.Reason {
	if codeOf(err) == http.StatusForbidden {
		return audit.Forbidden
	}
	return audit.Failed
}

// A damaged answer is one that didn't arrive whole, or isn't what was asked for.
type damaged struct{ err error }

func (d *damaged) Error() string { return "the answer arrived damaged: " + d.err.Error() }

func (d *damaged) Unwrap() error { return d.err }

// connectionLost reports whether an established or refused connection is what failed, as
// while an API server restarts; not a name that doesn't resolve, a certificate that isn't
// trusted or a deadline.
func connectionLost(err error) bool {
	dns := new(net.DNSError)
	return !errors.As(err, &dns) && !errors.Is(err, context.DeadlineExceeded) &&
		(errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNREFUSED) ||
			utilnet.IsProbableEOF(err) || utilnet.IsHTTP2ConnectionLost(err) || strings.Contains(err.Error(), "stream error"))
}
