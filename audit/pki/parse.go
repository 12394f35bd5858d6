package pki

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// What makes a bundle unreadable.
const (
	Empty         Code = "empty"                // nothing but white space
	NotPEM        Code = "not_pem"              // no PEM block, or a CERTIFICATE block that is cut off
	NoCertificate Code = "no_certificate_block" // PEM, but no CERTIFICATE block
	ParseReject   Code = "go_parse_reject"      // a CERTIFICATE block that crypto/x509 refuses
)

// A ParseError says why a bundle, or what follows in it, could not be read.
type ParseError struct {
	Code  Code
	Block int   // the CERTIFICATE block at fault, counted from 1; 0 where there is none
	Err   error // the parser's words
}

// Error returns the block's number and the parser's words.
func (e *ParseError) Error() string {
	if e.Block == 0 {
		return e.Err.Error()
	}
	return fmt.Sprintf("certificate block %d is unparsable: %v", e.Block, e.Err)
}

// Defect returns the error as a defect.
func (e *ParseError) Defect() Defect { return Defect{e.Code, e.Error()} }

// Unwrap returns the parser's error.
func (e *ParseError) Unwrap() error { return e.Err }

const (
	blockType = "CERTIFICATE"
	marker    = "-----BEGIN " + blockType + "-----"
)

// Parse reads the CERTIFICATE blocks of a PEM bundle, such as the tls.crt of a Secret, in their order: the leaf
// comes first. Blocks of any other type, private keys for one, are passed over and not kept.
//
// Every error is a *[ParseError]. The certificates before the block at fault are returned with it, so that the
// first one is always the first of the bundle. crypto/x509 refuses some certificates that are in use (those
// with a negative serial number, for one): that says nothing about whether other clients accept them. Line ends
// may hold carriage returns, any number of them, as OpenSSL has it.
func Parse(bundle []byte) ([]*Certificate, error) {
	if len(bytes.TrimSpace(bundle)) == 0 {
		return nil, &ParseError{Code: Empty, Err: errors.New("bundle is empty")}
	}
	var certificates []*Certificate
	blocks := 0
	rest := bytes.ReplaceAll(bundle, []byte("\r"), nil)
	for {
		before := rest
		var block *pem.Block
		block, rest = pem.Decode(before)
		read := before[:len(before)-len(rest)]
		if block == nil {
			read = before
		}
		// The decoder passes over a block that is cut off or garbled without a word.
		if n := bytes.Count(read, []byte(marker)); n > 1 || n == 1 && (block == nil || block.Type != blockType) {
			err := errors.New("its PEM block is cut off or garbled")
			return certificates, &ParseError{Code: NotPEM, Block: len(certificates) + 1, Err: err}
		}
		if block == nil {
			break
		}
		blocks++
		if block.Type != blockType {
			continue
		}
		x, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return certificates, &ParseError{Code: ParseReject, Block: len(certificates) + 1, Err: err}
		}
		certificates = append(certificates, describe(x))
	}
	switch {
	case len(certificates) > 0:
		return certificates, nil
	case blocks > 0:
		return nil, &ParseError{Code: NoCertificate, Err: errors.New("bundle has no CERTIFICATE block")}
	default:
		return nil, &ParseError{Code: NotPEM, Err: errors.New("bundle has no PEM block")}
	}
}
