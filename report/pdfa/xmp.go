package pdfa

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// xmp is the metadata in XMP (ISO 16684-1): what the information dictionary says, and which
// part and level of ISO 19005 the document is written to.
func xmp(m *Metadata) []byte {
	var b strings.Builder
	b.WriteString("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n")
	b.WriteString(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` + "\n")
	b.WriteString(`<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">` + "\n")
	b.WriteString("<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>\n")
	element := func(before, text, after string) {
		if text != "" {
			b.WriteString(before + escape(text) + after + "\n")
		}
	}
	const alternative, end = `<rdf:Alt><rdf:li xml:lang="x-default">`, `</rdf:li></rdf:Alt>`
	element("<dc:title>"+alternative, m.Title, end+"</dc:title>")
	element("<dc:description>"+alternative, m.Subject, end+"</dc:description>")
	element("<dc:creator><rdf:Seq><rdf:li>", m.Author, "</rdf:li></rdf:Seq></dc:creator>")
	element("<dc:language><rdf:Bag><rdf:li>", m.Language, "</rdf:li></rdf:Bag></dc:language>")
	element("<pdf:Keywords>", m.Keywords, "</pdf:Keywords>")
	element("<pdf:Producer>", m.Producer, "</pdf:Producer>")
	element("<xmp:CreatorTool>", m.Creator, "</xmp:CreatorTool>")
	at := m.At.UTC().Format(time.RFC3339)
	fmt.Fprintf(&b, "<xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%s</xmp:ModifyDate><xmp:MetadataDate>%s</xmp:MetadataDate>\n", at, at, at)
	b.WriteString("</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>")
	return []byte(b.String())
}

// escape makes a text harmless to XML; what XML has no room for stands as U+FFFD.
func escape(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a buffer takes everything
	return b.String()
}
