package experiments

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"ranksweep/misspelt"
	"ranksweep/userfile"
)

// library holds a file NAME.yaml for each embedded experiment.
//
//go:embed library/*.yaml
var library embed.FS

// start is an experiment file to begin with.
//
//go:embed start.yaml
var start []byte

// Start returns the text of an experiment file to begin with, under a name of its own: that of an
// embedded experiment or, if from is empty, one that is made for the purpose. An embedded
// experiment is a question of this project, so it keeps its comments.
func Start(name, from string) (text []byte, err error) {
	if _, err := parseName(&yaml.Node{Kind: yaml.ScalarNode, Value: name}); err != nil {
		return nil, fmt.Errorf("experiments: %w", err)
	}
	text = start
	if from != "" {
		if text, err = textOf(from); err != nil {
			return nil, fmt.Errorf("experiments: %w", err)
		}
	}
	return nameLine.ReplaceAll(text, []byte("name: "+name)), nil
}

// nameLine is the line of an embedded file that names the experiment.
var nameLine = regexp.MustCompile(`(?m)^name: .*$`)

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
		text, err := userfile.Read(name, userfile.Settings)
		if err != nil {
			return nil, fmt.Errorf("experiments: experiment file: %w", err)
		}
		return Parse(name, text)
	}
	text, err := textOf(name)
	if err != nil {
		return nil, fmt.Errorf("experiments: %w; to name a file of your own, write its .yaml too", err)
	}
	return Parse(name+".yaml", text)
}

// textOf returns the text of an embedded experiment.
func textOf(name string) ([]byte, error) {
	text, err := library.ReadFile("library/" + name + ".yaml")
	if err != nil {
		return nil, misspelt.Unknown("experiment", name, Names())
	}
	return text, nil
}

// Fingerprint is the first twelve digits of the SHA-256 of what an embedded experiment trains
// at its full scale: of its file without name, question and other scales. Comments, layout and
// the order of fields do not count. A report keeps it, to show that a grid was fixed before
// its runs.
func Fingerprint(name string) (string, error) {
	text, err := textOf(name)
	if err != nil {
		return "", fmt.Errorf("experiments: %w", err)
	}
	sum, err := fingerprint(text)
	if err != nil {
		return "", fmt.Errorf("experiments: %s.yaml: %w", name, err)
	}
	return sum, nil
}

func fingerprint(text []byte) (string, error) {
	var fields map[string]any
	if err := yaml.Unmarshal(text, &fields); err != nil {
		return "", err
	}
	for _, words := range []string{"name", "question", "scales"} {
		delete(fields, words)
	}
	sorted, err := json.Marshal(fields)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(sorted)
	return hex.EncodeToString(sum[:6]), nil
}
