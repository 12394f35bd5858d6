package checks

import (
	"slices"
	"strings"

	acmev1 "github.com/cert-manager/cert-manager/pkg/apis/acme/v1"
	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/kubevidence/kubevidence/audit"
)

// legacyGroup is the API group of cert-manager before v0.11, whose annotations it has
// ignored since.
const legacyGroup = "certmanager.k8s.io/"

// ingressAnnotations are the keys that cert-manager reads from an Ingress
// (pkg/controller/certificate-shim).
var ingressAnnotations = []string{
	audit.TLSACME,
	cmv1.IngressIssuerNameAnnotationKey,
	cmv1.IngressClusterIssuerNameAnnotationKey,
	cmv1.IssuerKindAnnotationKey,
	cmv1.IssuerGroupAnnotationKey,
	cmv1.CommonNameAnnotationKey,
	cmv1.AltNamesAnnotationKey,
	cmv1.IPSANAnnotationKey,
	cmv1.URISANAnnotationKey,
	cmv1.EmailsAnnotationKey,
	cmv1.DurationAnnotationKey,
	cmv1.RenewBeforeAnnotationKey,
	cmv1.RenewBeforePercentageAnnotationKey,
	cmv1.UsagesAnnotationKey,
	cmv1.RevisionHistoryLimitAnnotationKey,
	cmv1.PrivateKeyAlgorithmAnnotationKey,
	cmv1.PrivateKeyEncodingAnnotationKey,
	cmv1.PrivateKeySizeAnnotationKey,
	cmv1.PrivateKeyRotationPolicyAnnotationKey,
	cmv1.SubjectOrganizationsAnnotationKey,
	cmv1.SubjectOrganizationalUnitsAnnotationKey,
	cmv1.SubjectCountriesAnnotationKey,
	cmv1.SubjectProvincesAnnotationKey,
	cmv1.SubjectLocalitiesAnnotationKey,
	cmv1.SubjectStreetAddressesAnnotationKey,
	cmv1.SubjectPostalCodesAnnotationKey,
	cmv1.SubjectSerialNumberAnnotationKey,
	cmv1.IngressSecretTemplate,
	cmv1.IssueTemporaryCertificateAnnotation,
	cmv1.IngressACMEIssuerHTTP01IngressClassAnnotationKey,
	cmv1.IngressACMEIssuerHTTP01IngressClassNameAnnotationKey,
	acmev1.IngressEditInPlaceAnnotationKey,
	cmv1.VenafiCustomFieldsAnnotationKey,
}

// otherAnnotations are cert-manager's keys for other objects: no misspelling, wherever
// they stand.
var otherAnnotations = []string{
	cmv1.IssuerNameAnnotationKey,
	cmv1.CertificateNameKey,
	cmv1.CertificateIgnoreTLSListeners,
	cmv1.CertificateRequestPrivateKeyAnnotationKey,
	cmv1.CertificateRequestRevisionAnnotationKey,
	cmv1.WantInjectAnnotation,
	cmv1.WantInjectAPIServerCAAnnotation,
	cmv1.WantInjectFromSecretAnnotation,
	cmv1.AllowsInjectionFromSecretAnnotation,
	cmv1.VenafiPickupIDAnnotationKey,
	acmev1.ACMECertificateHTTP01IngressNameOverride,
	acmev1.ACMECertificateHTTP01IngressClassOverride,
	acmev1.ACMECertificateHTTP01IngressClassNameOverride,
	acmev1.ACMECertificateHTTP01ParentRefName,
	acmev1.ACMECertificateHTTP01ParentRefKind,
	acmev1.ACMECertificateHTTP01ParentRefNamespace,
	acmev1.ACMECertificateHTTP01ParentRefFallback,
}

// meantAnnotation returns the key that an annotation was probably meant to be, "" where
// it is one itself or is like none.
func meantAnnotation(key string) string {
	if slices.Contains(ingressAnnotations, key) || slices.Contains(otherAnnotations, key) || strings.HasPrefix(key, legacyGroup) {
		return ""
	}
	best, meant := maxEdits+1, ""
	for _, known := range ingressAnnotations {
		if d := edits(key, known); d < best {
			best, meant = d, known
		}
	}
	return meant
}

// maxEdits is how many letters a key may be off to count as misspelt.
const maxEdits = 2

// edits returns how many bytes have to be inserted, deleted or replaced to make b of a
// (Levenshtein's distance), or maxEdits+1 for more than maxEdits.
func edits(a, b string) int {
	if len(a)-len(b) > maxEdits || len(b)-len(a) > maxEdits {
		return maxEdits + 1
	}
	previous := make([]int, len(b)+1)
	for i := range previous {
		previous[i] = i
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for k := range len(b) {
			replaced := previous[k]
			if a[i] != b[k] {
				replaced++
			}
			row[k+1] = min(replaced, row[k]+1, previous[k+1]+1)
		}
		if slices.Min(row) > maxEdits {
			return maxEdits + 1
		}
		previous = row
	}
	return min(previous[len(b)], maxEdits+1)
}
