package collect

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/kubevidence/kubevidence/audit"
	"golang.org/x/net/dns/dnsmessage"
)

// A dnsServer answers on loopback from what it is given, and notes what it is asked.
type dnsServer struct {
	address string
	one     sync.Mutex
	asked   []string // "A name."
}

// zone is what it answers: addresses by name, "alias" for those behind another name, or a
// word: SERVFAIL, silence, truncated, stranger. A name that isn't there doesn't exist.
var zone = map[string]string{
	"both.example.com.":      "192.0.2.1 2001:db8::1",
	"old.example.com.":       "192.0.2.2",
	"new.example.com.":       "2001:db8::2",
	"alias.example.com.":     "alias 192.0.2.3",
	"localhost.":             "192.0.2.4", // every machine's hosts file says otherwise
	"broken.example.com.":    "SERVFAIL",
	"silent.example.com.":    "silence",
	"large.example.com.":     "truncated 192.0.2.5",
	"spoofed.example.com.":   "stranger 192.0.2.6",
	"nothing.example.com.":   "",
	"half.example.com.":      "halfway 192.0.2.7",
	"web.svc.cluster.local.": "192.0.2.8",
}

func serveDNS(t *testing.T) *dnsServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	packets, err := net.ListenPacket("udp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s := &dnsServer{address: listener.Addr().String()}
	t.Cleanup(func() { _, _ = listener.Close(), packets.Close() })
	go func() {
		text := make([]byte, 4096)
		for {
			n, from, err := packets.ReadFrom(text)
			if err != nil {
				return
			}
			for _, reply := range s.replies(text[:n], false) {
				_, _ = packets.WriteTo(reply, from)
			}
		}
	}()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			text, err := receive(conn, "tcp")
			if err == nil {
				for _, reply := range s.replies(text, true) {
					_, _ = conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...))
				}
			}
			_, _ = io.Copy(io.Discard, conn)
			_ = conn.Close()
		}
	}()
	return s
}

// replies are the messages that answer a query.
func (s *dnsServer) replies(text []byte, overTCP bool) (list [][]byte) {
	var query dnsmessage.Message
	if query.Unpack(bytes.Clone(text)) != nil || len(query.Questions) != 1 {
		return nil
	}
	q := query.Questions[0]
	s.one.Lock()
	s.asked = append(s.asked, strings.TrimPrefix(q.Type.String(), "Type")+" "+q.Name.String())
	s.one.Unlock()
	reply := dnsmessage.Message{Header: dnsmessage.Header{ID: query.ID, Response: true}, Questions: query.Questions}
	content, known := zone[strings.ToLower(q.Name.String())]
	words := strings.Fields(content)
	has := func(word string) bool { return slices.Contains(words, word) }
	switch {
	case has("silence"):
		return nil
	case has("SERVFAIL"), has("halfway") && q.Type == dnsmessage.TypeAAAA:
		reply.RCode = dnsmessage.RCodeServerFailure
	case !known:
		reply.RCode = dnsmessage.RCodeNameError
	case has("truncated") && !overTCP:
		reply.Truncated = true
	default:
		reply.Answers = records(q, words)
	}
	if has("stranger") { // another's answer, first
		other := reply
		other.ID++
		other.Answers = records(q, []string{"203.0.113.66"})
		list = append(list, pack(&other))
	}
	return append(list, pack(&reply))
}

func records(q dnsmessage.Question, words []string) (list []dnsmessage.Resource) {
	name := q.Name
	for _, word := range words {
		if word == "alias" {
			target := dnsmessage.MustNewName("target.example.net.")
			list = append(list, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: name, Class: q.Class}, Body: &dnsmessage.CNAMEResource{CNAME: target}})
			name = target
		}
		a, err := netip.ParseAddr(word)
		switch {
		case err != nil:
		case a.Is4() && q.Type == dnsmessage.TypeA:
			list = append(list, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: name, Class: q.Class}, Body: &dnsmessage.AResource{A: a.As4()}})
		case a.Is6() && q.Type == dnsmessage.TypeAAAA:
			list = append(list, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: name, Class: q.Class}, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}})
		}
	}
	return list
}

func pack(m *dnsmessage.Message) []byte {
	text, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return text
}

