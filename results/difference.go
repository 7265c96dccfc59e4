package results

import (
	"bytes"
	"fmt"

	"ranksweep/metrics"
)

// Difference says in what a run, trained again, is not what it was; empty where
// it is, to the byte.
func Difference(now, was Run) string {
	switch {
	case now.ID != was.ID:
		return fmt.Sprintf("it is run %s and was %s", now.ID, was.ID)
	case now.Status != was.Status:
		return fmt.Sprintf("it is %s and was %s", now.Status, was.Status)
	case now.Steps != was.Steps || now.Tokens != was.Tokens:
		return fmt.Sprintf("it has %d steps of %d tokens and had %d of %d", now.Steps, now.Tokens, was.Steps, was.Tokens)
	}
	for _, curves := range [][2][]metrics.Point{{now.Curve, was.Curve}, {now.Modules, was.Modules}} {
		if d := pointsDifference(curves[0], curves[1]); d != "" {
			return d
		}
	}
	return ""
}

func pointsDifference(now, was []metrics.Point) string {
	if bytes.Equal(encodePoints(now), encodePoints(was)) {
		return ""
	}
	if len(now) != len(was) {
		return fmt.Sprintf("its curve has %d points and had %d", len(now), len(was))
	}
	for i, p := range now {
		for q := range p.Values {
			a, b := formatFloat(p.Values[q]), formatFloat(was[i].Values[q])
			if a != b {
				return fmt.Sprintf("%s at step %d is %s and was %s", metrics.Quantity(q).Name(), p.Step, orAbsent(a), orAbsent(b))
			}
		}
	}
	return "its curve has other steps"
}

func orAbsent(v string) string {
	if v == "" {
		return "absent"
	}
	return v
}
