package recompute

import (
	"slices"
)

// The standings of claims.
const (
	notRun     = "not run"
	unresolved = "not resolvable at this size"
	notSeen    = "not seen"
	seen       = "seen"
)

// worse is the standing of a claim that needs both of two parts.
func worse(a, b string) string {
	for _, s := range []string{notSeen, unresolved} {
		if slices.Contains([]string{a, b}, s) {
			return s
		}
	}
	return seen
}

// finding is what a claim's section should say.
type finding struct {
	standing string
	off      say   // how far the runs are from what is claimed
	shares   []say // differences between ranks, in README.md
	beware   say   // what README.md says beside the standing
	lacks    say   // the same of comparisons that do not bear the claim out
	seen     say
	tables   []wanted
	size     say // in its title
	numbers  []rests
}

// rests is a number that a standing rests on, with its interval.
type rests struct {
	name             say
	value, low, high float64
}

func (f *finding) add(name say, i interval) {
	f.numbers = append(f.numbers, rests{name, i.mean, i.low, i.high})
}

func (f *finding) addComparisons(family ...*comparison) {
	for _, d := range family {
		f.add(say{text: "difference of losses, "}.plus(d.inHistory()), d.diff)
	}
}

// addPowers adds the powers of a statistic, by the arms' schemes.
func (f *finding) addPowers(statistic string, arms ...*arm) {
	for _, a := range arms {
		f.addRow(row{power: a.power(statistic), name: say{text: label(a.text("scheme"))}, arm: a, statistic: statistic})
	}
}

func (f *finding) addRow(r row) {
	name := "power of rank, " + label(r.arm.text("scheme"))
	if init := r.arm.settings()["init"].text; init != "" {
		name += ", init " + init // with the method, the only setting that tells rows of one claim apart
	}
	if method := r.arm.settings()["method"].text; method != "" {
		name += ", method " + method
	}
	f.add(say{text: name + ", " + r.arm.text("optimizer") + ", " + r.statistic}, r.interval)
}

func lacking(what string) finding {
	return finding{standing: unresolved, seen: say{text: "The study lacks " + what + "."}}
}

// judges are the tests that rules name.
var judges = map[string]func(rule, *study) finding{
	"powers/3":            judgePowers,
	"method-powers/3":     judgeMethodPowers,
	"spread/1":            judgeSpread,
	"pattern/2":           judgePattern,
	"outputs/1":           judgeOutputs,
	"only-sqrt-onset/2":   judgeOnlyOnset,
	"only-sqrt-stable/3":  judgeOnlyStable,
	"exact-values/3":      judgeExact,
	"init-powers/2":       judgeInits,
	"init-losses/3":       judgeInitLosses,
	"rank-gain/3":         judgeRankGain,
	"cost-gain/2":         judgeCostGain,
	"default-rate/2":      judgeDefaultRate,
	"corrections-worse/3": judgeCorrections,
	"schemes-equal/3":     judgeSchemes,
	"methods-equal/1":     judgeMethodsEqual,
	"ranks-gain/2":        judgeRanks,
	"rate-powers/4":       judgeRates,
	"rate-transfer/5":     judgeTransfer,
	"merged-cost/1":       judgeMerged,
}
