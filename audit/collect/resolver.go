package collect

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// askServer finds the addresses of a name by one DNS server and nothing else. The resolver
// of package net would look into this machine's hosts file first, which users don't have.
func askServer(ctx context.Context, server, host string) ([]netip.Addr, error) {
	name, err := dnsmessage.NewName(strings.TrimSuffix(host, ".") + ".") // absolute: no search domains
	if err != nil {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true} // longer than any name
	}
	var found []netip.Addr
	var failed error
	for _, kind := range []dnsmessage.Type{dnsmessage.TypeA, dnsmessage.TypeAAAA} {
		addresses, err := askFor(ctx, server, dnsmessage.Question{Name: name, Type: kind, Class: dnsmessage.ClassINET})
		if err != nil && failed == nil {
			failed = err
		}
		found = append(found, addresses...)
	}
	switch {
	case len(found) > 0: // servers that stumble over AAAA alone are common
		return found, nil
	case failed != nil:
		return nil, failed
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// askFor asks one question, over UDP and, where the answer doesn't fit, over TCP. That the
// name doesn't exist is an answer without addresses.
func askFor(ctx context.Context, server string, question dnsmessage.Question) ([]netip.Addr, error) {
	query := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: uint16(rand.Uint32()), RecursionDesired: true}, //nolint:gosec // 16 bits of it
		Questions: []dnsmessage.Question{question},
	}
	answer, err := exchange(ctx, "udp", server, &query)
	if err == nil && answer.Truncated {
		answer, err = exchange(ctx, "tcp", server, &query)
	}
	switch {
	case err != nil:
		return nil, dnsError(err)
	case answer.RCode == dnsmessage.RCodeNameError:
		return nil, nil
	case answer.RCode != dnsmessage.RCodeSuccess:
		return nil, &net.DNSError{Err: "the DNS server answers " + strings.TrimPrefix(answer.RCode.String(), "RCode"), IsTemporary: true}
	}
	var found []netip.Addr
	for i := range answer.Answers { // of the name, or of what it is an alias of
		switch body := answer.Answers[i].Body.(type) {
		case *dnsmessage.AResource:
			found = append(found, netip.AddrFrom4(body.A))
		case *dnsmessage.AAAAResource:
			found = append(found, netip.AddrFrom16(body.AAAA))
		}
	}
	return found, nil
}

// exchange sends a query and waits for its answer.
func exchange(ctx context.Context, network, server string, query *dnsmessage.Message) (*dnsmessage.Message, error) {
	packed, err := query.Pack()
	if err != nil {
		return nil, fmt.Errorf("encode the question: %w", err)
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, server)
	if err != nil {
		return nil, err
	}
	defer conn.Close() //nolint:errcheck // nothing was sent that could be lost
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if network == "tcp" {
		packed = append(binary.BigEndian.AppendUint16(nil, uint16(len(packed))), packed...) //nolint:gosec // one question
	}
	if _, err := conn.Write(packed); err != nil {
		return nil, because(ctx, err)
	}
	for {
		text, err := receive(conn, network)
		if err != nil {
			return nil, because(ctx, err)
		}
		answer := new(dnsmessage.Message)
		if answer.Unpack(text) == nil && answers(answer, query) {
			return answer, nil
		}
		if network == "tcp" {
			return nil, errors.New("the DNS server's answer can't be understood")
		}
	}
}

// receive reads one message: RFC 1035, 4.2.
func receive(conn net.Conn, network string) ([]byte, error) {
	if network == "udp" {
		text := make([]byte, 4096)
		n, err := conn.Read(text)
		return text[:n], err
	}
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return nil, err
	}
	text := make([]byte, binary.BigEndian.Uint16(length[:]))
	_, err := io.ReadFull(conn, text)
	return text, err
}

// answers reports whether a message answers a query: others' packets are passed over.
func answers(answer, query *dnsmessage.Message) bool {
	return answer.Response && answer.ID == query.ID && len(answer.Questions) == 1 &&
		answer.Questions[0].Type == query.Questions[0].Type && strings.EqualFold(answer.Questions[0].Name.String(), query.Questions[0].Name.String())
}

// because is why nothing came: that the time was over, where it was.
func because(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// dnsError is an error without the server's address.
func dnsError(err error) error {
	failed := new(net.OpError)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return &net.DNSError{Err: "the DNS server didn't answer in time", IsTimeout: true}
	case errors.As(err, &failed):
		return &net.DNSError{Err: "the DNS server: " + failed.Op + ": " + failed.Err.Error()}
	}
	return &net.DNSError{Err: err.Error()}
}
