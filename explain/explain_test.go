package explain

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
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
			if i := slices.IndexFunc(tools, func(t tool) bool { return t.name == q.Tool }); tools[i].read == nil {
				continue
			}
			again, err := explain([]byte(nested(q.Lines)))
			check(t, err)
			if again.Tool != q.Tool || again.Settings.Rank != e.Settings.Rank ||
				math.Abs(again.Gamma/e.Gamma-1) > 1e-5 {
				t.Errorf("%s: as %s's it is %s's of rank %d and γ %g, not %d and %g:\n%s", file, q.Tool,
					again.Tool, again.Settings.Rank, again.Gamma, e.Settings.Rank, e.Gamma, strings.Join(q.Lines, "\n"))
			}
			if len(again.NotUnderstood) > 0 {
				t.Errorf("%s: of %s's own keys it does not understand %q", file, q.Tool, again.NotUnderstood)
			}
			held++
		}
	}
	if held < 20 {
		t.Errorf("%d equivalents were held to what they stand for", held)
	}
}

// TestEveryToolIsToldOfDoRA: what is written of DoRA is read as DoRA, and nothing else is.
func TestEveryToolIsToldOfDoRA(t *testing.T) {
	for _, dora := range []bool{true, false} {
		e, err := explain(fmt.Appendf(nil, "{peft_type: LORA, target_modules: [q_proj], use_dora: %t}", dora))
		check(t, err)
		for _, q := range e.Elsewhere {
			told := strings.Contains(strings.Join(q.Lines, "\n"), "method: dora")
			if i := slices.IndexFunc(tools, func(t tool) bool { return t.name == q.Tool }); tools[i].read != nil {
				again, err := explain([]byte(nested(q.Lines)))
				check(t, err)
				told = again.Settings.DoRA
			}
			if told != dora {
				t.Errorf("%s is told of DoRA: %t, want %t:\n%s", q.Tool, told, dora, strings.Join(q.Lines, "\n"))
			}
		}
	}
}

// nested makes a section of keys with a dot.
func nested(lines []string) string {
	var out []string
	for _, line := range lines {
		if rest, ok := strings.CutPrefix(line, "model."); ok {
			if line = "  " + rest; len(out) == 0 {
				out = append(out, "model:")
			}
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

// TestTraps has settings that fall into each trap, and settings that do not.
func TestTraps(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"LLaMA-Factory's default", "lora_rank: 16\nuse_rslora: true",
			"alpha follows the rank|switched on alone|scale lost on the way"},
		{"twice the rank", "{peft_type: LORA, r: 8, lora_alpha: 16, use_rslora: true}",
			"alpha follows the rank|switched on alone|scale lost on the way"},
		{"as the author does", "{peft_type: LORA, r: 64, lora_alpha: 16, use_rslora: true}",
			"switched on alone|scale lost on the way"},
		{"plain", "{peft_type: LORA, r: 8, lora_alpha: 16}", ""},
		{"high and plain", "{peft_type: LORA, r: 64, lora_alpha: 16}", "collapse"},
		{"gaussian", "{peft_type: LORA, init_lora_weights: gaussian}", "init with the rank in it"},
		{"PiSSA", "{peft_type: LORA, init_lora_weights: pissa_niter_4}", "another base"},
		{"DoRA", "{peft_type: LORA, use_dora: true}", "magnitudes"},
		{"a layer", "{peft_type: LORA, layers_to_transform: 3}", "beyond rank and gamma"},
		{"biases", "{peft_type: LORA, bias: all}", "beyond rank and gamma"},
		{"one pattern", "{peft_type: LORA, rank_pattern: {q_proj: 4}}", "scale lost on the way"},
		{"two patterns", "{peft_type: LORA, alpha_pattern: {q_proj: 4, v_proj: 3}}",
			"scale lost on the way|order of patterns"},
		{"a part of alpha", "{peft_type: LORA, lora_alpha: 13.5}", "scale lost on the way"},
		{"fast", "adapter: lora\nlora_r: 256\nlora_alpha: 512\nlearning_rate: 0.0002", "collapse|large steps"},
		{"slow", "adapter: lora\nlora_r: 32\nlora_alpha: 64\nlearning_rate: 0.0002", ""},
	} {
		e, err := explain([]byte(c.text))
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
		"finetuning_type: lora":                                            2,      // 2·8/8
		"{lora_rank: 16, lora_alpha: 8, use_rslora: true}":                 2,      // 8/√16
		"{lora_rank: 16, use_rslora: true}":                                8,      // 32/√16
		"{adapter: lora, lora_r: 4, lora_alpha: 10}":                       2.5,    //
		"{adapter: lora, lora_r: 4, lora_alpha: 6, peft_use_rslora: true}": 3,      // 6/√4
		"{use_gradient_checkpointing: unsloth}":                            1,      // 16/16
		"{model: {_component_: torchtune.models.gemma.lora_gemma_2b}}":     2,      // 16/8
		"{model: {lora_rank: 3, lora_alpha: 1}}":                           1. / 3, //
	} {
		e, err := explain([]byte(text))
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
		"- a":             "must be a mapping of keys to values: ",
		"a: 1\n---\na: 2": "a second document begins: put each document into a file of its own",
		"a: 1": "not recognized; known: PEFT (has peft_type or " +
			"base_model_name_or_path), LLaMA-Factory (has finetuning_type or lora_rank), ",
		"{peft_type: LOHA}": `config of PEFT: peft_type "LOHA": must be LORA: ` +
			"other methods scale differently",
		"{peft_type: LORA, r: 0}":             "config of PEFT: r: 0: must be a whole number from 1 to 1048576",
		"{peft_type: LORA, r: many}":          "config of PEFT: r: many: must be a whole number from 1 to 1048576",
		"{peft_type: LORA, lora_alpha: .nan}": "config of PEFT: lora_alpha: NaN: must be a finite number",
		"{peft_type: LORA, lora_alpha: -1}":   "config of PEFT: alpha -1: must be above 0 and at most 1e+06",
		"{peft_type: LORA, use_rslora: 1}":    "config of PEFT: use_rslora: 1: must be true or false",
		"{peft_type: LORA, target_modules: {a: b}}": "config of PEFT: target_modules: map[a:b]: must " +
			"be names",
		"{peft_type: LORA, rank_pattern: {q: 1.5}}": "config of PEFT: rank_pattern: map[q:1.5]: must " +
			"be a mapping of names to whole numbers of at least 1",
		"finetuning_type: full": "config of LLaMA-Factory: finetuning_type full: " +
			"must be lora: otherwise there is no adapter to explain",
		"base_model: x": `config of Axolotl: adapter "": must be lora or qlora: otherwise all weights are ` +
			"trained, and there is no adapter to explain",
		"{adapter: lora, lora_r: 8}": "config of Axolotl: lora_alpha is missing, and " +
			"Axolotl has no default for it: set it",
		"model: {_component_: torchtune.models.llama3.llama3_8b}": "config of torchtune: model._component_ " +
			`"torchtune.models.llama3.llama3_8b": must be a builder with LoRA: otherwise there is no ` +
			"adapter to explain",
	} {
		if _, err := explain([]byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q:\ngot  %v\nwant %s", text, err, want)
		}
	}
	if _, err := File("nowhere.yaml"); err == nil || !strings.HasPrefix(err.Error(), "explain: open nowhere.yaml: ") {
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
		e, err := explain(text)
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
