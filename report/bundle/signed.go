package bundle

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// A Signed is a bundle's signature as it is found. What it states holds only after Verify.
type Signed struct {
	KeyID     string // what it says of its key; a hint that nothing protects
	Statement Statement

	envelope Envelope
	payload  []byte
}

// Signed reads the signature of a bundle; nil where there is none.
func (b *Found) Signed() (*Signed, error) {
	if _, there := b.files[SignatureFile]; !there {
		return nil, nil
	}
	text, err := b.Read(SignatureFile)
	if err != nil {
		return nil, err
	}
	s := new(Signed)
	if err := decode(text, &s.envelope); err != nil {
		return nil, badSignature("%v", err)
	}
	if s.envelope.PayloadType != PayloadType {
		return nil, badSignature("carries %q, not an in-toto statement (%s)", s.envelope.PayloadType, PayloadType)
	}
	if len(s.envelope.Signatures) == 0 {
		return nil, badSignature("holds no signature")
	}
	s.KeyID = s.envelope.Signatures[0].KeyID
	if s.payload, err = decodeBase64(s.envelope.Payload); err != nil {
		return nil, badSignature("holds a payload that isn't base64")
	}
	if err := json.Unmarshal(s.payload, &s.Statement); err != nil {
		return nil, badSignature("holds a payload that isn't an in-toto statement")
	}
	if s.Statement.Type != StatementType || s.Statement.PredicateType != PredicateType {
		return nil, badSignature("states something else than a bundle: %q, %q", s.Statement.Type, s.Statement.PredicateType)
	}
	return s, nil
}

// decodeBase64 takes both alphabets, as verifiers have to (DSSE, envelope.md).
func decodeBase64(text string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return base64.URLEncoding.DecodeString(text)
	}
	return raw, nil
}

func badSignature(format string, args ...any) error {
	return Problem{BadSignature, SignatureFile + " " + fmt.Sprintf(format, args...)}
}

// Verify checks the signature over the payload that Statement was read from.
func (s *Signed) Verify(key ed25519.PublicKey) error {
	message := preAuthentic(s.envelope.PayloadType, s.payload)
	mine, named := Fingerprint(key), false
	for _, signature := range s.envelope.Signatures {
		raw, err := decodeBase64(signature.Sig)
		if err == nil && ed25519.Verify(key, message, raw) {
			return nil
		}
		named = named || signature.KeyID == mine
	}
	if named {
		return Problem{Forged, fmt.Sprintf("%s was edited: it names the key that was given, sha256:%s, which didn't sign what it states", SignatureFile, mine)}
	}
	return Problem{OtherKey, fmt.Sprintf("it is signed by another key: %s names %q, the key that was given is sha256:%s", SignatureFile, s.KeyID, mine)}
}

// Compare compares what was signed with what is there, which no manifest has a say in.
func (s *Signed) Compare(b *Found, m *Manifest) []Problem {
	var problems []Problem
	say := func(format string, args ...any) {
		problems = append(problems, Problem{OtherFiles, fmt.Sprintf(format, args...)})
	}
	signed := map[string]bool{}
	for _, subject := range s.Statement.Subject {
		switch found, there := b.files[subject.Name]; {
		case !there:
			say("%q was signed and isn't there", subject.Name)
		case found.SHA256 != subject.Digest.SHA256:
			say("%s isn't the file that was signed: its SHA-256 is %s, signed was %s", subject.Name, found.SHA256, subject.Digest.SHA256)
		}
		signed[subject.Name] = true
	}
	for _, name := range b.Names() {
		if name != SignatureFile && !signed[name] {
			say("%q wasn't signed", name)
		}
	}
	if was := s.Statement.Predicate.Record; m != nil && was != m.Record {
		say("record %s was signed, with the SHA-256 %s; %s is one of record %s, with the SHA-256 %s", was.UID, was.SHA256, ManifestFile, m.Record.UID, m.Record.SHA256)
	}
	return problems
}
