package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// A distribution is a distribution with mean 0.
type distribution struct {
	name string
	draw func(rng *rand.Rand) float64
}

func normal(rng *rand.Rand) float64      { return rng.NormFloat64() }
func exponential(rng *rand.Rand) float64 { return rng.ExpFloat64() - 1 }
func logNormal(rng *rand.Rand) float64   { return math.Exp(rng.NormFloat64()) - math.Exp(0.5) }

// shapes are the distributions from which skewed differences are drawn.
var shapes = []distribution{{"normal", normal}, {"exponential", exponential}, {"log-normal", logNormal}}

// betweenArms returns the distribution of the difference of two equal arms.
func (d distribution) betweenArms() distribution {
	return distribution{d.name, func(rng *rand.Rand) float64 { return d.draw(rng) - d.draw(rng) }}
}

// sample draws n values.
func (d distribution) sample(n int, rng *rand.Rand) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = d.draw(rng)
	}
	return xs
}

func names(of []distribution) (all []string) {
	for _, d := range of {
		all = append(all, d.name)
	}
	return all
}

// listed writes numbers one after the other: 1, 4, 16.
func listed(numbers []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(numbers), " ", ", "), "[]")
}

// perSize returns the heads of columns for sample sizes.
func perSize(sizes []int) (heads []string) {
	for _, n := range sizes {
		heads = append(heads, fmt.Sprintf("n = %d", n))
	}
	return heads
}
