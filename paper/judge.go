package paper

import (
	"fmt"
	"slices"
	"strings"

	"ranksweep/analysis"
	"ranksweep/metrics"
)

// tests are the tests that rules name, each with a version. A test that is changed to judge
// differently gets a new version, which gives its rules new hashes.
var tests = map[string]func(Rule, View) Finding{
	"powers/3":            powers,
	"method-powers/3":     methodPowers,
	"spread/1":            normSpread,
	"pattern/2":           pattern,
	"outputs/1":           outputs,
	"only-sqrt-onset/2":   onlySqrtOnset,
	"only-sqrt-stable/3":  onlySqrtStable,
	"exact-values/3":      exactValues,
	"init-powers/2":       initPowers,
	"init-losses/3":       initLosses,
	"rank-gain/3":         rankGain,
	"cost-gain/2":         costGain,
	"default-rate/2":      defaultRate,
	"corrections-worse/3": correctionsWorse,
	"schemes-equal/3":     schemesEqual,
	"methods-equal/1":     methodsEqual,
	"ranks-gain/2":        ranksGain,
	"rate-powers/4":       ratePowers,
	"rate-transfer/5":     rateTransfer,
	"merged-cost/1":       mergedCost,
}

// of looks only at the arms that a rule is about, in the rule's order of schemes if it names
// schemes.
func (r Rule) of(v View) View {
	if len(r.Optimizers) > 0 {
		v = v.where(func(a analysis.Arm) bool { return slices.Contains(r.Optimizers, a.Optimizer) })
	}
	if len(r.Schemes) == 0 {
		return v
	}
	var arms []analysis.Arm
	for _, scheme := range r.Schemes {
		for _, a := range v.arms {
			if name, _, _ := strings.Cut(a.Scheme, "@"); name == scheme {
				arms = append(arms, a)
			}
		}
	}
	return v.of(arms)
}

// statistics are the statistics that a rule names.
func (r Rule) statistics() (all []metrics.Statistic) {
	for _, name := range r.Statistics {
		s, ok := metrics.StatisticNamed(name)
		if !ok {
			panic(fmt.Sprintf("paper: rule %s of study %s names no statistic: %q", r.Test, r.Study, name))
		}
		all = append(all, s)
	}
	return all
}

// pair looks at the arms of LoRA and of rsLoRA; it is false if a study lacks one.
func (r Rule) pair(v View) (pair View, lora, rslora analysis.Arm, ok bool) {
	v = r.of(v)
	at := func(scheme string) int {
		return slices.IndexFunc(v.arms, func(a analysis.Arm) bool { return a.Scheme == scheme })
	}
	i, j := at("lora"), at("rslora")
	if i < 0 || j < 0 {
		return v, lora, rslora, false
	}
	lora, rslora = v.arms[i], v.arms[j]
	return v.of([]analysis.Arm{lora, rslora}), lora, rslora, true
}

// lacking is the finding if a study lacks what its test needs.
func lacking(what string) Finding {
	return Finding{Standing: Unresolved, Text: "The study lacks " + what + "."}
}

// rankRange names the first and the last rank of an arm.
func rankRange(a analysis.Arm) string {
	return fmt.Sprintf("%d to %d", a.Cells[0].Rank, a.Cells[len(a.Cells)-1].Rank)
}
