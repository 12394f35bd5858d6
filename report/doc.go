// Package report holds the evidence record and the writers of its forms.
//
// [New] composes a [Record] from an evaluation; the writers ([WriteJSON], [WriteHTML],
// [WritePDF]) each print the same values and never recompute a verdict. A record can be
// read again with [Read] and rendered into any form, byte for byte. The package never
// contacts a cluster and reads no clock.
package report
