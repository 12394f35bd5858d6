package collect

import "net/netip"

// metadata are the addresses at which clouds hand out credentials and configuration to
// whoever asks from within, beside the link-local ones.
var metadata = []netip.Addr{
	netip.MustParseAddr("100.100.100.200"), // Alibaba Cloud: www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
	netip.MustParseAddr("168.63.129.16"),   // Azure: learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
	netip.MustParseAddr("192.0.0.192"),     // Oracle Cloud
	netip.MustParseAddr("fd00:ec2::254"),   // AWS: docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
	netip.MustParseAddr("fd20:ce::254"),    // Google Cloud: cloud.google.com/compute/docs/metadata/querying-metadata
}

// unasked says why an address isn't connected to, "" where it is. Whoever may write a
// status could otherwise have this machine connect to itself or to its cloud's metadata.
func unasked(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	for _, m := range metadata {
		if a == m {
			return "not asked: a cloud's metadata service has this address"
		}
	}
	switch {
	case a.IsLinkLocalUnicast():
		return "not asked: a link-local address, where clouds have their metadata"
	case a.IsLoopback():
		return "not asked: a loopback address is this machine's own"
	case a.IsUnspecified(), a.IsMulticast():
		return "not asked: no server has this address"
	}
	return ""
}
