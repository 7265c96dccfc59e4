package recompute

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
)

// widths are those of the embedded model's maps: q, k, v and o in each layer, and gate, up and down.
type widths struct {
	Hidden int `json:"hidden_size"`
	Inner  int `json:"intermediate_size"`
	Layers int `json:"num_hidden_layers"`
	Heads  int `json:"num_attention_heads"`
	KV     int `json:"num_key_value_heads"`
	Head   int `json:"head_dim"`
}

func readWidths() (w widths) {
	text, err := os.ReadFile("../../models/base/config.json")
	if err == nil {
		err = json.Unmarshal(text, &w)
	}
	if err != nil || w.Heads*w.Head != w.Hidden || w.KV != w.Heads || w.Inner < w.Hidden {
		panic("models/base/config.json: its maps are not those that are known here")
	}
	return w
}

// full is the full rank of every map: all have the hidden width on one side, and no less on the other.
func (w widths) full() int { return w.Hidden }

// said is what the page's head says of the maps.
func (w widths) said() say {
	h, i := w.Hidden, w.Inner
	unit := w.Layers * (4*(h+h) + 3*(h+i))
	weights := w.Layers * (4*h*h + 3*h*i)
	return phrase("# × # or # × #, so rank # is full rank: at a larger r the product BA still has rank # at most, "+
		"and only "+
		"the number of parameters grows. Adapters on all maps have # parameters for each unit of rank, and the maps "+
		"have "+
		"# weights: from rank # on, adapters have more parameters than full fine-tuning of these maps trains.",
		count(h), count(h), count(h), count(i), count(h), count(h), count(unit), count(weights), count(weights/unit+1))
}

// otherMaps are the maps of a model that is not in this repository, as paper/maps.yaml has them by the hash of its
// file.
type otherMaps struct {
	layers int
	name   []string
	sides  [][2]int // of each, outputs and inputs
}

func readOtherMaps(hash string) (m otherMaps) {
	text, err := os.ReadFile("../../paper/maps.yaml")
	if err != nil {
		panic(err)
	}
	_, of, _ := strings.Cut(string(text), "- model: "+hash+"\n")
	of, _, _ = strings.Cut(of, "\n- model: ")
	if layers := regexp.MustCompile(`layers: (\d+)`).FindStringSubmatch(of); layers != nil {
		m.layers = int(field(layers[1]))
	}
	for _, f := range regexp.MustCompile(`name: (\w+), out: (\d+), in: (\d+)`).FindAllStringSubmatch(of, -1) {
		m.name, m.sides = append(m.name, f[1]), append(m.sides, [2]int{int(field(f[2])), int(field(f[3]))})
	}
	return m
}

// full is the full rank of k_proj and v_proj, which are narrower than all others, and that of the others.
func (m otherMaps) full() (narrow, wide int) {
	for i, s := range m.sides {
		full := min(s[0], s[1])
		if narrowed := m.name[i] == "k_proj" || m.name[i] == "v_proj"; narrowed && (narrow == 0 || narrow == full) {
			narrow = full
		} else if !narrowed && (wide == 0 || wide == full) {
			wide = full
		} else {
			panic("paper/maps.yaml: the maps are not those that are known here")
		}
	}
	return narrow, wide
}

// said is what the page's head says of the maps of the larger model.
func (m otherMaps) said() say {
	var shapes []say
	var seen [][2]int
	unit, weights := 0, 0
	for _, s := range m.sides {
		unit, weights = unit+m.layers*(s[0]+s[1]), weights+m.layers*s[0]*s[1]
		if s[0] > s[1] {
			s[0], s[1] = s[1], s[0]
		}
		if !slices.Contains(seen, s) {
			seen, shapes = append(seen, s), append(shapes, phrase("# × #", count(s[0]), count(s[1])))
		}
	}
	narrow, wide := m.full()
	return join(shapes, " or ").plus(phrase(", so full rank is # of k_proj and v_proj, # of other maps: at a larger r "+
		"the product BA gains no rank, and only the number of parameters grows. Adapters on all maps have # "+
		"parameters "+
		"for each unit of rank, and the maps have # weights: from rank # on, adapters have more parameters than full "+
		"fine-tuning of these maps trains.", count(narrow), count(wide), count(unit), count(weights),
		count(weights/unit+1)))
}

// fullSaid stands beside ranks of which some are full rank of a map or more.
func fullSaid(arms []*arm, ranks []int) say {
	if arms[0].text("config.model") != "base" {
		m := readOtherMaps(arms[0].text("model_hash"))
		narrow, wide := m.full()
		if slices.ContainsFunc(arms, func(a *arm) bool { return a.text("model_hash") != arms[0].text("model_hash") }) ||
			slices.Max(ranks) < narrow {
			return say{}
		}
		return phrase("full rank # of k_proj and v_proj, # of other maps", count(narrow), count(wide))
	}
	w := readWidths()
	if slices.Max(ranks) < w.full() {
		return say{}
	}
	return phrase("full rank #", count(w.full()))
}
