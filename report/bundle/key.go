package bundle

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
)

// The PEM labels of keys (RFC 7468, sections 10 and 13).
const (
	privateLabel = "PRIVATE KEY"
	publicLabel  = "PUBLIC KEY"
)

// EncodePrivateKey writes a private key as PEM: PKCS#8, not encrypted (RFC 8410).
func EncodePrivateKey(key ed25519.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode private key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: privateLabel, Bytes: der}), nil
}

// EncodePublicKey writes a public key as PEM: PKIX (RFC 8410).
func EncodePublicKey(key ed25519.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode public key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: publicLabel, Bytes: der}), nil
}

// ParsePrivateKey reads what [EncodePrivateKey] or `openssl genpkey -algorithm ed25519`
// wrote.
func ParsePrivateKey(text []byte) (ed25519.PrivateKey, error) {
	der, err := block(text, privateLabel)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, errors.New("it holds no private key in PKCS#8")
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("it holds a private key of another kind: signatures are Ed25519, see kubevidence keygen")
	}
	return private, nil
}

// ParsePublicKey reads what [EncodePublicKey] or `openssl pkey -pubout` wrote.
func ParsePublicKey(text []byte) (ed25519.PublicKey, error) {
	der, err := block(text, publicLabel)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, errors.New("it holds no public key in PKIX form")
	}
	public, ok := key.(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("it holds a public key of another kind: signatures are Ed25519")
	}
	return public, nil
}

// block returns the content of the first PEM block, which has to have a label.
func block(text []byte, label string) ([]byte, error) {
	found, _ := pem.Decode(text)
	switch {
	case found == nil:
		return nil, errors.New("it holds no PEM block")
	case found.Type == label:
		return found.Bytes, nil
	case found.Type == privateLabel:
		return nil, errors.New("it holds the private key; what verifies is the public one")
	case found.Type == publicLabel:
		return nil, errors.New("it holds the public key; what signs is the private one")
	case found.Type == "ENCRYPTED PRIVATE KEY":
		return nil, errors.New("the private key in it is encrypted, and nobody could be asked for its passphrase")
	}
	return nil, fmt.Errorf("it holds %q, not %q", found.Type, label)
}

// Fingerprint identifies a public key: the SHA-256 of its PKIX form, hex, as
// `openssl pkey -pubin -outform DER | sha256sum` prints it.
func Fingerprint(key ed25519.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "" // not for keys of this type
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// FingerprintOf identifies the public half of a private key, "" for none.
func FingerprintOf(key ed25519.PrivateKey) string {
	if key == nil {
		return ""
	}
	public, _ := key.Public().(ed25519.PublicKey)
	return Fingerprint(public)
}
