package bundle

// A Kind says what is wrong with a bundle, in one of a few ways.
type Kind int

// The kinds, in the order in which they are looked for.
const (
	Unreadable   Kind = iota // the manifest or the checksums are absent, or can't be read
	Missing                  // a file that is listed isn't there
	Extra                    // something is there that isn't listed, or is no regular file
	Changed                  // a file isn't what was written
	Disagreement             // manifest, checksums and record don't say the same
	OtherVersion             // the manifest or the record is of another major version
	BadRecord                // the record can't be read, or doesn't fit its schema
	Unbalanced               // the record's totals don't add up
	Rendering                // rendering the record again gives other bytes
	Unsigned                 // there is no signature, and there has to be one
	BadSignature             // the signature's file can't be read
	OtherKey                 // signed by another key
	Forged                   // the signature doesn't hold for what is stated
	OtherFiles               // the signature is one over other files
)

// A Problem is one thing that is wrong with a bundle.
type Problem struct {
	Kind  Kind
	Words string // a sentence without its full stop that names the file
}

func (p Problem) Error() string { return p.Words }
