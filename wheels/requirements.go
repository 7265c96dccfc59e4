package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// requirements is the file that pins what the trainer in Python needs.
const requirements = "train/external/peft/program/requirements.txt"

// pinned is a line such as numpy==2.4.6, or with a marker: numpy==2.4.6; python_version >= "3.11".
var pinned = regexp.MustCompile(`^([A-Za-z0-9][\w.-]*(?:\[[\w., -]*\])?\s*==\s*[^\s;]+)\s*(?:;\s*(.+))?$`)

// comment is what pip takes for a comment: a # at the start or after a space.
var comment = regexp.MustCompile(`(^|\s)#.*`)

// readRequirements returns what the extra requires, as METADATA has it. A line that pins no
// package is an error: METADATA has no options, and no references to other files.
func readRequirements(root, extra string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(root, requirements))
	if err != nil {
		return nil, fmt.Errorf("wheels: %w", err)
	}
	var all []string
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(comment.ReplaceAllString(line, ""))
		if line == "" {
			continue
		}
		m := pinned.FindStringSubmatch(line)
		if m == nil {
			return nil, fmt.Errorf("wheels: %s:%d: %q pins no package: write NAME==VERSION, or NAME==VERSION; MARKER",
				requirements, i+1, line)
		}
		marker := fmt.Sprintf("extra == %q", extra)
		if m[2] != "" {
			marker = fmt.Sprintf("(%s) and %s", m[2], marker)
		}
		all = append(all, m[1]+"; "+marker)
	}
	return all, nil
}
