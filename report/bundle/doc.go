// Package bundle writes the files of one evaluation into a folder of their own,
// DIR/<cluster>/<UTC time>/, with their manifest, checksums and, if asked to, a signature
// over all of them, and tells whether a folder still holds what was written.
//
// A bundle is there whole or not at all, and an existing one is never overwritten. The
// package doesn't know what the files hold: package cmd feeds it a writer for each, and
// auditors, evidence portals and `sha256sum -c` read what it leaves.
package bundle
