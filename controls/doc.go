// Package controls holds the ISO/IEC 27001 controls that kubevidence speaks to, in the
// editions of 2022 and 2013, and assesses findings against them.
//
// The catalogues are data: only IDs and titles are the standard's, whose text is
// copyrighted; intent, procedure and what no API server can show are worded here.
// [Assess] rolls findings up by the references that checks carry. The package names no
// check: what a check bears on stands on the check alone. It does no I/O and reads no
// clock. Package cmd feeds it, package report prints what it returns.
package controls
