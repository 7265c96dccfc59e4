package explain

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew: look at them first")

// TestGoldens: a file of each tool, with its whole explanation.
func TestGoldens(t *testing.T) {
	files, err := filepath.Glob("testdata/*.[jy]*")
	check(t, err)
	seen := make(map[string]bool)
	for _, file := range files {
		e, err := File(file)
		check(t, err)
		seen[e.Tool] = true
		e.File = filepath.Base(file)
		var got bytes.Buffer
		check(t, e.WriteText(&got))
		golden := strings.TrimSuffix(file, filepath.Ext(file)) + ".golden"
		if *update {
			check(t, os.WriteFile(golden, got.Bytes(), 0o666))
		}
		want, err := os.ReadFile(golden)
		check(t, err)
		if !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: got\n%s\nwant\n%s", file, &got, want)
		}
		if _, err := json.Marshal(e); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	for _, tool := range tools {
		if tool.read != nil && !seen[tool.name] {
			t.Errorf("testdata has no file of %s", tool.name)
		}
	}
}

// TestEquivalentsAreEquivalent: the settings written for a tool mean the same when they are
// read back, except for those that the remarks name.
func TestEquivalentsAreEquivalent(t *testing.T) {
	files, err := filepath.Glob("testdata/*.[jy]*")
	check(t, err)
	held := 0
	for _, file := range files {
		e, err := File(file)
		check(t, err)
		for _, q := range e.Elsewhere {
			if readable(q.Tool) {
				holdEquivalent(t, file, e.Settings, q)
				held++
			}
		}
	}
	if held < 80 {
		t.Errorf("%d equivalents were held to what they stand for", held)
	}
}

func readable(name string) bool {
	return slices.ContainsFunc(tools, func(t tool) bool { return t.name == name && t.read != nil })
}

// holdEquivalent compares settings with what they are in another tool. Where they differ, a
// remark must have a word that says so.
func holdEquivalent(t *testing.T, file string, s Settings, q Equivalent) {
	t.Helper()
	lines := strings.Join(q.Lines, "\n")
	again, err := explain("x.yaml", []byte(lines))
	if err != nil {
		t.Errorf("%s: as %s's: %v\n%s", file, q.Tool, err, lines)
		return
	}
	if again.Tool != q.Tool || len(again.NotUnderstood) > 0 {
		t.Errorf("%s: of %s's it is %s's, with unknown keys %q:\n%s", file, q.Tool, again.Tool,
			again.NotUnderstood, lines)
	}
	folded, _ := s.folded()
	for _, f := range []struct {
		word      string
		of        func(Settings) any
		otherwise bool // absent here, the other tool's default counts
	}{
		{"at no other rank", func(s Settings) any { return s.Rank }, false},
		{"same γ at rank", func(s Settings) any { return s.P }, false},
		{"γ", func(s Settings) any { return fmt.Sprintf("%.5g", s.Gamma()) }, false},
		{"target|names|adapt", func(s Settings) any {
			return fmt.Sprint(slices.Sorted(slices.Values(s.Targets)),
				s.Pattern)
		},
			len(s.Targets) == 0},
		{"maps left out", func(s Settings) any { return fmt.Sprint(s.Exclude, s.ExcludePattern) }, false},
		{"layers", func(s Settings) any { return fmt.Sprint(s.Layers, s.LayersPattern, s.LastLayers) }, false},
		{"ranks of some", func(s Settings) any { return fmt.Sprint(s.Ranks) }, false},
		{"alphas of some", func(s Settings) any { return fmt.Sprint(s.Alphas) }, false},
		{"dropout", func(s Settings) any { return s.Dropout }, false},
		{"init", func(s Settings) any { return s.Init }, false},
		{"biases", func(s Settings) any { return s.Bias }, false},
		{"DoRA", func(s Settings) any { return s.DoRA }, false},
		{"learning rate", func(s Settings) any { return s.LR }, s.LR == 0},
		{"LoRA+", func(s Settings) any { return s.Ratio }, false},
	} {
		said := regexp.MustCompile(f.word).MatchString(strings.Join(q.Remarks, "\n"))
		if got, want := f.of(again.Settings), f.of(folded); got != want && !said && !f.otherwise {
			t.Errorf("%s: as %s's it has %v, not %v, and no remark on %s:\n%s\n%s", file, q.Tool, got,
				want, f.word, lines,
				strings.Join(q.Remarks, "\n"))
		}
	}
}

