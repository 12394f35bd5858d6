// Package templates holds the files that the HTML report is made of. It has no logic;
// package report fills them in.
package templates

import "embed"

// Files are the HTML templates and the style sheet.
//
//go:embed *.html report.css
var Files embed.FS
