package explain

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ranksweep/lora/peft"
)

// naming is a way in which models name their linear maps.
type naming struct {
	layers string   // what comes before the number of a layer
	maps   []string // the maps of a layer, as their names go on after its number
}

// namings are those of LLaMA, which most models have taken over, of GPT-2 and of GPT-NeoX. A file names
// no model's maps in full, so that patterns are tried on these.
var namings = []naming{
	{"model.layers", llamaMaps()},
	{"transformer.h", strings.Fields("attn.c_attn attn.c_proj mlp.c_fc mlp.c_proj")},
	{"gpt_neox.layers", strings.Fields(`
		attention.query_key_value attention.dense mlp.dense_h_to_4h mlp.dense_4h_to_h`)},
}

func llamaMaps() (maps []string) {
	for _, name := range linear {
		maps = append(maps, mlxParents[name]+name)
	}
	return maps
}

// names returns the names of the maps in so many layers.
func (m naming) names(layers int) (names []string) {
	for layer := range layers {
		for _, end := range m.maps {
			names = append(names, fmt.Sprintf("%s.%d.%s", m.layers, layer, end))
		}
	}
	return names
}

const (
	usualLayers = 32
	mostLayers  = 200 // of which names are tried
)

var digits = regexp.MustCompile(`\d+`)

// layers returns how many layers have to be tried: more than any number in the settings.
func (n *selection) layers() int {
	layers := usualLayers
	others := []string{n.Pattern, n.ExcludePattern, fmt.Sprint(n.Layers)}
	for _, text := range slices.Concat(n.Targets, n.Exclude, others, namesOf(n.Ranks), namesOf(n.Alphas)) {
		for _, number := range digits.FindAllString(text, -1) {
			if at, err := strconv.Atoi(number); err == nil && at+2 > layers {
				layers = min(at+2, mostLayers)
			}
		}
	}
	return layers
}

func namesOf(patterns []Pattern) (names []string) {
	for _, p := range patterns {
		names = append(names, p.Name)
	}
	return names
}

// trial is what came of trying all patterns of ranks and alphas on the names of a model.
type trial struct {
	seen, used map[string]bool // patterns that match a map of the model, and an adapted one
	pairs      [][2]int        // the first pattern of ranks and of alphas that match an adapted map; −1 for none
}

// isWhole reports whether every pattern matches a map of the model.
func (t trial) isWhole(n *selection) bool {
	unseen := func(m matcher) bool { return !t.seen[m.Name] }
	return !slices.ContainsFunc(slices.Concat(n.ranks.all, n.alphas.all), unseen)
}

// try tries the patterns on the naming of which they match most.
func (n *selection) try() (best trial, err error) {
	if len(n.ranks.all)+len(n.alphas.all) == 0 {
		return best, nil
	}
	adapted, err := n.adapts()
	if err != nil {
		return best, err
	}
	heads := outside
	if len(n.Targets) == 0 && n.Pattern == "" || n.onlyAllLinear() {
		heads = nil // which PEFT leaves out there
	}
	for _, m := range namings {
		t, err := n.tryOn(slices.Concat(m.names(n.layers()), heads), adapted)
		if err != nil {
			return best, err
		}
		if len(t.pairs) > 0 && len(t.seen) > len(best.seen) {
			best = t
		}
		if best.isWhole(n) {
			break
		}
	}
	return best, nil
}

func (n *selection) tryOn(names []string, adapted peft.Selection) (t trial, err error) {
	t = trial{seen: make(map[string]bool), used: make(map[string]bool)}
	for _, name := range names {
		isAdapted, err := adapted.Has(name)
		if err != nil {
			return t, err
		}
		pair := [2]int{-1, -1}
		for i, m := range []matchers{n.ranks, n.alphas} {
			found, err := n.all(m, name)
			if err != nil {
				return t, err
			}
			for _, at := range found {
				t.seen[m.all[at].Name] = true
				t.used[m.all[at].Name] = t.used[m.all[at].Name] || isAdapted
			}
			if len(found) > 0 {
				pair[i] = slices.Min(found)
			}
		}
		if isAdapted && !slices.Contains(t.pairs, pair) {
			t.pairs = append(t.pairs, pair)
		}
	}
	return t, nil
}

// all returns the patterns of m that match a name.
func (n *selection) all(m matchers, name string) (found []int, err error) {
	for _, end := range endings(name) {
		if i, ok := m.literal[end]; ok {
			found = append(found, i)
		}
	}
	for _, i := range m.others {
		if ok, err := n.matches(m.all[i], name); err != nil {
			return nil, err
		} else if ok {
			found = append(found, i)
		}
	}
	return found, nil
}

// adapts returns the settings' choice of maps as PEFT reads it. Names that are unknown, since the tool
// chooses them by the model's type, are all linear maps.
func (n *selection) adapts() (s peft.Selection, err error) {
	targets := any(n.Targets)
	if n.Pattern != "" {
		targets = n.Pattern
	} else if len(n.Targets) == 0 || n.Targets[0] == allLinear {
		targets = allLinear
	}
	config := map[string]any{"target_modules": targets, "layers_to_transform": n.Layers,
		"layers_pattern": n.LayersPattern}
	if n.ExcludePattern != "" {
		config["exclude_modules"] = n.ExcludePattern
	} else if len(n.Exclude) > 0 {
		config["exclude_modules"] = n.Exclude
	}
	text, err := json.Marshal(config)
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	return s, err
}
