package audit

import (
	"testing"

	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestAnnotatedIssuer(t *testing.T) {
	const issuer, cluster = cmv1.IngressIssuerNameAnnotationKey, cmv1.IngressClusterIssuerNameAnnotationKey
	const kind, group = cmv1.IssuerKindAnnotationKey, cmv1.IssuerGroupAnnotationKey
	for _, test := range []struct {
		annotations map[string]string
		want        string // "" for none
		resource    Resource
	}{
		{nil, "", ""},
		{map[string]string{kind: "ClusterIssuer"}, "", ""},
		{map[string]string{issuer: ""}, "", ""},
		{map[string]string{issuer: "a"}, "Issuer app/a", Issuers},
		{map[string]string{cluster: "a"}, "ClusterIssuer a", ClusterIssuers},
		{map[string]string{issuer: "a", kind: "ClusterIssuer"}, "ClusterIssuer a", ClusterIssuers},
		{map[string]string{issuer: "a", cluster: "b"}, "ClusterIssuer b", ClusterIssuers},
		{map[string]string{issuer: "a", kind: "X"}, "X app/a", ""},
		{map[string]string{issuer: "a", kind: "X", group: "x.example.com"}, "X.x.example.com a", ""},
		{map[string]string{issuer: "a", group: "cert-manager.io"}, "Issuer app/a", Issuers},
	} {
		o := &networkingv1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "app", Annotations: test.annotations}}
		ref, ok := AnnotatedIssuer(o)
		if ok != (test.want != "") || ok && ref.String() != test.want || ref.Resource() != test.resource {
			t.Errorf("%v name %q in %q (%t), want %q in %q", test.annotations, ref, ref.Resource(), ok, test.want, test.resource)
		}
	}
}

func TestDefaultIssuer(t *testing.T) {
	controller := Instance{Container: Container{Flags: []string{"--default-issuer-name=a", "--default-issuer-kind=ClusterIssuer"}}}
	for _, test := range []struct {
		annotations map[string]string
		want        string
	}{
		{map[string]string{TLSACME: "true"}, "ClusterIssuer a"},
		{map[string]string{TLSACME: "true", cmv1.IssuerKindAnnotationKey: "Issuer"}, "Issuer app/a"},
		{map[string]string{TLSACME: "true", cmv1.IssuerGroupAnnotationKey: "x.example.com"}, "ClusterIssuer.x.example.com a"},
		{map[string]string{TLSACME: "false"}, ""},
		{map[string]string{TLSACME: "true", cmv1.IngressIssuerNameAnnotationKey: "b"}, ""},
	} {
		o := &networkingv1.Ingress{ObjectMeta: metav1.ObjectMeta{Namespace: "app", Annotations: test.annotations}}
		got := ""
		if WantsDefaultIssuer(o) {
			got = controller.DefaultIssuer(o).String()
		}
		if got != test.want {
			t.Errorf("%v: %q, want %q", test.annotations, got, test.want)
		}
	}
}
