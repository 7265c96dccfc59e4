package resume

import (
	"fmt"
	"math"
	"slices"

	"ranksweep/metrics"
	"ranksweep/paper/number"
)

// columns is how many numbers a point has in a file: its step, its tokens, the place of its
// map's name in a list or −1 for the whole run, and its measured values in the order of quantities. A
// float64 is exact for each of them.
const columns = 3 + metrics.NumMeasured

// encodePoints returns points as rows of numbers, and the names of their maps.
func encodePoints(points []metrics.Point) (rows []float64, names []string) {
	places := map[string]int{"": -1}
	for _, p := range points {
		place, ok := places[p.Module]
		if !ok {
			place = len(names)
			places[p.Module], names = place, append(names, p.Module)
		}
		rows = append(rows, float64(p.Step), float64(p.Tokens), float64(place))
		rows = append(rows, p.Values[:metrics.NumMeasured]...)
	}
	return rows, names
}

// decodePoints returns what encodePoints was given.
func decodePoints(rows []float64, names []string) (points []metrics.Point, err error) {
	if len(rows)%columns != 0 {
		return nil, fmt.Errorf("its points have %d numbers in all; must be %d for each", len(rows), columns)
	}
	for row := range slices.Chunk(rows, columns) {
		step, tokens, place := row[0], row[1], row[2]
		if !whole(step, 0) || !whole(tokens, 0) || !whole(place, -1) || place >= float64(len(names)) {
			return nil, fmt.Errorf("it has a point of step %s after %s tokens, of map %s", number.Full(step),
				number.Full(tokens), number.Full(place))
		}
		p := metrics.Point{Step: int(step), Tokens: int64(tokens), Values: metrics.NoValues()}
		copy(p.Values[:], row[3:])
		if place >= 0 {
			p.Module = names[int(place)]
		}
		points = append(points, p)
	}
	return points, nil
}

// whole reports whether x is a whole number that a float64 holds exactly, and at least least.
func whole(x, least float64) bool { return x == math.Trunc(x) && x >= least && x <= 1<<53 }
