package stats

import (
	"math"
	"testing"
)

func TestLowest(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, test := range []struct {
		name   string
		trials []Trial
		at     int
		edge   bool
	}{
		{"inside", []Trial{{1, 3}, {2, 1}, {3, 2}}, 1, false},
		{"in no order", []Trial{{2, 1}, {3, 2}, {1, 3}}, 0, false},
		{"at the top", []Trial{{1, 3}, {2, 2}, {3, 1}}, 2, true},
		{"at the bottom", []Trial{{1, 1}, {2, 2}, {3, 3}}, 0, true},
		{"the first of equals", []Trial{{1, 3}, {2, 1}, {3, 1}}, 1, false},
		{"a rate that diverged is tried all the same", []Trial{{1, 3}, {2, 1}, {3, inf}}, 1, false},
		{"and one without a loss", []Trial{{1, nan}, {2, 1}, {3, nan}}, 1, false},
		{"one alone", []Trial{{1, 3}}, 0, true},
		{"none with a loss", []Trial{{1, inf}, {2, nan}}, -1, false},
		{"none", nil, -1, false},
	} {
		if at, edge := Lowest(test.trials); at != test.at || edge != test.edge {
			t.Errorf("%s: %d, edge %t; want %d, edge %t", test.name, at, edge, test.at, test.edge)
		}
	}
}

func TestFindOptimum(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	parabola := func(rates ...float64) (trials []Trial) {
		for _, rate := range rates {
			trials = append(trials, Trial{rate, 2 + 0.06*sq(math.Log(rate/3e-3))})
		}
		return trials
	}
	for _, test := range []struct {
		name   string
		trials []Trial
		want   Optimum
	}{
		{"between rates", parabola(1e-4, 1e-3, 2e-3, 1e-2), Optimum{Rate: 3e-3, Loss: 2}},
		{"at one of them", parabola(1e-4, 3e-3, 1e-2), Optimum{Rate: 3e-3, Loss: 2}},
		{"a flat curve", []Trial{{1, 2}, {2, 2}, {3, 2}}, Optimum{Rate: 1, Loss: 2, Edge: true}},
		{"at the upper edge", []Trial{{1, 3}, {2, 2}}, Optimum{Rate: 2, Loss: 2, Edge: true}},
		{"one alone", []Trial{{1, 3}}, Optimum{Rate: 1, Loss: 3, Edge: true}},
		{"beside one that diverged", []Trial{{1, 3}, {2, 2}, {3, inf}}, Optimum{Rate: 2, Loss: 2, Wall: true}},
		{"above one that diverged", []Trial{{1, inf}, {2, 2}, {3, 4}}, Optimum{Rate: 2, Loss: 2, Wall: true}},
		{"all diverged", []Trial{{1, inf}, {2, inf}}, Optimum{Rate: nan, Loss: nan}},
		{"none", nil, Optimum{Rate: nan, Loss: nan}},
	} {
		got := FindOptimum(test.trials)
		if !agree(got.Rate, test.want.Rate) || !agree(got.Loss, test.want.Loss) ||
			got.Edge != test.want.Edge || got.Wall != test.want.Wall {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
	if rate, loss := vertex(Trial{1, 2}, Trial{2, 2}, Trial{3, 2}); rate != 2 || loss != 2 {
		t.Errorf("of three equal losses: %g at %g", loss, rate)
	}
}
