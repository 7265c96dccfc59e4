package checkpoint

import (
	"os"
	"strings"
	"testing"

	"ranksweep/nn"
)

// gemmaSizes are the sizes that a config must have.
const gemmaSizes = `"vocab_size": 32, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 4,
	"num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64`

// TestGemmaDefaults: settings that a config leaves out have the defaults of transformers
// (Gemma2Config and GemmaConfig), and null means none.
func TestGemmaDefaults(t *testing.T) {
	names := nn.Variant{}.WeightNames()
	names.PostAttn, names.MLPNorm, names.PostMLP = "post_attention_layernorm", "pre_feedforward_layernorm",
		"post_feedforward_layernorm"
	first := nn.Variant{Activation: nn.GELUTanh, ScaledEmbedding: true, UnitNorms: true}
	second := first
	second.PostNorms, second.Window, second.FullEvery, second.QueryScale, second.ScoreCap, second.LogitCap = true,
		4096, 2, 256, 50, 30
	second.Names = names
	uncapped := second
	uncapped.ScoreCap, uncapped.LogitCap = 0, 0
	local := second
	local.Window, local.FullEvery = 7, 0
	for _, c := range []struct {
		architecture architecture
		settings     string
		want         nn.Variant
	}{
		{gemma, ``, first},
		{gemma, `, "hidden_act": "gelu"`, first},
		{gemma2, ``, second},
		{gemma2, `, "layer_types": ["sliding_attention", "full_attention", "sliding_attention", "full_attention"]`,
			second},
		{gemma2, `, "attn_logit_softcapping": null, "final_logit_softcapping": null`, uncapped},
		{gemma2, `, "sliding_window": 7, "layer_types": ["sliding_attention", "sliding_attention", ` +
			`"sliding_attention", "sliding_attention"]`, local},
	} {
		got, err := c.architecture.parse([]byte("{" + gemmaSizes + c.settings + "}"))
		if err != nil {
			t.Fatal(err)
		}
		if got.Variant != c.want || got.HeadDim != 256 || !got.TiedHead {
			t.Errorf("%s with %q: %+v, want %+v", c.architecture.name, c.settings, got, c.want)
		}
		if err := got.Validate(); err != nil {
			t.Error(err)
		}
	}
}

func TestGemmaRefuses(t *testing.T) {
	for settings, want := range map[string]string{
		`"hidden_activation": "silu"`:         `hidden_activation "silu" is not supported`,
		`"use_bidirectional_attention": true`: "use_bidirectional_attention is not supported",
		`"partial_rotary_factor": 0.5`:        "partial_rotary_factor is not supported",
		`"sliding_window": null`:              "sliding_window is missing",
		`"sliding_window": 0`:                 "sliding_window 0: must be at least 1",
		`"query_pre_attn_scalar": 0`:          "query_pre_attn_scalar 0: must be above 0",
		`"attn_logit_softcapping": 0.0`:       "attn_logit_softcapping 0: must be above 0",
		`"final_logit_softcapping": -1`:       "final_logit_softcapping -1: must be above 0",
		`"layer_types": ["full_attention"]`:   "names 1 layers: must be num_hidden_layers, 4",
		`"layer_types": ["sliding_attention", "full_attention", "full_attention", "full_attention"]`: `layer 2 ` +
			`is "full_attention", and must be "sliding_attention"`,
		`"layer_types": ["chunked_attention", "x", "x", "x"]`: `layer 0 is "chunked_attention"`,
	} {
		if _, err := gemma2.parse([]byte("{" + gemmaSizes + ", " + settings + "}")); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", settings, err, want)
		}
	}
}

func TestGemma1RefusesActivations(t *testing.T) {
	_, err := gemma.parse([]byte("{" + gemmaSizes + `, "hidden_act": "relu"}`))
	wantError(t, err, `hidden_act "relu" is not supported`)
}

// TestSavedConfigKeepsFloats: a cap of 2.0, from a folder or a GGUF file, is not saved as 2,
// which transformers refuses.
func TestSavedConfigKeepsFloats(t *testing.T) {
	fromFile, _, err := readGGUF(folder{os.DirFS("gguf/testdata"), "gguf/testdata"}, "gemma2.gguf", toFloat32)
	if err != nil {
		t.Fatal(err)
	}
	fromFolder := &Checkpoint{source: &config{content: []byte(`{"attn_logit_softcapping": 2.0, "bos_token_id": 2}`)}}
	for _, c := range []*Checkpoint{fromFile, fromFolder} {
		text, err := c.config(F32)
		if err != nil || !strings.Contains(string(text), `"attn_logit_softcapping": 2.0,`) {
			t.Errorf("%v: %s", err, text)
		}
	}
}

// TestDeriveGemma2: only the 27B model divides scores by another number than the head's width.
// Settings that config.json has no words for are refused.
func TestDeriveGemma2(t *testing.T) {
	for blocks, want := range map[int]int{26: 256, 42: 256, 46: 144} {
		fields := map[string]any{"num_hidden_layers": blocks, "hidden_size": 4608, "num_attention_heads": 32,
			"head_dim": 256}
		err := deriveGemma2(fields)
		if err != nil || fields["query_pre_attn_scalar"] != want {
			t.Errorf("%d blocks: %v, want %d: %v", blocks, fields["query_pre_attn_scalar"], want, err)
		}
	}
	for want, fields := range map[string]map[string]any{
		"attention.sliding_window_pattern 3": {"sliding_window_pattern": 3},
		"rope.freq_base_swa 5":               {"rope_theta": 10000.0, "rope_theta_swa": 5.0},
	} {
		wantError(t, deriveGemma2(fields), want)
	}
}
