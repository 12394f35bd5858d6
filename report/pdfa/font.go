package pdfa

import (
	"crypto/sha256"
	"regexp"
)

var fontName = regexp.MustCompile(`/(BaseFont|FontName) /([!-~]*)`)

// nameFonts calls the fonts by their PostScript names, after a tag of six letters that says
// that only the glyphs used are inside (ISO 32000-1, 9.6.4). Another document's subset of
// the same font has another tag.
func (d *Document) nameFonts(names map[string]string) {
	for number, object := range d.objects {
		if isStream(object) {
			continue
		}
		d.objects[number] = fontName.ReplaceAllFunc(object, func(entry []byte) []byte {
			m := fontName.FindSubmatch(entry)
			postScript, known := names[string(m[2])]
			if !known {
				return entry
			}
			return append(append([]byte("/"), m[1]...), " /"+d.tag(postScript)+"+"+name(postScript)...)
		})
	}
}

// tag is six letters of a font in this document.
func (d *Document) tag(font string) string {
	sum := sha256.Sum256(append(d.id[:], font...))
	letters := make([]byte, 6)
	for i := range letters {
		letters[i] = 'A' + sum[i]%26
	}
	return string(letters)
}
