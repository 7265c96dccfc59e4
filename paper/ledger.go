package paper

import (
	_ "embed"
	"fmt"

	"gopkg.in/yaml.v3"
)

// ledgerText has every rule that a claim was ever judged by. A line is added, by
// hand, when a rule is fixed or changed, before the runs that it is to judge; none
// is ever removed.
//
//go:embed ledger.yaml
var ledgerText []byte

// Fixed is a rule and the day from which on it was fixed.
type Fixed struct {
	Claim string `yaml:"claim"` // its key
	Rule  string `yaml:"rule"`  // hash
	Date  string `yaml:"date"`
	Why   string `yaml:"why"` // what was wrong with the one before; empty for the first
}

// ledger is all of them, in the order in which they were fixed.
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

// Rules returns the hash of each rule that judges a study, by the claim's key, as
// they are now.
func Rules(study string) map[string]string {
	rules := make(map[string]string)
	for _, c := range claims {
		if c.Rule.Study == study {
			rules[c.Key] = c.Rule.Hash()
		}
	}
	return rules
}
