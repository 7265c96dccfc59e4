package experiments

import (
	"embed"
	"fmt"
	"os"
	"path"
	"strings"

	"ranksweep/suggest"
)

// library holds a file NAME.yaml for each embedded experiment.
//
//go:embed library/*.yaml
var library embed.FS

// Names lists the embedded experiments, in alphabetical order.
func Names() []string {
	files, err := library.ReadDir("library")
	if err != nil {
		panic(err) // it is part of the program
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".yaml"))
	}
	return names
}

// Load reads an embedded experiment by its name. A name that ends in .yaml or .yml, or
// that has a slash in it, is the path of an experiment file.
func Load(name string) (*Experiment, error) {
	if ext := path.Ext(name); ext == ".yaml" || ext == ".yml" || strings.ContainsAny(name, `/\`) {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("sweep: experiment file: %w", err)
		}
		return Parse(name, text)
	}
	text, err := library.ReadFile("library/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("sweep: %w; to name a file of your own, write its .yaml too",
			suggest.Unknown("experiment", name, Names()))
	}
	return Parse(name+".yaml", text)
}
