package collect

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// errWire is all that can be said of bytes that aren't a protobuf message.
var errWire = errors.New("not a protobuf message, or one that is cut off")

// The ways a protobuf field is laid out
// (https://protobuf.dev/programming-guides/encoding/#structure).
const (
	wireVarint = 0
	wire64     = 1
	wireBytes  = 2
	wire32     = 5
)

// A field is one field of a protobuf message.
type field struct {
	number  int
	bytes   bool   // laid out as bytes: a text, or a message
	content []byte // then that
	whole   []byte // all of its encoding
	tag     int    // how much of it is the tag
}

// nextField takes the first field off a protobuf message.
func nextField(message []byte) (f field, rest []byte, err error) {
	tag, n := binary.Uvarint(message)
	if n <= 0 || tag>>3 == 0 || tag>>3 > 1<<29 {
		return f, nil, errWire
	}
	f.number = int(tag >> 3)
	f.tag = n
	end := n
	switch tag & 7 {
	case wireVarint:
		_, m := binary.Uvarint(message[n:])
		if m <= 0 {
			return f, nil, errWire
		}
		end += m
	case wire64:
		end += 8
	case wire32:
		end += 4
	case wireBytes:
		length, m := binary.Uvarint(message[n:])
		if m <= 0 || length > uint64(len(message)-n-m) {
			return f, nil, errWire
		}
		end += m + int(length)
		f.content, f.bytes = message[n+m:end], true
	default:
		return f, nil, errWire
	}
	if end > len(message) {
		return f, nil, errWire
	}
	f.whole = message[:end]
	return f, message[end:], nil
}

// protobufMagic begins every object that Kubernetes writes as protobuf
// (k8s.io/apimachinery/pkg/runtime/serializer/protobuf).
var protobufMagic = []byte{'k', '8', 's', 0}

// An envelope is Kubernetes' runtime.Unknown: an object and what it is.
type envelope struct {
	apiVersion, kind string
	raw              []byte
}

// unwrap opens the envelope of an object in protobuf, without copying it.
func unwrap(body []byte) (e envelope, ok bool) {
	message, ok := bytes.CutPrefix(body, protobufMagic)
	if !ok {
		return e, false
	}
	for len(message) > 0 {
		f, rest, err := nextField(message)
		if err != nil {
			return e, false
		}
		message = rest
		switch f.number {
		case 1: // typeMeta
			for meta := f.content; len(meta) > 0; {
				t, rest, err := nextField(meta)
				if err != nil {
					return e, false
				}
				meta = rest
				switch t.number {
				case 1:
					e.apiVersion = string(t.content)
				case 2:
					e.kind = string(t.content)
				}
			}
		case 2:
			e.raw = f.content
		}
	}
	return e, true
}
