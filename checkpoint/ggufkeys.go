package checkpoint

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"ranksweep/checkpoint/gguf"
)

// ggufOtherKeys are the keys of metadata, after the architecture's name, that this package
// reads beside those of ggufInts and ggufFloats.
var ggufOtherKeys = []string{
	"use_parallel_residual", "rope.scaling.type", "rope.scaling.factor", "rope.scale_linear", "rope.dimension_count",
	"attention.value_length",
}

// ggufIdleKeys are the keys that change nothing here: the vocabulary's size is that of the
// embedding; llama.cpp reads no tensor_data_layout; the other two are about how a scaling of
// rotary frequencies was trained, and about a kind of scaling that is refused.
var ggufIdleKeys = []string{
	"vocab_size", "tensor_data_layout", "rope.scaling.finetuned", "rope.scaling.original_context_length",
}

// ggufOnlyOf has the keys that change a model of one architecture alone; in a file of another it is
// not known what they mean.
var ggufOnlyOf = map[string]string{
	"attn_logit_softcapping": "gemma2", "final_logit_softcapping": "gemma2",
	"attention.sliding_window_pattern": "gemma2", "rope.freq_base_swa": "gemma2",
	"use_parallel_residual": "gptneox",
}

// checkWhole refuses a file that is not a whole model.
func checkWhole(m gguf.Metadata) error {
	switch kind, _, err := m.String("general.type"); {
	case err != nil:
		return err
	case kind == "adapter":
		return errors.New("general.type adapter: the file is a LoRA adapter: name the model it adapts")
	case kind != "" && kind != "model":
		return fmt.Errorf("general.type %s: must be model: name the file with the model's own weights", kind)
	}
	if n, _, err := m.Int("split.count"); err != nil || n > 1 {
		return cmp.Or(err, fmt.Errorf("split.count %d: the model is in %d files: join them first, as by "+
			"llama-gguf-split --merge", n, n))
	}
	return nil
}

// ggufNeeded are keys that llama.cpp does not do without; of the two of a group, one must be there.
var ggufNeeded = [][]string{
	{"context_length"}, {"embedding_length"}, {"block_count"}, {"feed_forward_length"}, {"attention.head_count"},
	{"attention.layer_norm_rms_epsilon", "attention.layer_norm_epsilon"},
}

// checkNeeded refuses a file that does not say all that a model is made of.
func (m ggufMetadata) checkNeeded() error {
	for _, keys := range ggufNeeded {
		if !slices.ContainsFunc(keys, func(key string) bool { return m.Metadata[m.prefix+key] != nil }) {
			return fmt.Errorf("%s%s is missing", m.prefix, strings.Join(keys, " or "))
		}
	}
	return nil
}

// check refuses settings of the model that this package does not know. A setting of 0, false
// or no text is taken for one that is not in use.
func (m ggufMetadata) check() error {
	if n, _, err := m.Int(m.prefix + "expert_count"); err != nil || n > 0 {
		return cmp.Or(err, fmt.Errorf("%sexpert_count %d: mixtures of experts are not supported", m.prefix, n))
	}
	if causal, ok, err := m.Bool(m.prefix + "attention.causal"); err != nil || ok && !causal {
		return cmp.Or(err, fmt.Errorf("%sattention.causal false: must be true", m.prefix))
	}
	known := slices.Concat(slices.Collect(maps.Keys(ggufInts)), slices.Collect(maps.Keys(ggufFloats)),
		ggufOtherKeys, ggufIdleKeys, []string{"attention.causal"})
	known = slices.DeleteFunc(known, func(key string) bool {
		only, ok := ggufOnlyOf[key]
		return ok && only+"." != m.prefix
	})
	var unknown []string
	for _, key := range slices.Sorted(maps.Keys(m.Metadata)) {
		setting, ok := strings.CutPrefix(key, m.prefix)
		if ok && !slices.Contains(known, setting) && !reflect.ValueOf(m.Metadata[key]).IsZero() {
			unknown = append(unknown, fmt.Sprintf("%s %v", key, m.Metadata[key]))
		}
	}
	if len(unknown) > 0 {
		return fmt.Errorf("settings of the model that are not supported: %s", strings.Join(unknown, ", "))
	}
	return nil
}
