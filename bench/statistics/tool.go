package main

// A tool is a test or an interval of the project.
type tool struct{ what, use, assumes, source, code string }

var tools = []tool{
	{"Student's interval", "means and exponents over seeds", "values close to normal",
		"Student, Biometrika 6, 1908", "metrics/stats/interval.go"},
	{"paired t", "lower and higher", "differences close to normal, or symmetric",
		"the same", "metrics/stats/difference.go"},
	{"validation error", "in a comparison's interval and P",
		"batches independent; t keeps the pairs' degrees of freedom",
		"ratio estimator: Cochran, Sampling Techniques, section 6.4", "metrics/stats/shared.go"},
	{"halves of the validation set", "in the wider intervals of best-rate powers and of regret",
		"batches independent; t keeps the seeds' degrees of freedom",
		"jackknife that deletes half: Shao and Wu 1989", "metrics/stats/halfsample.go"},
	{"sign flips", "beside t, from 6 pairs on", "only symmetry about zero",
		"Fisher 1935, section 21; Phipson and Smyth 2010", "metrics/stats/difference.go"},
	{"Holm's correction", "families of comparisons", "nothing",
		"Holm 1979", "metrics/stats/difference.go"},
	{"two one-sided t by seed", "equivalent, within the margin", "as paired t, for difference ± margin",
		"Schuirmann 1987", "metrics/stats/equivalence.go"},
	{"slopes by seed", "exponents", "a power law; slopes close to normal over seeds",
		"least squares, then Student", "metrics/stats/exponent.go"},
	{"agreement", "exponents compared with theory's", "as slopes by seed",
		"interval inclusion, as for equivalence", "metrics/stats/agreement.go"},
	{"jackknife power of a variance", "scatter of onset norms over draws", "pseudo-values close to normal",
		"Tukey 1958", "metrics/stats/exponent.go"},
	{"vertex over rates", "tuned losses, best rates", "a parabola in log rate near the best",
		"Newton's form through three points", "metrics/stats/optimum.go"},
	{"one-sided sign test", "what a transferred rate loses", "independent seeds; see Regret for linked ones",
		"binomial", "metrics/stats/sign.go"},
	{"power over makers", "public results", "makers independent; parabolas over rates a factor of 3 apart",
		"Student", "public/power.go"},
	{"slopes paired with theory's", "powers of methods", "as slopes by seed; a difference up to 0.0001 is none; not " +
		"simulated", "the same, of differences", "analysis/exponent.go"},
	{"mean over blocks", "numbers judged again", "blocks independent, or wholly together for losses; not simulated",
		"squares of half widths add", "paper/blocks.go"},
	{"blocks against each other", "numbers judged again", "standard errors known and no smaller than half of an " +
		"interval over 1.96; not simulated", "χ² of weighted squares; Holm", "paper/blocks.go"},
	{"ratio to an expectation", "exact theory", "ratios close to normal over seeds",
		"Student", "analysis/cell.go"},
}

// cells returns the tool as a row of a table.
func (t tool) cells() []string {
	return []string{t.what, t.use, t.assumes, t.source, t.code}
}
