package page

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"ranksweep/analysis"
	"ranksweep/metrics"
)

// curves are quantities against steps: of each run, and their means over the seeds of each cell. Long curves are
// thinned, so that the page stays small; their numbers have six digits.
type curves struct {
	Quantities []quantity `json:"quantities"`
	Steps      [][]int    `json:"steps"` // lists of steps that curves share
	Runs       []curve    `json:"runs"`
	Cells      []curve    `json:"cells"`
	Thinned    bool       `json:"thinned"` // some curve lacks points that the store has
	Left       []string   `json:"left"`    // quantities of which runs have no curves here, since they are too many
}

type quantity struct {
	Name    string `json:"name"`
	Label   string `json:"label"`
	Unit    string `json:"unit"`
	Meaning string `json:"meaning"`
}

// A curve is one quantity of a run or a cell.
type curve struct {
	Quantity int       `json:"quantity"`
	Of       int       `json:"of"`    // the index among the reported runs, or among the cells
	Steps    int       `json:"steps"` // the index of its list
	Y        []rounded `json:"y"`
	Low      []rounded `json:"low,omitempty"`
	High     []rounded `json:"high,omitempty"`
}

// How many numbers the page has at most, and how many points of a curve: more cannot be told apart on a screen. What a
// curve has besides its points takes the room of some numbers.
const (
	mostOfRuns  = 220_000
	mostOfCells = 90_000
	besides     = 4
	mostPoints  = 200
	leastPoints = 12
)

// curvesOf are the curves of runs and cells. rows are the runs of cells, in order.
func curvesOf(cells []analysis.Cell, rows []analysis.Row) curves {
	b := bundle{lists: make(map[string]int)}
	b.Quantities, b.Steps, b.Left = []quantity{}, [][]int{}, []string{} // where empty, no null in JSON
	b.Runs, b.Cells = []curve{}, []curve{}
	for _, q := range quantitiesOf(rows) {
		b.Quantities = append(b.Quantities, quantity{q.Name(), q.Label(), q.Unit(), q.Meaning()})
		b.addRuns(q, rows)
		b.addCells(q, cells)
	}
	return b.curves
}

// quantitiesOf are the quantities of curves with more than one point, losses and the gradient norm first.
func quantitiesOf(rows []analysis.Row) (all []metrics.Quantity) {
	first := []metrics.Quantity{metrics.ValLoss, metrics.TrainLoss, metrics.GradNorm}
	for _, q := range slices.Concat(first, metrics.Quantities()) {
		if !slices.Contains(all, q) && slices.ContainsFunc(rows, func(r analysis.Row) bool {
			return len(analysis.Smoothing{}.Of(r.Curve, q)) > 1
		}) {
			all = append(all, q)
		}
	}
	return all
}

// bundle is curves that are being put together.
type bundle struct {
	curves
	lists      map[string]int // of steps, by their text
	runs, mean int            // numbers that are there
}

// addRuns adds the curve of each run, if there is room for all of them.
func (b *bundle) addRuns(q metrics.Quantity, rows []analysis.Row) {
	room := (mostOfRuns-b.runs)/max(1, len(rows)) - besides
	if room < leastPoints {
		b.Left = append(b.Left, q.Label())
		return
	}
	for i, r := range rows {
		var steps []int
		c := curve{Quantity: len(b.Quantities) - 1, Of: i}
		points := analysis.Smoothing{}.Of(r.Curve, q)
		for _, k := range b.thin(len(points), room) {
			steps, c.Y = append(steps, points[k].Step), append(c.Y, rounded(points[k].Values[q]))
		}
		b.runs += len(steps) + besides
		c.Steps = b.list(steps)
		b.Runs = append(b.Runs, c)
	}
}

// addCells adds the mean over the seeds of each cell.
func (b *bundle) addCells(q metrics.Quantity, cells []analysis.Cell) {
	room := max(leastPoints, (mostOfCells-b.mean)/(3*max(1, len(cells))))
	for i, cell := range cells {
		var steps []int
		c := curve{Quantity: len(b.Quantities) - 1, Of: i}
		points := cell.Curve(q, analysis.Smoothing{})
		for _, k := range b.thin(len(points), room) {
			p := points[k]
			steps = append(steps, p.Step)
			c.Y = append(c.Y, rounded(p.Mean))
			c.Low, c.High = append(c.Low, rounded(p.Low)), append(c.High, rounded(p.High))
		}
		b.mean += 3 * len(steps)
		c.Steps = b.list(steps)
		b.Cells = append(b.Cells, c)
	}
}

// thin chooses which of n points are kept where there is room for some: as many as there is room for, at equal
// distances, with the first and the last.
func (b *bundle) thin(n, room int) (kept []int) {
	most := max(leastPoints, min(room, mostPoints))
	if n > most {
		b.Thinned = true
	}
	for i := range min(n, most) {
		if n > most {
			i = i * (n - 1) / (most - 1)
		}
		kept = append(kept, i)
	}
	return kept
}

// list is the index of a list of steps.
func (b *bundle) list(steps []int) int {
	key := fmt.Sprint(steps)
	i, ok := b.lists[key]
	if !ok {
		i = len(b.Steps)
		b.lists[key], b.Steps = i, append(b.Steps, steps)
	}
	return i
}

// rounded is a number of a curve, which has six digits in JSON, and is null where it is absent.
type rounded float64

// MarshalJSON writes six digits.
func (r rounded) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(r)) || math.IsInf(float64(r), 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(r), 'g', 6, 64), nil
}
