package recompute

import (
	"encoding/json"
	"os"
	"slices"
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

// fullSaid stands beside ranks of the embedded model of which some are full rank or more.
func fullSaid(arms []*arm, ranks []int) say {
	w := readWidths()
	models := slices.ContainsFunc(arms, func(a *arm) bool { return a.text("config.model") != "base" })
	if models || slices.Max(ranks) < w.full() {
		return say{}
	}
	return phrase("full rank #", count(w.full()))
}
