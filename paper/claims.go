package paper

import "ranksweep/metrics"

const (
	thePaper  = "arXiv 2312.03732"
	moreSeeds = "more seeds and ranks: the intervals below are over seeds."
	shortly   = "In a short training in which LoRA learns little, the power of rank of gradient norms is below " +
		"-0.1 under LoRA and within ±0.1 under rsLoRA, "
	aroundBest   = "The rates tried lie around the best ones of an earlier block of seeds."
	widerRates   = "rates beyond those tried, where best ones lie at an edge, and more seeds."
	moreTraining = "longer training, more seeds, and a larger model: the differences are within the noise over seeds."
)

// Limits that several rules share.
const (
	fewFalse = 0.05 // the level that P values are held to after Holm's correction
	quarter  = 0.25
)

// powersLimits are the limits of tests of powers of rank.
var powersLimits = map[string]float64{"tolerance": near, "level": fewFalse}

// lossLimits are the limits of tests of differences between losses.
var lossLimits = map[string]float64{"margin": learnedMargin, "level": fewFalse}

// claims are the paper's claims, in its order, then those of others, then open questions.
// A changed rule needs a line in ledger.yaml.
var claims = []Claim{
	{
		Key:    "onset-collapse",
		Name:   "At the onset, LoRA's gradient norm falls as 1/√r and rsLoRA's is free of rank",
		Source: thePaper + ", figure 3 and theorem 3.2",
		Says: "under α/r the average gradient norm falls as the rank grows; under α/√r it is the same for all ranks " +
			"at the onset.",
		Looks: "the power of rank of the norm at the onset, which theory says is -½ under LoRA and 0 under rsLoRA. " +
			"The norm is γ√r times something whose mean square does not depend on rank, so this tests the program, " +
			"on one data set. A deviation is chance or a fault of the generator: theory is exact for random " +
			"entries.",
		Rule: Rule{
			Test: "powers/3", Study: "paper-fig2-3", Schemes: []string{"lora", "rslora"},
			Statistics: []string{metrics.GradNormOnset.Name}, Limits: powersLimits,
		},
		Larger:  "onset-135m",
		Beside:  "first-steps-135m",
		Shows:   []string{"onset"},
		Resolve: moreSeeds,
	},
	{
		Key: "training-spread",
		Name: "During a short training at one learning rate, in which LoRA learns little, rsLoRA's gradient norms at " +
			"all ranks stay within one order of magnitude, and LoRA's do not",
		Source: thePaper + ", figure 3",
		Says: "rsLoRA's norms stay within an order of magnitude of each other throughout; LoRA's spread over " +
			"several orders.",
		Looks: "the ratio of the largest norm over ranks to the smallest. Each seed counts with the step at which " +
			"its ratio is largest. The interval of the ratio must lie below 10 under rsLoRA and above 10 under LoRA. " +
			"The runs are short: LoRA's learn little, and its norms stay near those at the onset.",
		Rule: Rule{
			Test: "spread/1", Study: "paper-fig2-3", Limits: map[string]float64{"order": 10},
		},
		Shows:   []string{"gradient-norm"},
		Resolve: moreSeeds,
	},
	{
		Key: "lora-rank-no-better",
		Name: "At the learning rate 3e-4 for all ranks, LoRA's largest rank gains less than a tenth of what the " +
			"smallest learned",
		Source: thePaper + ", figure 2",
		Says:   "LoRA converges to a similar loss at every rank; larger ranks are even slightly worse.",
		Looks: "the final loss at the largest rank against that at the smallest. LoRA must have learned at least a " +
			"quarter of what full fine-tuning learned; otherwise these runs cannot tell. The paper's rate is 5e-5, " +
			"at which LoRA learns too little in so few steps. The claim on tuned ranks " +
			"has LoRA's best rates in shorter runs: they lie far above this rate, and larger ranks gain more there.",
		Rule: Rule{
			Test: "rank-gain/3", Study: "one-rate", Schemes: []string{"lora"}, Wants: wantsNoGain,
			Limits: map[string]float64{"margin": learnedMargin, "level": fewFalse, "least-learned": quarter},
		},
		Larger:  "one-rate-lora-135m",
		Shows:   []string{"loss"},
		Resolve: moreTraining,
	},
	{
		Key:    "rslora-rank-better",
		Name:   "At the learning rate 3e-4 for all ranks, rsLoRA's largest rank ends at a lower loss than its smallest",
		Source: thePaper + ", figure 2",
		Says:   "rsLoRA's loss improves as the rank grows.",
		Looks: "the final loss at the largest rank against that at the smallest. At one learning rate a larger rank " +
			"of rsLoRA also takes larger steps, so this shows the effect of rank and step size together.",
		Rule: Rule{
			Test: "rank-gain/3", Study: "one-rate", Schemes: []string{"rslora"}, Wants: wantsLower,
			Limits: map[string]float64{"margin": learnedMargin, "level": fewFalse, "least-learned": quarter},
		},
		Larger:  "one-rate-rslora-135m",
		Shows:   []string{"differences"},
		Resolve: moreTraining,
	},
	{
		Key: "rank-for-compute",
		Name: "At equal training cost, with the learning rate tuned for each rank, rsLoRA's largest rank ends at a " +
			"lower loss than its smallest",
		Source: "open question, after " + thePaper + ", section 5",
		Says: "inference costs the same at every rank once adapters are merged, so more compute in training buys " +
			"quality. The paper does not hold the compute equal, as this claim does.",
		Looks: "the final loss at the largest rank against that at the smallest. The smallest makes more steps, so " +
			"that both take the same number of floating-point operations, to within 5%. The table also has full " +
			"fine-tuning at the same cost.",
		Rule: Rule{
			Test: "cost-gain/2", Study: "equal-cost", Schemes: []string{"rslora"},
			Limits: map[string]float64{"margin": learnedMargin, "level": fewFalse, "cost": 0.05},
		},
		Shows:   []string{"differences"},
		Resolve: moreTraining,
	},
	{
		Key: "merged-inference",
		Name: "A merged adapter does not slow the scoring of one batch down by as much as 5%, at any rank that was " +
			"timed",
		Source: thePaper + ", section 5",
		Says: "after training, an adapter is added to the weights, and inference takes as long as with the base " +
			"model.",
		Looks: "the time to score one batch with a merged model, relative to the base model. Its interval must lie " +
			"within 5% of 1 at every rank. Within each round the base model is timed first, and the order of the " +
			"rest is fixed too: a drift within rounds would look like a cost. Tokens and adapters are random; " +
			"nothing " +
			"is generated token by token. A " +
			"merged model does the same operations on the same shapes as the base model, so this tests the program " +
			"and the timer. Before the timing, the merged model and the model with its adapter attached are checked " +
			"to have the same loss.",
		Rule: Rule{
			Test: "merged-cost/1", Study: InferenceStudy, Limits: map[string]float64{"ratio": inferenceMargin},
		},
		Shows:   []string{"inference"},
		Resolve: "a quieter machine, or more rounds.",
	},
	{
		Key:    "pattern-sgd",
		Name:   shortly + "also under SGD",
		Source: thePaper + ", appendix B.1, figure 4",
		Says:   "under SGD the pattern of gradients is the same.",
		Looks: "the powers of rank of the norm at the onset under LoRA and rsLoRA, and of the mean norm over all " +
			"steps, which depends on the optimizer. The power of the mean must be below -0.1 under LoRA and within " +
			"±0.1 under rsLoRA. At the onset no optimizer has done anything yet: these norms are the same under SGD " +
			"and under Adafactor, and only the mean tells the two apart. The runs are short: LoRA's learn little, " +
			"and its mean stays near the onset.",
		Rule:    patternRule("paper-fig4"),
		Shows:   []string{"gradient-norm"},
		Resolve: moreSeeds,
	},
	{
		Key:    "pattern-adafactor",
		Name:   shortly + "also under Adafactor",
		Source: thePaper + ", appendix B.2, figure 5",
		Says: "the pattern is the same for GPT-J on GSM8K under Adafactor. Here the model is the embedded one, " +
			"questions are doc comments with a signature, and answers are the functions below them: the data are " +
			"not GSM8K.",
		Looks: "the same as under SGD. No optimizer has acted at the onset, so that the onset's norms are the very " +
			"numbers of the claim on SGD: that half is no second measurement.",
		Rule:    patternRule("paper-fig5"),
		Shows:   []string{"gradient-norm"},
		Resolve: moreSeeds,
	},
	{
		Key: "init-correction",
		Name: "At one large rank, correcting A's initialization instead of the multiplier ends at a higher loss " +
			"than rsLoRA, if only by a little, each at its own best learning rate",
		Source: thePaper + ", appendix B.3",
		Says:   "keeping 1/r and correcting only the initialization of A, by 1/√r, is unstable or worse at rank 2048.",
		Looks: "both directions of the correction, because the paper's text was not at hand. Each must end at a " +
			"higher loss than rsLoRA. Any difference that is shown counts, even one that is within the margin.",
		Rule: Rule{
			Test: "corrections-worse/3", Study: "paper-init",
			Limits: lossLimits,
		},
		Shows:   []string{"differences"},
		Resolve: moreTraining,
	},
	{
		Key: "lora-best-rate",
		Name: "LoRA at rank 4 with the best of the learning rates tried ends at a higher loss than rsLoRA at the top " +
			"rank with learning rate 5e-5",
		Source: thePaper + ", appendix B.4",
		Says: "a loss of 1.863 for LoRA at r = 4 with the best of its rates, and of 1.836 for rsLoRA at r = 2048 " +
			"with a tenth of that best rate.",
		Looks: "the two losses. So small a model cannot repeat the paper's comparison, and a verdict either way is " +
			"about that rate of rsLoRA.",
		Rule: Rule{
			Test: "default-rate/2", Study: "paper-rates",
			Limits: lossLimits,
		},
		Shows:   []string{"learning-rate"},
		Resolve: moreTraining,
	},
	{
		Key:     "pattern-attention",
		Name:    shortly + "also with adapters on the attention maps only",
		Source:  thePaper + ", appendix B.5",
		Says:    "with adapters on the attention modules only, the pattern is the same.",
		Looks:   "the same as under SGD.",
		Rule:    patternRule("paper-attention"),
		Shows:   []string{"gradient-norm"},
		Resolve: moreSeeds,
	},
	{
		Key: "only-sqrt-onset",
		Name: "Of six scaling functions, only α/√r gives a gradient norm at the onset whose power of rank is within " +
			"±0.1",
		Source: thePaper + ", appendix B.6",
		Says:   "with other powers of the rank, and with its logarithm, gradients collapse or explode.",
		Looks: "the power of rank of the norm at the onset: within ±0.1 under rsLoRA, and outside of that under " +
			"every other scheme. " + oneMeasurement,
		Rule: Rule{
			Test: "only-sqrt-onset/2", Study: "paper-scalings", Optimizers: []string{"adamw"},
			Limits: map[string]float64{"flat": flat},
		},
		Shows:   []string{"onset"},
		Resolve: moreSeeds,
	},
	{
		Key: "only-sqrt-stable-sgd",
		Name: "Under SGD, of six scaling functions only α/√r gives a first loss drop, estimated to first order, " +
			"whose power of rank is within ±0.1",
		Source: thePaper + ", appendix B.6 and theorem 3.2",
		Says:   "with other powers of the rank, and with its logarithm, gradients collapse or explode.",
		Looks: "stability, as theory and the rank check define it: a scheme is stable if the power of rank of the " +
			"first loss drop is within ±0.1 of 0. The paper speaks of gradients; this is about one step. The drop " +
			"is a first-order estimate. Where it is large enough to be told from rounding, it must agree with what " +
			"the loss did on the same batch, to a tenth. Under SGD it is the square of the onset's norm times the " +
			"learning rate, so that this and the claim on that norm are one measurement. " + oneMeasurement,
		Rule:    stableRule("sgd"),
		Shows:   []string{"check-sgd"},
		Resolve: moreSeeds,
	},
	{
		Key: "only-sqrt-stable-adamw",
		Name: "Under AdamW, of six scaling functions only α/√r gives a first loss drop, estimated to first order, " +
			"whose power of rank is within ±0.1",
		Source: thePaper + ", appendix B.6",
		Says:   "with other powers of the rank, and with its logarithm, gradients collapse or explode.",
		Looks: "the same as under SGD. Adam's updates are like signs of gradients; for such updates theory says " +
			"that α/r is the stable one. " + oneMeasurement,
		Rule:    stableRule("adamw"),
		Shows:   []string{"check-adamw"},
		Resolve: moreSeeds,
	},
	{
		Key: "activations",
		Name: "After a short training, the output of LoRA's adapters, γBAx, falls with rank; that of rsLoRA's stays " +
			"level",
		Source: thePaper + ", appendix B.7",
		Says:   "activations after LoRA's adapters fall with r; those after rsLoRA's do not depend on it.",
		Looks: "the power of rank of the adapters' output at the end: below -0.1 under LoRA and within ±0.1 under " +
			"rsLoRA. It is not seen if one of the two is not so. The paper plots the activations after the adapter; " +
			"the table has these too.",
		Rule: Rule{
			Test: "outputs/1", Study: "paper-fig2-3",
			Statistics: []string{metrics.AdapterOutputFinal.Name, metrics.MapOutputFinal.Name},
			Limits:     map[string]float64{"flat": flat},
		},
		Shows:   []string{"activations"},
		Resolve: moreSeeds,
	},
	{
		Key: "first-step-powers",
		Name: "Eleven quantities of the first steps, the loss drop estimated to first order among them, follow " +
			"the powers of rank that theory derives: none is shown to " +
			"differ, and none is off by 0.03",
		Source: "theory/law.go, from the setting of " + thePaper + ", theorem 3.2",
		Says: "eleven quantities follow the powers of rank that theory/law.go derives, for five multipliers, under " +
			"SGD and Adam. Where ranks come near the maps' width, the power is that of theory's exact values at " +
			"these ranks.",
		Looks: "the power of each quantity. Multipliers differ by a constant factor at each rank, so rows that " +
			"differ only in the multiplier are one measurement. Every rank draws its own Gaussian A; Adam's ε is 0. " +
			"Under SGD the learning rate of A is at least a million times that of B, so that A moves by more than " +
			"rounding. The verdict of a row is not corrected for the number of rows; the standing is.",
		Rule: Rule{
			Test: "powers/3", Study: "theory", Limits: powersLimits,
		},
		Larger:  "theory-135m",
		Shows:   []string{"check-sgd", "check-adamw"},
		Resolve: "more seeds, and lower learning rates where the first step is not small.",
	},
	{
		Key: "exact-values",
		Name: "Each cell tested by itself, and multipliers not paired, no quantity of the first steps is shown to " +
			"differ from theory's exact " +
			"value at any rank; nine of ten of all 95% intervals contain it, and none is wider than ±10% of its square",
		Source: "theory/law.go",
		Says: "where there is an exact expression at a finite rank, the mean square over draws of A is its value; of " +
			"a loss drop it is the mean.",
		Looks: "the mean square over seeds, divided by the expected one. A loss drop is not squared: its mean is " +
			"divided by the expected mean. Each cell has a t test that this ratio is 1, corrected over all distinct " +
			"cells, and again over all cells; none may differ. No interval of a ratio may be wider than ±10%, and " +
			"nine of ten of all of them must contain 1. A ratio of squares is off by about twice as many percent as " +
			"the value itself. A is Gaussian and Adam's ε is 0, as the exact expressions assume. The " +
			"judgements before were of other runs, each at its own level of 5%. The rule 0ef4f5d2d5d1 counted the " +
			"distinct cells only. The runs that it called *seen* would be *not resolvable* by the rule after it, " +
			"since fewer than nine of ten of all their intervals contain 1; the files of this page no longer have " +
			"them. A test that pairs the multipliers of one seed can show a difference that this claim does not " +
			"look at: its largest one stands below, with p.",
		Rule: Rule{
			Test: "exact-values/3", Study: "theory",
			Limits: map[string]float64{"level": fewFalse, "widest": 0.1, "held": 0.9},
		},
		Larger:  "theory-135m",
		Shows:   []string{"ratios"},
		Resolve: "more seeds.",
	},
	{
		Key: "exact-values-wide",
		Name: "On q_proj alone and on down_proj alone, under rsLoRA, below and above the rank at which theory's two " +
			"laws meet, no quantity of the first steps, each cell tested by itself, is shown to differ from theory's " +
			"exact value; nine of ten of all 95% intervals contain it, and none is wider than ±25% of its square",
		Source: "theory/law.go",
		Says: "the exact expressions hold on one map as on many. They hold on both sides of the rank at which the " +
			"law for small ranks meets the law for large ones.",
		Looks: "the same as for all maps together, but on one kind of map at a time; here no interval of a ratio may " +
			"be wider than ±25%. " +
			"The rank at which the laws meet is computed from the maps, and is not part of the claim.",
		Rule: Rule{
			Test: "exact-values/3", Study: "finite-ranks",
			Limits: map[string]float64{"level": fewFalse, "widest": 0.25, "held": 0.9},
		},
		Shows:   []string{"regime"},
		Resolve: moreSeeds,
	},
	{
		Key: "start-free-of-rank",
		Name: "The first loss drop, estimated to first order, is the same at every rank with α/√r under SGD, and " +
			"with " +
			"α/r under Adam, Lion and sign descent: no power of rank is shown to differ from theory's, and none " +
			"is off by 0.03",
		Source: "LoRA Without Regret (2025) against " + thePaper,
		Says:   "the paper's multiplier is stable; with Adam and 1/r the start of learning is the same at every rank.",
		Looks: "the power of rank of the first loss drop with both multipliers. Where the drop is large enough to " +
			"be told from rounding, it must also agree with what the loss did on the same batch, to a tenth. Adam, " +
			"Lion and sign descent make the same first step. This is only about the start: the claims below are " +
			"about best rates.",
		Rule: Rule{
			Test: "powers/3", Study: "first-steps", Optimizers: []string{"sgd", "adamw", "lion", "signsgd"},
			Statistics: []string{metrics.LossDropFirst.Name}, Limits: powersLimits,
		},
		Larger:  "first-steps-135m",
		Shows:   []string{"check-sgd", "check-adamw"},
		Resolve: moreSeeds,
	},
	{
		Key: "adafactor-sign-like",
		Name: "Adafactor's first loss drop, estimated to first order, follows the power of rank of a sign-like " +
			"update: none is shown to differ",
		Source: "theory/law.go",
		Says: "if updates were plain signs, the power would be 0 with α/r and ½ with α/√r. The entries of " +
			"Adafactor's first update are of about one size, but are not plain signs, so theory is not exact here.",
		Looks: "the same as for Adam, Lion and sign descent.",
		Rule: Rule{
			Test: "powers/3", Study: "first-steps", Optimizers: []string{"adafactor"},
			Statistics: []string{metrics.LossDropFirst.Name}, Limits: powersLimits,
		},
		Resolve: moreSeeds,
	},
	{
		Key:    "rate-free-sgd",
		Name:   "Under SGD with α/√r, the best learning rate is the same at every rank",
		Source: thePaper + ", theorem 3.2",
		Says: "nothing about learning rates, but that the multiplier is stable suggests it. By theory the best " +
			"first step grows as r/(r + D), if the loss is equally curved in all directions. D is about the maps' " +
			"width: the mean over maps, weighted by the squared norms of their gradients. Only where r is far above " +
			"D does that not depend on rank.",
		Looks: "the power of rank of each seed's best rate. In a first study many best rates lay at the upper edge " +
			"of those tried; later ones try higher rates, on other seeds. What they found stands below, with the " +
			"judgements before. The curvature is no part of the rule.",
		Rule: Rule{
			Test: "rate-powers/4", Study: "rates-sgd", Wants: ratesFree,
			Limits: map[string]float64{"tolerance": near, "level": fewFalse, "inside": 0.9},
		},
		Law:     "paper-scalings",
		Shows:   []string{"best-rate", "learning-rate"},
		Resolve: widerRates,
	},
	{
		Key:    "best-rate-power",
		Name:   "Under Adam with the multiplier α/r^p, the best learning rate falls with the power (1−p)/2 of the rank",
		Source: "arXiv 2602.06204",
		Says:   "a constant multiplier needs a rate ∝ r^−½, rsLoRA one ∝ r^−¼, and 1/r the same rate at every rank.",
		Looks: "the power of rank of each seed's best rate. Its interval, with the error from validation in it, must " +
			"contain the claimed power and stay within 0.03 of it. If the interval excludes the claimed power, the " +
			"row differs, however near it is. " + aroundBest,
		Rule: Rule{
			Test: "rate-powers/4", Study: "best-rates", Optimizers: []string{"adamw"}, Wants: ratesOfTheory,
			Limits: map[string]float64{"tolerance": near, "level": fewFalse, "inside": 0.9},
		},
		Shows:   []string{"best-rate", "learning-rate"},
		Resolve: widerRates,
	},
	{
		Key: "rate-transfer",
		Name: "Under Adam with three multipliers α/r^p, a rate tuned at the smallest rank and scaled by the rank to " +
			"the power −(1−p)/2 loses, for most seeds, less than a tenth of what the best rate learns at the largest " +
			"rank",
		Source: "open question, after arXiv 2602.06204",
		Says:   "nothing about losses.",
		Looks: "the loss at the transferred rate minus the loss at each seed's own best rate, at the largest rank, " +
			"for every multiplier. Each seed gets the rate that the next seed found best at the smallest rank, so " +
			"that the interval has in it how well one seed tunes. A sign test asks for each multiplier whether " +
			"more than half of all seeds would lose less than a tenth. It is exact for seeds that are independent; " +
			"here a seed is linked to the next one, whose rate it gets, and docs/statistics.md has the size by " +
			"simulation. What seeds lose is skewed, and no " +
			"test of its mean is sure with so few of them. The sign test lets a small part of the seeds " +
			"lose any amount. A small loss does not show that this power is the best one.",
		Rule: Rule{
			Test: "rate-transfer/5", Study: "best-rates", Optimizers: []string{"adamw"},
			Limits: lossLimits,
		},
		Shows:   []string{"learning-rate"},
		Resolve: "more seeds, and higher rates.",
	},
	{
		Key:    "muon-rate-power",
		Name:   "Under Muon with the multiplier α/r^p, the best learning rate grows with the power p of the rank",
		Source: "open question: seen in a first report on two seeds",
		Says:   "nothing.",
		Looks: "the power of rank of each seed's best rate. Its interval, with the error from validation in it, must " +
			"contain p and stay within 0.1 of it. If the interval excludes p, the row differs, however near it is. " +
			aroundBest,
		Rule: Rule{
			Test: "rate-powers/4", Study: "rates-muon", Wants: ratesOfPower,
			Limits: map[string]float64{"tolerance": 0.1, "level": fewFalse, "inside": 0.9},
		},
		Shows:   []string{"best-rate", "learning-rate"},
		Resolve: widerRates,
	},
	{
		Key: "tuned-schemes",
		Name: "With the learning rate tuned for each scheme and rank, rsLoRA and LoRA+ with ratio 16 end at LoRA's " +
			"loss, to within a tenth of what LoRA learned",
		Source: "Learning Rate Matters, arXiv 2602.04998",
		Says: "nine variants of adapters, each with its own rate, are within one or two percent of the loss of each " +
			"other.",
		Looks: "every scheme against LoRA, rank by rank. They must be equivalent to within a tenth of what LoRA " +
			"learned. A percentage of the loss would say little, because a run only learns a part of its loss. All " +
			"have one γ at rank 4, where rsLoRA is LoRA itself: their runs are the same ones.",
		Rule: Rule{
			Test: "schemes-equal/3", Study: "tuned",
			Limits: lossLimits,
		},
		Shows:   []string{"differences"},
		Resolve: "more validation examples, more seeds, and wider grids of rates.",
	},
	{
		Key: "tuned-ranks",
		Name: "With the learning rate tuned for each scheme and rank, the largest rank ends at a lower loss than " +
			"the smallest under LoRA, rsLoRA and LoRA+ with ratio 16, after as many steps",
		Source: "open question",
		Says:   "nothing. Figure 2 of the paper uses one rate for all ranks.",
		Looks: "the final loss at the largest rank against that at the smallest, scheme by scheme, after as many " +
			"steps. Any difference that is shown counts, where the claim on LoRA at one rate asks whether it is as " +
			"large as a tenth of what was learned. The table shows how much lower the loss is. LoRA and rsLoRA share " +
			"their runs at rank 4.",
		Rule: Rule{
			Test: "ranks-gain/2", Study: "tuned",
			Limits: lossLimits,
		},
		Shows:   []string{"differences"},
		Resolve: moreTraining,
	},
	{
		Key: "init-powers",
		Name: "How the gradient norm at the onset depends on rank follows from the variance of A's random entries, " +
			"or of B's where A starts at zero",
		Source: "open question; " + thePaper + ", theorem 3.2, asks for a variance free of rank",
		Says: "PEFT's “gaussian” has a standard deviation of 1/r, which breaks the theorem's condition. So does a B " +
			"drawn with fan-in r, unless γ does not depend on rank.",
		Looks: "the power of rank of the norm at the onset, for each kind of initialization. Corrected over all " +
			"kinds, none may differ from theory, however little. For random entries theory is exact, so a deviation " +
			"is chance or a fault of the generator. The kinds of one seed are made from the same random numbers, so " +
			"they deviate together; Holm's correction holds all the same. The end of this page says why there are " +
			"so many seeds.",
		Rule: Rule{
			Test: "init-powers/2", Study: "init", Limits: powersLimits,
		},
		Shows:   []string{"onset"},
		Resolve: moreSeeds,
	},
	{
		Key: "init-losses",
		Name: "Under rsLoRA, three kinds of initialization end at the loss of PyTorch's default, to within a tenth " +
			"of what that learned, each of the same variance and at its own best learning rate",
		Source: "open question",
		Says:   "nothing.",
		Looks: "each kind of initialization against PyTorch's default, at a small and at a large rank. They must be " +
			"equivalent to within a tenth of what the default learned.",
		Rule: Rule{
			Test: "init-losses/3", Study: "init-losses",
			Limits: lossLimits,
		},
		Shows:   []string{"init-differences"},
		Resolve: moreTraining,
	},
	{
		Key: "method-powers",
		Name: "Of ten methods, under each optimizer that each is trained by here, the gradient norm at the onset and " +
			"the first loss drop, estimated to first order, go with the power of rank that theory derives, or with " +
			"one in the range that it derives: none is shown to differ, and none is off by 0.03",
		Source: "theory/laws.go and the files beside it",
		Says: "each method has its own stable power of rank under each kind of update. Most powers are derived for " +
			"every model; those of PiSSA and OLoRA depend on the weights, and are computed from them; under Muon " +
			"most depend on the gradient's singular values, and lie in a range.",
		Looks: "the power of both quantities, with each method's own multiplier: α/r where it has one. Where ranks " +
			"are small, or a drop is a sum of parts, the power is that of theory's values at these ranks. The " +
			"verdict in the table is about the measured drop: learning is stable if its power is within ±0.1 of " +
			"0. The p is theory's: that of a multiplier α/r^p, before what a method adds if it has none. For DoRA " +
			"it is that of its A and B. For PiSSA, OLoRA and DoRA theory has a power for each seed, since it " +
			"depends on the seed's gradient. So seeds are paired: the test is of the difference between a seed's " +
			"power and theory's for that seed. A difference up to 0.0001 counts as none. On block 3 of seeds, at " +
			"other " +
			"learning rates, float32's rounding was seen to make 0.00007 under SGD, and under AdamW, where a weight " +
			"moved by 1e-6, the power of PiSSA's drop was off by 0.0011, and this rule would have called the claim " +
			"*not seen*. Then that limit was chosen, and rates at which rounding makes far less: powers of two under " +
			"AdamW. PiSSA and OLoRA draw nothing: theory and the estimate are two ways to compute from one " +
			"gradient. LoRA-FA's first step is LoRA's own, so that its cells repeat LoRA's. " +
			"LoKr is not run at rank 8, nor scaled-sgd at rank 256, where their laws do not hold. LoRA, " +
			"LoRA-FA, DoRA and HiRA begin with normal entries, as theory's exact values assume, and the others as " +
			"PEFT begins them.",
		Rule: Rule{
			Test: "method-powers/3", Study: "methods",
			Statistics: []string{metrics.GradNormOnset.Name, metrics.LossDropFirst.Name},
			Limits: map[string]float64{"tolerance": near, "level": fewFalse, "flat": flat,
				"rounding": 1e-4},
		},
		Resolve: moreSeeds,
	},
	{
		Key: "variants-equal",
		Name: "With the learning rate tuned for each method and size, rsLoRA, DoRA, PiSSA, LoHa and AdaLoRA, " +
			"whose ranks are taken away within these few steps, end at LoRA's loss, to within a tenth of what LoRA " +
			"learned",
		Source: "Learning Rate Matters, arXiv 2602.04998",
		Says: "nine variants of adapters, each with its own rate, are within one or two percent of the loss of each " +
			"other.",
		Looks: "every method against LoRA of the same size, each as PEFT ships it, with its own multiplier and first " +
			"entries. They must be equivalent to within a tenth of what LoRA learned. LoRA, rsLoRA, PiSSA and LoHa " +
			"train 234240 and 3747840 numbers at their two sizes, DoRA 6.8% and 0.43% more, and AdaLoRA 50% more at " +
			"first: it begins with 1.5 times LoRA's rank and ends with LoRA's, as in its paper; its ranks are taken " +
			"away within the few steps of this study, so that what this costs says little of a long training. LoHa " +
			"has half of LoRA's rank.",
		Rule: Rule{
			Test: "methods-equal/1", Study: "variants",
			Limits: lossLimits,
		}, // no figure: it compares methods of several ranks, which no figure does
		Resolve: "more validation examples, more seeds, and longer training.",
	},
}

// oneMeasurement says what the rows of scaling functions have in common.
const oneMeasurement = "All functions are measured with the same A, and differ only by a factor at each rank: " +
	"their rows are one measurement."

// patternRule judges the paper's figures of gradient norms during training.
func patternRule(study string) Rule {
	return Rule{
		Test: "pattern/2", Study: study,
		Limits: map[string]float64{"tolerance": near, "level": fewFalse, "flat": flat},
	}
}

// stableRule judges stability under an optimizer.
func stableRule(optimizer string) Rule {
	return Rule{
		Test: "only-sqrt-stable/3", Study: "paper-scalings", Optimizers: []string{optimizer},
		Limits: map[string]float64{"flat": flat},
	}
}
