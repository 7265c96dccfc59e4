package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"

	"ranksweep/results"
)

// jsonShower prints a line of JSON for each look.
type jsonShower struct {
	out, err io.Writer
	waits    string // what it said last of a store that cannot be seen
}

func (j *jsonShower) show(s sight) error {
	if s.unseen == nil {
		j.waits = ""
		return json.NewEncoder(j.out).Encode(s.status)
	}
	if text := s.unseen.Error(); text != j.waits {
		j.waits = text
		fmt.Fprintf(j.err, "sweep: waiting: %s\n", text)
	}
	return nil
}

func (*jsonShower) end() {}

// screenShower redraws a frame on a terminal, and prints its lines elsewhere.
type screenShower struct {
	screen
	last []string        // lines of the last frame
	said map[string]bool // what was said above the frame
}

func (w *screenShower) show(s sight) error {
	lines := frameOf(s)
	for _, text := range s.Damaged {
		w.once("missing: " + text)
	}
	switch {
	case w.live:
		if more := len(lines) - w.size().height; more > 0 {
			lines = append(lines[:len(lines)-more-1], fmt.Sprintf("  and %d more", more+1))
		}
		w.frame(lines)
	case !slices.Equal(lines, w.last):
		w.last = lines
		for _, l := range lines {
			w.say(l)
		}
	}
	return nil
}

// once says something that was not said before.
func (w *screenShower) once(text string) {
	if !w.said[text] {
		w.said[text] = true
		w.say(text)
	}
}

// frameOf returns the lines that show a sight: one of the whole, and one for each run that is trained.
func frameOf(s sight) []string {
	if s.unseen != nil {
		return []string{"waiting: " + s.unseen.Error()}
	}
	line := s.bar() + "  " + tallied(s.Done+s.Diverged+s.Failed, s.Planned, map[results.Status]int{
		results.Diverged: s.Diverged, results.Failed: s.Failed})
	if s.Missing > 0 || len(s.Running) > 0 {
		line += fmt.Sprintf(", %d running", len(s.Running))
	}
	if s.Left != nil {
		line += "  " + s.leftText()
	}
	digits := 1
	for _, r := range s.Running {
		digits = max(digits, len(strconv.Itoa(r.Steps)))
	}
	lines := []string{line}
	for _, r := range s.Running {
		lines = append(lines, r.line(digits))
	}
	for _, r := range s.Silent {
		lines = append(lines, "  silent: "+r.String())
	}
	return lines
}
