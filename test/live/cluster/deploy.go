package cluster

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// deploy applies what examples/deploy installs.
func (c *Cluster) deploy(ctx context.Context, options Options) error {
	manifest, err := Build(filepath.Join(options.Examples, "deploy"))
	if err != nil {
		return err
	}
	return c.Apply(ctx, manifest)
}

// Build returns what `kubectl kustomize` would print of a folder.
func Build(folder string) ([]byte, error) {
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		return nil, fmt.Errorf("kustomize %s: %w", folder, err)
	}
	manifest, err := built.AsYaml()
	if err != nil {
		return nil, fmt.Errorf("kustomize %s: %w", folder, err)
	}
	return manifest, nil
}

// filesBut returns the paths of a folder's files but those of these names.
func filesBut(folder string, without ...string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("list manifests: %w", err)
	}
	var files []string
	for _, entry := range entries {
		if !slices.Contains(without, entry.Name()) {
			files = append(files, filepath.Join(folder, entry.Name()))
		}
	}
	return files, nil
}
