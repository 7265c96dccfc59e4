package peft

import (
	"math"
	"slices"
	"strings"
	"testing"

	"ranksweep/lora"
	"ranksweep/nn/nntest"
)

// TestLoad compares loaded adapters with adapters that are attached with the rank and γ that
// PEFT's own source gives each map. They agree bit for bit, since both do the same
// arithmetic. A model with the adapters merged into it computes the same up to float32
// rounding through two layers, 1e-5 of the largest logit.
func TestLoad(t *testing.T) {
	const whole = "model.layers.1.self_attn.q_proj"
	for _, c := range []struct {
		name, config string
		adapters     []adapter
	}{
		{"plain", `{"r": 4, "lora_alpha": 6}`, []adapter{{"all-linear", 4, 6. / 4}}},
		{"rsLoRA", `{"r": 4, "lora_alpha": 6, "use_rslora": true}`, []adapter{{"all-linear", 4, 6. / 2}}},
		{"some maps alone", `{"r": 3, "lora_alpha": 6}`, []adapter{{"attention", 3, 2}}},
		{"defaults", `{"r": "absent", "lora_alpha": "absent"}`, []adapter{{"mlp", 8, 1}}},
		{"rank by last part", `{"r": 4, "lora_alpha": 6, "rank_pattern": {"q_proj": 2}}`,
			[]adapter{{"q_proj", 2, 3}, {"k_proj v_proj mlp", 4, 1.5}}},
		{"alpha by whole name", `{"r": 4, "lora_alpha": 6, "alpha_pattern": {"` + whole + `": 1}}`,
			[]adapter{{whole, 4, 0.25}, {"mlp", 4, 1.5}}},
		{"both, rsLoRA", `{"r": 4, "lora_alpha": 6, "use_rslora": true, "rank_pattern": {"mlp.up_proj": 9},` +
			` "alpha_pattern": {"up_proj": 12}}`,
			[]adapter{{"up_proj", 9, 4}, {"down_proj", 4, 3}}},
		{"regular expression",
			`{"r": 4, "lora_alpha": 6, "rank_pattern": {"(q|k)_proj": 2, "^model\\.layers\\.[0-9]\\.mlp\\..*": 16}}`,
			[]adapter{{"q_proj k_proj", 2, 3}, {"v_proj", 4, 1.5}, {"mlp", 16, 6. / 16}}},
		{"a part at most once", `{"r": 4, "lora_alpha": 6, "rank_pattern": {"k{,1}q?_proj": 2}}`,
			[]adapter{{"q_proj k_proj", 2, 3}, {"v_proj mlp", 4, 1.5}}},
		{"the first match counts", `{"r": 4, "lora_alpha": 6, "alpha_pattern": {"q_proj": 5, "` + whole + `": 1}}`,
			[]adapter{{"q_proj", 4, 5. / 4}}},
		{"a part of a word is no match",
			`{"r": 4, "lora_alpha": 6, "alpha_pattern": {"proj": 5, "q_pro": 5, "layers": 5}}`,
			[]adapter{{"q_proj", 4, 6. / 4}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := nntest.Model(t)
			attached := attach(t, m, c.adapters...)
			loaded, err := Load(write(t, configWith(t, c.config), tensorsOf(attached)), m, tokens)
			check(t, err)
			want := logits(t, m, attached.Maps()).Data
			if got := logits(t, m, loaded.Maps()).Data; !slices.Equal(got, want) {
				t.Errorf("loaded and attached adapters differ by %.2g", difference(got, want))
			}
			check(t, loaded.Merge(m))
			if d := difference(logits(t, m, nil).Data, want); !(d < 1e-5) {
				t.Errorf("the merged model differs by %.2g", d)
			}
		})
	}
}

// TestLoadSeesGamma: the comparison in TestLoad must detect a γ that is wrong by a part in a
// thousand.
func TestLoadSeesGamma(t *testing.T) {
	m := nntest.Model(t)
	right, wrong := attach(t, m, adapter{"q_proj", 4, 1.5}), attach(t, m, adapter{"q_proj", 4, 1.5015})
	if d := difference(logits(t, m, wrong.Maps()).Data, logits(t, m, right.Maps()).Data); d < 3e-5 || math.IsNaN(d) {
		t.Errorf("a wrong γ changes logits by %.2g alone", d)
	}
}

func TestLoadedIsInOrder(t *testing.T) {
	m := nntest.Model(t)
	tensors := tensorsOf(attach(t, m, adapter{"all-linear", 3, 2}))
	slices.Reverse(tensors)
	s, err := Load(write(t, configWith(t, `{}`), tensors), m, tokens)
	check(t, err)
	if n := len(s.Adapters); n != 14 {
		t.Fatalf("%d adapters, want 14", n)
	}
	if !slices.IsSortedFunc(s.Adapters, func(a, b *lora.Adapter) int {
		return strings.Compare(a.Base.Name, b.Base.Name)
	}) {
		t.Error("adapters are not in alphabetical order")
	}
}
