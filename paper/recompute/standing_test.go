package recompute

import (
	"slices"
	"strconv"
	"strings"
)

// What becomes of claims.
const (
	notRun     = "not run"
	unresolved = "not resolvable at this size"
	notSeen    = "not seen"
	seen       = "seen"
)

// worse is the standing of a claim of which two parts must hold.
func worse(a, b string) string {
	for _, s := range []string{notSeen, unresolved} {
		if slices.Contains([]string{a, b}, s) {
			return s
		}
	}
	return seen
}

// finding is what a claim's section should have.
type finding struct {
	standing string
	seen     say
	tables   []wanted
	size     say // in its title
	numbers  []rests
}

// rests is a number that a standing rests on, with its interval.
type rests struct {
	name             string
	value, low, high float64
}

func (f *finding) add(name string, i interval) {
	f.numbers = append(f.numbers, rests{name, i.mean, i.low, i.high})
}

func (f *finding) addDuels(family ...*duel) {
	for _, d := range family {
		pair := d.pair()
		for _, v := range pair.values {
			pair.text = strings.Replace(pair.text, "#", strconv.Itoa(int(v.value)), 1)
		}
		f.add("difference of losses, "+pair.text, d.diff)
	}
}

func (f *finding) addPower(a *arm, statistic string, p power) {
	f.add("power of rank, "+label(a.text("scheme"))+", "+a.text("optimizer")+", "+statistic, p.interval)
}

func lacking(what string) finding {
	return finding{standing: unresolved, seen: say{text: "The study lacks " + what + "."}}
}

// judges are the tests that rules name.
var judges = map[string]func(rule, *study) finding{
	"powers/3":            judgePowers,
	"spread/1":            judgeSpread,
	"pattern/2":           judgePattern,
	"outputs/1":           judgeOutputs,
	"only-sqrt-onset/2":   judgeOnlyOnset,
	"only-sqrt-stable/3":  judgeOnlyStable,
	"exact-values/2":      judgeExact,
	"init-powers/2":       judgeInits,
	"init-losses/2":       judgeInitLosses,
	"rank-gain/2":         judgeRankGain,
	"cost-gain/2":         judgeCostGain,
	"default-rate/2":      judgeDefaultRate,
	"corrections-worse/2": judgeCorrections,
	"schemes-equal/2":     judgeSchemes,
	"ranks-gain/2":        judgeRanks,
	"rate-powers/2":       judgeRates,
	"rate-transfer/2":     judgeTransfer,
	"merged-cost/1":       judgeMerged,
}
