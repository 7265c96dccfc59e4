package explain

import (
	"fmt"
	"strings"
)

// tool is one whose settings are known: a file of its own and a line in tools.
type tool struct {
	name  string
	marks []string // keys by which a file is known as one of its

	// read takes the adapter's settings out of a file, and lists the keys
	// that it does not understand.
	read func(*source) (Settings, []string)

	// write returns the same settings in the tool's own words, a line each,
	// and remarks on what they cannot say.
	write func(Settings) (lines, remarks []string)
}

// tools stand in the order in which a tie of marks is broken and equivalents
// are printed. Of these, ranksweep's own experiments are only written.
var tools = []tool{peftTool, llamaFactoryTool, axolotlTool, unslothTool, torchtuneTool, ranksweepTool}

// detect returns the tool that a file has most marks of, and those marks.
func detect(s *source) (tool, []string, error) {
	var best tool
	var found []string
	for _, t := range tools {
		var marks []string
		for _, m := range t.marks {
			if s.has(m) {
				marks = append(marks, m)
			}
		}
		if len(marks) > len(found) {
			best, found = t, marks
		}
	}
	if len(found) > 0 {
		return best, found, nil
	}
	var known []string
	for _, t := range tools {
		if len(t.marks) > 0 {
			known = append(known, fmt.Sprintf("%s by %s", t.name, strings.Join(t.marks[:2], " or ")))
		}
	}
	return tool{}, nil, fmt.Errorf("is of no tool that is known: %s", strings.Join(known, ", "))
}
