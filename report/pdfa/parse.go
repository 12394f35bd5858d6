package pdfa

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// A Document is a PDF taken apart into its objects.
type Document struct {
	objects map[int][]byte // by number: what stands between "obj" and "endobj"
	last    int            // the highest number
	root    int            // of the catalog
	info    int            // of the information dictionary, 0 for none
	id      [16]byte       // of the PDF that was read
}

// Read takes a PDF apart and deflates those of its streams that are plain. It
// doesn't hold on to the PDF. It is an error if the PDF isn't as the package reads it.
func Read(pdf []byte) (*Document, error) {
	d, err := parse(pdf)
	if err != nil {
		return nil, fmt.Errorf("read the PDF: %w", err)
	}
	id := sha256.Sum256(pdf)
	copy(d.id[:], id[:])
	var p packer
	for number := 1; number <= d.last; number++ {
		if object, used := d.objects[number]; used {
			d.objects[number] = bytes.Clone(p.pack(object))
		}
	}
	return d, nil
}

// isStream tells objects of bytes, which are nobody's to search, from the others.
func isStream(object []byte) bool { return bytes.Contains(object, []byte("stream\n")) }

// Size is how many bytes the document's objects take, without what Archive adds.
func (d *Document) Size() int {
	size := 0
	for _, object := range d.objects {
		size += len(object)
	}
	return size
}

var (
	trailerRoot = regexp.MustCompile(`/Root (\d{1,9}) 0 R`)
	trailerInfo = regexp.MustCompile(`/Info (\d{1,9}) 0 R`)
	objectHead  = regexp.MustCompile(`^(\d{1,9}) 0 obj\s`)
)

// parse takes a PDF apart.
func parse(pdf []byte) (*Document, error) {
	offsets, trailer, err := crossReferences(pdf)
	if err != nil {
		return nil, err
	}
	d := &Document{objects: map[int][]byte{}}
	if m := trailerRoot.FindSubmatch(trailer); m != nil {
		d.root, _ = strconv.Atoi(string(m[1])) // digits only
	}
	if m := trailerInfo.FindSubmatch(trailer); m != nil {
		d.info, _ = strconv.Atoi(string(m[1]))
	}
	for i, o := range offsets[:len(offsets)-1] {
		text := pdf[o.at:offsets[i+1].at]
		head := objectHead.FindSubmatchIndex(text)
		end := bytes.LastIndex(text, []byte("endobj"))
		if head == nil || end < head[1] || string(text[head[2]:head[3]]) != strconv.Itoa(o.number) {
			return nil, fmt.Errorf("object %d isn't where the table says, at byte %d", o.number, o.at)
		}
		d.objects[o.number] = bytes.TrimSpace(text[head[1]:end])
		d.last = max(d.last, o.number)
	}
	if d.objects[d.root] == nil {
		return nil, errors.New("the trailer names no catalog")
	}
	return d, nil
}

// An offset is where an object begins.
type offset struct{ number, at int }

var startOfTable = regexp.MustCompile(`startxref\s+(\d{1,12})\s+%%EOF\s*$`)

// crossReferences reads the table of one section: the objects in use by their offsets, with
// the table's own last, and the trailer.
func crossReferences(pdf []byte) (offsets []offset, trailer []byte, err error) {
	tail := pdf[max(0, len(pdf)-100):]
	m := startOfTable.FindSubmatch(tail)
	if m == nil {
		return nil, nil, errors.New("it doesn't end as a PDF does")
	}
	start, _ := strconv.Atoi(string(m[1])) // digits only
	if start >= len(pdf) || !bytes.HasPrefix(pdf[start:], []byte("xref\n0 ")) {
		return nil, nil, fmt.Errorf("no table of one section stands at byte %d", start)
	}
	lines := pdf[start+len("xref\n0 "):]
	size, rest, ok := bytes.Cut(lines, []byte("\n"))
	count, err := strconv.Atoi(string(size))
	if !ok || err != nil || count < 1 || count > len(rest)/20 {
		return nil, nil, fmt.Errorf("the table's size %.20q can't be", size)
	}
	for n := range count {
		entry := rest[n*20 : n*20+20]
		at, err := strconv.Atoi(string(entry[:10]))
		if err != nil || at >= start || entry[17] != 'n' && entry[17] != 'f' {
			return nil, nil, fmt.Errorf("entry %d of the table, %q, is none", n, entry)
		}
		if entry[17] == 'n' {
			offsets = append(offsets, offset{n, at})
		}
	}
	if len(offsets) == 0 {
		return nil, nil, errors.New("it holds no object")
	}
	slices.SortFunc(offsets, func(a, b offset) int { return cmp.Compare(a.at, b.at) })
	return append(offsets, offset{0, start}), rest[count*20:], nil
}
