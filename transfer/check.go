package transfer

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"ranksweep/lora"
	"ranksweep/paper/number"
)

// Experiment names the embedded experiment that measures an answer on a model.
const Experiment = "transfer"

// Check returns the settings of that experiment, as sweep run takes them by --set, that measure the
// first way of an answer on a model and data. The rates go in steps of √2, from below to above both
// the tuned rate and the transferred one.
func (a *Answer) Check(q Question, model, data string) ([]string, error) {
	s, way := q.Settings, a.Ways[0]
	switch {
	case a.LR == 0:
		return nil, errors.New("transfer: --check: the tuned learning rate is not known: name it by --lr")
	case way.Keeps != BestRate:
		return nil, fmt.Errorf("transfer: --check: nothing says how the best rate of %s depends on the rank: train a "+
			"grid of rates, as sweep run %s has one", a.Optimizer, Experiment)
	case q.Rank < s.Rank:
		return nil, fmt.Errorf("transfer: --check: rank %d is below %d: only the way to a larger rank is measured",
			q.Rank, s.Rank)
	case s.DoRA || len(s.Variants)+len(s.Ranks)+len(s.Alphas) > 0:
		return nil, errors.New("transfer: --check: measures LoRA, rsLoRA and LoRA+, and these settings have more: " +
			"see the doubts without --check")
	}
	targets, _ := s.RanksweepTargets()
	if len(targets) == 0 {
		targets = []string{"all-linear"}
	}
	return []string{
		"model=" + strconv.Quote(model), "data=" + strconv.Quote(data), "alpha=" + number.Exact(s.Alpha),
		"scaling=" + lora.Scheme{P: s.P, Ratio: s.Ratio}.String(),
		"targets=[[" + strings.Join(targets, ", ") + "]]", "dropout=" + number.Exact(s.Dropout),
		"optimizer=" + a.Optimizer, fmt.Sprintf("rank=[%d, %d]", s.Rank, q.Rank),
		"lr=[" + strings.Join(ratesAround(a.LR, way.LR), ", ") + "]",
	}, nil
}

// ratesAround lists rates in steps of √2, on the tuned rate and on both sides of the other.
func ratesAround(tuned, other float64) (rates []string) {
	const beyond = 3 // steps beyond both
	steps := 2 * math.Log2(other/tuned)
	low, high := math.Floor(min(0, steps))-beyond, math.Ceil(max(0, steps))+beyond
	for k := low; k <= high; k++ {
		rates = append(rates, number.Significant(tuned*math.Pow(2, k/2), 3))
	}
	return rates
}
