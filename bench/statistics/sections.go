package main

import (
	"fmt"
	"math"
	"strings"

	"ranksweep/metrics/stats"
)

// sections simulates everything.
func sections() []section {
	return append(differenceSections(), exponentSections()...)
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
			text: "How often arms that are equal are called lower or higher. Each arm's noise is drawn from the " +
				"distribution named; the difference of two draws of one distribution is symmetric, however skewed " +
				"that is. At most 5% is asked.",
			tables: []table{sizesOfDifferences("both arms", between).atMost(level)},
		},
		{
			title: "Differences that are skewed themselves",
			text: "The same where the differences themselves are drawn from the distribution, less its mean: " +
				"where one arm now and then does much worse, for example. Neither test claims to be right then, and " +
				"nothing is asked.",
			tables: []table{sizesOfDifferences("differences", shapes[1:])},
		},
		{
			title: "Intervals of skewed differences",
			text: "How often 95% intervals hold the mean, by ways to make them. Johnson's shifts Student's by the " +
				"sample's skewness; " + fmt.Sprintf("BCa and bootstrap-t draw the sample anew %d times.", resamples),
			tables: skewed,
			after: keeping(skewed) + " So the project keeps Student's, from which the test follows, and asks for " +
				"93 to 97% where differences are normal, and for 93% at least where they are symmetric. Of skewed " +
				"ones its intervals are too short by what is in these tables, and its claims of a difference too " +
				"many by what is in those before: few seeds cannot tell how skewed they are, and one that stands " +
				"apart from the others should be looked at.",
		},
		{
			title: "Their widths",
			text:  "The median width of these intervals over that of Student's, of exponential differences.",
			heads: perSize(coverageSizes), plain: widths(shapes[1]),
		},
		{
			title: "Families",
			text: "How often a family without any difference claims one or more, by Holm's p, with 5 seeds. At " +
				"most 5% is asked.",
			tables: []table{sizesOfFamilies()},
		},
		{
			title: "One validation set",
			text: "How often equal arms are told apart where all seeds are scored on one validation set of 64 " +
				"batches, whose choice has a standard error of its own: in units of the scatter of one pair. With " +
				"it left out of the test, and with it in. At most 5% is asked of the latter.",
			tables: []table{sizesOnOneSet(false), sizesOnOneSet(true).atMost(level)},
		},
		{
			title: "Equivalence by seed",
			text: "How often a true difference as large as the margin, a tenth of what the reference learned, " +
				"passes for equivalent. The reference's loss is in the difference and in the margin. At most 5% is " +
				"asked.",
			tables: []table{sizesOfEquivalence()},
		},
		{
			title: "Tuned arms",
			text: "How often two arms that are equally good, each at its best rate, are called lower or higher. " +
				"Loss over the logarithm of the rate is a parabola of 0.05 to 0.08 nats per squared e-fold with a " +
				"cubic part of up to 0.3 of that per e-fold; the best rate lies anywhere on a grid of step √10, from " +
				"which two seeds choose. Differences of a pair scatter by sd nats, of which 0.002 an arm is each " +
				"rate's own. Reported are other seeds: at that rate, or at five rates of step √2 about it and a " +
				"sixth where the best mean lies at an edge. At most 5% is asked of the vertex.",
			tables: []table{sizesOfTuned()},
			after: "The vertex through each seed's best rate and its neighbours is what the project reports. At " +
				"the coarse rate an arm is off by what its grid missed, the same in all seeds, and more seeds make " +
				"that the more certain. Least squares take a curve that leans for one that lies higher or lower; " +
				"three points do so too, by far less, which shows where noise is small and seeds are many.",
		},
		{
			title: "Power",
			text: "The least true difference, in units of the standard deviation of the differences, that is " +
				"found with a probability of 0.8: by a test alone, and by the first of ten under Holm.",
			heads: []string{"alone", "first of 10"}, plain: powers(),
		},
	}
}

func exponentSections() []section {
	return []section{
		{
			title: "Slopes by seed",
			text: "How often the interval of an exponent holds the true one, of norms at five ranks that share " +
				"one A a seed. One fit through all runs takes its residuals for independent.",
			tables: []table{coverageOfSlopes()},
		},
		{
			title: "Agreement with theory",
			text: fmt.Sprintf("How often an exponent agrees whose true value is 0.1 off, with a tolerance of %g: "+
				"at most 5%% is asked. How ", tolerance) + "often it differs where theory is right, which is 5% by " +
				"construction, and how often it agrees then. What neither agrees nor differs is consistent, not " +
				"resolved.",
			tables: []table{
				agreements("agrees, 0.1 off", 0.1, stats.Agrees).atMost(level),
				agreements("differs, right", 0, stats.Differs).atMost(level),
				agreements("agrees, right", 0, stats.Agrees),
			},
		},
		{
			title: "Power of a variance",
			text: "How often the jackknife's interval holds the power of rank of a variance over seeds, at " +
				"three ranks.",
			tables: []table{coverageOfVariancePowers()},
		},
		{
			title: "Ratio to an expectation",
			text: "How often the interval of squares over their expectation holds 1. A square of a norm is a sum " +
				"over rank and maps; few terms are skewed.",
			tables: []table{coverageOfRatios()},
		},
	}
}

// kept is what is asked of an interval where differences are skewed.
const kept = 0.93

// keeping says which ways keep what is asked under every distribution.
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
	return fmt.Sprintf("Of these ways, %g%% or more under all three distributions keep: %s.",
		100*kept, strings.Join(parts, "; "))
}
