package collect

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/kubevidence/kubevidence/audit"
)

// handshake asks one server what it presents: with every version of TLS that there is, and
// again with those alone that are too old. Nothing is sent after a handshake.
func (p *prober) handshake(ctx context.Context, h *audit.Handshake) {
	h.At = instant(p.now())
	state, err := p.shake(ctx, h, tls.VersionTLS13)
	if len(state.PeerCertificates) == 0 {
		h.Error = p.words(err)
		return
	}
	// A server may end the handshake afterwards, for want of a client's certificate.
	h.Version = versionText(state.Version)
	if h.Certificates, h.Cut = p.kept.keep(state.PeerCertificates); h.Certificates == "" {
		h.Error = "its certificates weren't kept: servers presented too many in all"
		return
	}
	if state.Version < tls.VersionTLS12 {
		h.Oldest = h.Version
		return
	}
	switch old, err := p.shake(ctx, h, tls.VersionTLS11); {
	case len(old.PeerCertificates) > 0:
		h.Oldest = versionText(old.Version)
	case refuses(err):
		h.Oldest = h.Version
	}
}

// shake makes one handshake with nothing newer than a version. The certificates aren't
// verified here: they are what checks judge.
func (p *prober) shake(ctx context.Context, h *audit.Handshake, newest uint16) (tls.ConnectionState, error) {
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	plain, err := p.Dial(ctx, "tcp", join(h))
	if err != nil {
		return tls.ConnectionState{}, err
	}
	conn := tls.Client(plain, &tls.Config{
		ServerName: h.Host, InsecureSkipVerify: true, //nolint:gosec // nothing is trusted to it, and nothing sent
		MinVersion: tls.VersionTLS10, MaxVersion: newest, CipherSuites: everySuite, SessionTicketsDisabled: true,
	})
	defer conn.Close() //nolint:errcheck // nothing was sent that could be lost
	err = conn.HandshakeContext(ctx)
	return conn.ConnectionState(), err
}

// everySuite are the cipher suites of TLS 1.2 and before, weak ones too: a server that
// knows no other is to be seen.
var everySuite = func() []uint16 {
	var ids []uint16
	for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		ids = append(ids, s.ID)
	}
	return ids
}()

// refuses reports whether a server answered that it doesn't speak what it was offered. A
// server that took too long has answered nothing.
func refuses(err error) bool {
	var alert tls.AlertError
	refused := new(net.OpError)
	return errors.As(err, &alert) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) ||
		errors.As(err, &refused) && refused.Op == "remote error" || strings.Contains(fmt.Sprint(err), "server selected unsupported protocol version")
}

// words say why a handshake failed, without this machine's own address.
func (p *prober) words(err error) string {
	failed, number := new(net.OpError), syscall.Errno(0)
	isOp := errors.As(err, &failed)
	switch {
	case errors.Is(err, context.DeadlineExceeded), isOp && failed.Timeout():
		return fmt.Sprintf("no handshake within %s", p.Timeout)
	case errors.Is(err, io.EOF):
		return "the server ended the connection before it presented a certificate"
	case isOp && errors.As(err, &number):
		return failed.Op + ": " + number.Error()
	case isOp:
		return failed.Op + ": " + failed.Err.Error()
	case err == nil:
		return "the server presented no certificate"
	}
	return err.Error()
}

func versionText(version uint16) string { return strings.TrimPrefix(tls.VersionName(version), "TLS ") }

// What is kept of certificates, of one handshake and of all together. crypto/tls itself
// takes no more than 256 kB of one server.
const (
	maxChain = 16
	maxKept  = 16 << 20
)

// chains keeps what servers presented, as PEM, what is the same once.
type chains struct {
	one  sync.Mutex
	seen map[string]string
	left int // bytes that may still be kept
}

// keep returns certificates as PEM: all of them, or the first where they are too many or
// there is no more room, and none where even that doesn't fit.
func (c *chains) keep(list []*x509.Certificate) (text string, cut bool) {
	if len(list) > maxChain {
		list, cut = list[:maxChain], true
	}
	var whole bytes.Buffer
	first := 0
	for i, certificate := range list {
		_ = pem.Encode(&whole, &pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw}) // into memory
		if i == 0 {
			first = whole.Len()
		}
	}
	c.one.Lock()
	defer c.one.Unlock()
	for _, part := range [][]byte{whole.Bytes(), whole.Bytes()[:first]} {
		if known, ok := c.seen[string(part)]; ok {
			return known, cut
		}
		if len(part) <= c.left {
			c.left -= len(part)
			text = string(part)
			c.seen[text] = text
			return text, cut
		}
		cut = true
	}
	return "", true
}
