package metrics

import "testing"

// Every quantity and every statistic is defined, and nothing else is.
func TestMeanings(t *testing.T) {
	for q := range NumQuantities {
		if q := Quantity(q); q.Meaning() == "" {
			t.Errorf("quantity %s is not defined", q.Name())
		}
	}
	for _, s := range Statistics {
		if s.Meaning() == "" {
			t.Errorf("statistic %s is not defined", s.Name)
		}
	}
	if len(meanings) != len(Statistics) {
		t.Errorf("%d meanings for %d statistics", len(meanings), len(Statistics))
	}
}
