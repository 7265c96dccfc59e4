package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/metrics/stats"
)

// sections simulates everything.
func sections() []section {
	return slices.Concat(differenceSections(), armSections(), exponentSections(), []section{exactSection()},
		rateSections())
}

func differenceSections() []section {
	between := make([]distribution, len(shapes))
	for i, d := range shapes {
		between[i] = d.betweenArms()
	}
	skewed := []table{coverages(shapes[0]), coverages(shapes[1]), coverages(shapes[2])}
	return []section{
		{
			title: "Two equal arms",
			text: "How often one of two equal arms is called lower or higher. Each arm's noise is drawn from the " +
				"named distribution. The difference of two draws of one distribution is symmetric, however skewed " +
				"the distribution is. " + atMost5,
			tables: []table{sizesOfDifferences("both arms", between).atMost(level)},
		},
		{
			title: "Skewed differences",
			text: "The same if the differences themselves are drawn from the named distribution, minus its mean. " +
				"This happens, for example, if one arm sometimes does much worse. Neither test claims to be right " +
				"then, and the shares have no bound.",
			tables: []table{sizesOfDifferences("differences", shapes[1:])},
		},
		{
			title: "Intervals of skewed differences",
			text: "How often 95% intervals contain the mean, for several methods. Johnson's method shifts Student's " +
				"interval by the sample's skewness; " +
				fmt.Sprintf("BCa and bootstrap-t draw %d resamples of the sample.", resamples),
			tables: skewed,
			after: keeping(skewed) + " So the project keeps Student's interval, to which the t test belongs, and " +
				"which is exact for normal differences. For skewed ones the bootstrap-t covers more from n = 5 on, " +
				"and is wider. Student's " +
				"must contain the mean in 93 to 97% of cases for normal differences, and in at least 93% for " +
				"symmetric ones. For skewed differences it is too short, as these tables show, and the t test " +
				"claims too many differences, as the tables of the previous section show. A few seeds cannot show " +
				"how skewed differences are, so look closely at a seed that lies far from the others.",
		},
		{
			title: "Their widths",
			text:  "The median width of these intervals divided by that of Student's, for exponential differences.",
			heads: perSize(coverageSizes), plain: widths(shapes[1]),
		},
	}
}

// atMost5 is the bound of most shares. A test allows four standard errors of a share more.
const atMost5 = "The share must be at most 5%, but for the error of simulation, which is about 0.2%."

func armSections() []section {
	return []section{
		{
			title: "Families",
			text: "How often a family of comparisons without any true difference claims one or more by Holm's P, " +
				"with 5 seeds. " + atMost5,
			tables: []table{sizesOfFamilies()},
		},
		{
			title: "One validation set",
			text: "How often equal arms are called different if all seeds are scored on one validation set of 64 " +
				"batches. The choice of the set has a standard error of its own, given here in units of the " +
				"scatter of one pair. The first table ignores it in the test. The second includes it, and its " +
				"shares must be at most 5%, but for the error of simulation.",
			tables: []table{sizesOnOneSet(false), sizesOnOneSet(true).atMost(level)},
		},
		{
			title: "Equivalence by seed",
			text: "How often a true difference as large as the margin is called equivalent. The margin is a tenth of " +
				"what the reference learned, so that the reference's loss is part of the difference and of the " +
				"margin. " + atMost5,
			tables: []table{sizesOfEquivalence()},
		},
		{
			title: "Tuned arms",
			text: "How often two arms that are equally good, each at its best rate, are called lower or higher. " +
				"The loss against the logarithm of the rate is a parabola of 0.05 to 0.08 nats per squared e-fold, " +
				"with a cubic part of up to 0.3 of that per e-fold. Two seeds choose a rate on a grid of step √10; " +
				"the best rate lies anywhere between the grid's rates. Differences of a pair scatter by sd nats; in " +
				"each arm, 0.002 of the scatter is independent from rate to rate. Other seeds are reported: at " +
				"the chosen rate, or at five rates of step √2 around it, with a sixth if the best mean lies at an " +
				"edge. The aim for the vertex is 5%, and with little noise and eight or nine seeds it is missed: the " +
				"parabola is no exact match of a curve that leans, and what is left of that error is part of the " +
				"share. A test holds it to 6%.",
			tables: []table{sizesOfTuned()},
			after: "The project reports the vertex of the parabola through each seed's best rate and its " +
				"neighbours. The loss at the coarse rate is wrong by the distance of that rate from the best one. " +
				"This error is the same in all seeds, so that with more seeds the test finds it more often. Least " +
				"squares mistake a curve that leans to one side for a higher or lower one. Three points make the " +
				"same mistake, but a much smaller one, which shows only with little noise and many seeds.",
		},
		{
			title: "Power",
			text: "The smallest true difference that is found with probability 0.8, in units of the standard " +
				"deviation of the differences: by a single test, and by the first of ten tests under Holm.",
			heads: []string{"alone", "first of 10"}, plain: powers(),
		},
	}
}

