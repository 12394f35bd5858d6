package bundle

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
)

// SignatureFile is the file that holds the signature over every other one. Nothing lists
// it: a bundle can be signed later, and what was written stays as it was.
const SignatureFile = "SIGNATURE.dsse.json"

// The types that a signature names.
const (
	// PayloadType says that the payload is a statement
	// (github.com/in-toto/attestation, spec/v1/envelope.md).
	PayloadType = "application/vnd.in-toto+json"
	// StatementType is that of in-toto's statements (spec/v1/statement.md).
	StatementType = "https://in-toto.io/Statement/v1"
	// PredicateType is that of what a statement says of a bundle, a [Predicate].
	PredicateType = "https://github.com/kubevidence/kubevidence/evidence-bundle/v1alpha1"
)

// An Envelope carries a payload and signatures over it
// (github.com/secure-systems-lab/dsse, envelope.md).
type Envelope struct {
	PayloadType string      `json:"payloadType"`
	Payload     string      `json:"payload"` // a Statement, base64
	Signatures  []Signature `json:"signatures"`
}

// A Signature is one over the payload and its type.
type Signature struct {
	KeyID string `json:"keyid"` // the key's Fingerprint; a hint that nothing protects
	Sig   string `json:"sig"`   // Ed25519, base64
}

// A Statement is what is signed: that these files, by their digests, are a bundle.
type Statement struct {
	Type          string    `json:"_type"`   // StatementType
	Subject       []Subject `json:"subject"` // every file but the signature, sorted by name
	PredicateType string    `json:"predicateType"`
	Predicate     Predicate `json:"predicate"`
}

// A Subject is one file.
type Subject struct {
	Name   string `json:"name"`
	Digest Digest `json:"digest"`
}

// A Digest is that of a file.
type Digest struct {
	SHA256 string `json:"sha256"` // hex
}

// A Predicate says what the files are forms of.
type Predicate struct {
	Record Record `json:"record"`
	Tool   Tool   `json:"tool"` // that wrote the bundle
}

// sign states and signs what a bundle holds. The same files and key give the same bytes:
// Ed25519 is deterministic (RFC 8032), and no instant is stated, since nobody vouches for
// the signer's clock.
func sign(key ed25519.PrivateKey, says Predicate, files []Entry) (*Envelope, error) {
	statement := Statement{Type: StatementType, PredicateType: PredicateType, Predicate: says}
	for _, f := range files {
		statement.Subject = append(statement.Subject, Subject{Name: f.Name, Digest: Digest{f.SHA256}})
	}
	slices.SortFunc(statement.Subject, func(a, b Subject) int { return cmp.Compare(a.Name, b.Name) })
	var payload bytes.Buffer
	if err := json.NewEncoder(&payload).Encode(statement); err != nil {
		return nil, fmt.Errorf("encode statement: %w", err)
	}
	signature := ed25519.Sign(key, preAuthentic(PayloadType, payload.Bytes()))
	return &Envelope{
		PayloadType: PayloadType,
		Payload:     base64.StdEncoding.EncodeToString(payload.Bytes()),
		Signatures:  []Signature{{KeyID: FingerprintOf(key), Sig: base64.StdEncoding.EncodeToString(signature)}},
	}, nil
}

// preAuthentic is what DSSE signs: the payload with its type, and their lengths
// (github.com/secure-systems-lab/dsse, protocol.md, "PAE").
func preAuthentic(payloadType string, payload []byte) []byte {
	return fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(payloadType), payloadType, len(payload), payload)
}
