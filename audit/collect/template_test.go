package collect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is an address that a workload may connect to, and what only looks like one.
func TestAddressesIn(t *testing.T) {
	for text, want := range map[string][]string{
		"10.0.0.1":                           {"10.0.0.1"},
		"http://10.0.0.1:8080/x":             {"10.0.0.1"},
		"10.0.0.1:5432":                      {"10.0.0.1"},
		"10.0.0.1,10.0.0.2":                  {"10.0.0.1", "10.0.0.2"},
		"host=10.0.0.1;port=5432":            {"10.0.0.1"},
		"a 10.0.0.1 b 10.0.0.1":              {"10.0.0.1"},
		"user:pass@10.0.0.1":                 {"10.0.0.1"},
		"[fd00::1]:53":                       {"fd00::1"},
		"fd00::1":                            {"fd00::1"},
		"::ffff:10.0.0.1":                    {"10.0.0.1"},
		"10.0.0.1.":                          {"10.0.0.1"},
		"10.0.0.1/":                          {"10.0.0.1"},
		"10.0.0.1/path":                      {"10.0.0.1"},
		"redis://10.0.0.1/0":                 {"10.0.0.1"},
		"redis://:pass@10.0.0.1/0":           {"10.0.0.1"},
		"TCP:10.0.0.1:5432":                  {"10.0.0.1"},
		"TCP4:10.0.0.1:5432,fork":            {"10.0.0.1"},
		"cafe:10.0.0.1:80":                   {"10.0.0.1"},
		"jdbc:oracle:thin:@10.0.0.1:1521:db": {"10.0.0.1"},
		"10.0.0.1:1521:orcl":                 {"10.0.0.1"},
		"http://10.0.0.1:80.":                {"10.0.0.1"},
		"TCP-LISTEN:5432,bind=10.0.0.1":      nil,
		"TCP:[::]:5432":                      nil,
		"registry/app:10.0.0.1":              nil,
		"app:10.0.0.1-rc1":                   nil,
		"app:10.0.0.1:5432x":                 nil,
		"a10.0.0.1:80":                       nil,
		"10.0.0.1:80x":                       nil,
		"a::b::vector":                       nil,
		"10.0.0.0/8":                         nil,
		"fd00::/8":                           nil,
		"10.0.0.0/8,10.1.0.1":                {"10.1.0.1"},
		"127.0.0.1":                          nil,
		"0.0.0.0:80":                         nil,
		"::1":                                nil,
		"[::]:80":                            nil,
		"224.0.0.1":                          nil,
		"v1.2.3.4":                           nil,
		"1.2.3.4-rc1":                        nil,
		"1.2.3":                              nil,
		"1.2.3.4.5":                          nil,
		"999.1.1.1":                          nil,
		"12:30:45":                           nil,
		"00:1a:2b:3c:4d:5e":                  nil,
		"ip-10.0.0.1":                        nil,
		"10.0.0.1.nip.io":                    nil,
		"deadbeef":                           nil,
		"sha256:9f86d081884c7d659a2feaa0c5":  nil,
		"std::vector":                        nil,
		"10.0.0.1:99999":                     nil,
		"postgres://u@db.shop.svc:5432/shop": nil,
	} {
		var got []string
		for _, a := range addressesIn(text) {
			got = append(got, a.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestLiterals(t *testing.T) {
	s := manifestsOf(t, `
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: app}
spec:
  dnsPolicy: None
  dnsConfig: {nameservers: [9.9.9.9]}
  initContainers:
  - name: init
    command: [wait-for, 10.0.0.9]
  containers:
  - name: c
    env:
    - {name: UPSTREAM, value: "http://10.0.0.1:8080/hunter2"}
    - {name: LISTEN_ADDRESS, value: 10.0.0.2}
    - {name: FROM, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
    - {name: NETWORK, value: 10.0.0.0/8}
    args: ["--server=10.0.0.3:1", --peer, 10.0.0.4, --bind-address=10.0.0.5, -advertise, 10.0.0.6, --v=2, 10.0.0.7]
`)
	var got []string
	for _, l := range s.Pods[0].Literals {
		got = append(got, l.Container+" "+l.Field+" "+l.Name+" "+l.Address)
	}
	if diff := cmp.Diff([]string{
		"c env UPSTREAM 10.0.0.1",
		"c args --server 10.0.0.3",
		"c args --peer 10.0.0.4",
		"c args 7 10.0.0.7",
		"init command 1 10.0.0.9",
	}, got); diff != "" {
		t.Errorf("literals (-want +got):\n%s", diff)
	}
	if p := &s.Pods[0]; p.DNSPolicy != "None" || !cmp.Equal(p.Nameservers, []string{"9.9.9.9"}) {
		t.Errorf("DNS policy %q, nameservers %v", p.DNSPolicy, p.Nameservers)
	}
	if text := written(t, s); strings.Contains(text, "hunter2") || strings.Contains(text, "10.0.0.0/8") {
		t.Error("the snapshot holds the text around an address")
	}
}

// Which names are of addresses that a Pod listens on.
func TestListens(t *testing.T) {
	for name, want := range map[string]bool{
		"--bind-address": true, "BIND_ADDR": true, "bindAddress": true, "--bindaddr": true, "LISTEN": true, "listenAddr": true,
		"--http-listen-addr": true, "KAFKA_ADVERTISED_LISTENERS": true, "KAFKA_CFG_LISTENERS": true, "LISTEN_ADDR": true, "listenaddress": true, "--listening-ip": true, "-advertise-client-urls": true, "localIP": true, "LOCAL_IP": true,
		"KAFKA_BINDINGS_BROKER": false, "BIND9_SERVER": false, "ADVERTISER_DB": false, "BINDER": false, "LISTENER_URL": false, "--listener-target": false, "EVENT_LISTENERS": false, "UPSTREAM": false, "": false,
	} {
		if got := listens(name); got != want {
			t.Errorf("%q listens: %t, want %t", name, got, want)
		}
	}
}
