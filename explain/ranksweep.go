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
	if m, ok := lora.MethodNamed(s.Method); s.Method != "" {
		return writeMethod(s, m, ok)
	}
	scheme := lora.Scheme{P: s.P}
	if s.Ratio != 1 {
		scheme.Ratio = s.Ratio
	}
	scaling := scheme.String()
	if strings.Contains(scaling, ",") {
		scaling = jsonText(scaling) // in braces a comma would end it
	}
	parts := []string{fmt.Sprintf("rank: %d", s.Rank), "scaling: " + scaling, "alpha: " + yamlNumber(s.Alpha)}
	targets, remarks := s.ranksweepTargets()
	parts = append(parts, targets...)
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

// ranksweepTargets writes the targets, if any are named.
func (s Settings) ranksweepTargets() (parts, remarks []string) {
	names, remarks := s.RanksweepTargets()
	if len(names) > 0 {
		parts = []string{"targets: [" + strings.Join(names, ", ") + "]"}
	}
	return parts, remarks
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

// writeMethod writes the adapter of another method than LoRA and DoRA.
func writeMethod(s Settings, m lora.Method, known bool) ([]pair, []string) {
	if !known {
		return nil, []string{"ranksweep has no method " + s.Method}
	}
	parts := []string{"method: " + s.Method, fmt.Sprintf("rank: %d", s.Rank)}
	if m.Traits().Has(lora.Multiplied) {
		parts = append(parts, "scaling: "+lora.Scheme{P: s.P}.String(), "alpha: "+yamlNumber(s.Alpha))
	}
	targets, remarks := s.ranksweepTargets()
	parts = append(parts, targets...)
	if s.Dropout > 0 {
		remarks = append(remarks, "dropout: ranksweep has none for "+s.Method)
	}
	pairs := []pair{{"adapter", "{" + strings.Join(parts, ", ") + "}"}}
	if s.LR > 0 {
		pairs = append(pairs, pair{"train", "{lr: " + yamlNumber(s.LR) + "}"})
	}
	s.Dropout, s.LR = 0, 0
	_, lost := words{p: s.P, alpha: "alpha"}.write(s)
	return pairs, slices.Concat(remarks, lost)
}
