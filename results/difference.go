package results

import (
	"fmt"
	"math"

	"ranksweep/metrics"
)

// Difference says how a run that was trained again differs from the stored one; empty if
// the two are equal to the byte. A quantity that the stored run lacks, because an older
// program did not measure it, is not compared.
func Difference(now, was Run) string {
	if d := shapeDifference(now, was); d != "" {
		return d
	}
	for _, n := range numbers(now, was) {
		if FormatFloat(n.now) != FormatFloat(n.was) {
			return n.String()
		}
	}
	return ""
}

// shapeDifference says how two runs differ in anything but measured numbers.
func shapeDifference(now, was Run) string {
	switch {
	case now.ID != was.ID:
		return fmt.Sprintf("it is run %s and was %s", now.ID, was.ID)
	case now.Status != was.Status:
		return fmt.Sprintf("it is %s and was %s", now.Status, was.Status)
	case now.Steps != was.Steps || now.Tokens != was.Tokens:
		return fmt.Sprintf("it has %d steps of %d tokens and had %d of %d",
			now.Steps, now.Tokens, was.Steps, was.Tokens)
	}
	for _, curves := range [][2][]metrics.Point{{now.Curve, was.Curve}, {now.Modules, was.Modules}} {
		if d := stepsDifference(curves[0], curves[1]); d != "" {
			return d
		}
	}
	if len(was.Validation) > 0 && !SameBatches(now.Validation, was.Validation) {
		return "it is validated on other batches"
	}
	return ""
}

func stepsDifference(now, was []metrics.Point) string {
	if len(now) != len(was) {
		return fmt.Sprintf("its curve has %d points and had %d", len(now), len(was))
	}
	for i, p := range now {
		if p.Step != was[i].Step || p.Tokens != was[i].Tokens || p.Module != was[i].Module {
			return "its curve has other steps"
		}
	}
	return ""
}

// remeasured is one number of a run that was trained again, next to the stored number.
type remeasured struct {
	what     string // grad_norm at step 7
	now, was float64
	loss     bool    // a loss, or a difference of two, and not a size
	scale    float64 // the size to which a difference between kernels is relative
}

func (n remeasured) String() string {
	return fmt.Sprintf("%s is %s and was %s", n.what, orAbsent(FormatFloat(n.now)), orAbsent(FormatFloat(n.was)))
}

// numbers pairs the measured numbers of two runs of one shape, as far as the stored run
// has them.
func numbers(now, was Run) []remeasured {
	all := append(curveNumbers(now.Curve, was.Curve), curveNumbers(now.Modules, was.Modules)...)
	for i, b := range was.Validation {
		all = append(all, remeasured{
			what: fmt.Sprintf("nats of validation batch %d", i), now: now.Validation[i].Nats, was: b.Nats,
			loss: true, scale: math.Abs(b.Nats),
		})
	}
	return all
}

func curveNumbers(now, was []metrics.Point) (all []remeasured) {
	largest := largestOf(was)
	for i, p := range was {
		for q, v := range p.Values {
			quantity := metrics.Quantity(q)
			if math.IsNaN(largest[q]) || quantity.Derived() {
				continue // the stored run lacks this quantity, or has it from another one
			}
			what := fmt.Sprintf("%s at step %d", quantity.Name(), p.Step)
			if p.Module != "" {
				what += " of " + p.Module
			}
			all = append(all, remeasured{
				what: what, now: now[i].Values[q], was: v,
				loss: quantity.Unit() == metrics.TrainLoss.Unit(), scale: scaleOf(quantity, v, largest),
			})
		}
	}
	return all
}

// largestOf returns the largest value of each quantity in a curve, NaN for one without
// values.
func largestOf(curve []metrics.Point) metrics.Values {
	largest := metrics.NoValues()
	for _, p := range curve {
		for q, v := range p.Values {
			if v = math.Abs(v); !math.IsNaN(v) && !(largest[q] > v) {
				largest[q] = v
			}
		}
	}
	return largest
}

func orAbsent(v string) string {
	if v == "" {
		return "absent"
	}
	return v
}
