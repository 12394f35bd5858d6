// Package pki states facts about X.509 certificates and their public keys: what a bundle holds, which names
// a certificate covers, and what is wrong with it at an instant.
//
// It is pure. It never opens a connection, reads a file or a clock, keeps a private key, or decides whether a
// defect is a failure or a warning: that depends on where a certificate is used, and is for the checks to say.
// It never imports package audit.
//
// The collector and the Facts of package audit feed it bundles and certificates; the checks read its facts and
// defects.
package pki
