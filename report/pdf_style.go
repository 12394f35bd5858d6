package report

import "github.com/kubevidence/kubevidence/audit"

// A pdfColor is red, green and blue, 0 to 255.
type pdfColor [3]int

// The palette. Every text colour has a contrast of 4.5:1 or more on white and on the tint
// of table heads; none carries a meaning that a word or a shape doesn't.
var (
	pdfInk    = pdfColor{0x1A, 0x22, 0x30}
	pdfMuted  = pdfColor{0x4E, 0x59, 0x68}
	pdfAccent = pdfColor{0x1F, 0x3A, 0x5F}
	pdfRule   = pdfColor{0xC9, 0xCF, 0xD8}
	pdfTint   = pdfColor{0xF1, 0xF4, 0xF8}
	pdfWhite  = pdfColor{0xFF, 0xFF, 0xFF}
)

// A pdfStyle is how a text looks; size and leading in points.
type pdfStyle struct {
	face    pdfFace
	size    float64
	leading float64
	color   pdfColor
}

// The styles: few sizes, one family, weight before colour.
var (
	pdfBody    = pdfStyle{pdfSans, 9.5, 14, pdfInk}
	pdfNote    = pdfStyle{pdfSans, 8, 11.5, pdfMuted}
	pdfLabel   = pdfStyle{pdfBold, 8, 11.5, pdfMuted}
	pdfH1      = pdfStyle{pdfBold, 19, 24, pdfAccent}
	pdfH2      = pdfStyle{pdfBold, 13, 18, pdfAccent}
	pdfH3      = pdfStyle{pdfBold, 10, 14, pdfInk}
	pdfCellIn  = pdfStyle{pdfSans, 8, 11, pdfInk}
	pdfCellBig = pdfStyle{pdfBold, 8, 11, pdfInk}
	pdfCellDim = pdfStyle{pdfSans, 7.5, 10.5, pdfMuted}
	pdfCellKey = pdfStyle{pdfMono, 6.8, 10, pdfInk}
	pdfCellRef = pdfStyle{pdfMono, 6.8, 10, pdfAccent}
	pdfCode    = pdfStyle{pdfMono, 7, 10, pdfInk}
	pdfHead    = pdfStyle{pdfBold, 6.8, 9, pdfMuted}
	pdfRunning = pdfStyle{pdfSans, 7, 10, pdfMuted}
)

// pdfStatuses are the colours of a status' word and shape.
var pdfStatuses = map[audit.Status]pdfColor{
	audit.Fail:          {0x9B, 0x1C, 0x1C},
	audit.NotAssessed:   {0x4A, 0x4A, 0x55},
	audit.Warning:       {0x86, 0x54, 0x00},
	audit.Waived:        {0x5B, 0x3A, 0x8C},
	audit.Attested:      {0x1F, 0x4E, 0x8C},
	audit.Pass:          {0x1B, 0x66, 0x3A},
	audit.NotApplicable: {0x5A, 0x62, 0x6C},
}

// pdfStatus is the word of a status, with its shape and colour.
func pdfStatus(s audit.Status) pdfText {
	style := pdfCellBig
	style.color = pdfStatuses[s]
	return pdfText{words: statusWords[s].word, style: style, mark: pdfMark(s)}
}
