package controls

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubevidence/kubevidence/audit"
	"gopkg.in/yaml.v3"
)

// An Edition is one edition of the standard, with the controls that are spoken to here.
type Edition struct {
	Name     string     `yaml:"edition"`  // "2022"
	Standard string     `yaml:"standard"` // "ISO/IEC 27001:2022"
	Lapsed   audit.Date `yaml:"lapsed"`   // the day on which certificates of the edition lapsed; zero where they hold
	Note     string     `yaml:"note"`     // how the edition stands, for readers
	Controls []Control  `yaml:"controls"` // in the order of the standard
}

// A Control is one control of one edition.
type Control struct {
	ID        string      `yaml:"id"`        // "A.8.20"
	Title     string      `yaml:"title"`     // the standard's
	Intent    string      `yaml:"intent"`    // what it is for
	Procedure string      `yaml:"procedure"` // what a tool does about it
	Remainder []Remainder `yaml:"remainder"` // what no API server can show

	Edition  string   `yaml:"-"` // the name of its edition
	MappedTo []string `yaml:"-"` // IDs in the other edition, by the crosswalk
}

// A Remainder is a part of a control that no API server can show.
type Remainder struct {
	What string `yaml:"what"`
	Who  string `yaml:"who"` // who evidences it
}

// A Pair maps a control of 2013 to its successor of 2022.
type Pair struct {
	From   string `yaml:"2013"`
	To     string `yaml:"2022"`
	Change string `yaml:"change"` // what the successor takes in beside it
}

// Editions returns the editions, the one in force first.
func Editions() []Edition { return built.editions }

// Crosswalk returns the pairs of the two editions, in the order of the older one.
func Crosswalk() []Pair { return built.crosswalk }

// Lookup returns the control of an ID. IDs are unique over the editions.
func Lookup(id string) (Control, bool) {
	for _, e := range built.editions {
		for _, c := range e.Controls {
			if c.ID == id {
				return c, true
			}
		}
	}
	return Control{}, false
}

// Remainders lists what a person has to evidence of each control, in its order.
func Remainders() map[string][]string {
	words := map[string][]string{}
	for _, e := range built.editions {
		for _, c := range e.Controls {
			for _, r := range c.Remainder {
				words[c.ID] = append(words[c.ID], r.What)
			}
		}
	}
	return words
}

//go:embed catalogue
var files embed.FS

// built is the embedded catalogue. Its error is a programming error: [Validate] reports it.
var built = parse(files.ReadFile)

type catalogue struct {
	editions  []Edition
	crosswalk []Pair
	err       error
}

// parse reads the editions, the one in force first, and joins them by the crosswalk.
func parse(read func(name string) ([]byte, error)) catalogue {
	c := catalogue{editions: make([]Edition, 2)}
	c.err = errors.Join(
		decode(read, "catalogue/2022.yaml", &c.editions[0]),
		decode(read, "catalogue/2013.yaml", &c.editions[1]),
		decode(read, "catalogue/crosswalk.yaml", &c.crosswalk),
	)
	for i := range c.editions {
		e := &c.editions[i]
		e.Note = strings.TrimSpace(e.Note)
		for j := range e.Controls {
			control := &e.Controls[j]
			control.Edition = e.Name
			control.Intent = strings.TrimSpace(control.Intent)
			control.Procedure = strings.TrimSpace(control.Procedure)
			for _, pair := range c.crosswalk {
				switch control.ID {
				case pair.From:
					control.MappedTo = append(control.MappedTo, pair.To)
				case pair.To:
					control.MappedTo = append(control.MappedTo, pair.From)
				}
			}
			slices.Sort(control.MappedTo)
		}
	}
	return c
}

// decode reads one file strictly: a field that isn't known is an error.
func decode(read func(string) ([]byte, error), name string, value any) error {
	data, err := read(name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(value); err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	return nil
}
