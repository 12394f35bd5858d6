package main

import (
	"cmp"
	"slices"
)

// farthest is the number of edits up to which a name is taken for a slip of another.
const farthest = 4

// nearest returns the names that a word may be a slip of, nearest first, most of them.
func nearest(word string, names []string, most int) []string {
	type near struct {
		name  string
		edits int
	}
	var list []near
	for _, name := range names {
		if e := edits(word, name); e <= farthest {
			list = append(list, near{name, e})
		}
	}
	slices.SortFunc(list, func(a, b near) int { return cmp.Or(cmp.Compare(a.edits, b.edits), cmp.Compare(a.name, b.name)) })
	var found []string
	for _, n := range list[:min(len(list), most)] {
		found = append(found, n.name)
	}
	return found
}

// edits is the Levenshtein distance of two texts, in bytes.
func edits(a, b string) int {
	if len(a)-len(b) > farthest || len(b)-len(a) > farthest {
		return farthest + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substituted := diagonal
			if a[i] != b[j] {
				substituted++
			}
			diagonal = row[j+1]
			row[j+1] = min(substituted, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
