package main

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"ranksweep/metrics/stats"
)

// A method makes a 95% interval for a mean.
type method struct {
	name     string
	interval func(xs []float64, rng *rand.Rand) (low, high float64)
}

// methods are the project's method, and others that might replace it for skewed differences.
var methods = []method{
	{"Student's t", studentInterval},
	{"Johnson's t", johnsonInterval},
	{"BCa bootstrap", bcaInterval},
	{"bootstrap-t", bootstrapTInterval},
}

func studentInterval(xs []float64, _ *rand.Rand) (low, high float64) {
	i := stats.MeanInterval(xs)
	return i.Low, i.High
}

// johnsonInterval is Student's interval, shifted by the skewness of the sample (Johnson, JASA 73,
// 1978).
func johnsonInterval(xs []float64, _ *rand.Rand) (low, high float64) {
	i := stats.MeanInterval(xs)
	third := 0.0
	for _, x := range xs {
		third += math.Pow(x-i.Mean, 3) / float64(len(xs))
	}
	shift := third / 6 / stat.Variance(xs, nil) / float64(len(xs))
	return i.Low + shift, i.High + shift
}

// resamples is the number of resamples of a bootstrap.
const resamples = 499

// resample draws len(xs) values from xs, with replacement.
func resample(xs, into []float64, rng *rand.Rand) {
	for i := range into {
		into[i] = xs[rng.IntN(len(xs))]
	}
}

// bcaInterval is the bias-corrected and accelerated bootstrap (Efron, JASA 82,
// 1987).
func bcaInterval(xs []float64, rng *rand.Rand) (low, high float64) {
	mean, drawn := stat.Mean(xs, nil), make([]float64, len(xs))
	means := make([]float64, resamples)
	below := 0.5 // so that the share is never 0 or 1
	for i := range means {
		resample(xs, drawn, rng)
		means[i] = stat.Mean(drawn, nil)
		if means[i] < mean {
			below++
		}
	}
	slices.Sort(means)
	bias := distuv.UnitNormal.Quantile(below / (resamples + 1))
	squares, cubes := 0.0, 0.0
	for _, x := range xs {
		squares += (x - mean) * (x - mean)
		cubes += math.Pow(x-mean, 3)
	}
	acceleration := cubes / 6 / math.Pow(squares, 1.5)
	end := func(z float64) float64 {
		p := distuv.UnitNormal.CDF(bias + (bias+z)/(1-acceleration*(bias+z)))
		return means[min(int(p*resamples), resamples-1)]
	}
	return end(-1.96), end(1.96)
}

// bootstrapTInterval takes the quantiles of t from resamples (Efron, The Jackknife, the Bootstrap
// and Other Resampling Plans, 1982). Resamples whose values are all equal have no t, and are left
// out.
func bootstrapTInterval(xs []float64, rng *rand.Rand) (low, high float64) {
	mean, sd := stat.MeanStdDev(xs, nil)
	var ts []float64
	drawn := make([]float64, len(xs))
	for range resamples {
		resample(xs, drawn, rng)
		if m, s := stat.MeanStdDev(drawn, nil); s > 1e-12*sd {
			ts = append(ts, (m-mean)/s)
		}
	}
	slices.Sort(ts)
	at := func(p float64) float64 { return ts[min(int(p*float64(len(ts))), len(ts)-1)] }
	return mean - at(0.975)*sd, mean - at(0.025)*sd
}

// coverageSizes are the sample sizes at which methods are compared.
var coverageSizes = []int{3, 5, 9, 20}

// coverages returns the share of each method's intervals that contain the mean, for differences
// drawn from the distribution d.
func coverages(d distribution) table {
	var rows []string
	for _, m := range methods {
		rows = append(rows, m.name)
	}
	return simulate("coverage of "+d.name, 2500, rows, perSize(coverageSizes), func(row, column int) study {
		return func(rng *rand.Rand) bool {
			low, high := methods[row].interval(d.sample(coverageSizes[column], rng), rng)
			return low <= 0 && 0 <= high
		}
	})
}

// widths returns the median widths of the methods' intervals, divided by that of Student's.
func widths(d distribution) (texts [][]string) {
	for _, m := range methods {
		line := []string{m.name}
		for _, n := range coverageSizes {
			rng := rand.New(rand.NewPCG(17, uint64(n)))
			var ratios []float64
			for range 300 {
				xs := d.sample(n, rng)
				low, high := m.interval(xs, rng)
				i := stats.MeanInterval(xs)
				ratios = append(ratios, (high-low)/(i.High-i.Low))
			}
			slices.Sort(ratios)
			line = append(line, decimals(ratios[len(ratios)/2], 2))
		}
		texts = append(texts, line)
	}
	return texts
}
