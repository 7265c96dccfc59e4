package transfer

import (
	"strconv"

	"ranksweep/explain"
	"ranksweep/lora"
	"ranksweep/paper/number"
	"ranksweep/reproduction"
)

// Answer is what may be set at the wanted rank.
type Answer struct {
	FromRank  int                  `json:"from_rank"`
	ToRank    int                  `json:"to_rank"`
	LR        float64              `json:"lr,omitempty"` // that was tuned; absent if unknown
	Optimizer string               `json:"optimizer"`
	Assumed   bool                 `json:"optimizer_assumed,omitempty"` // the settings name none
	Ways      []Way                `json:"ways"`                        // the first is the one to begin with
	Evidence  []Reason             `json:"evidence"`
	Claims    []reproduction.Claim `json:"claims"` // of this project's report, that the evidence names
	Doubts    []string             `json:"doubts"`
}

// Goal is what stays the same when the rank changes.
type Goal string

// The goals, in the order in which they are printed.
const (
	BestRate   Goal = "best rate"  // the tuned rate is again the best one
	FirstStep  Goal = "first step" // the first step lowers the loss by as much
	Multiplier Goal = "multiplier" // γ stays, and nothing else is done
)

// Held is the setting that stays as it is while the rank changes.
type Held string

// What can be held.
const (
	HeldAlpha Held = "alpha"
	HeldGamma Held = "gamma"
)

// Way is a set of settings at the wanted rank.
type Way struct {
	Keeps  Goal    `json:"keeps"`
	Holds  Held    `json:"holds"`
	Alpha  float64 `json:"alpha"`
	Gamma  float64 `json:"gamma"`
	Power  float64 `json:"power"`        // of the ratio of the ranks, by which the rate is multiplied
	Factor float64 `json:"factor"`       // that ratio to that power
	LR     float64 `json:"lr,omitempty"` // absent if the tuned rate is unknown

	Settings explain.Settings `json:"settings"`

	p float64 // γ goes as r^−p from the tuned rank to the wanted one
}

// Ask answers a question.
func Ask(q Question) (*Answer, error) {
	optimizer, err := q.check()
	if err != nil {
		return nil, err
	}
	a := &Answer{FromRank: q.Settings.Rank, ToRank: q.Rank, LR: q.LR, Optimizer: optimizer, Assumed: q.Optimizer == ""}
	for _, l := range laws {
		for _, held := range q.held(l.goal) {
			s := q.scheme(held)
			if power, known := l.power(optimizer, s); known {
				a.Ways = append(a.Ways, q.way(l.goal, held, power))
				a.Evidence = append(a.Evidence, Reason{l.goal, held, l.reasons(optimizer, s, q)})
			}
		}
	}
	a.Claims, a.Doubts = quoted(a), doubtsOf(q, *a)
	return a, nil
}

// held lists what a goal can be reached with. A multiplier that does not depend on the rank is
// the same whichever of the two is held.
func (q Question) held(goal Goal) []Held {
	if goal == Multiplier || q.Settings.P == 0 {
		return []Held{HeldGamma}
	}
	return []Held{HeldAlpha, HeldGamma}
}

// scheme says how γ goes from the tuned rank to the wanted one.
func (q Question) scheme(held Held) lora.Scheme {
	if held == HeldGamma {
		return lora.Scheme{}
	}
	return lora.Scheme{P: q.Settings.P}
}

// rateDigits are the digits of a rate that was computed: no rate is known to more.
const rateDigits = 3

// way returns the settings at the wanted rank.
func (q Question) way(goal Goal, held Held, power float64) Way {
	own := lora.Scheme{P: q.Settings.P} // that of the tool
	s := q.Settings
	s.Rank, s.PerRank = q.Rank, 0
	if held == HeldGamma {
		s.Alpha = own.AlphaFor(q.Settings.Gamma(), q.Rank)
	}
	factor := q.ratio(power)
	s.LR, _ = strconv.ParseFloat(number.Significant(q.LR*factor, rateDigits), 64)
	return Way{Keeps: goal, Holds: held, Alpha: s.Alpha, Gamma: s.Gamma(), Power: power, Factor: factor,
		LR: s.LR, Settings: s, p: q.scheme(held).P}
}