// TestResolver: with --resolver names are asked of that server, as they stand, and of nobody
// else: neither search domains nor this machine's hosts file count.
func TestResolver(t *testing.T) {
	for _, test := range []struct {
		host, want, err string
		timeout         time.Duration
	}{
		{"both.example.com", "192.0.2.1 2001:db8::1", "", time.Minute},
		{"both.example.com.", "192.0.2.1 2001:db8::1", "", time.Minute},
		{"old.example.com", "192.0.2.2", "", time.Minute},
		{"new.example.com", "2001:db8::2", "", time.Minute},
		{"alias.example.com", "192.0.2.3", "", time.Minute},
		{"localhost", "192.0.2.4", "", time.Minute},
		{"web", "", "", time.Minute}, // web.svc.cluster.local, with a Pod's search domains
		{"gone.example.com", "", "", time.Minute},
		{"nothing.example.com", "", "", time.Minute},
		{"broken.example.com", "", "the DNS server answers ServerFailure", time.Minute},
		{"half.example.com", "192.0.2.7", "", time.Minute},
		{"silent.example.com", "", "the DNS server didn't answer in time", 50 * time.Millisecond},
		{"large.example.com", "192.0.2.5", "", time.Minute},
		{"spoofed.example.com", "192.0.2.6", "", time.Minute},
	} {
		t.Run(test.host, func(t *testing.T) {
			s := serveDNS(t)
			p := newProber(&ProbeOptions{Timeout: test.timeout, Resolver: s.address}, func() time.Time { return at })
			found := p.find(t.Context(), test.host)
			var got []string
			for _, a := range found.addresses {
				got = append(got, a.String())
			}
			if strings.Join(got, " ") != test.want || found.err != test.err {
				t.Errorf("%q, error %q; want %q, error %q", got, found.err, test.want, test.err)
			}
			s.one.Lock()
			defer s.one.Unlock()
			slices.Sort(s.asked)
			absolute := strings.TrimSuffix(test.host, ".") + "."
			asked := []string{"A " + absolute, "AAAA " + absolute}
			if strings.HasPrefix(test.err, "the DNS server didn't") {
				asked = asked[:1] // the time of one lookup is over
			}
			if diff := cmp.Diff(asked, slices.Compact(s.asked)); diff != "" {
				t.Errorf("the server was asked (-want +got):\n%s", diff)
			}
		})
	}
}

// A server that isn't there, or ends a connection, is said without its address.
func TestResolverFails(t *testing.T) {
	ended := listenOn(t, "127.0.0.1:0", func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 1))
		_ = conn.Close()
	})
	for network, server := range map[string]string{"udp": "127.0.0.1:1", "tcp": ended.address} {
		query := dnsmessage.Message{Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName("a."), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}}}
		_, err := exchange(t.Context(), network, server, &query)
		if err == nil {
			t.Fatalf("%s: no error", network)
		}
		failed := new(net.DNSError)
		if !errors.As(dnsError(err), &failed) || failed.IsNotFound || failed.Err == "" || strings.Contains(failed.Err, "127.0.0.1") {
			t.Errorf("%s: %v", network, dnsError(err))
		}
	}
	if _, err := askServer(t.Context(), "127.0.0.1:1", strings.Repeat("a", 300)); err == nil {
		t.Error("a name that is longer than any has addresses")
	}
}

// TestProbesAtOnce: of 200 hosts 32 are looked up, or asked, at a time, no more and, while
// there are as many left, no fewer.
func TestProbesAtOnce(t *testing.T) {
	const hosts, bound = 200, 32
	synctest.Test(t, func(t *testing.T) {
		list := make([]audit.ServedHost, hosts)
		for i := range list {
			list[i] = audit.ServedHost{Host: "h" + strconv.Itoa(i) + ".example.com", Address: "192.0.2.1", Port: 443}
		}
		arrived, leave := make(chan string, hosts), make(chan struct{})
		p := newProber(&ProbeOptions{
			Lookup: func(context.Context, string) ([]netip.Addr, error) {
				arrived <- "lookup"
				<-leave
				return nil, nil
			},
			Dial: func(context.Context, string, string) (net.Conn, error) {
				arrived <- "connection"
				<-leave
				return nil, errors.New("nobody is there")
			},
		}, func() time.Time { return at })
		ended := make(chan int, 1)
		go func() { ended <- len(p.ask(context.Background(), list, func() {})) }()
		for _, what := range []string{"lookup", "connection"} {
			for left := hosts; left > 0; left -= bound {
				synctest.Wait() // until all that can go on have
				want := min(left, bound)
				if n := len(arrived); n != want {
					t.Errorf("%d at once, want %d of %d", n, want, left)
				}
				for range len(arrived) {
					if got := <-arrived; got != what {
						t.Errorf("a %s among the %ss", got, what)
					}
					leave <- struct{}{}
				}
			}
		}
		if n := <-ended; n != hosts {
			t.Errorf("%d handshakes", n)
		}
	})
}
