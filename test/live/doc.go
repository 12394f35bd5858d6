// Package live holds tests alone: they run the kubevidence program against real control
// planes, with the examples in them, and prove what no fake can. Each file is named by
// what it proves.
//
// TestMain starts the two clusters of package cluster and builds the program once. Each
// run has a user of its own, by whom the API server's audit log knows it.
package live
