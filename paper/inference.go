package paper

import (
	"fmt"
	"image/color"
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

// inferenceFigure draws the time with an adapter, relative to the base model, against rank.
func inferenceFigure(v View) (figure.Figure, bool) {
	timings := v.Inference
	var p figure.Panel
	f := figure.Figure{Name: InferenceStudy, Caption: "Time to score one batch, relative to the base model, against " +
		"rank, on logarithmic axes: geometric means over paired rounds, with 95% intervals. Level lines are the " +
		"limits of the claim, a factor of " +
		"1.05 above and below 1. Where no bar can be seen, it is smaller than its mark. The base model is the " +
		"embedded one."}
	at, values := []float64{}, []float64{1}
	for i, of := range []struct {
		place results.Placement
		name  string
		color color.RGBA
	}{
		{results.Attached, "beside the map", figure.Copper[1]},
		{results.Merged, "merged into it", figure.BlueGreen[1]},
	} {
		line := series(of.color, i)
		line.Spread = figure.Bars
		for _, rank := range inferenceRanks(timings) {
			t := timeOverBase(timings, of.place, rank)
			line.Points = append(line.Points, figure.Point{X: float64(rank), Y: t.Mean, Low: t.Low, High: t.High})
			at, values = append(at, float64(rank)), append(values, t.Mean, t.Low, t.High)
		}
		p.Series = append(p.Series, line)
		f.Legend = append(f.Legend, figure.Entry{Text: of.name, Samples: []figure.Series{series(of.color, i)}})
	}
	p.X = rankAxis(at, false)
	values = append(values, inferenceMargin, 1/inferenceMargin)
	p.Y = figure.Axis{Label: "time relative to the base model", Log: true}.Over(values...)
	p.Series = append(p.Series, figure.LevelLine(p.X, inferenceMargin), figure.LevelLine(p.X, 1/inferenceMargin))
	f.Panels = []figure.Panel{p}
	return f, len(timings) > 0
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
