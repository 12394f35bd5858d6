package controlplane

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// readManifests reads files, and the YAML and JSON files of folders.
func readManifests(paths []string) ([][]byte, error) {
	var manifests [][]byte
	for _, root := range paths {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			wanted := slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(path))
			if entry.IsDir() || !wanted && path != root {
				return nil
			}
			text, err := os.ReadFile(path)
			manifests = append(manifests, text)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read manifests: %w", err)
		}
	}
	return manifests, nil
}

// decode returns the objects of a multi-document manifest, Lists taken apart.
func decode(manifest []byte) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(manifest), 4096)
	for {
		object := &unstructured.Unstructured{}
		switch err := decoder.Decode(&object.Object); {
		case errors.Is(err, io.EOF):
			return objects, nil
		case err != nil:
			return nil, fmt.Errorf("decode manifest: %w", err)
		case len(object.Object) == 0:
			continue
		case !object.IsList():
			objects = append(objects, object)
			continue
		}
		err := object.EachListItem(func(item runtime.Object) error {
			objects = append(objects, item.(*unstructured.Unstructured))
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("decode list: %w", err)
		}
	}
}

// order puts first what everything else is in, then what defines kinds.
func order(objects []*unstructured.Unstructured) {
	ranks := map[string]int{"Namespace": -2, "CustomResourceDefinition": -1}
	slices.SortStableFunc(objects, func(a, b *unstructured.Unstructured) int {
		return cmp.Compare(ranks[a.GetKind()], ranks[b.GetKind()])
	})
}
