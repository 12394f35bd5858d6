package pki

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
)

// Defects of a certificate that a server presents.
const (
	CATrue           Code = "ca_true"                  // it may sign others
	CertSignNoCA     Code = "key_cert_sign_without_ca" // its key usage says that it signs others, its constraints don't
	EKUNoServer      Code = "eku_no_server_auth"       // extended key usages, none of them for servers
	VersionNot3      Code = "version_not_v3"           // a version without extensions, hence without names
	SerialNotGreater Code = "serial_not_positive"      // zero; crypto/x509 refuses those below
)

// Server returns what makes a certificate unfit for a server, whatever its names.
func Server(c *Certificate) []Defect {
	var defects []Defect
	x := c.x509
	ca := x.BasicConstraintsValid && x.IsCA
	if ca {
		defects = append(defects, Defect{CATrue, "it is a CA certificate"})
	}
	if x.KeyUsage&x509.KeyUsageCertSign != 0 && !ca {
		defects = append(defects, Defect{CertSignNoCA, "its key usage has keyCertSign, but it isn't a CA certificate"})
	}
	server := []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageAny}
	if HasUsages(c) && !slices.ContainsFunc(x.ExtKeyUsage, func(u x509.ExtKeyUsage) bool { return slices.Contains(server, u) }) {
		defects = append(defects, Defect{EKUNoServer, "its extended key usages have neither serverAuth nor anyExtendedKeyUsage"})
	}
	if x.Version != 3 {
		defects = append(defects, Defect{VersionNot3, fmt.Sprintf("X.509 version %d, not 3", x.Version)})
	}
	return defects
}

// HasUsages reports whether a certificate names extended key usages at all. Without them it may serve any
// purpose (RFC 5280, 4.2.1.12), which public CAs must not issue (CA/B BR 7.1.2.7.6).
func HasUsages(c *Certificate) bool { return extension(c, oidExtendedKeyUsage) }

// Serial returns what is wrong with a certificate's serial number: nothing, or one defect. It has to be positive
// (RFC 5280, 4.1.2.2).
func Serial(c *Certificate) []Defect {
	if c.x509.SerialNumber.Sign() > 0 {
		return nil
	}
	return []Defect{{SerialNotGreater, "serial number " + c.x509.SerialNumber.String() + " isn't positive"}}
}

var (
	oidExtendedKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidTimestamps       = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2} // RFC 6962, 3.3
)

func extension(c *Certificate, id asn1.ObjectIdentifier) bool {
	for _, e := range c.x509.Extensions {
		if e.Id.Equal(id) {
			return true
		}
	}
	return false
}
