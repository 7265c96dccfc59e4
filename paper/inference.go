package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/metrics"
	"ranksweep/results"
)

// InferenceStudy names the one study that is no experiment: how long a model
// takes with an adapter merged into it, by [results.Inference].
const InferenceStudy = "inference"

// inferenceMargin is the ratio of two times within which they count as equal.
const inferenceMargin = 1.05

// mergedCost holds the time of every merged model to that of the base.
func mergedCost(s Study) finding {
	standing, texts := Seen, []string{}
	for _, rank := range inferenceRanks(s.Inference) {
		merged, attached := timeOverBase(s.Inference, results.Merged, rank), timeOverBase(s.Inference, results.Attached, rank)
		texts = append(texts, fmt.Sprintf("rank %d merged %s, beside the map %s", rank, ratioText(merged), ratioText(attached)))
		switch {
		case merged.Low > 1/inferenceMargin && merged.High < inferenceMargin:
		case merged.Low > inferenceMargin:
			standing = NotSeen
		case standing == Seen:
			standing = Unresolved
		}
	}
	if len(texts) == 0 {
		standing = Unresolved
	}
	return finding{standing, fmt.Sprintf("Time to score one batch over the base's, geometric means of paired rounds: %s. Equal is within %g%%. Before any is timed, merged and attached have been held to the same loss.",
		strings.Join(texts, "; "), 100*(inferenceMargin-1))}
}

func inferenceRanks(timings []results.Inference) []int {
	var all []int
	for _, t := range timings {
		if t.Form == results.Merged {
			all = append(all, t.Rank)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// timeOverBase is the geometric mean over rounds of the time of a form over that
// of the base, with its 95% interval.
func timeOverBase(timings []results.Inference, form results.Form, rank int) metrics.Interval {
	base := make(map[int]float64)
	for _, t := range timings {
		if t.Form == results.Base {
			base[t.Round] = t.Seconds
		}
	}
	var logs []float64
	for _, t := range timings {
		if b, ok := base[t.Round]; ok && t.Form == form && t.Rank == rank {
			logs = append(logs, math.Log(t.Seconds/b))
		}
	}
	i := metrics.MeanInterval(logs)
	i.Mean, i.Low, i.High = math.Exp(i.Mean), math.Exp(i.Low), math.Exp(i.High)
	return i
}

func ratioText(i metrics.Interval) string {
	if math.IsNaN(i.Low) {
		return fmt.Sprintf("%s (n = %d, no interval)", fixed(i.Mean, 3), i.N)
	}
	return fmt.Sprintf("%s [%s, %s], n = %d", fixed(i.Mean, 3), fixed(i.Low, 3), fixed(i.High, 3), i.N)
}
