package transfer

import (
	"fmt"
	"math"

	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/paper/number"
	"ranksweep/public"
	"ranksweep/reproduction"
	"ranksweep/theory"
)

// law says by which power of the ratio of the ranks the learning rate is multiplied to reach a
// goal, and why.
type law struct {
	goal    Goal
	power   func(optimizer string, s lora.Scheme) (power float64, known bool)
	reasons func(optimizer string, s lora.Scheme, q Question) []string
}

var laws = []law{
	{BestRate, bestRatePower, bestRateReasons},
	{FirstStep, firstStepPower, firstStepReasons},
	{Multiplier, samePower, multiplierReasons},
}

// Reason is why a way keeps what it says it keeps.
type Reason struct {
	Keeps   Goal     `json:"keeps"`
	Holds   Held     `json:"holds"`
	Reasons []string `json:"reasons"`
}

// bestRatePower is theory's power or, where theory has none, the one that was measured. While A does not train, every
// step is as the first one.
func bestRatePower(optimizer string, s lora.Scheme) (float64, bool) {
	if nn.NeedsFixedA(optimizer) {
		return firstStepPower(optimizer, s)
	}
	if power := theory.BestRate(nn.UpdateOf(optimizer), s); !math.IsNaN(power) {
		return power, true
	}
	m, ok := measuredOf(optimizer, reproduction.BestRatePower, s.P)
	return m.Value, ok
}

// startClaim is the claim whose study measured the first loss drop under an optimizer; empty if none did.
func startClaim(optimizer string) string {
	switch {
	case optimizer == "sgd" || optimizer == usual:
		return "first-step-powers" // under five multipliers
	case optimizer == "adafactor":
		return "adafactor-sign-like"
	case nn.UpdateOf(optimizer) == nn.SignUpdate:
		return "start-free-of-rank"
	}
	return ""
}

// startMeasured says what was measured of the first loss drop under an optimizer.
func startMeasured(optimizer string, s lora.Scheme) string {
	key := startClaim(optimizer)
	if key == "" {
		return fmt.Sprintf("not measured under %s by the project's report", optimizer)
	}
	with := ""
	if key != "first-step-powers" && s.P != 1 && s.P != 0.5 { // whose study has neither
		with = " with γ ∝ r^-1 and r^-0.5, of which another γ changes the drop by its own factor, since the steps do " +
			"not depend on γ"
	}
	c := claimOf(key)
	return fmt.Sprintf("measured under %s%s: claim %s, which is %s", optimizer, with, c.Number, standingOf(c))
}

func bestRateReasons(optimizer string, s lora.Scheme, q Question) (all []string) {
	if nn.NeedsFixedA(optimizer) {
		power, _ := firstStepPower(optimizer, s)
		return []string{
			fmt.Sprintf("%s: A does not train, so every step changes γBA as the first one does: γ·r·rate stays the "+
				"same if the rate goes as r^%s where γ goes as r^%s", derivedFor(optimizer), number.Brief(power),
				number.Brief(0-s.P)),
			fmt.Sprintf("not measured under %s by the project's report", optimizer),
		}
	}
	if power := theory.BestRate(nn.UpdateOf(optimizer), s); !math.IsNaN(power) {
		all = append(all, fmt.Sprintf("%s: over many steps A and B both move by their learning rates, so "+
			"γ·r·rate² stays the same if the rate goes as r^%s where γ goes as r^%s (arXiv 2602.06204); as long as A "+
			"has hardly moved, it would be r^%s", derivedFor(optimizer), number.Brief(power), number.Brief(0-s.P),
			number.Brief(s.P-1)))
	} else {
		all = append(all, fmt.Sprintf("measured alone: there is no derivation for %s", optimizer))
	}
	measured := measuredUnder(optimizer)
	if measured != optimizer {
		all = append(all, fmt.Sprintf("not measured under %s: what follows was measured under %s, whose steps are of "+
			"about the same size", optimizer, measured))
	}
	for _, quantity := range quotedOfRates {
		if m, ok := measuredOf(measured, quantity, s.P); ok {
			all = append(all, measuredText(m, q))
		}
	}
	if s.P == 1 && signLike(optimizer) {
		all = append(all, publicReason(q))
	}
	return all
}

