package paper

const (
	thePaper     = "arXiv 2312.03732"
	moreSeeds    = "more seeds and ranks: the intervals below are over seeds."
	moreTraining = "longer training, more seeds, and a larger model: differences between ranks are within the noise over seeds."
)

// claims are the paper's, in its order, then what others say, then the open
// questions.
var claims = []Claim{
	{
		Name: "LoRA's gradients collapse with rank from the first step, rsLoRA's do not", Source: thePaper + ", figure 3 and theorem 3.2",
		Says:  "the average gradient norm falls as the rank grows under α/r, and is the same for all ranks at onset under α/√r.",
		Study: "paper-fig2-3", Shows: []string{"onset"}, Resolve: moreSeeds, judge: ofBoth(onsetPattern),
	},
	{
		Name: "Over training rsLoRA's gradient norms stay within one order of magnitude", Source: thePaper + ", figure 3",
		Says:  "rsLoRA's norms stay within an order of magnitude of each other throughout; LoRA's spread over several.",
		Study: "paper-fig2-3", Shows: []string{"gradient-norm"}, Resolve: moreSeeds, judge: ofBoth(withinOrder),
	},
	{
		Name: "Under LoRA a higher rank learns no better", Source: thePaper + ", figure 2",
		Says:  "LoRA converges to a similar loss whatever the rank, larger ranks even slightly worse.",
		Study: "paper-fig2-3", Shows: []string{"loss"}, Resolve: moreTraining, judge: higherRank("lora", gainsNothing),
	},
	{
		Name: "Under rsLoRA a higher rank learns better", Source: thePaper + ", figure 2",
		Says:  "rsLoRA's loss improves with the rank.",
		Study: "paper-fig2-3", Shows: []string{"differences"}, Resolve: moreTraining, judge: higherRank("rslora", gains),
	},
	{
		Name: "Rank trades compute for quality under rsLoRA", Source: thePaper + ", section 5",
		Says:  "since inference costs the same after merging, compute in training buys quality.",
		Study: "paper-fig2-3", Shows: []string{"frontier"}, Resolve: moreTraining, judge: tradeOff,
	},
	{
		Name: "A merged adapter costs nothing in inference, whatever its rank", Source: thePaper + ", section 5",
		Says:  "after training an adapter is added to the weights, and inference is that of the base.",
		Study: InferenceStudy, Shows: []string{"inference"}, Resolve: "a quieter machine, or more rounds.", judge: mergedCost,
	},
	{
		Name: "The pattern is the same under SGD", Source: thePaper + ", appendix B.1, figure 4",
		Says:  "the same gradient pattern under SGD.",
		Study: "paper-fig4", Shows: []string{"gradient-norm"}, Resolve: moreSeeds, judge: ofBoth(trainingPattern),
	},
	{
		Name: "The pattern is the same under Adafactor", Source: thePaper + ", appendix B.2, figure 5",
		Says:  "the same pattern for GPT-J on GSM8K under Adafactor. Here questions are doc comments with a signature, and answers the functions below them.",
		Study: "paper-fig5", Shows: []string{"gradient-norm"}, Resolve: moreSeeds, judge: ofBoth(trainingPattern),
	},
	{
		Name: "Correcting A's initialization in place of the multiplier does not do", Source: thePaper + ", appendix B.3",
		Says:  "keeping 1/r and correcting the init of A alone, by 1/√r, is unstable or worse at rank 2048.",
		Study: "paper-init", Shows: []string{"differences"}, Resolve: moreTraining, judge: initCorrection,
	},
	{
		Name: "LoRA at rank 4 with its best rate stays behind rsLoRA at the top rank with the default one", Source: thePaper + ", appendix B.4",
		Says:  "1.863 for the best of LoRA's rates at r = 4, 1.836 for rsLoRA at r = 2048.",
		Study: "paper-rates", Shows: []string{"learning-rate"}, Resolve: moreTraining, judge: bestOfRates,
	},
	{
		Name: "The pattern is the same with adapters on attention alone", Source: thePaper + ", appendix B.5",
		Says:  "the same pattern with the attention modules alone.",
		Study: "paper-attention", Shows: []string{"gradient-norm"}, Resolve: moreSeeds, judge: ofBoth(trainingPattern),
	},
	{
		Name: "No other scaling function is stable", Source: thePaper + ", appendix B.6",
		Says:  "other powers of the rank, and its logarithm, collapse or explode.",
		Study: "paper-scalings", Shows: []string{"onset"}, Resolve: moreSeeds, judge: otherScalings,
	},
	{
		Name: "LoRA's activations fall with rank, rsLoRA's stay level", Source: thePaper + ", appendix B.7",
		Says:  "post-adapter activations of LoRA fall with r, those of rsLoRA do not depend on it.",
		Study: "paper-fig2-3", Shows: []string{"activations"}, Resolve: moreSeeds, judge: ofBoth(activations),
	},
	{
		Name: "Sizes at the first steps follow the rank as theory says", Source: "metrics/theory.go, from the setting of " + thePaper + ", theorem 3.2",
		Says:  "ten quantities have the powers of rank that metrics/theory.go derives, for five multipliers, under SGD and Adam.",
		Study: "theory", Shows: []string{"check-sgd", "check-adamw"}, Resolve: moreSeeds, judge: theoryPowers,
	},
	{
		Name: "They have the exact values of theory at every rank", Source: "metrics/theory.go",
		Says:  "where there is an exact expression at a finite rank, the mean over draws of A is its value.",
		Study: "theory", Resolve: moreSeeds, judge: exactValues,
	},
	{
		Name: "From which rank on an asymptotic law holds", Source: "open question",
		Says:  "nothing: the laws for ranks far below and far above the width are asymptotic, and practice is between.",
		Study: "finite-ranks", Shows: []string{"regime"}, Resolve: moreSeeds, judge: finiteRanks,
	},
	{
		Name: "SGD learns at a rate free of rank at p = ½, Adam at p = 1", Source: "LoRA Without Regret (2025) against " + thePaper,
		Says:  "the paper's multiplier is stable; with Adam and 1/r the start of learning is the same at every rank.",
		Study: "phase", Shows: []string{"phase"}, Resolve: moreSeeds, judge: phasePoints,
	},
	{
		Name: "The best learning rate falls as r^−(1−p)/2 under Adam", Source: "arXiv 2602.06204",
		Says:  "a constant multiplier wants a rate ∝ r^−½, rsLoRA r^−¼, and 1/r one free of rank.",
		Study: "best-rates", Shows: []string{"best-rate", "learning-rate"}, Resolve: "more seeds, more learning rates and longer training: the best rate is found by a parabola through three losses.", judge: bestRates,
	},
	{
		Name: "Once the learning rate is tuned for every rank, schemes are within 1–2% of each other", Source: "Learning Rate Matters, arXiv 2602.04998",
		Says:  "nine variants of adapters, each with its own rate, are within one or two percent.",
		Study: "tuned", Shows: []string{"differences"}, Resolve: moreTraining, judge: tunedSchemes,
	},
	{
		Name: "Once the learning rate is tuned for every rank, a higher rank learns better, under LoRA as well", Source: "open question",
		Says:  "nothing: figure 2 of the paper has one rate for all ranks, at which LoRA's larger ranks gain nothing.",
		Study: "tuned", Shows: []string{"differences"}, Resolve: moreTraining, judge: tunedRanks,
	},
	{
		Name: "Gradients depend on how A is drawn, or B where A starts at zero, by its variance alone", Source: "open question; " + thePaper + ", theorem 3.2, asks for a variance free of rank",
		Says:  "PEFT's “gaussian”, whose deviation is 1/r, breaks the theorem's condition; so does a B that is drawn with fan-in r, unless γ is free of rank.",
		Study: "init", Shows: []string{"onset"}, Resolve: moreSeeds, judge: inits,
	},
}
