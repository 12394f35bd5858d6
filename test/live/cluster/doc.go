// Package cluster puts the two clusters of examples/cluster onto real control planes,
// and says when they are as they should be. The live tests and the demo read from them.
//
// The conforming one has a real cert-manager, which makes a CA, issues from it and
// registers an account with a real ACME server. The non-conforming one has its
// CustomResourceDefinitions alone: in its story cert-manager is down, and a controller at
// work would correct what is to be found. In both stands what examples/deploy installs.
// Nothing but loopback is spoken to.
package cluster
