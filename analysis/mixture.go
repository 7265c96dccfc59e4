package analysis

import (
	"slices"
	"strings"

	"ranksweep/nn/kernel"
	"ranksweep/results"
)

// mixture says that runs were made with kernels, devices or versions of libraries that round
// differently; empty if they were not. Failed runs measured nothing and do not count.
func mixture(rows []Row) string {
	var kinds []string
	for _, r := range rows {
		made := r.Provenance.Kernel
		same := func(kind string) bool { return kernel.SameBytes(kind, made) }
		if r.Status != results.Failed && !slices.ContainsFunc(kinds, same) {
			kinds = append(kinds, made)
		}
	}
	if len(kinds) < 2 {
		return ""
	}
	return "runs of this cell were made with what rounds differently: " + strings.Join(kinds, "; ")
}
