package controlplane

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// narrate tells log that something has begun, every 15 seconds that it is still
// going on, and when the returned function is called, how long it took.
func narrate(log io.Writer, what string) (done func()) {
	began := time.Now()
	fmt.Fprintln(log, what)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(15 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				fmt.Fprintf(log, "  took %v\n", time.Since(began).Round(time.Second))
				return
			case <-tick.C:
				fmt.Fprintf(log, "  … %v\n", time.Since(began).Round(time.Second))
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
	}
}

// lastLines returns the end of a text, which is where the error is told.
func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
