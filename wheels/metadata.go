package main

import (
	_ "embed"
	"fmt"
	"strings"
)

// description is the wheel's page, which PyPI and `pip show --verbose` print.
//
//go:embed description.md
var description string

// metadata is the file METADATA, in the form of
// packaging.python.org/en/latest/specifications/core-metadata. No one licence is named, since the
// program has several in it: the wheel has the text of each.
func (w *wheel) metadata() []byte {
	var text strings.Builder
	fmt.Fprintf(&text, "Metadata-Version: 2.4\nName: %s\nVersion: %s\n", name, w.version)
	text.WriteString("Summary: How a low-rank adapter's multiplier and step size must depend on its rank\n" +
		"Keywords: LoRA,rsLoRA,PEFT,adapters\n" +
		"Classifier: Environment :: Console\n" +
		"Classifier: Programming Language :: Go\n" +
		"Classifier: Topic :: Scientific/Engineering :: Artificial Intelligence\n" +
		"Requires-Python: >=3.8\n")
	for _, l := range w.licences {
		fmt.Fprintf(&text, "License-File: %s\n", l.path)
	}
	text.WriteString("Provides-Extra: peft\n")
	for _, r := range w.requires {
		fmt.Fprintf(&text, "Requires-Dist: %s\n", r)
	}
	text.WriteString("Description-Content-Type: text/markdown\n\n" + description)
	return []byte(text.String())
}
