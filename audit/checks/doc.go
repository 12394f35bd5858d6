// Package checks holds the requirements that kubevidence decides: one value a check, one
// file for each or for two that are twins. [All] is the list, in the order of the
// catalogue.
//
// A check judges [audit.Facts] and returns a finding a subject, passes included. It does
// no I/O, reads no clock (instants come from Facts.At) and changes nothing. What several
// checks need is derived once in package audit; what a check may not know because it
// wasn't read is NotAssessed, with the reason, never a Pass and never a Fail.
//
// Package audit runs them, package controls assesses what they find; the command line
// passes the list on. A check's cases lie in testdata, in a folder named by its ID.
package checks
