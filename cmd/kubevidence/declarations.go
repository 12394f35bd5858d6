package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/checks"
	"github.com/kubevidence/kubevidence/controls"
	"github.com/kubevidence/kubevidence/report"
)

// A declarationFile is a file of waivers and attestations, with what is wrong in it.
type declarationFile struct {
	path     string // as it was given, or found in the folder that was given
	declared *audit.Declarations
	listed   report.DeclarationFile
	faults   []audit.Fault
}

// readDeclarations reads files, and the *.yaml and *.yml files of folders in the order of
// their names. What is wrong in a file is part of the result; that it can't be read is an
// error.
func readDeclarations(paths []string, terms audit.Terms) ([]declarationFile, error) {
	var files []declarationFile
	for _, given := range paths {
		found, err := declarationPaths(given)
		if err != nil {
			return nil, err
		}
		for _, file := range found {
			data, err := os.ReadFile(file)
			if err != nil {
				return nil, usageError("read waivers: %w", err)
			}
			d, faults := audit.ParseDeclarations(data, terms)
			sum := sha256.Sum256(data)
			files = append(files, declarationFile{file, d, report.DeclarationFile{
				Name: filepath.ToSlash(file), SHA256: hex.EncodeToString(sum[:]), Commit: commitOf(filepath.Dir(file)),
			}, faults})
		}
	}
	for i := range files {
		files[i].faults = append(files[i].faults, duplicates(files[:i], &files[i])...)
	}
	return files, nil
}

// declarationPaths are the files behind a path.
func declarationPaths(given string) ([]string, error) {
	info, err := os.Stat(given)
	if err != nil {
		return nil, usageError("read waivers: %w", err)
	}
	if !info.IsDir() {
		return []string{given}, nil
	}
	entries, err := os.ReadDir(given) // sorted by name
	if err != nil {
		return nil, usageError("read waivers: %w", err)
	}
	var files []string
	for _, entry := range entries {
		extension := filepath.Ext(entry.Name())
		if entry.IsDir() || strings.HasPrefix(entry.Name(), ".") || extension != ".yaml" && extension != ".yml" {
			continue
		}
		files = append(files, filepath.Join(given, entry.Name()))
	}
	if len(files) == 0 {
		return nil, usageError("read waivers: the folder %s holds no *.yaml or *.yml file", given)
	}
	return files, nil
}

// duplicates are the IDs of a file that stand in one before it, too.
func duplicates(earlier []declarationFile, file *declarationFile) []audit.Fault {
	var faults []audit.Fault
	fault := func(list, kind, id string, i int) {
		for j := range earlier {
			if line := earlier[j].declared.Line(id); line > 0 && id != "" {
				faults = append(faults, audit.Fault{
					Line: file.declared.Line(id), Column: 1, Field: fmt.Sprintf("%s[%d].id", list, i),
					Words: fmt.Sprintf("%s %q stands in %s:%d, too: ids are unique over all files", kind, id, earlier[j].path, line),
				})
				return
			}
		}
	}
	for i := range file.declared.Waivers {
		fault("waivers", "waiver", file.declared.Waivers[i].ID, i)
	}
	for i := range file.declared.Attestations {
		fault("attestations", "attestation", file.declared.Attestations[i].ID, i)
	}
	return faults
}

// faultWords is a fault as people and editors read it: "file:line: field: words".
func faultWords(file string, f audit.Fault) string {
	words := file + ":"
	if f.Line > 0 {
		words += fmt.Sprintf("%d:", f.Line)
	}
	if f.Field != "" {
		words += " " + f.Field + ":"
	}
	return words + " " + printable(f.Words)
}

// declarationNames are the IDs that waivers and attestations may refer to.
func declarationNames() *audit.Names {
	names := &audit.Names{Remainders: controls.Remainders()}
	for i := range checks.All {
		names.Checks = append(names.Checks, checks.All[i].ID)
	}
	return names
}

// declare adds the files' waivers and attestations to those of the configuration.
func declare(config *audit.Config, configFile string, files []declarationFile) error {
	own := config.Declarations()
	if err := own.Unknown(declarationNames()); err != nil {
		return usageError("configuration %s: %w", configFile, err)
	}
	var faults []string
	ids := map[string]bool{}
	for i := range own.Waivers {
		ids[own.Waivers[i].ID] = true
	}
	for i := range own.Attestations {
		ids[own.Attestations[i].ID] = true
	}
	inBoth := func(file *declarationFile, id string) {
		if ids[id] {
			faults = append(faults, fmt.Sprintf("%s:%d: %q stands in the configuration %s, too: ids are unique over all files", file.path, file.declared.Line(id), id, configFile))
		}
	}
	for i := range files {
		for _, f := range files[i].faults {
			faults = append(faults, faultWords(files[i].path, f))
		}
		d := files[i].declared
		for j := range d.Waivers {
			inBoth(&files[i], d.Waivers[j].ID)
		}
		for j := range d.Attestations {
			inBoth(&files[i], d.Attestations[j].ID)
		}
		config.Waivers = append(config.Waivers, d.Waivers...)
		config.Attestations = append(config.Attestations, d.Attestations...)
	}
	switch more := len(faults) - 1; {
	case more < 0:
		return nil
	case more == 0:
		return usageError("%s", faults[0])
	default:
		return usageError("%s (and %d more: kubevidence waive --check prints all)", faults[0], more)
	}
}
