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
var ledger = readLedger()

func readLedger() (all []Fixed) {
	if err := yaml.Unmarshal(ledgerText, &all); err != nil {
		panic(fmt.Sprintf("paper: ledger.yaml: %v", err))
	}
	return all
}

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
	for _, c := range claims {
		if c.Rule.Study == study {
			rules[c.Key] = c.Rule.Hash()
		}
	}
	return rules
}
