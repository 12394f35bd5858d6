package collect

import (
	"fmt"
	"net/http"
)

// ReadOnly is a transport that refuses to send anything but a plain GET. [Live] puts it
// right before the network, below everything that adds credentials.
func ReadOnly(next http.RoundTripper) http.RoundTripper { return readOnly{next} }

type readOnly struct{ next http.RoundTripper }

// RoundTrip sends a GET and refuses any other verb, a body, and a change of protocol, by
// which exec, attach and port-forward write through a GET.
func (r readOnly) RoundTrip(request *http.Request) (*http.Response, error) {
	body := request.Body != nil && request.Body != http.NoBody
	if request.Method != http.MethodGet || body || request.Header.Get("Upgrade") != "" {
		if body {
			_ = request.Body.Close() // a RoundTripper has to, whatever happens
		}
		return nil, fmt.Errorf("refused to send %s %s: kubevidence only reads", request.Method, request.URL.Path)
	}
	return r.next.RoundTrip(request)
}

// WrappedRoundTripper lets client-go find the transport below.
func (r readOnly) WrappedRoundTripper() http.RoundTripper { return r.next }
