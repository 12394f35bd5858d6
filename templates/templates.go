// Package templates holds the files that the HTML report is made of. It has no logic;
// package report fills them in.
package templates

import "embed"

// Files are the HTML templates, the style sheet and the script of the search.
//
//go:embed *.html report.css report.js
var Files embed.FS
