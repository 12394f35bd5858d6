package report

// signatureWords says on the cover whether the bundle was signed, and how to find out. What
// a report says of itself proves nothing, so that both ways end at the command that does.
func signatureWords(r *Record) string {
	if r.Signing == nil {
		return "unsigned when it was written. If it was signed later, SIGNATURE.dsse.json stands beside it; " + r.Tool.Name + " verify checks that."
	}
	return "signed as it was written, in SIGNATURE.dsse.json beside it. Whether that holds, " + r.Tool.Name + " verify says. The key:"
}

// signatureLimit says what the signature, or that there is none, leaves open.
func signatureLimit(r *Record) string {
	if r.Signing == nil {
		return "The record was written without a signature. Its uid and checksums show accidental change; they don't protect against whoever can write all of its files."
	}
	return "The files are signed. That shows that they are what the holder of the key signed, not who that was or when; a key that the audited party holds doesn't protect against that party."
}

// verifySteps say how a reader who trusts nobody checks the files of a bundle, each with
// the command for it.
func verifySteps(r *Record) []verifyStep {
	return []verifyStep{
		{"Where the report came in a folder with SHA256SUMS, the files are checked against accidental change with", "sha256sum -c SHA256SUMS"},
		{"That the folder is whole and nothing was added, that the record fits its schema and adds up, and that the reports are its renderings, is checked with", r.Tool.Name + " verify FOLDER"},
		{"This file carries no signature in itself. Where SIGNATURE.dsse.json stands beside it, that is one over every file of the folder, and checked with the signer’s public key, which has to come by another way:",
			r.Tool.Name + " verify FOLDER --public-key FILE --require-signature"},
	}
}

// A verifyStep is a sentence and the command that ends it.
type verifyStep struct{ Words, Command string }
