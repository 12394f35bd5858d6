package pdfa

import (
	"bytes"
	"encoding/binary"
	"math"
)

// srgb is a profile of the colours of sRGB (IEC 61966-2-1) in the format of ICC.1:2001-04: what
// the numbers of colours on the pages mean. It is made here, from the published numbers: the
// primaries and white adapted to D50, and the transfer curve.
func srgb() []byte {
	tags := []struct {
		signature string
		data      []byte
	}{
		{"desc", description("sRGB IEC61966-2.1")},
		{"cprt", append([]byte("text\x00\x00\x00\x00"), "No copyright, use freely\x00"...)},
		{"wtpt", xyz(0.9642, 1, 0.8249)},
		{"rXYZ", xyz(0.43607, 0.22249, 0.01392)},
		{"gXYZ", xyz(0.38515, 0.71687, 0.09708)},
		{"bXYZ", xyz(0.14307, 0.06061, 0.71410)},
		{"rTRC", curve()}, {"gTRC", nil}, {"bTRC", nil}, // of all three the same
	}
	const head, entry = 128, 12
	var table, body bytes.Buffer
	word(&table, len(tags))
	begin := head + 4 + entry*len(tags)
	at, size := 0, 0
	for _, tag := range tags {
		if tag.data != nil {
			at, size = begin+body.Len(), len(tag.data)
			body.Write(tag.data)
			for body.Len()%4 != 0 {
				body.WriteByte(0)
			}
		}
		table.WriteString(tag.signature)
		word(&table, at)
		word(&table, size)
	}
	var out bytes.Buffer
	word(&out, begin+body.Len())
	out.WriteString("\x00\x00\x00\x00\x02\x10\x00\x00mntrRGB XYZ ")
	out.Write([]byte{0x07, 0xea, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0}) // 2026-01-01
	out.WriteString("acsp")
	out.Write(make([]byte, 28))                                       // platform, flags, device, attributes, intent
	out.Write([]byte{0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d}) // D50
	out.Write(make([]byte, head-out.Len()))
	out.Write(table.Bytes())
	out.Write(body.Bytes())
	return out.Bytes()
}

func word(b *bytes.Buffer, n int) { _ = binary.Write(b, binary.BigEndian, uint32(n)) } //nolint:gosec // sizes of a few kilobytes

// xyz is three numbers in s15Fixed16Number.
func xyz(values ...float64) []byte {
	var b bytes.Buffer
	b.WriteString("XYZ \x00\x00\x00\x00")
	for _, v := range values {
		word(&b, int(math.Round(v*65536)))
	}
	return b.Bytes()
}

// curve is sRGB's transfer curve at 1,024 points.
func curve() []byte {
	const points = 1024
	var b bytes.Buffer
	b.WriteString("curv\x00\x00\x00\x00")
	word(&b, points)
	for i := range points {
		v := float64(i) / (points - 1)
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		_ = binary.Write(&b, binary.BigEndian, uint16(math.Round(v*65535)))
	}
	return b.Bytes()
}

// description is a textDescriptionType: the text in ASCII, and none in other scripts.
func description(text string) []byte {
	var b bytes.Buffer
	b.WriteString("desc\x00\x00\x00\x00")
	word(&b, len(text)+1)
	b.WriteString(text + "\x00")
	b.Write(make([]byte, 4+4+2+1+67))
	return b.Bytes()
}
