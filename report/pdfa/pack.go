package pdfa

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"regexp"
	"strconv"
)

// plainStream is the head of a stream that isn't encoded: its dictionary, of a length and
// perhaps more, but of no other dictionary.
var plainStream = regexp.MustCompile(`^<<([^<>]*)/Length (\d{1,9})([^<>]*)>>\s*stream\n`)

// A packer deflates streams, one after the other, with the tables of a single deflater: a
// page is small, and tables made anew for each are most of what packing it costs.
type packer struct {
	out  bytes.Buffer
	zlib *zlib.Writer
}

// pack returns an object with its stream deflated, or as it is where there is nothing to gain.
func (p *packer) pack(object []byte) []byte {
	head := plainStream.FindSubmatchIndex(object)
	if head == nil || bytes.Contains(object[:head[1]], []byte("/Filter")) {
		return object
	}
	length, _ := strconv.Atoi(string(object[head[4]:head[5]])) // digits only
	body := object[head[1]:]
	if length > len(body) || string(bytes.TrimSpace(body[length:])) != "endstream" {
		return object // not as long as it says
	}
	packed := p.deflate(body[:length])
	if len(packed) >= length {
		return object
	}
	return deflated(fmt.Sprintf("%s%s", bytes.TrimSpace(object[head[2]:head[3]]), object[head[6]:head[7]]), packed)
}

// deflate returns content in zlib's format, until it is called again.
func (p *packer) deflate(content []byte) []byte {
	p.out.Reset()
	if p.zlib == nil {
		p.zlib = zlib.NewWriter(&p.out)
	} else {
		p.zlib.Reset(&p.out)
	}
	_, _ = p.zlib.Write(content) // a buffer takes everything
	_ = p.zlib.Close()
	return p.out.Bytes()
}
