package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/kubevidence/kubevidence/audit/netpol"
)

// WriteReachJSON writes rows as a JSON array, a row a line, as they come.
func WriteReachJSON(w io.Writer, rows iter.Seq[Connectivity]) error {
	out := bufio.NewWriter(w)
	separator := "[\n  "
	for row := range rows {
		text, err := json.Marshal(row)
		if err != nil {
			return fmt.Errorf("encode %s: %w", row.Source, err)
		}
		if _, err := fmt.Fprintf(out, "%s%s", separator, text); err != nil {
			return err
		}
		separator = ",\n  "
	}
	end := "\n]\n"
	if strings.HasPrefix(separator, "[") {
		end = "[]\n"
	}
	if _, err := out.WriteString(end); err != nil {
		return err
	}
	return out.Flush()
}

// WriteReachDOT writes rows as a Graphviz digraph: an edge a pair, dashed where that can't
// be told (https://graphviz.org/doc/info/lang.html).
func WriteReachDOT(w io.Writer, rows iter.Seq[Connectivity]) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "digraph reach {\n  label=%s;\n  rankdir=LR;\n  node [shape=box];\n", dotQuote(Declared))
	for row := range rows {
		style := ""
		if row.Indeterminate != "" {
			style = ", style=dashed"
		}
		fmt.Fprintf(out, "  %s -> %s [label=%s%s];\n", dotQuote(row.Source), dotQuote(row.Destination), dotQuote(connectionWords(&row)), style)
	}
	fmt.Fprintln(out, "}")
	return out.Flush()
}

// WriteReachText writes rows for people, a line a pair.
func WriteReachText(w io.Writer, rows iter.Seq[Connectivity]) error {
	out := bufio.NewWriter(w)
	n := 0
	for row := range rows {
		n++
		fmt.Fprintf(out, "%s → %s: %s\n", harmless(row.Source), harmless(row.Destination), harmless(connectionWords(&row)))
	}
	if n == 0 {
		fmt.Fprintln(out, "nothing is allowed")
	}
	pairs := "pairs"
	if n == 1 {
		pairs = "pair"
	}
	fmt.Fprintf(out, "\n%d %s with something allowed, or undecided; every other pair is denied. This is %s.\n", n, pairs, strings.ToLower(Declared[:1])+Declared[1:])
	return out.Flush()
}

// Declared is how reachability is labelled wherever it is shown.
const Declared = "Declared policy, not observed traffic"

// connectionWords say what a row allows: "all", "TCP 80,443 and UDP 53".
func connectionWords(row *Connectivity) string {
	var words []string
	everything := len(row.Connections) == 3
	for _, c := range row.Connections {
		words = append(words, string(c.Protocol)+" "+c.Ports)
		everything = everything && c.Ports == "1-65535"
	}
	text := strings.Join(words, ", ")
	if everything {
		text = "all"
	}
	switch {
	case row.Indeterminate != "" && text != "":
		return text + "; " + row.Indeterminate
	case row.Indeterminate != "":
		return row.Indeterminate
	}
	return text
}

// dotQuote makes a text a quoted ID of the DOT language.
func dotQuote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(visible(text)) + `"`
}

// portAllowed reports what of connections is about one port, where one is asked for.
func portAllowed(c netpol.Connections, port *Port) bool {
	if port == nil {
		return !c.Empty()
	}
	return c.Allows(port.Protocol, port.Number)
}
