package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/kubevidence/kubevidence/audit"
	"github.com/kubevidence/kubevidence/audit/checks"
	"github.com/spf13/cobra"
)

func newChecks(std streams) *cobra.Command {
	list := &cobra.Command{
		Use:   "checks",
		Short: "List the catalogue of checks",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(table, "CHECK\tSEVERITY\tRESPONSIBLE\tCONTROLS\tTRUE WHEN IT PASSES")
			for _, c := range checks.All {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", c.ID, c.Severity, c.Responsible, directControls(&c), c.Title)
			}
			return table.Flush()
		},
	}
	list.AddCommand(&cobra.Command{
		Use:               "explain ID",
		Short:             "Explain one check: why it matters, how it decides, what to do",
		Args:              oneArgument("a check ID, such as NET-01"),
		ValidArgsFunction: completeCheckIDs,
		RunE: func(_ *cobra.Command, args []string) error {
			selected, err := audit.Select(checks.All, args, nil)
			if err != nil {
				return usageError("%w", err)
			}
			_, err = fmt.Fprint(std.out, explain(&selected[0]))
			return err
		},
	})
	return list
}

// oneArgument asks for exactly one argument.
func oneArgument(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usageError("%s takes one argument: %s", cmd.CommandPath(), what)
		}
		return nil
	}
}

func completeCheckIDs(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var ids []cobra.Completion
	for _, c := range checks.All {
		ids = append(ids, cobra.CompletionWithDesc(c.ID, c.Title))
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}

// directControls lists the controls of the 2022 edition that a check evidences itself.
func directControls(c *audit.Check) string {
	var ids []string
	for _, ref := range c.Controls {
		if strings.HasPrefix(ref.Control, "A.8.") {
			mark := ""
			if ref.Role == audit.Supporting {
				mark = "*"
			}
			ids = append(ids, ref.Control+mark)
		}
	}
	return strings.Join(ids, " ")
}

// explain is a check in words for a terminal.
func explain(c *audit.Check) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n\n", c.ID, c.Title)
	for _, part := range [][2]string{{"Criterion", c.Expected + "."}, {"Why", c.Doc}, {"Rule", c.Logic}, {"What to do", c.Fix}} {
		fmt.Fprintf(&b, "%s\n%s\n\n", part[0], wrap(part[1], 78, "  "))
	}
	responsible := c.Responsible.String()
	if c.Responsible == audit.User {
		responsible += " (the administrator in the administrator's namespaces)"
	}
	fmt.Fprintf(&b, "Severity     %s\nResponsible  %s\n", c.Severity, responsible)
	fmt.Fprintf(&b, "Reads        %s\n", joined(c.Needs))
	if len(c.Uses) > 0 {
		fmt.Fprintf(&b, "Uses         %s\n", joined(c.Uses))
	}
	b.WriteString("\nControls\n")
	refs := slices.SortedFunc(slices.Values(c.Controls), func(a, b audit.ControlRef) int {
		return cmp.Or(strings.Compare(string(a.Role), string(b.Role)), strings.Compare(a.Control, b.Control))
	})
	for _, ref := range refs {
		fmt.Fprintf(&b, "  %-9s %-10s %s\n", ref.Control, ref.Role, ref.Why)
	}
	return b.String()
}

func joined(resources []audit.Resource) string {
	words := make([]string, 0, len(resources))
	for _, r := range resources {
		words = append(words, string(r))
	}
	return strings.Join(words, ", ")
}

// wrap breaks a text into lines of at most width characters, indented.
func wrap(text string, width int, indent string) string {
	var b strings.Builder
	line := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			b.WriteString(indent)
			line = len(indent)
		case line+1+len(word) > width:
			b.WriteString("\n" + indent)
			line = len(indent)
		default:
			b.WriteByte(' ')
			line++
		}
		b.WriteString(word)
		line += len(word)
	}
	return b.String()
}
