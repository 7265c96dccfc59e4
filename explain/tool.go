package explain

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// tool is another tool whose settings can be explained. It has a file of its own and an entry
// in tools.
type tool struct {
	name string

	// marks are keys that no other tool has. One of them is enough to recognize the tool.
	// A mark is a key, or a key and its text, as adapter=lora, or several of them joined by +.
	marks []string
	hints []string // as marks, where no tool has a mark in a file

	converts bool     // numbers and flags in quotes are taken for what they say
	beside   []string // keys that have nothing to do with the adapter

	// read returns the adapter's settings in a file. It is nil for what is only written.
	read func(*source) Settings

	// write returns settings as keys of the tool's config, and remarks on settings that the
	// tool cannot express. It is nil for what is only read.
	write func(Settings) ([]pair, []string)
}

// tools lists all tools, in the order in which equivalents are printed. ranksweep's own
// experiments are only written.
var tools = []tool{
	peftTool, llamaFactoryTool, llamaFactoryV1Tool, axolotlTool, trlTool, swiftTool, unslothTool, unslothFileTool,
	torchtuneTool, mlxTool, ludwigTool, ranksweepTool,
}

// detect returns the tool that a file is of, and the marks by which it is recognized. A file
// of PEFT's says so, whatever else it holds. Otherwise most marks decide.
func detect(s *source) (tool, []string, error) {
	if s.bears(peftTool.marks[0]) {
		return peftTool, peftTool.marks, nil
	}
	found, marks := candidates(s, func(t tool) []string { return t.marks })
	if len(found) == 0 {
		found, marks = candidates(s, func(t tool) []string { return t.hints })
	}
	if len(found) == 0 {
		return tool{}, nil, unrecognized(s)
	}
	best := 0
	for i := range found {
		if len(marks[i]) > len(marks[best]) {
			best = i
		}
	}
	for i, t := range found {
		if i != best && len(marks[i]) == len(marks[best]) {
			return tool{}, nil, fmt.Errorf("could be of %s (%s) or of %s (%s): add a key that only one of them has, "+
				"such as %s or %s", found[best].name, listed(marks[best]), t.name, listed(marks[i]),
				listed(found[best].marks[:1]), listed(t.marks[:1]))
		}
	}
	return found[best], marks[best], nil
}

// listed writes marks for an error.
func listed(marks []string) string {
	return strings.ReplaceAll(strings.Join(marks, ", "), "+", " with ")
}

// candidates returns the tools of which a file has marks, and these marks.
func candidates(s *source, marksOf func(tool) []string) (found []tool, marks [][]string) {
	for _, t := range tools {
		has := slices.DeleteFunc(slices.Clone(marksOf(t)), func(mark string) bool { return !s.bears(mark) })
		if len(has) > 0 {
			found, marks = append(found, t), append(marks, has)
		}
	}
	return found, marks
}

// unrecognized is the error of a file that is of no tool. It names a section that is of one.
func unrecognized(s *source) error {
	if s.bears("adapter.scaling") || s.bears("name+grid") {
		return errors.New("is an experiment of ranksweep, which sweep show explains")
	}
	for _, key := range s.root.keys {
		inner, _ := s.root.values[key].(*mapping)
		if t, ok := sectionOf(inner); ok {
			return wrongAt(s.root.lines[key], "names no adapter that is known here, but its section %q "+
				"does, with keys of "+
				"%s: put that section into a file of its own", key, t)
		}
	}
	var sought []string
	for _, t := range tools {
		if len(t.marks) > 0 {
			sought = append(sought, fmt.Sprintf("%s (%s)", t.name, listed(t.marks[:min(3, len(t.marks))])))
		}
	}
	return fmt.Errorf("names no adapter that is known here: looked for keys of %s", strings.Join(sought, ", "))
}

// sectionOf returns the tool of which a section has a mark, or PEFT if it has its arguments.
func sectionOf(section *mapping) (name string, ok bool) {
	if section == nil {
		return "", false
	}
	inner := newSource(section)
	found, _ := candidates(inner, func(t tool) []string { return t.marks })
	if len(found) == 0 && slices.ContainsFunc(peftTool.hints, inner.bears) {
		found = []tool{peftTool}
	}
	if len(found) == 0 {
		return "", false
	}
	return found[0].name, true
}
