package controlplane

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// A cache is a folder of built components: <name>-<digest>/…
type cache string

// folder returns the folder of a component with that digest. Where it doesn't
// exist, build fills it, and folders of other digests are removed. Of several
// processes that ask at once, one builds.
func (c cache) folder(name, digest string, build func(folder string) error) (string, error) {
	folder := filepath.Join(string(c), name+"-"+digest)
	if exists(folder) {
		return folder, nil
	}
	unlock, err := c.lock()
	if err != nil {
		return "", err
	}
	defer unlock()
	if exists(folder) {
		return folder, nil
	}
	partial := filepath.Join(string(c), "partial")
	defer os.RemoveAll(partial)
	if err := c.remove("partial"); err != nil {
		return "", err
	}
	if err := os.Mkdir(partial, 0o755); err != nil {
		return "", fmt.Errorf("create build folder: %w", err)
	}
	if err := build(partial); err != nil {
		return "", err
	}
	if err := c.remove(name + "-*"); err != nil {
		return "", err
	}
	if err := os.Rename(partial, folder); err != nil {
		return "", fmt.Errorf("keep %s: %w", name, err)
	}
	return folder, nil
}

// remove removes what matches a pattern: earlier builds, one that was cut off.
func (c cache) remove(pattern string) error {
	folders, err := filepath.Glob(filepath.Join(string(c), pattern))
	if err != nil {
		return fmt.Errorf("list earlier builds: %w", err)
	}
	for _, folder := range folders {
		if err := os.RemoveAll(folder); err != nil {
			return fmt.Errorf("remove earlier build: %w", err)
		}
	}
	return nil
}

// lock waits until no other process builds.
func (c cache) lock() (unlock func(), err error) {
	if err := os.MkdirAll(string(c), 0o755); err != nil {
		return nil, fmt.Errorf("create folder of built components: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(string(c), "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open build lock: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		file.Close()
		return nil, fmt.Errorf("wait for build lock: %w", err)
	}
	return func() { file.Close() }, nil
}

// digest sums up what decides what a component is built to: its module's files,
// how it is declared, and the toolchain.
func (c component) digest(root string) (string, error) {
	sum := sha256.New()
	fmt.Fprintln(sum, runtime.Version(), runtime.GOOS, runtime.GOARCH, c.pkg, c.stamp, c.crds)
	entries, err := os.ReadDir(filepath.Join(root, c.folder))
	if err != nil {
		return "", fmt.Errorf("read module of %s: %w", c.name, err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasPrefix(name, "go.") && !strings.HasSuffix(name, ".go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, c.folder, name))
		if err != nil {
			return "", fmt.Errorf("read module of %s: %w", c.name, err)
		}
		fmt.Fprintf(sum, "%s %x\n", name, sha256.Sum256(text))
	}
	return hex.EncodeToString(sum.Sum(nil))[:12], nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
