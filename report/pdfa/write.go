package pdfa

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf16"
)

// header says that the file holds bytes above 127 (ISO 19005-3, 6.1.2).
const header = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"

// write writes the objects in the order of their numbers, the table and the trailer.
func (d *Document) write(w io.Writer) error {
	out := &counting{w: bufio.NewWriterSize(w, 64<<10)}
	fmt.Fprint(out, header)
	offsets := make([]int, d.last+1)
	for number := 1; number <= d.last; number++ {
		object, used := d.objects[number]
		if !used {
			continue
		}
		offsets[number] = out.n
		fmt.Fprintf(out, "%d 0 obj\n", number)
		_, _ = out.Write(object) // the first error stays in the buffer
		fmt.Fprint(out, "\nendobj\n")
	}
	start := out.n
	fmt.Fprintf(out, "xref\n0 %d\n0000000000 65535 f \n", d.last+1)
	for _, at := range offsets[1:] {
		if at == 0 {
			fmt.Fprint(out, "0000000000 65535 f \n")
			continue
		}
		fmt.Fprintf(out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(out, "trailer\n<</Size %d /Root %d 0 R", d.last+1, d.root)
	if d.info != 0 {
		fmt.Fprintf(out, " /Info %d 0 R", d.info)
	}
	fmt.Fprintf(out, " /ID [<%x> <%x>]>>\nstartxref\n%d\n%%%%EOF\n", d.id, d.id, start)
	return out.w.Flush()
}

// A counting writer knows how far it is.
type counting struct {
	w *bufio.Writer
	n int
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += n
	return n, err
}

// stream is a stream object as it is, deflated one that is compressed already.
func stream(entries string, content []byte) []byte {
	return fmt.Appendf(nil, "<<%s /Length %d>>\nstream\n%s\nendstream", entries, len(content), content)
}

func deflated(entries string, content []byte) []byte {
	return stream(entries+" /Filter /FlateDecode", content)
}

// literal is a text as a string object: as it is where it is plain ASCII, else in UTF-16
// with a byte order mark (ISO 32000-1, 7.9.2.2).
func literal(text string) string {
	plain := strings.IndexFunc(text, func(r rune) bool { return r < 0x20 || r > 0x7e }) < 0
	var b bytes.Buffer
	if !plain {
		b.WriteString("\xfe\xff")
		for _, unit := range utf16.Encode([]rune(text)) {
			b.Write([]byte{byte(unit >> 8), byte(unit)})
		}
		return fmt.Sprintf("<%X>", b.Bytes())
	}
	return "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(text) + ")"
}

// name is a text as a name object (ISO 32000-1, 7.3.5).
func name(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if c > ' ' && c < 0x7f && !strings.ContainsRune("#/()<>[]{}%", rune(c)) {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "#%02X", c)
	}
	return b.String()
}

// date is an instant with its zone (ISO 32000-1, 7.9.4).
func date(at time.Time) string { return at.UTC().Format("(D:20060102150405Z)") }
