package paper

import (
	"fmt"
	"math"
	"slices"

	"ranksweep/metrics/stats"
	"ranksweep/paper/figure"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/results"
)

// InferenceStudy names the one study that is no experiment: how long a model takes with an
// adapter merged into it, from [results.Inference].
const InferenceStudy = "inference"

// inferenceMargin is the largest ratio of two times that count as equal.
const inferenceMargin = 1.05

// mergedCost compares the time of every merged model with that of the base model.
func mergedCost(r Rule, v View) Finding {
	standing, most, slowest := Seen, r.limit("ratio"), 1.0
	var numbers []Number
	type row struct {
		rank             int
		merged, factored stats.Interval
	}
	var rows []row
	for _, rank := range inferenceRanks(v.Inference) {
		merged := timeOverBase(v.Inference, results.Merged, rank)
		rows = append(rows, row{rank, merged, timeOverBase(v.Inference, results.Attached, rank)})
		numbers = append(numbers, meanNumber(fmt.Sprintf("time merged over the base's, rank %d", rank), merged))
		switch {
		case merged.Low > 1/most && merged.High < most:
		case merged.Low > most:
			standing, slowest = NotSeen, math.Max(slowest, merged.Mean)
		case standing == Seen:
			standing = Unresolved
		}
	}
	if len(rows) == 0 {
		standing = Unresolved
	}
	t := table.Table{Name: "inference", Title: "Time to score one batch, relative to the base model: geometric " +
		"mean over paired rounds, with its 95% interval"}
	table.Fill(&t, rows,
		table.Numbers("rank", func(r row) int { return r.rank }),
		table.Numbers("adapter merged into the map", func(r row) string { return ratioText(r.merged) }),
		table.Numbers("adapter beside the map", func(r row) string { return ratioText(r.factored) }),
		table.Numbers("rounds", func(r row) int { return r.merged.N }),
	)
	return Finding{Standing: standing, Off: fmt.Sprintf("slower by %s%%", number.Fixed(100*(slowest-1), 1)),
		Numbers: numbers, Tables: []table.Table{t}}
}

// inferenceSize says what was timed: ranks, and rounds; empty without timings.
func inferenceSize(timings []results.Inference) string {
	ranks := inferenceRanks(timings)
	if len(ranks) == 0 {
		return ""
	}
	return fmt.Sprintf("%s; n = %d rounds", ranksText(ranks), timeOverBase(timings, results.Merged, ranks[0]).N)
}

// inferenceFigure draws the time with an adapter, relative to the base model, against rank: merged, with
// the limits of the claim, and beside the map.
func inferenceFigure(v View) (figure.Figure, bool) {
	merged, n := placementPanel(v.Inference, results.Merged)
	attached, _ := placementPanel(v.Inference, results.Attached)
	merged.Title = "Adapter merged, time over the base's"
	attached.Title = "Adapter beside the map, time over the base's"
	limits := figure.LevelLine(merged.X, inferenceMargin)
	merged.Series = append(merged.Series, limits, figure.LevelLine(merged.X, 1/inferenceMargin))
	merged.Y = figure.Axis{}.Over(append(spreadsOf(merged), inferenceMargin, 1/inferenceMargin)...)
	attached.Y = figure.Axis{Log: true}.Over(spreadsOf(attached)...)
	legend := figure.Legend{
		{Text: "mean, " + seedCount(n) + " rounds", Samples: []figure.Series{timeSeries()}},
		{Text: "bars: 95% interval"},
	}
	return figure.Figure{
		Name: InferenceStudy, Apart: true, Panels: []figure.Panel{merged, attached},
		Legend: append(legend, figure.Entry{Text: "limits of the claim", Samples: []figure.Series{limits}}),
		Caption: fmt.Sprintf("Time to score one batch, relative to the base model, against rank: geometric means over "+
			"paired rounds, %s, with 95%% intervals (Student's t, of logarithms). On the left the adapter is merged "+
			"into the map; lines without marks are the limits of the claim, a factor of %s above and below 1. On the "+
			"right it is beside the map, and the axis is logarithmic. The base model is %s.",
			seedCount(n), number.Brief(inferenceMargin), BaseModel),
	}, len(v.Inference) > 0
}

// timeSeries is how a placement is drawn. Its colour is not that of a scheme.
func timeSeries() figure.Series {
	s := series(figure.Grey[1], 0)
	s.Name, s.Spread = "with an adapter", figure.Bars
	return s
}

// placementPanel has the time of a placement over that of the base model at each rank, and how many
// rounds are behind it.
func placementPanel(timings []results.Inference, of results.Placement) (p figure.Panel, n counts) {
	line, at := timeSeries(), []float64(nil)
	for i, rank := range inferenceRanks(timings) {
		t := timeOverBase(timings, of, rank)
		line.Points = append(line.Points, figure.Point{X: float64(rank), Y: t.Mean, Low: t.Low, High: t.High})
		at = append(at, float64(rank))
		if i == 0 {
			n = counts{t.N, t.N}
		}
		n.low, n.high = min(n.low, t.N), max(n.high, t.N)
	}
	return figure.Panel{Series: []figure.Series{line}, X: rankAxis(at, true)}, n
}

// spreadsOf are the values of a panel's points and the ends of their bars.
func spreadsOf(p figure.Panel) (values []float64) {
	for _, s := range p.Series {
		for _, q := range s.Points {
			values = append(values, q.Y, q.Low, q.High)
		}
	}
	return values
}

func inferenceRanks(timings []results.Inference) []int {
	var all []int
	for _, t := range timings {
		if t.Placement == results.Merged {
			all = append(all, t.Rank)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// timeOverBase is the geometric mean over rounds of the time that a placement takes divided by
// the time of the base model, with its 95% interval.
func timeOverBase(timings []results.Inference, of results.Placement, rank int) stats.Interval {
	base := make(map[int]float64)
	for _, t := range timings {
		if t.Placement == results.Base {
			base[t.Round] = t.Seconds
		}
	}
	var logs []float64
	for _, t := range timings {
		if b, ok := base[t.Round]; ok && t.Placement == of && t.Rank == rank {
			logs = append(logs, math.Log(t.Seconds/b))
		}
	}
	i := stats.MeanInterval(logs)
	i.Mean, i.Low, i.High = math.Exp(i.Mean), math.Exp(i.Low), math.Exp(i.High)
	return i
}

func ratioText(i stats.Interval) string {
	if math.IsNaN(i.Low) {
		return number.Fixed(i.Mean, 3)
	}
	return fmt.Sprintf("%s [%s, %s]", number.Fixed(i.Mean, 3), number.Fixed(i.Low, 3), number.Fixed(i.High, 3))
}
