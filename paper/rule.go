package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Rule judges a claim. It is data: two claims with equal rules are judged alike, and the hash
// of a rule tells whether it is still the one that was fixed before the runs. A claim's title
// and wording are not part of it.
type Rule struct {
	Test       string             `json:"test"`  // name and version of the test, as in powers/1; see tests
	Study      string             `json:"study"` // the experiment whose runs answer the claim
	Optimizers []string           `json:"optimizers,omitempty"`
	Schemes    []string           `json:"schemes,omitempty"`
	Statistics []string           `json:"statistics,omitempty"`
	Wants      string             `json:"wants,omitempty"`  // what the test should find, if it can find several things
	Limits     map[string]float64 `json:"limits,omitempty"` // thresholds, by name
}

// Hash is the first twelve digits of the SHA-256 of the rule's JSON, in which
// fields have a fixed order and limits are sorted by name.
func (r Rule) Hash() string {
	text, err := json.Marshal(r)
	if err != nil {
		panic(fmt.Sprintf("paper: rule %+v: %v", r, err)) // a limit that is not finite
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}

// limit is a threshold of the rule. A test checks that every rule has the limits that its test
// needs.
func (r Rule) limit(name string) float64 {
	v, ok := r.Limits[name]
	if !ok {
		panic(fmt.Sprintf("paper: rule %s of study %s has no limit %q", r.Test, r.Study, name))
	}
	return v
}
