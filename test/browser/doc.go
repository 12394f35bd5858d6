// Package browser holds tests alone: they open the HTML report in Chromium, as its reader
// does, with script and without, and hold it to what no test of its text can see.
//
// axe-core, in testdata/axe, is under the Mozilla Public License 2.0, see its LICENSE
// (https://github.com/dequelabs/axe-core, release 4.10.3, as npm has it).
package browser
