// Package recordtest gives tests records to work on and the means to judge them: a sample
// of a believable cluster, records of any size, and validation against the published
// schema.
//
// The sample is fiction. Its checks bear real IDs and say what the catalogue says, in
// brief; their findings are written by hand or follow from the sample's own policies, so
// that a change of a real check leaves it alone. Nothing but tests imports the package.
package recordtest
