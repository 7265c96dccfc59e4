package explain

import (
	"fmt"
	"strings"
)

// tool is another tool whose settings can be explained. It has a file of its own and an entry
// in tools.
type tool struct {
	name  string
	marks []string // keys that are typical of the tool's files

	// read returns the adapter's settings in a file, and the keys that it does not know.
	read func(*source) (Settings, []string)

	// write returns settings as lines of the tool's config, and remarks on settings that the
	// tool cannot express.
	write func(Settings) (lines, remarks []string)
}

// tools lists all tools, in the order in which equivalents are printed. Of two tools with
// equally many marks in a file, the first wins. ranksweep's own experiments are only written.
var tools = []tool{peftTool, llamaFactoryTool, axolotlTool, unslothTool, torchtuneTool, ranksweepTool}

// detect returns the tool with the most marks in a file, and these marks.
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
			known = append(known, fmt.Sprintf("%s (has %s)", t.name, strings.Join(t.marks[:2], " or ")))
		}
	}
	return tool{}, nil, fmt.Errorf("not recognized; known: %s", strings.Join(known, ", "))
}
