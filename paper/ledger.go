package paper

import (
	_ "embed"
	"fmt"

	"gopkg.in/yaml.v3"
)

// ledgerText has every rule that a claim was ever judged by. Whoever fixes or changes a rule
// adds a line by hand, before the runs that the rule is to judge. No line is ever removed.
//
//go:embed ledger.yaml
var ledgerText []byte

// Fixed is a rule and the day on which it was fixed.
type Fixed struct {
	Claim string `yaml:"claim"` // its key
	Rule  string `yaml:"rule"`  // hash
	Date  string `yaml:"date"`
	Why   string `yaml:"why"` // what was wrong with the rule before, or why the claim is new
}

// ledger has all rules, in the order in which they were fixed.
var ledger = readLines[Fixed](ledgerText, "ledger.yaml")

func readLines[T any](text []byte, file string) (all []T) {
	if err := yaml.Unmarshal(text, &all); err != nil {
		panic(fmt.Sprintf("paper: %s: %v", file, err)) // it is part of the program
	}
	return all
}

// gridsText has every grid that a study was ever made with, as the fingerprint of its
// experiment. Whoever changes an experiment of the report adds a line by hand, before its runs.
//
//go:embed grids.yaml
var gridsText []byte

// FixedGrid is the grid of a study and the day on which it was fixed.
type FixedGrid struct {
	Study string `yaml:"study"`
	Grid  string `yaml:"grid"` // fingerprint of the experiment
	Date  string `yaml:"date"`
	Why   string `yaml:"why"` // what was wrong with the grid before; empty for the first

	// Known is the last block of seeds that had been run with this grid before its line was written, so
	// that the results were known; 0 if none had.
	Known int `yaml:"known"`

	// Hashes of the model and the data, if the experiment's file only names files of them.
	Model string `yaml:"model"`
	Data  string `yaml:"data"`
}

// grids has all grids, in the order in which they were fixed.
var grids = readLines[FixedGrid](gridsText, "grids.yaml")

// rulesOf returns the rules of a claim, the last one first.
func rulesOf(key string) (all []Fixed) {
	for i := len(ledger) - 1; i >= 0; i-- {
		if ledger[i].Claim == key {
			all = append(all, ledger[i])
		}
	}
	return all
}

// Rules returns the hash of the present rule of each claim that a study answers, by the
// claim's key.
func Rules(study string) map[string]string {
	rules := make(map[string]string)
	for _, c := range judged() {
		if c.Rule.Study == study {
			rules[c.Key] = c.Rule.Hash()
		}
	}
	return rules
}

// GridOf returns the grid of a study that was fixed last. It is the zero value if none was.
func GridOf(study string) (last FixedGrid) {
	for _, g := range grids {
		if g.Study == study {
			last = g
		}
	}
	return last
}
