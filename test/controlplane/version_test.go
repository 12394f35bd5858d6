package controlplane

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestVersions holds the versions that run here to those of the API types that
// kubevidence is built with. It fails where only one of the two was raised.
func TestVersions(t *testing.T) {
	root, err := source()
	if err != nil {
		t.Fatal(err)
	}
	product := filepath.Join(root, "..", "..")
	for module, folder := range map[string]string{
		"k8s.io/client-go":                     apiServer.folder,
		"github.com/cert-manager/cert-manager": certManager.folder,
		"sigs.k8s.io/gateway-api":              certManager.folder,
	} {
		here, there := required(t, filepath.Join(root, folder), module), required(t, product, module)
		if here != there {
			t.Errorf("%s is %s in test/controlplane/%s, %s in kubevidence", module, here, folder, there)
		}
	}
}

// required returns the version of a module that the module at folder is built with.
func required(t *testing.T, folder, module string) string {
	t.Helper()
	version, err := goCommand(t.Context(), folder, "list", "-m", "-f", "{{with .Replace}}{{.Version}}{{else}}{{.Version}}{{end}}", module)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(version)
}
