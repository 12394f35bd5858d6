package collect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/rest"
)

// limits bound what one read may cost.
type limits struct {
	attempts   int           // of one request
	restarts   int           // of one list whose continue token expired
	pages      int           // of one list
	pageSize   int           // objects to a page
	retryAfter time.Duration // the longest wait that the server may ask for
	timeout    time.Duration // of one request, its answer included
}

var defaultLimits = limits{attempts: 5, restarts: 3, pages: 4000, pageSize: 500, retryAfter: time.Minute, timeout: time.Minute}

// A client sends GET requests to one API server and tries again what failed in passing.
type client struct {
	http    *http.Client
	server  *url.URL
	limits  limits
	now     func() time.Time
	wait    func(context.Context, time.Duration) error
	reached atomic.Bool  // the server has answered something
	skew    atomic.Int64 // its clock minus ours, milliseconds, at the first answer
}

// newClient makes a client from a kubeconfig's credentials.
func newClient(o *LiveOptions) (*client, error) {
	config := rest.CopyConfig(o.Config)
	config.Wrap(ReadOnly)
	c := &client{limits: o.limits, now: o.Now, wait: o.Wait}
	if c.limits == (limits{}) {
		c.limits = defaultLimits
	}
	if config.Timeout > 0 { // --request-timeout; here of an answer with its body
		c.limits.timeout, config.Timeout = config.Timeout, 0
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.wait == nil {
		c.wait = pause
	}
	server, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil, fmt.Errorf("server %q of the kubeconfig: %w", config.Host, err)
	}
	server.User, server.RawQuery, server.Fragment = nil, "", ""
	server.Path = strings.TrimRight(server.Path, "/") // a server may stand below a path, as Rancher's do
	c.server = server
	made, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("credentials of the kubeconfig: %w", err)
	}
	c.http = &http.Client{
		Transport: made.Transport,
		// A redirect would take the credentials along.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// instant is a moment as the ledger writes it.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

func (c *client) close() { utilnet.CloseIdleConnectionsFor(c.http.Transport) }

// pause waits, or less when the context ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// What is asked for in an answer.
const (
	acceptJSON     = "application/json"
	acceptProtobuf = "application/vnd.kubernetes.protobuf,application/json"
)

// A reply is an answer of status 200. Its body is only good until the buffer that it was
// read into is used again.
type reply struct {
	contentType string
	auditID     string
	body        []byte
}

// get sends one request until it is answered, at most limits.attempts times, and hands
// the answer to decode. An answer that decode refuses is asked for again: a page may have
// been cut off on its way.
func (c *client) get(ctx context.Context, path, accept string, into *bytes.Buffer, decode func(*reply) error) error {
	for attempt := 1; ; attempt++ {
		err := c.once(ctx, path, accept, into, decode)
		if err == nil || ctx.Err() != nil {
			return err
		}
		wait, again := c.transient(err, attempt)
		switch {
		case !again && attempt > 1:
			return fmt.Errorf("%w (tried %d times)", err, attempt)
		case !again:
			return err
		}
		if err := c.wait(ctx, wait); err != nil {
			return err
		}
	}
}

func (c *client) once(ctx context.Context, path, accept string, into *bytes.Buffer, decode func(*reply) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, c.limits.timeout, fmt.Errorf("no complete answer within %s", c.limits.timeout))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.server.String()+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept", accept)
	response, err := c.http.Do(request)
	if err != nil {
		return unreached(ctx, err)
	}
	defer response.Body.Close() //nolint:errcheck // what matters was read, or not
	c.observe(response)
	into.Reset()
	if n := response.ContentLength; n > 0 && n < 64<<20 {
		into.Grow(int(n) + bytes.MinRead)
	}
	if response.StatusCode != http.StatusOK {
		_, _ = into.ReadFrom(io.LimitReader(response.Body, 64<<10)) // as much of the words as there is
		return refused(response, into.Bytes())
	}
	if _, err := into.ReadFrom(response.Body); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return &damaged{err}
	}
	return decode(&reply{
		contentType: response.Header.Get("Content-Type"),
		auditID:     response.Header.Get("Audit-Id"),
		body:        into.Bytes(),
	})
}

// unreached is a request's error without the URL that http.Client repeats, or the cause
// where the deadline ended it.
func unreached(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if wrapped := new(url.Error); errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// observe notes the server's clock, which tells whole seconds.
func (c *client) observe(response *http.Response) {
	if c.reached.Swap(true) {
		return
	}
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		c.skew.Store(date.Sub(c.now().Truncate(time.Second)).Milliseconds())
	}
}

// transient reports whether another attempt may help, and how long to wait before it.
func (c *client) transient(err error, attempt int) (time.Duration, bool) {
	if attempt >= c.limits.attempts {
		return 0, false
	}
	wait := 200 * time.Millisecond << (attempt - 1)
	if r := new(refusal); errors.As(err, &r) {
		switch r.code {
		case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
			http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return max(wait, r.retryAfter), r.retryAfter <= c.limits.retryAfter
		}
		return 0, false
	}
	if errors.As(err, new(*damaged)) {
		return wait, true
	}
	return wait, c.reached.Load() && connectionLost(err)
}

// retryAfter reads the header, which API servers give in seconds.
func retryAfter(response *http.Response) time.Duration {
	seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}
