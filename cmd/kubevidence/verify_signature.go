package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/kubevidence/kubevidence/report/bundle"
)

// signature checks the signature over what it states, then that against the files.
func (v *verification) signature(context.Context) error {
	signed, err := v.found.Signed()
	if problem := (bundle.Problem{}); errors.As(err, &problem) {
		v.wrong("Signature", problem)
		return nil
	}
	if err != nil {
		return err
	}
	if v.signed = signed; signed == nil {
		v.unsigned()
		return nil
	}
	if v.key != nil {
		problem := bundle.Problem{}
		if errors.As(signed.Verify(v.key), &problem) {
			v.wrong("Signature", problem)
			return nil
		}
	}
	problems := signed.Compare(v.found, v.manifest)
	if stated := v.statedKey(); stated != "" && stated != v.signer() {
		problems = append(problems, bundle.Problem{Kind: bundle.OtherKey, Words: fmt.Sprintf(
			"it is signed by another key than the record says: the record names %q, signed has %q", stated, v.signer())})
	}
	switch {
	case len(problems) > 0:
		v.wrong("Signature", problems...)
	case v.key == nil:
		v.say("Signature", "not checked: it names the key %q; --public-key FILE checks it", signed.KeyID)
	default:
		v.say("Signature", "by the key that was given, sha256:%s, over %d files", bundle.Fingerprint(v.key), len(signed.Statement.Subject))
	}
	return nil
}

// signer is the fingerprint of the key that signed: the one that was given, else what the
// signature says of itself.
func (v *verification) signer() string {
	if v.key != nil {
		return bundle.Fingerprint(v.key)
	}
	return v.signed.KeyID
}

// statedKey is the key that the record says it was signed with, "" for none.
func (v *verification) statedKey() string {
	if v.evidence == nil || v.evidence.Signing == nil {
		return ""
	}
	return v.evidence.Signing.KeySHA256
}

// unsigned is the step where there is no signature.
func (v *verification) unsigned() {
	switch stated := v.statedKey(); {
	case stated != "":
		v.wrong("Signature", bundle.Problem{Kind: bundle.Unsigned, Words: fmt.Sprintf(
			"the signature was taken away: the record says that it was signed with key %q, and there is no %s", stated, bundle.SignatureFile)})
	case v.key != nil:
		v.wrong("Signature", bundle.Problem{Kind: bundle.Unsigned, Words: fmt.Sprintf(
			"it isn't signed: there is no %s to check with the key that was given", bundle.SignatureFile)})
	case v.required:
		v.wrong("Signature", bundle.Problem{Kind: bundle.Unsigned, Words: fmt.Sprintf("it isn't signed: there is no %s, and there has to be one", bundle.SignatureFile)})
	default:
		v.say("Signature", "none")
	}
}
