// Package audit is the domain of kubevidence: what was read from a cluster, what
// follows from it, and what that says about each requirement.
//
// Data flows one way. Package collect fills a [Snapshot]. [Derive] turns it, with a
// [Config], into [Facts]: what several checks need, computed once. [Run] gives the Facts
// to each [Check] and returns [Finding]s; [Waive] applies what people have declared.
// Package controls assesses the findings, package report writes them down.
//
// The package does no I/O, reads no clock and imports no API client: the same snapshot,
// configuration and checks give the same findings, always.
package audit
