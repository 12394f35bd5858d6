// Package nameserver answers for one zone on loopback and takes what clients that hold its
// key write into it: what an ACME client needs to prove names by DNS-01 (RFC 2136, RFC 8945).
package nameserver

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/miekg/dns"
)

// The key that updates are signed with.
const (
	KeyName = "acme."
	KeyText = "a2V5IG9mIHRoZSBsaXZlIHRlc3RzIDMyIGJ5dGVzISE=" // base64
)

// A Server holds the records of a zone.
type Server struct {
	Address string // host:port, of UDP and TCP

	zone    string
	servers []*dns.Server

	mu      sync.Mutex
	records []dns.RR
	updates int
}

// Start serves a zone such as "example.com.".
func Start(zone string) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	packets, err := net.ListenPacket("udp", listener.Addr().String())
	if err != nil {
		listener.Close()
		return nil, fmt.Errorf("listen: %w", err)
	}
	s := &Server{Address: listener.Addr().String(), zone: dns.CanonicalName(zone)}
	keys := map[string]string{KeyName: KeyText}
	handler := dns.HandlerFunc(s.answer)
	s.servers = []*dns.Server{
		{Listener: listener, Handler: handler, TsigSecret: keys, MsgAcceptFunc: accept},
		{PacketConn: packets, Handler: handler, TsigSecret: keys, MsgAcceptFunc: accept},
	}
	for _, server := range s.servers {
		go server.ActivateAndServe() //nolint:errcheck // Stop ends it
	}
	return s, nil
}

// Stop ends it.
func (s *Server) Stop() {
	for _, server := range s.servers {
		_ = server.Shutdown()
	}
}

// Updates is how many changes were taken.
func (s *Server) Updates() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.updates
}

// accept lets updates through, which the library turns away by default.
func accept(h dns.Header) dns.MsgAcceptAction {
	if opcode := int(h.Bits>>11) & 0xf; opcode == dns.OpcodeUpdate {
		return dns.MsgAccept
	}
	return dns.DefaultMsgAcceptFunc(h)
}

func (s *Server) answer(w dns.ResponseWriter, request *dns.Msg) {
	reply := new(dns.Msg)
	reply.SetReply(request)
	reply.Authoritative = true
	switch {
	case request.Opcode != dns.OpcodeUpdate:
		s.look(request, reply)
	case request.IsTsig() == nil || w.TsigStatus() != nil:
		reply.Rcode = dns.RcodeNotAuth
	default:
		s.update(request.Ns)
	}
	if signature := request.IsTsig(); signature != nil && w.TsigStatus() == nil {
		reply.SetTsig(signature.Hdr.Name, signature.Algorithm, 300, int64(signature.TimeSigned)) //nolint:gosec // seconds of our days
	}
	_ = w.WriteMsg(reply)
}

// look answers a question: with the records of the name, and the zone's own.
func (s *Server) look(request, reply *dns.Msg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range request.Question {
		name := dns.CanonicalName(q.Name)
		if !dns.IsSubDomain(s.zone, name) {
			reply.Rcode = dns.RcodeNameError
			continue
		}
		soa := &dns.SOA{
			Hdr: dns.RR_Header{Name: s.zone, Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: 1},
			Ns:  "ns." + s.zone, Mbox: "hostmaster." + s.zone, Serial: 1, Refresh: 1, Retry: 1, Expire: 1, Minttl: 1,
		}
		switch {
		case q.Qtype == dns.TypeSOA && name == s.zone:
			reply.Answer = append(reply.Answer, soa)
		case q.Qtype == dns.TypeNS && name == s.zone:
			reply.Answer = append(reply.Answer, &dns.NS{Hdr: dns.RR_Header{Name: s.zone, Rrtype: dns.TypeNS, Class: dns.ClassINET, Ttl: 1}, Ns: "ns." + s.zone})
		default:
			for _, record := range s.records {
				if dns.CanonicalName(record.Header().Name) == name && record.Header().Rrtype == q.Qtype {
					reply.Answer = append(reply.Answer, record)
				}
			}
			if len(reply.Answer) == 0 {
				reply.Ns = append(reply.Ns, soa)
			}
		}
	}
}

// update adds and removes records (RFC 2136, 2.5).
func (s *Server) update(changes []dns.RR) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.updates++
	for _, change := range changes {
		header := change.Header()
		same := func(r dns.RR) bool {
			return strings.EqualFold(r.Header().Name, header.Name) && (header.Rrtype == dns.TypeANY || r.Header().Rrtype == header.Rrtype)
		}
		switch header.Class {
		case dns.ClassANY:
			s.records = slices.DeleteFunc(s.records, same)
		case dns.ClassNONE:
			s.records = slices.DeleteFunc(s.records, func(r dns.RR) bool {
				a, b := dns.Copy(r), dns.Copy(change)
				b.Header().Class, b.Header().Ttl = a.Header().Class, a.Header().Ttl
				return same(r) && a.String() == b.String()
			})
		default:
			s.records = append(s.records, change)
		}
	}
}
