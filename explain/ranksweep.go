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

func writeRanksweep(s Settings) ([]pair, []string) {
	scheme := lora.Scheme{P: s.P}
	if s.Ratio != 1 {
		scheme.Ratio = s.Ratio
	}
	scaling := scheme.String()
	if strings.Contains(scaling, ",") {
		scaling = jsonText(scaling) // in braces a comma would end it
	}
	parts := []string{fmt.Sprintf("rank: %d", s.Rank), "scaling: " + scaling, "alpha: " + yamlNumber(s.Alpha)}
	names, remarks := s.RanksweepTargets()
	if len(names) > 0 {
		parts = append(parts, "targets: ["+strings.Join(names, ", ")+"]")
	}
	if s.Dropout > 0 {
		parts = append(parts, "dropout: "+yamlNumber(s.Dropout))
	}
	if s.DoRA {
		parts = append(parts, "method: "+lora.DoRAMethod)
	}
	if s.Init == "gaussian" {
		parts = append(parts, "init: "+string(lora.PEFTGaussian))
		s.Init = ""
	}
	pairs := []pair{{"adapter", "{" + strings.Join(parts, ", ") + "}"}}
	if s.LR > 0 {
		pairs = append(pairs, pair{"train", "{lr: " + yamlNumber(s.LR) + "}"})
	}
	s.Dropout, s.DoRA, s.LR, s.Ratio = 0, false, 0, 0
	_, lost := words{p: s.P, alpha: "alpha"}.write(s)
	return pairs, slices.Concat(remarks, lost)
}

// noMaps are names of what ranksweep never adapts.
var noMaps = []string{"lm_head", "embed_out", "embed_tokens", "wte"}

// RanksweepTargets returns the names of the targets, sorted and as an experiment of ranksweep has
// them, in YAML, with remarks on what it cannot have.
func (s Settings) RanksweepTargets() (names, remarks []string) {
	if slices.Contains(s.Targets, allLinear) {
		names = []string{allLinear} // which holds the others
	} else {
		names, remarks = s.onlyNames("targets")
	}
	for _, name := range s.Targets {
		if slices.Contains(noMaps, name) {
			remarks = append(remarks, name+": ranksweep adapts neither the head nor embeddings")
		}
	}
	names = slices.DeleteFunc(slices.Sorted(slices.Values(names)), func(name string) bool {
		return slices.Contains(noMaps, name)
	})
	for i := range names {
		names[i] = word(names[i])
	}
	return names, remarks
}
