package sweep_test

import (
	"testing"

	"ranksweep/experiments"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, text string) *experiments.Experiment {
	t.Helper()
	e, err := experiments.Parse("x.yaml", []byte(text))
	check(t, err)
	return e
}
