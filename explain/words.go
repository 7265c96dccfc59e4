package explain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ranksweep/lora/peft"
)

// words are a tool's keys for settings. A dot leads into a section. A key is empty where the
// tool has none.
type words struct {
	rank, alpha, rslora, dora string
	dropout, init, bias       string
	exclude                   string
	layers, layersPattern     string
	lastLayers                string
	ranks, alphas             string
	lr, ratio                 string
	optimizer                 string // only read
	model                     string

	defaults   Settings // what the tool takes where a key is absent
	p          float64  // exponent of γ = α/r^p without rslora
	wholeAlpha bool     // α must be a whole number
	zeroAlpha  bool     // an α of 0 counts as absent
	nullable   []string // keys of which null counts as absent

	// What is given outside the config, as a remark about a value.
	lrPlace, ratioPlace string
}

// read reads settings by their keys.
func (w words) read(s *source) Settings {
	w.refuseNull(s)
	a := w.defaults
	a.Rank = s.whole(w.rank, a.Rank)
	alpha, ok := s.get(w.alpha)
	n, isNumber := alpha.(numeral)
	if a.PerRank > 0 && (!ok || w.zeroAlpha && isNumber && n.value == 0) {
		a.Alpha = a.PerRank * float64(a.Rank)
		s.absent = append(s.absent, w.alpha)
	} else {
		a.PerRank = 0
		a.Alpha = s.number(w.alpha, a.Alpha, ofAlpha)
	}
	a.P = w.p
	if s.flag(w.rslora) {
		a.P = peft.Exponent(true)
	}
	a.DoRA = s.flag(w.dora)
	a.Dropout = s.number(w.dropout, a.Dropout, ofDropout)
	a.LR, a.Ratio = s.number(w.lr, a.LR, ofRate), s.number(w.ratio, 0, ofRatio)
	a.Init, a.Bias, a.Model = s.init(w.init), s.text(w.bias), s.text(w.model)
	a.Optimizer = s.wordOf(w.optimizer)
	if a.Bias == "none" {
		a.Bias = ""
	}
	a.Exclude, a.ExcludePattern = s.maps(w.exclude)
	a.Layers, a.LayersPattern = s.layers(w.layers), s.names(w.layersPattern)
	for _, text := range a.LayersPattern {
		if _, err := peft.LayersPattern(text); err != nil {
			s.fail(w.layersPattern, "%s: %v", w.layersPattern, err)
		}
	}
	a.Ranks, a.Alphas = s.patterns(w.ranks, ofRank), s.patterns(w.alphas, ofAlpha)
	return a
}

// refuseNull refuses null where the tool does not take its default in its place, but stops.
func (w words) refuseNull(s *source) {
	for _, key := range []string{w.rank, w.alpha, w.dropout, w.bias, w.ranks, w.alphas, w.lr} {
		if s.isNull(key) && !slices.Contains(w.nullable, key) {
			s.fail(key, "%s: null: is no value, and the tool takes no default in its place: set it, or "+
				"leave the key out",
				key)
		}
	}
}

// init reads how A and B begin. The usual way is true, or no word.
func (s *source) init(key string) string {
	value, _ := s.get(key)
	switch v := value.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return ""
		}
		return "false"
	case string:
		if strings.EqualFold(v, "true") {
			return ""
		}
		return v
	}
	s.wrong(key, value, "text, true or false")
	return ""
}

// wordOf reads a word, or nothing if the key has any other value.
func (s *source) wordOf(key string) string {
	if key == "" {
		return ""
	}
	value, _ := s.get(key)
	text, _ := value.(string)
	return text
}

// maps reads what selects maps: a list of names, or a text, which is a pattern.
func (s *source) maps(key string) (names []string, pattern string) {
	value, _ := s.get(key)
	if _, isText := value.(string); isText {
		return nil, s.pattern(key)
	}
	return s.names(key), ""
}

// pattern reads a pattern that must match a whole name.
func (s *source) pattern(key string) string {
	text := s.text(key)
	if _, err := peft.Target(text); err != nil {
		s.fail(key, "%s: %v", key, err)
	}
	return text
}

// pair is a key of a tool's config, and its value as it is written there.
type pair struct{ key, value string }

// write writes settings by their keys, all but the targets, with a remark for each setting
// that has no key.
func (w words) write(s Settings) (pairs []pair, remarks []string) {
	put := func(key, what, value string) {
		if value != "" && key != "" {
			pairs = append(pairs, pair{key, value})
		} else if value != "" && what != "" {
			remarks = append(remarks, fmt.Sprintf("%s, %s: there is no key for it", what, value))
		}
	}
	alpha, remarks := w.alphaOf(s)
	put(w.rank, "", strconv.Itoa(s.Rank))
	put(w.alpha, "", yamlNumber(alpha))
	if w.rslora != "" {
		put(w.rslora, "", strconv.FormatBool(s.isRSLoRA()))
	}
	put(w.exclude, "maps left out", mapsText(s.Exclude, s.ExcludePattern))
	put(w.layers, "the only layers that are adapted", listText(s.Layers))
	put(w.layersPattern, "layers_pattern", listText(s.LayersPattern))
	put(w.lastLayers, "the number of last layers that are adapted", nonzero(float64(s.LastLayers)))
	put(w.ranks, "ranks of some maps", patternsText(s.Ranks, w.ranks == ""))
	put(w.alphas, "alphas of some maps", patternsText(s.Alphas, w.alphas == ""))
	if s.Dropout > 0 || w.defaults.Dropout > 0 {
		put(w.dropout, "dropout", yamlNumber(s.Dropout))
	}
	put(w.init, "init", word(s.Init))
	put(w.bias, "biases that are trained", word(s.Bias))
	if s.DoRA {
		put(w.dora, "DoRA", "true")
	}
	rate := func(key, place, what string, v float64) {
		if v > 0 && place != "" {
			remarks = append(remarks, fmt.Sprintf(place, precise(v)))
		} else if v > 0 {
			put(key, what, yamlNumber(v))
		}
	}
	rate(w.lr, w.lrPlace, "learning rate", s.LR)
	rate(w.ratio, w.ratioPlace, "LoRA+, the learning rate of B over that of A", s.Ratio)
	return pairs, remarks
}

// alphaOf returns the α that gives γ in this tool.
func (w words) alphaOf(s Settings) (alpha float64, remarks []string) {
	alpha = s.Alpha
	if s.P != w.p && !(w.rslora != "" && s.isRSLoRA()) {
		alpha = s.alphaAt(w.p)
		remarks = append(remarks, fmt.Sprintf("there is no key for γ's dependence on the rank: %s %s gives the same γ "+
			"at rank %d only", last(w.alpha), precise(alpha), s.Rank))
	}
	if w.wholeAlpha && alpha != float64(int(alpha)) {
		remarks = append(remarks, fmt.Sprintf("%s takes only whole numbers, and %s is not one",
			last(w.alpha), precise(alpha)))
	}
	return alpha, remarks
}

// last returns the key without its sections.
func last(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }
