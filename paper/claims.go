package paper

import "ranksweep/metrics"

const (
	thePaper     = "arXiv 2312.03732"
	moreSeeds    = "more seeds and ranks: the intervals below are over seeds."
	moreTraining = "longer training, more seeds, and a larger model: what is compared is within the noise over seeds."
)

// Limits that several rules share.
const (
	fewFalse = 0.05 // the level that P values are held to after Holm's correction
	quarter  = 0.25
)

// powersLimits are those of tests of powers of rank.
var powersLimits = map[string]float64{"tolerance": near, "level": fewFalse}

// claims are the paper's, in its order, then what others say, then the open
// questions. A rule that is changed needs a line in ledger.yaml.
var claims = []Claim{
	{
		Key: "onset-collapse", Name: "LoRA's gradient norm at the onset falls with rank, rsLoRA's does " +
			"not", Source: thePaper + ", figure 3 and theorem 3.2",
		Says: "the average gradient norm falls as the rank grows under α/r, and is the same for all ranks at " +
			"the onset under α/√r.",
		Looks: "both powers of rank of the norm at the onset, -½ and 0 by theory. It is γ√r times what does not " +
			"depend on rank: what this tests is the program, and that the data do not matter.",
		Rule: Rule{Test: "powers/3", Study: "paper-fig2-3", Schemes: []string{"lora", "rslora"}, Statistics: []string{metrics.GradNormOnset.Name},
			Limits: powersLimits},
		Shows: []string{"onset"}, Resolve: moreSeeds,
	},
	{
		Key: "training-spread", Name: "Over training at one rate rsLoRA's gradient norms stay within one order " +
			"of magnitude, and LoRA's do not", Source: thePaper + ", figure 3",
		Says: "rsLoRA's norms stay within an order of magnitude of each other throughout; LoRA's spread over " +
			"several.",
		Looks: "the ratio of the largest norm over ranks to the smallest, at the step at which it is most, a " +
			"seed at a time: its interval must lie below 10 under rsLoRA and above 10 under LoRA.",
		Rule:  Rule{Test: "spread/1", Study: "paper-fig2-3", Limits: map[string]float64{"order": 10}},
		Shows: []string{"gradient-norm"}, Resolve: moreSeeds,
	},
	{
		Key: "lora-rank-no-better", Name: "At one rate for all ranks, a higher rank of LoRA does not end lower " +
			"by as much as a tenth of what the smallest rank learned", Source: thePaper + ", figure 2",
		Says: "LoRA converges to a similar loss whatever the rank, larger ranks even slightly worse.",
		Looks: "the largest rank against the smallest. LoRA must have learned a quarter of what full " +
			"fine-tuning did, or nothing can be said.",
		Rule: Rule{Test: "rank-gain/3", Study: "one-rate", Schemes: []string{"lora"}, Wants: wantsNoGain,
			Limits: map[string]float64{"margin": learnedMargin, "level": fewFalse, "least-learned": quarter}},
		Shows: []string{"loss"}, Resolve: moreTraining,
	},
	{
		Key: "rslora-rank-better", Name: "At one rate for all ranks, a higher rank of rsLoRA ends " +
			"lower", Source: thePaper + ", figure 2",
		Says: "rsLoRA's loss improves with the rank.",
		Looks: "the largest rank against the smallest. At one rate a larger rank of rsLoRA also makes larger " +
			"steps: what this shows is rank and step together.",
		Rule: Rule{Test: "rank-gain/3", Study: "one-rate", Schemes: []string{"rslora"}, Wants: wantsLower,
			Limits: map[string]float64{"margin": learnedMargin, "level": fewFalse, "least-learned": quarter}},
		Shows: []string{"differences"}, Resolve: moreTraining,
	},
	{
		Key: "rank-for-compute", Name: "At equal cost of training, each at its own best rate, a higher rank of " +
			"rsLoRA ends lower", Source: thePaper + ", section 5",
		Says: "since inference costs the same after merging, compute in training buys quality.",
		Looks: "the largest rank against the smallest, which makes more steps for as many floating-point " +
			"operations, within 5%. Full fine-tuning at the same cost stands beside them.",
		Rule: Rule{Test: "cost-gain/2", Study: "equal-cost", Schemes: []string{"rslora"},
			Limits: map[string]float64{"margin": learnedMargin, "level": fewFalse, "cost": 0.05}},
		Shows: []string{"differences"}, Resolve: moreTraining,
	},
	{
		Key: "merged-inference", Name: "A merged adapter costs nothing in inference, whatever its " +
			"rank", Source: thePaper + ", section 5",
		Says: "after training an adapter is added to the weights, and inference is that of the base.",
		Looks: "the time to score one batch, merged over the base's: its interval must lie within 5% of 1, at " +
			"every rank. Before any is timed, merged and attached have been held to the same loss.",
		Rule:  Rule{Test: "merged-cost/1", Study: InferenceStudy, Limits: map[string]float64{"ratio": inferenceMargin}},
		Shows: []string{"inference"}, Resolve: "a quieter machine, or more rounds.",
	},
	{
		Key: "pattern-sgd", Name: "The pattern of gradient norms over ranks is the same under " +
			"SGD", Source: thePaper + ", appendix B.1, figure 4",
		Says: "the same gradient pattern under SGD.",
		Looks: "both powers of rank of the norm at the onset, and of its mean over the steps, in which the " +
			"optimizer has its part: that must be below -0.1 under LoRA and within ±0.1 under rsLoRA.",
		Rule: patternRule("paper-fig4"), Shows: []string{"gradient-norm"}, Resolve: moreSeeds,
	},
	{
		Key: "pattern-adafactor", Name: "The pattern of gradient norms over ranks is the same under " +
			"Adafactor", Source: thePaper + ", appendix B.2, figure 5",
		Says: "the same pattern for GPT-J on GSM8K under Adafactor. Here the model is the embedded one, " +
			"questions are doc comments with a signature, and answers the functions below them: it is not GSM8K.",
		Looks: "the same as under SGD.",
		Rule:  patternRule("paper-fig5"), Shows: []string{"gradient-norm"}, Resolve: moreSeeds,
	},
	{
		Key: "init-correction", Name: "Correcting A's initialization in place of the multiplier ends higher " +
			"than rsLoRA, each at its own best rate", Source: thePaper + ", appendix B.3",
		Says: "keeping 1/r and correcting the init of A alone, by 1/√r, is unstable or worse at rank 2048.",
		Looks: "both directions of the correction, since the paper's text was not at hand: each must end higher " +
			"than rsLoRA at the top rank.",
		Rule: Rule{Test: "corrections-worse/3", Study: "paper-init",
			Limits: map[string]float64{"margin": learnedMargin, "level": fewFalse}},
		Shows: []string{"differences"}, Resolve: moreTraining,
	},
	{
		Key: "lora-best-rate", Name: "LoRA at rank 4 with its best rate stays behind rsLoRA at the top rank " +
			"with the rate 5e-5", Source: thePaper + ", appendix B.4",
		Says: "1.863 for the best of LoRA's rates at r = 4, 1.836 for rsLoRA at r = 2048, whose rate is a " +
			"tenth of that best one.",
		Looks: "the two losses. Here 5e-5 is a thirtieth of LoRA's best rate: what the paper compares is not at " +
			"hand on so small a model, and a verdict either way is one on that rate.",
		Rule: Rule{Test: "default-rate/2", Study: "paper-rates",
			Limits: map[string]float64{"margin": learnedMargin, "level": fewFalse}},
		Shows: []string{"learning-rate"}, Resolve: moreTraining,
	},
	{
		Key: "pattern-attention", Name: "The pattern of gradient norms over ranks is the same with adapters on " +
			"attention alone", Source: thePaper + ", appendix B.5",
		Says:  "the same pattern with the attention modules alone.",
		Looks: "the same as under SGD.",
		Rule:  patternRule("paper-attention"), Shows: []string{"gradient-norm"}, Resolve: moreSeeds,
	},
	{
		Key: "only-sqrt-onset", Name: "Of six scaling functions α/√r alone keeps the gradient norm at the onset " +
			"free of rank", Source: thePaper + ", appendix B.6",
		Says: "other powers of the rank, and its logarithm, collapse or explode.",
		Looks: "the power of rank of the norm at the onset: within ±0.1 under rsLoRA, and off that under every " +
			"other.",
		Rule: Rule{Test: "only-sqrt-onset/2", Study: "paper-scalings", Optimizers: []string{"adamw"},
			Limits: map[string]float64{"flat": flat}},
		Shows: []string{"onset"}, Resolve: moreSeeds,
	},
	{
		Key: "only-sqrt-stable-sgd", Name: "Under SGD, of six scaling functions α/√r alone makes the first loss " +
			"drop free of rank", Source: thePaper + ", appendix B.6 and theorem 3.2",
		Says: "other powers of the rank, and its logarithm, collapse or explode.",
		Looks: "stability as theory and the rank check have it: by the power of rank of the first loss drop, " +
			"stable within " +
			"±0.1 of 0. The paper speaks of gradients; this is of one step. Where a drop is large enough to be " +
			"told from " +
			"rounding, it must be what the loss did on the same batch, to a tenth.",
		Rule: stableRule("sgd"), Shows: []string{"check-sgd"}, Resolve: moreSeeds,
	},
	{
		Key: "only-sqrt-stable-adamw", Name: "Under AdamW, of six scaling functions α/√r alone makes the first " +
			"loss drop free of rank", Source: thePaper + ", appendix B.6",
		Says:  "other powers of the rank, and its logarithm, collapse or explode.",
		Looks: "the same as under SGD. By theory of sign-like updates it is α/r that is stable under Adam.",
		Rule:  stableRule("adamw"), Shows: []string{"check-adamw"}, Resolve: moreSeeds,
	},
	{
		Key: "activations", Name: "The output of LoRA's adapters, γBAx, falls with rank, and that of rsLoRA's " +
			"stays level", Source: thePaper + ", appendix B.7",
		Says: "post-adapter activations of LoRA fall with r, those of rsLoRA do not depend on it.",
		Looks: "the power of rank of the adapters' output at the end: below -0.1 under LoRA and within ±0.1 " +
			"under rsLoRA. The paper plots the activations after the adapter, which stand beside it.",
		Rule: Rule{Test: "outputs/1", Study: "paper-fig2-3", Statistics: []string{metrics.AdapterOutputFinal.Name, metrics.MapOutputFinal.Name},
			Limits: map[string]float64{"flat": flat}},
		Shows: []string{"activations"}, Resolve: moreSeeds,
	},
	{
		Key: "first-step-powers", Name: "Sizes at the first steps have the powers of rank that theory " +
			"derives", Source: "theory/law.go, from the setting of " + thePaper + ", theorem 3.2",
		Says: "eleven quantities have the powers of rank that theory/law.go derives, for five multipliers, " +
			"under SGD and Adam. Where ranks come near the maps' width that is the power of the exact values at " +
			"these ranks.",
		Looks: "the power of each. Multipliers differ by a constant factor at each rank, so that their rows are " +
			"one measurement. " +
			"Every rank has an A of its own, which is Gaussian; Adam's ε is 0; under SGD the rate of A is a " +
			"million times that of " +
			"B or more, so that its movement is more than rounding. Verdicts of rows are not corrected; the " +
			"standing is.",
		Rule:  Rule{Test: "powers/3", Study: "theory", Limits: powersLimits},
		Shows: []string{"check-sgd", "check-adamw"}, Resolve: moreSeeds,
	},
	{
		Key: "exact-values", Name: "Sizes at the first steps have the exact values of theory at every rank, to " +
			"±10%", Source: "theory/law.go",
		Says: "where there is an exact expression at a finite rank, the mean over draws of A is its value.",
		Looks: "the mean over seeds of what was measured over what is expected, by a t test a cell, corrected " +
			"over all distinct " +
			"cells. No interval may be wider than ±10%, and nine of ten must hold what is expected. A is " +
			"Gaussian and Adam's " +
			"ε is 0, of which the exact values are.",
		Rule: Rule{Test: "exact-values/2", Study: "theory",
			Limits: map[string]float64{"level": fewFalse, "widest": 0.1, "held": 0.9}},
		Resolve: "more seeds.",
	},
	{
		Key: "exact-values-wide", Name: "On one kind of map, from ranks far below its width to ranks far above " +
			"it, sizes at the first steps have theory's exact values to ±25%", Source: "theory/law.go",
		Says: "the exact expressions hold on one map as on many, on both sides of the rank at which the law of " +
			"small ranks meets that of large ones.",
		Looks: "the same, one kind of map at a time; here no interval may be wider than ±25%. Where the laws " +
			"meet is " +
			"computed from the maps, and is no claim.",
		Rule: Rule{Test: "exact-values/2", Study: "finite-ranks",
			Limits: map[string]float64{"level": fewFalse, "widest": 0.25, "held": 0.9}},
		Shows: []string{"regime"}, Resolve: moreSeeds,
	},
	{
		Key: "start-free-of-rank", Name: "The first loss drop is free of rank at α/√r under SGD and at α/r " +
			"under Adam, Lion and sign descent", Source: "LoRA Without Regret (2025) against " + thePaper,
		Says: "the paper's multiplier is stable; with Adam and 1/r the start of learning is the same at every rank.",
		Looks: "the power of rank of the first loss drop under both multipliers, which must also be what the " +
			"loss did on the " +
			"same batch, to a tenth, where it is large enough to be told from rounding. Adam, Lion and sign " +
			"descent make the " +
			"same first step. It is the start alone: best rates are the claims below.",
		Rule: Rule{Test: "powers/3", Study: "first-steps", Optimizers: []string{"sgd", "adamw", "lion", "signsgd"}, Statistics: []string{metrics.LossDropFirst.Name},
			Limits: powersLimits},
		Shows: []string{"check-sgd", "check-adamw"}, Resolve: moreSeeds,
	},
	{
		Key: "adafactor-sign-like", Name: "Adafactor's first loss drop has the power of rank of a sign-like " +
			"update", Source: "theory/law.go",
		Says:  "nothing exact: entries of its first update are of one size, not of one sign.",
		Looks: "the same as above.",
		Rule: Rule{Test: "powers/3", Study: "first-steps", Optimizers: []string{"adafactor"}, Statistics: []string{metrics.LossDropFirst.Name},
			Limits: powersLimits},
		Resolve: moreSeeds,
	},
	{
		Key: "rate-free-sgd", Name: "Under SGD at α/√r the best rate is free of " +
			"rank", Source: thePaper + ", theorem 3.2",
		Says: "nothing of rates; that the multiplier is stable suggests it. By theory the best first step goes " +
			"as r/(r + d), d being the maps' width, where the loss is as curved in all directions: free of rank " +
			"for r far above d alone.",
		Looks: "the power of rank of each seed's best rate.",
		Rule: Rule{Test: "rate-powers/2", Study: "rates-sgd", Wants: ratesFree,
			Limits: map[string]float64{"tolerance": near, "level": fewFalse, "inside": 0.9}},
		Shows: []string{"best-rate", "learning-rate"}, Resolve: "higher rates, where best rates lie at the top " +
			"of those tried.",
	},
	{
		Key: "best-rate-power", Name: "The best learning rate falls as the power (1−p)/2 of the rank under " +
			"Adam", Source: "arXiv 2602.06204",
		Says: "a constant multiplier wants a rate ∝ r^−½, rsLoRA r^−¼, and 1/r one free of rank.",
		Looks: "the power of rank of each seed's best rate, within 0.03 of the claimed one: the rule of the " +
			"first report.",
		Rule: Rule{Test: "rate-powers/2", Study: "best-rates", Optimizers: []string{"adamw"}, Wants: ratesOfTheory,
			Limits: map[string]float64{"tolerance": near, "level": fewFalse, "inside": 0.9}},
		Shows: []string{"best-rate", "learning-rate"}, Resolve: "more seeds and longer training.",
	},
	{
		Key: "rate-transfer", Name: "Under Adam a rate tuned at rank 4, times (R/4) to the power −(1−p)/2, " +
			"gives away less than a tenth of what the best rate learns at rank R", Source: "open question, " +
			"after arXiv 2602.06204",
		Says: "nothing of losses.",
		Looks: "the loss at the transferred rate less that at each seed's own best rate, at the largest rank, " +
			"for every multiplier. The rate is tuned on half of the seeds and used on the others.",
		Rule: Rule{Test: "rate-transfer/3", Study: "best-rates", Optimizers: []string{"adamw"},
			Limits: map[string]float64{"margin": learnedMargin, "level": fewFalse}},
		Shows: []string{"learning-rate"}, Resolve: "more seeds, and more rates.",
	},
	{
		Key: "muon-rate-power", Name: "Under Muon the best learning rate goes as the power p of the " +
			"rank", Source: "open question: seen in a first report on two seeds",
		Says:  "nothing.",
		Looks: "the power of rank of each seed's best rate, within 0.1 of p.",
		Rule: Rule{Test: "rate-powers/2", Study: "rates-muon", Wants: ratesOfPower,
			Limits: map[string]float64{"tolerance": 0.1, "level": fewFalse, "inside": 0.9}},
		Shows: []string{"best-rate", "learning-rate"}, Resolve: moreSeeds,
	},
	{
		Key: "tuned-schemes", Name: "Each at its own best rate for every rank, every other scheme is within a " +
			"tenth of what LoRA learned of LoRA", Source: "Learning Rate Matters, arXiv 2602.04998",
		Says: "nine variants of adapters, each with its own rate, are within one or two percent of the loss.",
		Looks: "every scheme against LoRA, rank by rank: equivalent within a tenth of what LoRA learned. " +
			"A percentage of the loss says little where a run learns but a part of it.",
		Rule: Rule{Test: "schemes-equal/3", Study: "tuned",
			Limits: map[string]float64{"margin": learnedMargin, "level": fewFalse}},
		Shows: []string{"differences"}, Resolve: "more validation examples, whose choice is most of the error " +
			"here, and wider grids of rates.",
	},
	{
		Key: "tuned-ranks", Name: "Each at its own best rate, the largest rank ends lower than the smallest, " +
			"under every scheme", Source: "open question",
		Says: "nothing: figure 2 of the paper has one rate for all ranks, at which LoRA's larger ranks gain " +
			"nothing.",
		Looks: "the largest rank against the smallest, scheme by scheme. How much lower stands beside it.",
		Rule: Rule{Test: "ranks-gain/2", Study: "tuned",
			Limits: map[string]float64{"margin": learnedMargin, "level": fewFalse}},
		Shows: []string{"differences"}, Resolve: moreTraining,
	},
	{
		Key: "init-powers", Name: "The power of rank of the gradient norm at the onset follows from the " +
			"variance with which A is drawn, or B where A starts at " +
			"zero", Source: "open question; " + thePaper + ", theorem 3.2, " +
			"asks for a variance free of rank",
		Says: "PEFT's “gaussian”, whose deviation is 1/r, breaks the theorem's condition; so does a B that is " +
			"drawn with fan-in r, unless γ is free of rank.",
		Looks: "the power of rank of the norm at the onset, by kind of init: corrected over all kinds, none may " +
			"differ from " +
			"theory. Any true deviation, however small, is seen once there are seeds enough.",
		Rule:  Rule{Test: "init-powers/2", Study: "init", Limits: powersLimits},
		Shows: []string{"onset"}, Resolve: moreSeeds,
	},
	{
		Key: "init-losses", Name: "Kinds of init of one variance end at equivalent losses, each at its own best " +
			"rate", Source: "open question",
		Says: "nothing.",
		Looks: "each kind against PyTorch's default, at a small and at a large rank: equivalent within a tenth " +
			"of what that learned.",
		Rule: Rule{Test: "init-losses/3", Study: "init-losses",
			Limits: map[string]float64{"margin": learnedMargin, "level": fewFalse}},
		Shows: []string{"loss"}, Resolve: moreTraining,
	},
}

// patternRule is that of the paper's figures of gradient norms over training.
func patternRule(study string) Rule {
	return Rule{Test: "pattern/2", Study: study, Limits: map[string]float64{"tolerance": near, "level": fewFalse, "flat": flat}}
}

// stableRule is that of stability under an optimizer.
func stableRule(optimizer string) Rule {
	return Rule{Test: "only-sqrt-stable/3", Study: "paper-scalings", Optimizers: []string{optimizer}, Limits: map[string]float64{"flat": flat}}
}
