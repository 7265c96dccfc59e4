package explain

import (
	"fmt"
	"slices"
	"strings"

	"ranksweep/lora"
)

// ranksweepTool writes the adapter of a ranksweep experiment. It reads none, since sweep show
// explains experiments.
var ranksweepTool = tool{name: "ranksweep", write: writeRanksweep}

func writeRanksweep(s Settings) (lines, remarks []string) {
	scaling, err := lora.ParseScheme(fmt.Sprint(s.P))
	if err != nil {
		panic(err) // other tools have only p = 1 and ½
	}
	targets := slices.Sorted(slices.Values(s.Targets))
	parts := []string{fmt.Sprintf("rank: %d", s.Rank), "scaling: " + scaling.String(), "alpha: " + number(s.Alpha)}
	switch {
	case slices.Contains(targets, "lm_head"):
		remarks = append(remarks, "ranksweep never adapts the head")
		fallthrough
	case len(targets) > 0:
		targets = slices.DeleteFunc(targets, func(name string) bool { return name == "lm_head" })
		parts = append(parts, "targets: ["+strings.Join(targets, ", ")+"]")
	default:
		remarks = append(remarks, "targets takes only names, not patterns: list the adapted maps")
	}
	if s.Dropout > 0 {
		parts = append(parts, "dropout: "+number(s.Dropout))
	}
	if s.DoRA {
		parts = append(parts, "method: "+lora.DoRAMethod)
	}
	if s.Init == "gaussian" {
		parts = append(parts, "init: "+string(lora.PEFTGaussian))
	}
	if len(s.Ranks)+len(s.Alphas) > 0 {
		remarks = append(remarks,
			"a run has one rank and one α for all maps: rank_pattern and alpha_pattern are left out")
	}
	lines = []string{"adapter: {" + strings.Join(parts, ", ") + "}"}
	if s.LR > 0 {
		lines = append(lines, "train: {lr: "+number(s.LR)+"}")
	}
	return lines, remarks
}
