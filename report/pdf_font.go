package report

import (
	"encoding/binary"
	"slices"

	"github.com/go-fonts/dejavu/dejavusanscondensed"
	"github.com/go-fonts/dejavu/dejavusanscondensedbold"
	"github.com/go-fonts/dejavu/dejavusansmono"
	"github.com/jung-kurt/gofpdf"
)

// A pdfFace is one of the document's embedded fonts. The library embeds the runes that
// were used.
type pdfFace int

const (
	pdfSans pdfFace = iota
	pdfBold
	pdfMono
)

// pdfFaces are the fonts in the order of the faces: family and style as the library
// names them, and their PostScript names.
var pdfFaces = [...]struct {
	family, style, name string
	data                []byte
}{
	pdfSans: {"sans", "", "DejaVuSansCondensed", dejavusanscondensed.TTF},
	pdfBold: {"sans", "B", "DejaVuSansCondensed-Bold", dejavusanscondensedbold.TTF},
	pdfMono: {"mono", "", "DejaVuSansMono", dejavusansmono.TTF},
}

// pdfUnmeasured stands in pdfMetrics for a rune whose width nobody asked for yet.
const pdfUnmeasured = -1

// pdfMetrics is what layout has to know of a face.
type pdfMetrics struct {
	covered [1 << 16]bool
	widths  [1 << 16]int32 // thousandths of the font size
}

// loadFaces embeds the fonts and reads which runes they have.
func loadFaces(out *gofpdf.Fpdf) []*pdfMetrics {
	faces := make([]*pdfMetrics, len(pdfFaces))
	for i, face := range pdfFaces {
		// The library writes into the bytes while it cuts the font to the runes used, so a
		// second document of the same bytes would differ from the first.
		out.AddUTF8FontFromBytes(face.family, face.style, slices.Clone(face.data))
		m := &pdfMetrics{}
		for r := range m.widths {
			m.widths[r] = pdfUnmeasured
		}
		coverage(face.data, &m.covered)
		faces[i] = m
	}
	return faces
}

// coverage marks the runes of the basic plane that a TrueType font has a glyph for. The
// library doesn't tell: it measures what is missing at a default width and prints a box.
// The font's cmap table of format 4 says it (OpenType 1.9, "cmap").
func coverage(font []byte, covered *[1 << 16]bool) {
	u16 := func(at int) int { return int(binary.BigEndian.Uint16(font[at:])) }
	u32 := func(at int) int { return int(binary.BigEndian.Uint32(font[at:])) }
	cmap := 0
	for i := range u16(4) {
		if record := 12 + 16*i; string(font[record:record+4]) == "cmap" {
			cmap = u32(record + 8)
		}
	}
	for i := range u16(cmap + 2) {
		table := cmap + u32(cmap+4+8*i+4)
		if u16(table) != 4 {
			continue
		}
		segments := u16(table+6) / 2
		ends, starts := table+14, table+16+2*segments
		deltas, offsets := starts+2*segments, starts+4*segments
		for s := range segments {
			for r := u16(starts + 2*s); r <= u16(ends+2*s) && r != 0xFFFF; r++ {
				glyph := r
				if offset := u16(offsets + 2*s); offset != 0 {
					if glyph = u16(offsets + 2*s + offset + 2*(r-u16(starts+2*s))); glyph == 0 {
						continue
					}
				}
				covered[r] = (glyph+u16(deltas+2*s))&0xFFFF != 0
			}
		}
		return
	}
}
