// Package collect fills an [audit.Snapshot]: [Live] from an API server, [Files] from
// snapshots and manifests. [WriteSnapshot] and [ReadSnapshot] are the seam between
// reading and judging.
//
// One table says what can be read; both readers reduce objects with it, so that a live
// cluster and a dump of it give the same Snapshot. The package sends no verb but GET, it
// never lists Secrets, and of a Secret it keeps the CERTIFICATE blocks of tls.crt alone.
// It decides nothing: what could not be read is a gap with the server's words, never an
// empty list.
//
// The command line feeds it; package audit reads what it returns.
package collect
