package analysis

import (
	"slices"
	"testing"

	"ranksweep/results"
)

// TestCellsSayWhatTheyMix: a cell whose runs were made on two kinds of devices, or with two
// versions of a library, says so; one whose kernels give the same bytes does not, and failed runs
// do not count.
func TestCellsSayWhatTheyMix(t *testing.T) {
	const a, b = "peft, torch 2.15.0, NVIDIA H200", "peft, torch 2.16.0, NVIDIA H200"
	for _, test := range []struct {
		kernels []string
		status  results.Status
		want    []string
	}{
		{[]string{a, a}, results.Done, nil},
		{[]string{"avx2", "avx512"}, results.Done, nil},
		{[]string{a, b}, results.Failed, nil},
		{[]string{a, b, a}, results.Diverged,
			[]string{"runs of this cell were made with what rounds differently: " + a + "; " + b}},
		{[]string{"avx2", "portable"}, results.Done,
			[]string{"runs of this cell were made with what rounds differently: avx2; portable"}},
	} {
		var rows []Row
		for seed, made := range test.kernels {
			r := Row{Run: results.Run{ID: string(rune('a' + seed)), Seed: uint64(seed), Status: results.Done}}
			r.Provenance.Kernel = made
			if seed > 0 {
				r.Status = test.status
			}
			rows = append(rows, r)
		}
		cells := Cells(rows)
		if len(cells) != 1 || !slices.Equal(cells[0].Warnings, test.want) {
			t.Errorf("%q: warnings %q, want %q", test.kernels, cells[0].Warnings, test.want)
		}
	}
}
