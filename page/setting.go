package page

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// A setting is the file of an experiment, and what it asks.
type setting struct {
	Name, Dir, Question string
	File                string // the name under which it is saved
	Text                string // may be empty
	URL                 template.URL
}

// settingsOf are the files of experiments. Those of several stores have different names.
func settingsOf(experiments []Experiment) (all []setting) {
	for _, e := range experiments {
		file := e.Name + ".yaml"
		if slices.ContainsFunc(all, func(s setting) bool { return s.File == file }) {
			file = fmt.Sprintf("%s-%d.yaml", e.Name, len(all)+1)
		}
		all = append(all, setting{Name: e.Name, Dir: e.Dir, Question: e.Question, File: file, Text: string(e.Config),
			URL: inline("application/yaml", e.Config)})
	}
	return all
}

// names are the names of experiments, each once.
func names(experiments []Experiment) string {
	var all []string
	for _, e := range experiments {
		if !slices.Contains(all, e.Name) {
			all = append(all, e.Name)
		}
	}
	return strings.Join(all, ", ")
}

// questions are what experiments ask, each once.
func questions(experiments []Experiment) (all []string) {
	for _, e := range experiments {
		if e.Question != "" && !slices.Contains(all, e.Question) {
			all = append(all, e.Question)
		}
	}
	return all
}
