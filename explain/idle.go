package explain

import (
	"iter"
	"regexp"
	"slices"
	"strings"
)

// idle returns the patterns of ranks, alphas and maps left out that match no adapted map.
// Models name their maps alike, so that it can be told without the model: a pattern is idle if
// it matches none of the usual names.
func (n *selection) idle() (idle []string, err error) {
	ends := n.adapted()
	for _, m := range slices.Concat(n.ranks.all, n.alphas.all) {
		if slices.Contains(idle, m.Name) {
			continue
		}
		used, err := n.used(m, ends)
		if err != nil {
			return nil, err
		}
		if !used {
			idle = append(idle, m.Name)
		}
	}
	for _, name := range n.Exclude {
		if !isLiteral(name) {
			idle = append(idle, name)
		}
	}
	if n.leaves != nil {
		used, err := n.matchesAny(*n.leaves, nil)
		if err != nil {
			return nil, err
		}
		if !used {
			idle = append(idle, n.leaves.Name)
		}
	}
	return idle, nil
}

// adapted returns the last parts of the names of the maps that are adapted, or nil if they
// are not known.
func (n *selection) adapted() (ends []string) {
	if len(n.Targets) == 0 || n.Targets[0] == allLinear {
		return nil
	}
	for _, name := range n.Targets {
		ends = append(ends, last(name))
	}
	return ends
}

// used reports whether a pattern can match a map whose name ends with one of ends.
func (n *selection) used(m matcher, ends []string) (bool, error) {
	if isLiteral(m.Name) {
		return m.Name[0] != '.' && (ends == nil || slices.Contains(ends, last(m.Name))), nil
	}
	return n.matchesAny(m, ends)
}

// The names of maps that are usual: a stem with the number of a layer, a block of the layer,
// and an end.
var (
	usualStems = []string{"model.layers.#.", "model.language_model.layers.#.", "language_model.model.layers.#.",
		"model.decoder.layers.#.", "model.encoder.layers.#.", "transformer.h.#.", "gpt_neox.layers.#.",
		"transformer.encoder.layers.#.", "transformer.blocks.#.", "backbone.layers.#.", "encoder.layer.#.",
		"bert.encoder.layer.#.", "encoder.block.#.layer.0.", "decoder.block.#.layer.1.", "model.visual.blocks.#.",
		"layers.#."}
	attention = []string{"self_attn.", "attn.", "attention.", "self_attention.", "attention.self.", "SelfAttention.",
		"EncDecAttention.", "mixer."}
	attentionEnds = slices.Concat(linear[:4], strings.Fields(`qkv_proj query_key_value dense c_attn c_proj out_proj
		Wqkv wq wk wv wo q k v o query key value qkv proj in_proj x_proj dt_proj`))
	forward     = []string{"mlp.", "DenseReluDense.", "ffn.", "mlp.experts.0.", "block_sparse_moe.experts.0.", ""}
	forwardEnds = slices.Concat(linear[4:], strings.Fields(`gate_up_proj dense_h_to_4h dense_4h_to_h c_fc c_proj fc1
		fc2 w1 w2 w3 wi wi_0 wi_1 wo up down`))
	outside = []string{"lm_head", "score", "classifier", "model.embed_tokens"} // in no layer
)

// mostTries bounds how many names the patterns of a file are tried on. Beyond them it is not
// told whether a pattern is idle.
const mostTries = 300_000

// matchesAny reports whether a pattern matches one of the usual names with one of these ends,
// or with any end if they are nil. It is not told of patterns that may be slow.
func (n *selection) matchesAny(m matcher, ends []string) (bool, error) {
	if !m.expression.IsLinear() {
		return true, nil
	}
	for name := range usualNames(layersIn(m.Name), ends) {
		if n.tries++; n.tries > mostTries {
			return true, nil
		}
		if ok, err := n.matches(m, name); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// usualNames yields the usual names of maps with one of these ends, or with any if they are
// nil.
func usualNames(layers, ends []string) iter.Seq[string] {
	parts := slices.Concat(crossed(attention, attentionEnds, ends), crossed(forward, forwardEnds, ends))
	return func(yield func(string) bool) {
		for _, name := range outside {
			if (ends == nil || slices.Contains(ends, last(name))) && !yield(name) {
				return
			}
		}
		for _, layer := range layers {
			for _, stem := range usualStems {
				stem = strings.Replace(stem, "#", layer, 1)
				for _, part := range parts {
					if !yield(stem + part) {
						return
					}
				}
			}
		}
	}
}

// crossed returns each of the blocks with each end that is usual in it. Ends that are usual
// nowhere go with every block.
func crossed(blocks, usual, ends []string) (parts []string) {
	if ends == nil {
		ends = usual
	}
	for _, end := range ends {
		known := slices.Contains(attentionEnds, end) || slices.Contains(forwardEnds, end)
		if known && !slices.Contains(usual, end) {
			continue
		}
		for _, block := range blocks {
			parts = append(parts, block+end)
		}
	}
	return parts
}

var digits = regexp.MustCompile(`\d+`)

// layersIn returns the numbers of layers that a pattern is tried on: those that it names and a
// few others, for patterns such as layers\.1[0-9]\. .
func layersIn(pattern string) []string {
	return append(digits.FindAllString(pattern, 8), "0", "5", "10", "15", "20", "25", "31")
}
