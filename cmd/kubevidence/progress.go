package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/kubevidence/kubevidence/audit"
	"golang.org/x/term"
)

// A progress shows on standard error what is being read: on a terminal only.
type progress struct {
	mu      sync.Mutex
	out     io.Writer // nil where it isn't a terminal
	objects map[audit.Resource]int
}

func newProgress(stderr io.Writer) *progress {
	p := &progress{objects: map[audit.Resource]int{}}
	if file, ok := stderr.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		p.out = stderr
	}
	return p
}

// report notes that so many objects of a resource have been read so far.
func (p *progress) report(r audit.Resource, objects int) {
	if p.out == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.objects[r] = objects
	total := 0
	for _, n := range p.objects {
		total += n
	}
	fmt.Fprintf(p.out, "\r\x1b[Kreading %s: %d (%d objects of %d resources)", r, objects, total, len(p.objects))
}

// done takes the line away.
func (p *progress) done() {
	if p.out != nil {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
