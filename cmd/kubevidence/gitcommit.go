package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// commitOf returns the commit that is checked out in the git repository around a folder, ""
// where there is none or it can't be told. Only HEAD and the reference that it names are read
// (gitrepository-layout(5)); whether a file is in that commit as it is here isn't looked at, which
// the reports say.
func commitOf(folder string) string {
	at, err := filepath.Abs(folder)
	if err != nil {
		return ""
	}
	for {
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return headOf(gitFolder(filepath.Join(at, ".git")))
		}
		above := filepath.Dir(at)
		if above == at {
			return ""
		}
		at = above
	}
}

// gitFolder follows the file that stands in place of .git in a work tree or a submodule.
func gitFolder(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return path // a folder
	}
	to, _ := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
	if !filepath.IsAbs(to) {
		to = filepath.Join(filepath.Dir(path), to)
	}
	return to
}

var commitHash = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// headOf resolves HEAD of a git folder.
func headOf(git string) string {
	head := line(filepath.Join(git, "HEAD"))
	ref, symbolic := strings.CutPrefix(head, "ref: ")
	if !symbolic {
		return hash(head)
	}
	folders := []string{git}
	if common := line(filepath.Join(git, "commondir")); common != "" {
		if !filepath.IsAbs(common) {
			common = filepath.Join(git, common)
		}
		folders = append(folders, common)
	}
	for _, folder := range folders {
		if commit := hash(line(filepath.Join(folder, filepath.FromSlash(ref)))); commit != "" {
			return commit
		}
		packed, _ := os.ReadFile(filepath.Join(folder, "packed-refs"))
		for text := range strings.Lines(string(packed)) {
			if commit, name, ok := strings.Cut(strings.TrimSpace(text), " "); ok && name == ref {
				return hash(commit)
			}
		}
	}
	return ""
}

func hash(text string) string {
	if commitHash.MatchString(text) {
		return text
	}
	return ""
}

// line is a file's text without the space around it, "" where it can't be read.
func line(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