// derivedFor says of which steps a derivation is that holds for an optimizer.
func derivedFor(optimizer string) string {
	if nn.UpdateOf(optimizer) == nn.EvenUpdate {
		return "derived for the sign of the gradient, near to which the steps are"
	}
	return "derived"
}

// publicReason quotes what others measured. If they divided alpha by the rank, it is of settings that do so.
func publicReason(q Question) string {
	i := public.Together(1, public.Fitted)
	return fmt.Sprintf("public tables, which state neither alpha nor scheme nor optimizer: best rate ∝ r^%s [%s, %s], "+
		"which from rank %d to %d is a factor of %s; if their γ is alpha over the rank, they speak against power 0 "+
		"(docs/public.md)", number.Fixed(i.Mean, 2), number.Fixed(i.Low, 2), number.Fixed(i.High, 2),
		q.Settings.Rank, q.Rank, number.Significant(q.ratio(i.Mean), 2))
}

// measuredUnder is the optimizer whose measurements count for another one: sign-like ones follow
// one law, of which AdamW was measured.
func measuredUnder(optimizer string) string {
	if signLike(optimizer) {
		return usual
	}
	return optimizer
}

// signLike reports whether the best rates of an optimizer follow the law of AdamW's.
func signLike(optimizer string) bool {
	u := nn.UpdateOf(optimizer)
	return !nn.NeedsFixedA(optimizer) && (u == nn.SignUpdate || u == nn.EvenUpdate)
}

// measuredText quotes a measurement with its claim.
func measuredText(m reproduction.Rate, q Question) string {
	c := claimOf(m.Claim)
	said := fmt.Sprintf("best rate ∝ r^%s [%s, %s], which from rank %d to %d is a factor of %s",
		number.Fixed(m.Value, 3), number.Fixed(m.Low, 3), number.Fixed(m.High, 3), q.Settings.Rank, q.Rank,
		number.Significant(q.ratio(m.Value), 2))
	if m.Quantity == reproduction.TransferRegret {
		worst, _ := measuredOf(m.Optimizer, reproduction.TransferMost, m.P)
		said = fmt.Sprintf("a rate tuned at rank %d and multiplied by the derived factor lost %s%% [%s, %s] of what "+
			"was learned at rank %d, and %s%% for the worst of all pairs of %d seeds", m.Smallest,
			number.Fixed(m.Value, 1), number.Fixed(m.Low, 1), number.Fixed(m.High, 1), m.Largest,
			number.Fixed(worst.Value, 1), m.Seeds)
	}
	return fmt.Sprintf("measured under %s at p = %s: %s (claim %s)", m.Optimizer, number.Brief(m.P), said, c.Number)
}

// firstStepPower is the power of rate that makes the first loss drop free of rank.
func firstStepPower(optimizer string, s lora.Scheme) (float64, bool) {
	power, ok := metrics.LossDropFirst.Theory.Known(nn.UpdateOf(optimizer), s)
	return 0 - power, ok
}

func firstStepReasons(optimizer string, s lora.Scheme, _ Question) []string {
	power, _ := firstStepPower(optimizer, s)
	derived, much := derivedFor(optimizer), "as much"
	if nn.UpdateOf(optimizer) == nn.EvenUpdate {
		much = "about as much"
	}
	if u := nn.UpdateOf(optimizer); u == nn.SpectralBAUpdate || u == nn.SpectralProductUpdate {
		derived = "derived for ranks far below the number of singular values of the gradient that are of about one size"
	}
	return []string{
		fmt.Sprintf("%s: the first step of %s lowers the loss by %s at every rank, to first order, if the rate goes "+
			"as r^%s (theory, LossDrop)", derived, optimizer, much, number.Brief(power)),
		startMeasured(optimizer, s),
	}
}

func samePower(string, lora.Scheme) (float64, bool) { return 0, true }

func multiplierReasons(string, lora.Scheme, Question) []string {
	return []string{"the definition γ = α/r^p, which says nothing of how training goes"}
}
