package controlplane

import (
	"errors"
	"path/filepath"
	"runtime"
)

// A component is a program of the control plane, built from its own Go module.
type component struct {
	name     string // of its folder in bin, and of the program in it
	folder   string // where its go.mod is, beside this file
	module   string // the module that is built, whose version is the component's
	pkg      string // the main package
	stamp    string // the linker symbol that takes the version, where there is one
	duration string // how long a first build takes
	asset    bool   // whether KUBEBUILDER_ASSETS may provide it
	crds     []crds
}

// crds are CustomResourceDefinitions that lie beside the Go code of a module.
type crds struct {
	name   string // of the folder they are copied to
	module string
	folder string // in the module
}

var (
	apiServer = component{
		name:     "kube-apiserver",
		folder:   "apiserver",
		module:   "k8s.io/kubernetes",
		pkg:      "k8s.io/kubernetes/cmd/kube-apiserver",
		stamp:    "k8s.io/component-base/version.gitVersion",
		duration: "about 8 minutes",
		asset:    true,
	}
	etcd = component{
		name:     "etcd",
		folder:   "etcd",
		module:   "go.etcd.io/etcd/server/v3",
		pkg:      "go.etcd.io/etcd/server/v3",
		duration: "about a minute",
		asset:    true,
	}
	certManager = component{
		name:     "cert-manager",
		folder:   "certmanager",
		module:   "github.com/cert-manager/cert-manager",
		pkg:      ".",
		duration: "about 3 minutes",
		crds: []crds{
			{"cert-manager", "github.com/cert-manager/cert-manager", "deploy/crds"},
			{"gateway-api", "sigs.k8s.io/gateway-api", "config/crd/standard"},
		},
	}
	pebble = component{
		name:     "pebble",
		folder:   "pebble",
		module:   "github.com/letsencrypt/pebble/v2",
		pkg:      "github.com/letsencrypt/pebble/v2/cmd/pebble",
		duration: "a few seconds",
	}
)

// source returns the folder of this package, which holds the modules to build.
func source() (string, error) {
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return "", errors.New("find the source of the control plane: built with -trimpath")
	}
	return filepath.Dir(file), nil
}
