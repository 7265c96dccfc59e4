package experiments

import (
	"cmp"
	"fmt"
	"strconv"

	"gopkg.in/yaml.v3"
)

// perRank reads an α that is a multiple of the rank, as 2r; false if the node is none.
func (f field) perRank(n *yaml.Node) (multiple float64, ok bool, err error) {
	m := multipleOfRank.FindStringSubmatch(n.Value)
	if f.name != "alpha" || n.Kind != yaml.ScalarNode || m == nil {
		return 0, false, nil
	}
	multiple, err = strconv.ParseFloat(cmp.Or(m[1], "1"), 64)
	if err != nil || !(multiple > 0) {
		return 0, true, at(n, "alpha %s: must be a number above 0, or one times r, as 2r", n.Value)
	}
	return multiple, true, nil
}

// alphaRules set α at each rank, if it is a multiple of the rank.
func (e *Experiment) alphaRules() (rules []Rule) {
	if e.perRank == 0 {
		return nil
	}
	ranks := []any{e.Base.Adapter.Rank}
	if axis := e.axis(mustField("rank")); axis != nil {
		ranks = axis.Values
	}
	for _, rank := range ranks {
		rules = append(rules, Rule{If: Match{{"rank", []any{rank}}},
			Set: []Setting{{Name: "alpha", Value: e.perRank * float64(rank.(int))}}})
	}
	return rules
}

// checkAlpha finds a rank at which α leaves its bounds.
func (e *Experiment) checkAlpha() error {
	for _, r := range e.alphaRules() {
		if err := bounds["adapter.alpha"].check(r.Set[0].Value); err != nil {
			return about("adapter.alpha")("alpha %s at rank %v: %w", fmt.Sprint(r.Set[0].Value), r.If[0].Values[0], err)
		}
	}
	return nil
}