// TestEveryToolIsToldOfDoRA: what is written of DoRA is read as DoRA, and nothing else is.
func TestEveryToolIsToldOfDoRA(t *testing.T) {
	for _, dora := range []bool{true, false} {
		e, err := explain("", fmt.Appendf(nil, "{peft_type: LORA, target_modules: [q_proj], use_dora: %t}", dora))
		check(t, err)
		for _, q := range e.Elsewhere {
			told := strings.Contains(strings.Join(q.Lines, "\n"), "method: dora")
			if readable(q.Tool) {
				again, err := explain("", []byte(strings.Join(q.Lines, "\n")))
				check(t, err)
				told = again.Settings.DoRA
			}
			if told != dora {
				t.Errorf("%s is told of DoRA: %t, want %t:\n%s", q.Tool, told, dora, strings.Join(q.Lines, "\n"))
			}
		}
	}
}

// TestTraps has settings that fall into each trap, and settings that do not.
func TestTraps(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"LLaMA-Factory's default", "lora_target: all\nlora_rank: 16\nuse_rslora: true",
			"alpha follows the rank|switched on alone|scale lost on the way"},
		{"twice the rank", "{peft_type: LORA, r: 8, lora_alpha: 16, use_rslora: true}",
			"alpha follows the rank|switched on alone|scale lost on the way"},
		{"as the author does", "{peft_type: LORA, r: 64, lora_alpha: 16, use_rslora: true}",
			"switched on alone|scale lost on the way"},
		{"plain", "{peft_type: LORA, r: 8, lora_alpha: 16}", ""},
		{"high and plain", "{peft_type: LORA, r: 64, lora_alpha: 16}", "collapse"},
		{"B at random", "{peft_type: LORA, init_lora_weights: false}", "B does not begin at zero"},
		{"gaussian", "{peft_type: LORA, init_lora_weights: gaussian}", "init with the rank in it"},
		{"PiSSA", "{peft_type: LORA, init_lora_weights: pissa_niter_4}", "another base"},
		{"DoRA", "{peft_type: LORA, use_dora: true}", "magnitudes"},
		{"a layer", "{peft_type: LORA, layers_to_transform: 3}", ""},
		{"tokens", "{peft_type: LORA, trainable_token_indices: [3]}", "beyond rank and gamma"},
		{"biases", "{peft_type: LORA, bias: all}", "beyond rank and gamma"},
		{"one pattern", "{peft_type: LORA, rank_pattern: {q_proj: 4}}", "scale lost on the way"},
		{"two patterns", "{peft_type: LORA, alpha_pattern: {q_proj: 4, v_proj: 3}}",
			"scale lost on the way"},
		{"patterns of one map", "{peft_type: LORA, alpha_pattern: {q_proj: 4, self_attn.q_proj: 3}}",
			"scale lost on the way|order of patterns"},
		{"an expression and a name", "{peft_type: LORA, rank_pattern: {q_proj: 4, '.*[0-9].*': 3}}",
			"scale lost on the way|order of patterns"},
		{"patterns of one value", "{peft_type: LORA, alpha_pattern: {q_proj: 3, self_attn.q_proj: 3}}",
			"scale lost on the way"},
		{"a part of alpha", "{peft_type: LORA, lora_alpha: 13.5}", "scale lost on the way"},
		{"no list", "{peft_type: LORA, target_modules: q_proj}", "no such map"},
		{"no name", "{peft_type: LORA, target_modules: [q_proj, .*v_proj]}", "no such map"},
		{"no keys", "{lora_parameters: {rank: 8, scale: 2, dropout: 0, keys: []}}", "no such map"},
		{"no targets", "{peft_type: LORA, target_modules: []}", "no such map"},
		{"an expression", "{peft_type: LORA, target_modules: '.*q_proj'}", ""},
		{"PEFT's example", "{peft_type: LORA, target_modules: '.*decoder.*(SelfAttention|EncDecAttention).*(q|v)$'}",
			""},
		{"the head of all-linear", "{peft_type: LORA, target_modules: all-linear, rank_pattern: {lm_head: 4}}",
			"no such map"},
		{"a head that is a target", "{peft_type: LORA, target_modules: [q_proj, lm_head], alpha_pattern: {lm_head: 2}}",
			"scale lost on the way"},
		{"a name as it is stored", "{peft_type: LORA, target_modules: [q_proj], " +
			"rank_pattern: {base_model.model.model.layers.0.self_attn.q_proj: 4}}", "no such map"},
		{"all left out", "{peft_type: LORA, target_modules: [q_proj, self_attn.v_proj], exclude_modules: " +
			"[q_proj, v_proj]}",
			"no such map"},
		{"some left out", "{peft_type: LORA, target_modules: [q_proj, v_proj], exclude_modules: [q_proj]}", ""},
		{"an anchor", "{peft_type: LORA, rank_pattern: {^q_proj: 4}}", "no such map"},
		{"an anchored whole name", "{peft_type: LORA, rank_pattern: {'^model.layers.17.self_attn.q_proj$': 4}}",
			"scale lost on the way"},
		{"a glob", "{peft_type: LORA, target_modules: [q_proj], alpha_pattern: {.q_proj: 4}}", "no such map"},
		{"a map that is not adapted", "{peft_type: LORA, target_modules: [q_proj], alpha_pattern: {v_proj: 4}}",
			"no such map"},
		{"an anchored choice", "{peft_type: LORA, rank_pattern: {'^(q|v)_proj$': 4}}", "no such map"},
		{"the head", "{peft_type: LORA, rank_pattern: {'^lm_head$': 4}}", "scale lost on the way"},
		{"a choice of ends", "{peft_type: LORA, target_modules: [q_proj], rank_pattern: {'[qv]_proj': 4}}",
			"scale lost on the way"},
		{"a choice of others", "{peft_type: LORA, target_modules: [q_proj], rank_pattern: {'[kv]_proj': 4}}",
			"no such map"},
		{"names of another model", "{peft_type: LORA, rank_pattern: {'^vision_model.encoder.layers.[0-5].*': 4}}",
			"scale lost on the way"},
		{"a choice as a text", "{peft_type: LORA, target_modules: q_proj|v_proj}", "no such map"},
		{"a choice left out", "{peft_type: LORA, exclude_modules: q_proj|v_proj}", "no such map"},
		{"names with commas", "{peft_type: LORA, target_modules: 'q_proj,v_proj'}", "no such map"},
		{"expressions left out", "{peft_type: LORA, exclude_modules: [.*v_proj]}", "no such map"},
		{"a number in quotes", `{peft_type: LORA, r: "8"}`, "numbers in quotes"},
		{"an adapter that goes on", "{adapter: lora, lora_r: 8, lora_alpha: 8, lora_target_linear: true, " +
			"lora_model_dir: x}",
			"another adapter's settings"},
		{"fast", "{adapter: lora, lora_target_linear: true, lora_r: 256, lora_alpha: 512, learning_rate: 0.0002}",
			"collapse|large steps"},
		{"slow", "lora_target_linear: true\nadapter: lora\nlora_r: 32\nlora_alpha: 64\nlearning_rate: 0.0002", ""},
	} {
		e, err := explain("", []byte(c.text))
		check(t, err)
		var names []string
		for _, trap := range e.Traps {
			names = append(names, trap.Name)
		}
		if got := strings.Join(names, "|"); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestGammas: γ as each tool's source code computes it.
func TestGammas(t *testing.T) {
	for text, want := range map[string]float64{
		"{peft_type: LORA}": 1, // 8/8
		"{peft_type: LORA, r: 16, lora_alpha: 8, use_rslora: true}": 2, // 8/√16
		"finetuning_type: lora": 2, // 2·8/8
		"{lora_target: all, lora_rank: 16, lora_alpha: 8, use_rslora: true}":  2,      // 8/√16
		"{lora_target: all, lora_rank: 16, use_rslora: true}":                 8,      // 32/√16
		"{adapter: lora, lora_r: 4, lora_alpha: 10}":                          2.5,    //
		"{adapter: lora, lora_r: 4, lora_alpha: 6, peft_use_rslora: true}":    3,      // 6/√4
		"{use_gradient_checkpointing: unsloth}":                               1,      // 16/16
		"{model: {_component_: torchtune.models.gemma.lora_gemma_2b}}":        2,      // 16/8
		"{model: {lora_attn_modules: [q_proj], lora_rank: 3, lora_alpha: 1}}": 1. / 3, //
	} {
		e, err := explain("", []byte(text))
		check(t, err)
		if math.Abs(e.Gamma-want) > 1e-12 {
			t.Errorf("%s: γ %g, want %g", text, e.Gamma, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	for text, want := range map[string]string{
		"":                "is empty",
		"{}":              "is empty",
		"- a":             "a list of 1: must be a mapping of keys to values",
		"a: 1\n---\na: 2": "a second document begins: put each document into a file of its own",
		"a: 1": "names no adapter that is known here: looked for keys of PEFT (peft_type), " +
			"LLaMA-Factory (finetuning_type, lora_target, model_name_or_path with template), ",
		"{peft_type: IA3}": `config of PEFT: peft_type: "IA3": must be LORA or one of ADALORA, HIRA, LOHA, LOKR, ` +
			"VERA, which are known here",
		"{peft_type: LOHA, r: 0}":            "config of PEFT: r: 0: must be a whole number from 1 to 1048576",
		"{peft_type: LOHA, rank_dropout: 2}": "config of PEFT: rank_dropout: 2: must be ",
		"{peft_type: ADALORA, use_dora: true}": "config of PEFT: use_dora: PEFT refuses it with " +
			"peft_type ADALORA: leave it out",
		"{peft_type: LORA, r: 0}":    "config of PEFT: r: 0: must be a whole number from 1 to 1048576",
		"{peft_type: LORA, r: many}": `config of PEFT: r: "many": must be a whole number from 1 to 1048576`,
		"{peft_type: LORA, lora_alpha: .nan}": "config of PEFT: lora_alpha: .nan: must be a number above 0 " +
			"and at most 1e6",
		"{peft_type: LORA, lora_alpha: -1}": "config of PEFT: lora_alpha: -1: must be a number above 0 " +
			"and at most 1e6",
		"{peft_type: LORA, use_rslora: 1}": "config of PEFT: use_rslora: 1: must be true or false",
		"{peft_type: LORA, target_modules: {a: b}}": "config of PEFT: target_modules: a mapping of 1 keys: must " +
			"be a list of names",
		"{peft_type: LORA, rank_pattern: {q: 1.5}}": `config of PEFT: rank_pattern: "q": 1.5: must ` +
			"be a whole number from 1 to 1048576",
		"finetuning_type: full": "config of LLaMA-Factory: finetuning_type: full: " +
			"must be lora: otherwise there is no adapter to explain",
		"{base_model: x, sequence_len: 8}": "config of Axolotl: adapter is absent, so that Axolotl trains all " +
			"weights: there is no adapter to explain",
		"{adapter: lora, lora_r: 8}": "config of Axolotl: lora_alpha is missing, and " +
			"Axolotl has no default for it: set it",
		"model: {_component_: torchtune.models.llama3.llama3_8b}": "config of torchtune: model._component_: " +
			`"torchtune.models.llama3.llama3_8b": must be a builder with LoRA: otherwise there is no ` +
			"adapter to explain",
	} {
		if _, err := explain("", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q:\ngot  %v\nwant %s", text, err, want)
		}
	}
	if _, err := File("nowhere.yaml"); err == nil || !strings.HasPrefix(err.Error(), "explain: stat nowhere.yaml: ") {
		t.Error(err)
	}
}

// FuzzExplain: any bytes give an explanation, in text and JSON, or an error.
func FuzzExplain(f *testing.F) {
	files, err := filepath.Glob("testdata/*.[jy]*")
	check(f, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		check(f, err)
		f.Add(text)
	}
	for _, text := range []string{"a: &a [*a]", "r: 8\nr: 9", "!!binary a: b", "r: 1e400", "? {a: b}\n: c",
		"model: {lora_rank: 99999999999999999999}"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := explain("", text)
		if err != nil {
			return
		}
		if err := e.WriteText(new(bytes.Buffer)); err != nil {
			t.Error(err)
		}
		if _, err := json.Marshal(e); err != nil {
			t.Error(err)
		}
	})
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