func exponentSections() []section {
	return []section{
		{
			title: "Slopes by seed",
			text: "How often the interval of an exponent contains the true one, for norms at five ranks that share " +
				"one A per seed. One fit through all runs assumes that its residuals are independent.",
			tables: []table{coverageOfSlopes()},
		},
		{
			title: "Agreement with theory",
			text: fmt.Sprintf("How often an exponent agrees with theory, within a tolerance of %g, although the true "+
				"exponent is 0.1 off. ", tolerance) + atMost5 + " " + "Then, if theory is right, how " +
				"often an exponent differs, which is 5% by construction, and how often it agrees. All other " +
				"exponents are called consistent, not resolved.",
			tables: []table{
				agreements("agrees, 0.1 off", 0.1, stats.Agrees).atMost(level),
				agreements("differs, right", 0, stats.Differs).atMost(level),
				agreements("agrees, right", 0, stats.Agrees),
			},
		},
		{
			title: "Power of a variance",
			text: "How often the jackknife's interval contains the power of rank that a variance over seeds follows, " +
				"at three ranks.",
			tables: []table{coverageOfVariancePowers()},
		},
		{
			title: "Ratio to an expectation",
			text: "How often the interval of the ratio square / expectation contains 1. The square of a norm is a " +
				"sum over rank and maps; a sum of few terms is skewed.",
			tables: []table{coverageOfRatios()},
		},
	}
}

func rateSections() []section {
	return []section{
		{
			title: "Best rates",
			text: fmt.Sprintf("How often the intervals of a power of rank of best rates, and of its curvature, "+
				"contain the true ones: %d seeds, ranks %s, and at each rank nine rates of step √2 around the best "+
				"one, on curves as for tuned arms. A seed's best rate is the vertex through its best rate and the "+
				"two beside it, and each seed has a power of its own. At each rank best rates scatter by the named "+
				"number of e-folds over seeds. All seeds share %d validation batches, whose choice moves the best "+
				"rate of a rank; the named number is the standard error that this gives a best rate, in units of "+
				"its standard error over seeds. The wider interval has the error that halves of the batches show.",
				rateSeeds, listed(rateRanks), rateBatches),
			tables: []table{coverageOfBestRates()},
		},
		{
			title: "Verdicts on best rates",
			text: fmt.Sprintf("How often such a power agrees with a claimed one, by the wider interval and a "+
				"tolerance of %g, although it is %g off; how often it differs, and how often it agrees, though it is "+
				"right. The first two must be at most 5%%, but for the error of simulation, which is about 0.7%%.",
				tolerance, tolerance),
			tables: []table{verdictsOnBestRates()},
		},
		{
			title: "Regret",
			text: fmt.Sprintf("How often more than half of all seeds are said to lose less than a margin by a "+
				"transferred rate, by the sign test of %d seeds, if half of all lose the margin. A seed loses the "+
				"square of the distance of its best rate from another seed's, which was found at a smaller rank. "+
				"Distances are in units of the scatter of best rates over seeds; transferred rates are off by the "+
				"named number on average. ", rateSeeds) + atMost5 + " Then, how often that is said if seeds lose a " +
				"part of the margin on average: the power.",
			tables: []table{sizesOfRegret(), powersOfRegret()},
			after: "What seeds lose is skewed, since it is a square: if transferred rates are off by little, few " +
				"seeds lose most of what is lost. A t test of the mean, by which this was judged before, was far too " +
				"sure of a sample without such a seed.",
		},
		{
			title: "Public results",
			text: "How often the interval of docs/public.md contains the mean power over makers of models: Student's " +
				"interval over six makers, each the mean of its models, with about as many models and ranks as " +
				"there. Each rate is tried once, a factor of √10 from the next, with a standard deviation of 1e-4 " +
				"nats, and losses are rounded to 1e-4. Curves bend by 0.002 to 0.015 nats per squared e-fold and " +
				"lean up at high rates, as the published ones do. The powers of a maker's models scatter by 0.05. " +
				"Nothing diverges, so that every best rate between others has its parabola.",
			tables: []table{coverageOfPublic()},
			after: "At power 0, one minus the share is how often the page would call 0 outside by mistake. Rates as " +
				"they were tried move in steps of the grid, and their intervals say little.",
		},
		{
			title: "One public model",
			text: "How often the range that the neighbours of the best rates allow contains the model's power, on " +
				"such curves. It is a bound and no 95% interval: with one valley and so little noise, the best rate " +
				"lies between the neighbours.",
			tables: []table{coverageOfOneModel()},
		},
	}
}

// kept is the coverage that an interval must reach for skewed differences.
const kept = 0.93

// keeping says which methods reach that coverage under every distribution.
func keeping(tables []table) string {
	var parts []string
	for j, head := range tables[0].heads {
		var keep []string
		for i, m := range methods {
			least := math.Inf(1)
			for _, t := range tables {
				least = math.Min(least, t.shares[i][j].value())
			}
			if least >= kept {
				keep = append(keep, m.name)
			}
		}
		said := strings.Join(keep, " and ")
		if said == "" {
			said = "none"
		}
		parts = append(parts, fmt.Sprintf("%s at %s", said, head))
	}
	return fmt.Sprintf("Methods that reach %g%% or more under all three distributions: %s.",
		100*kept, strings.Join(parts, "; "))
}
