package audit

// A DNSView is the DNS in use.
type DNSView struct{}

func dnsView(*Snapshot) DNSView { return DNSView{} }
