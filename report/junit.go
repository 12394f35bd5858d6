package report

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"time"

	"github.com/kubevidence/kubevidence/audit"
)

// WriteJUnit writes the findings as JUnit XML for pipelines: a suite a check, a case a
// subject. Fail is a failure; what wasn't assessed, what a person attests to and what doesn't
// apply is skipped, with the reason; what deviates and needn't fail a pipeline, a warning or
// what was waived, passes and says so in its output (github.com/testmoapp/junitxml). A suite
// is written at a time. The same record gives the same bytes.
func WriteJUnit(w io.Writer, r *Record) error {
	out := bufio.NewWriterSize(w, 64<<10)
	if err := writeJUnit(out, r); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	return nil
}

func writeJUnit(out io.Writer, r *Record) error {
	n := r.Summary.Counts
	if _, err := io.WriteString(out, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(out)
	encoder.Indent("", "  ")
	root := xml.StartElement{Name: xml.Name{Local: "testsuites"}, Attr: []xml.Attr{
		attribute("name", "kubevidence "+r.Subject.Name), attribute("tests", len(r.Findings)),
		attribute("failures", n.Fail), attribute("errors", 0), attribute("skipped", n.NotAssessed+n.NotRequested+n.NotApplicable+n.Attested),
		attribute("timestamp", r.Metadata.GeneratedAt.UTC().Format(time.RFC3339)),
	}}
	if err := encoder.EncodeToken(root); err != nil {
		return err
	}
	titles := r.checksByID()
	for first, end := 0, 0; first < len(r.Findings); first = end {
		for end < len(r.Findings) && r.Findings[end].Check == r.Findings[first].Check {
			end++
		}
		suite := newJUnitSuite(r, titles[r.Findings[first].Check], r.Findings[first:end])
		if err := encoder.Encode(suite); err != nil {
			return err
		}
	}
	if err := encoder.EncodeToken(root.End()); err != nil {
		return err
	}
	if err := encoder.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\n")
	return err
}

func attribute(name string, value any) xml.Attr {
	return xml.Attr{Name: xml.Name{Local: name}, Value: escaped(fmt.Sprint(value))}
}

type junitSuite struct {
	XMLName    xml.Name        `xml:"testsuite"`
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Name    string       `xml:"name,attr"`
	Class   string       `xml:"classname,attr"`
	Failure *junitResult `xml:"failure"`
	Skipped *junitResult `xml:"skipped"`
	Output  string       `xml:"system-out,omitempty"`
}

type junitResult struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func newJUnitSuite(r *Record, c *Check, findings []audit.Finding) *junitSuite {
	id := findings[0].Check
	s := &junitSuite{Name: escaped(id), Tests: len(findings), Timestamp: r.Metadata.GeneratedAt.UTC().Format(time.RFC3339)}
	property := func(name, value string) { s.Properties = append(s.Properties, junitProperty{name, escaped(value)}) }
	property("record", r.Metadata.UID)
	fix := ""
	if c != nil {
		s.Name, fix = escaped(id+" "+c.Title), c.Remediation
		for _, ref := range c.Controls {
			property("control", ref.Control+" "+string(ref.Role))
		}
	}
	for i := range findings {
		s.add(&findings[i], fix)
	}
	return s
}

// add adds one finding as a case.
func (s *junitSuite) add(f *audit.Finding, fix string) {
	c := junitCase{Name: escaped(f.Subject.String()), Class: escaped("kubevidence." + f.Check)}
	message := escaped(oneLine(f.Message))
	switch f.Status {
	case audit.Fail:
		s.Failures++
		c.Failure = &junitResult{Type: f.Severity.String(), Message: message, Text: escaped("Answers for it: " + f.Responsible.String() + ". Expected: " + f.Expected + ". To do: " + fix + " See: " + f.Command)}
	case audit.NotAssessed:
		s.Skipped++
		c.Skipped = &junitResult{Message: "not assessed (" + string(f.Reason) + "): " + message}
	case audit.NotApplicable:
		s.Skipped++
		c.Skipped = &junitResult{Message: "not applicable: " + message}
	case audit.Waived:
		c.Output = "waived (" + escaped(f.Waiver) + "): " + message
	case audit.Attested:
		s.Skipped++
		c.Skipped = &junitResult{Message: "attested (" + escaped(f.Attestation) + "), not seen by the tool: " + message}
	case audit.Warning:
		c.Output = "warning: " + message
	}
	s.Cases = append(s.Cases, c)
}
