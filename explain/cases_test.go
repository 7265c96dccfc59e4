package explain

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestCases: files of the kinds that users bring, with what each comes to in its tool.
func TestCases(t *testing.T) {
	const dir = "../../shared/cases/explain"
	wants := map[string]struct {
		tool, targets, traps string
		rank                 int
		gamma                float64
		more                 string // of the whole text
	}{
		// lora_target_linear together with lora_target_modules is a union (loaders/adapter.py).
		"axolotl-union.yaml": {"Axolotl", "all-linear, embed_tokens, lm_head", "", 32, 0.5, // 16/32
			"target_modules: [\"all-linear\", \"embed_tokens\", \"lm_head\"]\n"},
		"llamafactory-v1-lora.yaml": {"LLaMA-Factory v1", "q_proj, v_proj", "", 16, 4, // 64/16
			"lora_target: q_proj,v_proj\n"},
		// Its script hands lora_bias on as PEFT's bias.
		"lora-bias-text.json": {"PEFT", "q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj",
			"alpha follows the rank|switched on alone|scale lost on the way", 32, 64 / math.Sqrt(32),
			"learning_rate: 1.0e-05\n"},
		// alpha = 2·r if it is absent; here it is given.
		"ludwig.yaml": {"Ludwig", "not named: chosen by the model's type", "", 8, 2,
			"adapter: {rank: 8, scaling: lora, alpha: 16,"},
		// re.match(r"(.*\.)?(^q_proj)$", …) matches no name with a dot (utils/other.py, get_pattern_key).
		"peft-anchored-pattern.json": {"PEFT", "q_proj, v_proj", "no such map", 4, 2, "no such map: ^q_proj: matches"},
		// 34/17 and 80/40, as γ everywhere.
		"peft-eva.json": {"PEFT", "up_proj, v_proj, k_proj, down_proj, o_proj, q_proj, gate_proj",
			"scale lost on the way",
			32, 2,
			" model.layers.0.self_attn.q_proj    17     34      2 \n model.layers.1.self_attn.q_proj    40   " +
				"  80      2 \n"},
		"peft-json-escapes.json": {"PEFT", "up_proj, v_proj, k_proj, down_proj, o_proj, q_proj, gate_proj", "", 32, 2,
			"\nmodel       /data/🦙-models/𠮷野/llama\n"},
		// In a list it is a name (tuners_utils.py, check_target_module_exists), and no map has it.
		"peft-list-all-linear.json": {"PEFT", "none", "no such map", 16, 2, `no such map: ["all-linear"]: in a list`},
		"trl-qlora.yaml":            {"TRL", "q_proj, k_proj, v_proj, o_proj", "", 16, 1, "lora_r: 16\n"},
	}
	refused := map[string]string{
		"not-peft.json": "names no adapter that is known here: looked for keys of PEFT (peft_type), ",
		"trl-full.yaml": "config of TRL: use_peft is absent or false, so that TRL trains all weights: " +
			"there is no adapter",
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	check(t, err)
	if len(files) == 0 {
		t.Skip(dir + " is not there")
	}
	for _, file := range files {
		name := filepath.Base(file)
		want, isExplained := wants[name]
		e, err := File(file)
		if start, isRefused := refused[name]; isRefused {
			if err == nil || !strings.HasPrefix(err.Error(), "explain: "+file+": "+start) {
				t.Errorf("%s: got %v, want %s", name, err, start)
			}
			continue
		}
		if !isExplained || err != nil {
			t.Errorf("%s: %v, and is known to this test: %t", name, err, isExplained)
			continue
		}
		if e.Tool != want.tool || e.Settings.Rank != want.rank || math.Abs(e.Gamma/want.gamma-1) > 1e-12 ||
			e.Settings.targets() != want.targets || trapNames(e) != want.traps {
			t.Errorf("%s: %s's, rank %d, γ %g, targets %s, traps %q", name, e.Tool, e.Settings.Rank, e.Gamma,
				e.Settings.targets(), trapNames(e))
		}
		if text := textOf(t, e); !strings.Contains(text, want.more) {
			t.Errorf("%s: no %q in\n%s", name, want.more, text)
		}
		for _, q := range e.Elsewhere {
			if readable(q.Tool) {
				holdEquivalent(t, name, e.Settings, q)
			}
		}
	}
}

func trapNames(e *Explanation) string {
	var names []string
	for _, trap := range e.Traps {
		names = append(names, trap.Name)
	}
	return strings.Join(names, "|")
}

func textOf(t *testing.T, e *Explanation) string {
	t.Helper()
	var b strings.Builder
	check(t, e.WriteText(&b))
	return b.String()
}

// TestKindsOfFiles: files of each tool that train no adapter are refused, whatever else they
// have in common with those that do.
func TestKindsOfFiles(t *testing.T) {
	for _, c := range []struct{ kind, text, want string }{
		{"LLaMA-Factory, full", "{model_name_or_path: m, stage: sft, do_train: true, finetuning_type: " +
			"full, template: t}",
			"config of LLaMA-Factory: finetuning_type: full: must be lora"},
		{"LLaMA-Factory, inference", "{model_name_or_path: m, adapter_name_or_path: a, template: t, " +
			"infer_backend: vllm}",
			"config of LLaMA-Factory: trains no adapter and sets nothing of one, such as lora_rank: explain the " +
				"adapter_config.json of a, which has the settings"},
		{"LLaMA-Factory, older inference", "{model_name_or_path: m, adapter_name_or_path: a, finetuning_type: lora}",
			"config of LLaMA-Factory: trains no adapter"},
		{"LLaMA-Factory, merge", "{model_name_or_path: m, adapter_name_or_path: a, template: t, export_dir: d}",
			"config of LLaMA-Factory: trains no adapter"},
		{"LLaMA-Factory, a base model", "{model_name_or_path: m, template: t}",
			"config of LLaMA-Factory: trains no adapter and sets nothing of one, such as lora_rank"},
		{"LLaMA-Factory, evaluation", "{model_name_or_path: m, template: fewshot, task: mmlu_test, n_shot: 5}",
			"config of LLaMA-Factory: trains no adapter"},
		{"LLaMA-Factory v1, full", "{model: m, model_class: llm, train_dataset: d, learning_rate: 1.0e-4}",
			"config of LLaMA-Factory v1: peft_config.name is absent: all weights are trained"},
		{"LLaMA-Factory v1, freeze", "{model: m, model_class: llm, peft_config: {name: freeze}}",
			"config of LLaMA-Factory v1: peft_config.name: freeze: must be lora"},
		{"the alignment handbook, full", "{model_name_or_path: m, dataset_mixer: {a: 1.0}, " +
			"gradient_checkpointing: true}",
			"config of TRL: use_peft is absent or false"},
		{"TRL, switched off", "{model_name_or_path: m, use_peft: false, lora_r: 8}",
			"config of TRL: use_peft is absent or false"},
		{"Axolotl, full", "{base_model: m, sequence_len: 8, datasets: [{path: d}], adapter: }",
			"config of Axolotl: adapter is absent, so that Axolotl trains all weights"},
		{"Axolotl, merge", "{base_model: m, sequence_len: 8, lora_model_dir: out, merge_lora: true}",
			"config of Axolotl: adapter is absent, so that Axolotl trains all weights: there is no adapter to " +
				"explain: explain the adapter_config.json of out, which has the settings"},
		{"Axolotl, another adapter", "{base_model: m, sequence_len: 8, adapter: llama-adapter}",
			`config of Axolotl: adapter: "llama-adapter": must be lora or qlora`},
		{"ms-swift, full", "{model: m, train_type: full, dataset: [d]}",
			"config of ms-swift: train_type: full: must be lora"},
		{"ms-swift, AdaLoRA", "{model: m, tuner_type: adalora, lora_rank: 8}",
			"config of ms-swift: tuner_type: adalora: must be"},
		{"ms-swift, merge", "{adapters: [a], tuner_type: lora, merge_lora: true}",
			"config of ms-swift: trains no adapter"},
		{"mlx-lm, full", "{model: m, fine_tune_type: full, num_layers: 8}",
			"config of mlx-lm: fine_tune_type: full: must be"},
		{"mlx-lm, α for scale", "{lora_parameters: {rank: 8, alpha: 16, dropout: 0}}",
			"config of mlx-lm: lora_parameters.scale is missing"},
		{"Ludwig, zero-shot", "{model_type: llm, base_model: m, input_features: [], output_features: []}",
			"config of Ludwig: adapter is absent"},
		{"Ludwig, AdaLoRA", "{model_type: llm, adapter: {type: adalora}}",
			"config of Ludwig: adapter.type: adalora: must be lora"},
		{"Unsloth's command, full", "{model: m, training: {training_type: full}, lora: {lora_r: 64}}",
			"config of Unsloth's command: training.training_type: full: must be lora"},
		{"PEFT, IA3", "{peft_type: IA3, target_modules: [k]}", `config of PEFT: peft_type: "IA3": must be LORA`},
		{"PEFT, a text and layers", "{peft_type: LORA, target_modules: all-linear, layers_to_transform: [0]}",
			"config of PEFT: layers_to_transform: PEFT refuses it where target_modules is a text"},
		{"PEFT, a pattern of layers alone", "{peft_type: LORA, target_modules: [q], layers_pattern: h}",
			"config of PEFT: layers_pattern: PEFT refuses it without layers_to_transform"},
		{"PEFT, a flag in quotes", `{"peft_type": "LORA", "use_rslora": "false"}`,
			`config of PEFT: use_rslora: "false": is text, and any text counts as true`},
		{"PEFT, lora_bias as text", `{"peft_type": "LORA", "lora_bias": "none"}`,
			`config of PEFT: lora_bias: "none": is text, and any text counts as true`},
		{"PEFT, a bad expression", "{peft_type: LORA, target_modules: '*.q_proj'}", "config of PEFT: target_modules: "},
		{"PEFT, rank null", "{peft_type: LORA, r: null}",
			"config of PEFT: r: null: is no value, and the tool takes no default in its place: set it, or " +
				"leave the key out"},
		{"PEFT, α null", "{peft_type: LORA, lora_alpha: ~}", "config of PEFT: lora_alpha: null"},
		{"PEFT, dropout null", "{peft_type: LORA, lora_dropout: null}", "config of PEFT: lora_dropout: null"},
		{"PEFT, biases null", "{peft_type: LORA, bias: null}", "config of PEFT: bias: null"},
		{"PEFT, patterns null", "{peft_type: LORA, rank_pattern: null}", "config of PEFT: rank_pattern: null"},
		{"PEFT, a rank of some maps null", "{peft_type: LORA, rank_pattern: {q: null}}",
			`config of PEFT: rank_pattern: "q": null: must be a whole number`},
		{"Unsloth, rank null", "{random_state: 1, r: null}", "config of Unsloth: r: null"},
		{"LLaMA-Factory, rank null", "{finetuning_type: lora, lora_rank: null}",
			"config of LLaMA-Factory: lora_rank: null"},
		{"LLaMA-Factory, rate null", "{finetuning_type: lora, learning_rate: null}",
			"config of LLaMA-Factory: learning_rate: null"},
		{"TRL, rank null", "{use_peft: true, lora_r: null}", "config of TRL: lora_r: null"},
		{"Ludwig, rank null", "{adapter: {type: lora, r: null}}", "config of Ludwig: adapter.r: null"},
		{"torchtune, α null", "{model: {_component_: lora_llama3, lora_rank: 8, lora_alpha: null}}",
			"config of torchtune: model.lora_alpha: null"},
		{"Axolotl, rank null", "{base_model: m, adapter: lora, lora_r: null, lora_alpha: 8}",
			"config of Axolotl: lora_r is missing"},
		{"PEFT, flags amid an expression", "{peft_type: LORA, target_modules: '.*(?i)Q_PROJ'}",
			`config of PEFT: target_modules: ".*(?i)Q_PROJ": (?i): PEFT stops at flags that are not at the start of ` +
				"its expression: write (?i:…) around what they are for"},
		{"PEFT, flags in a key", "{peft_type: LORA, rank_pattern: {'(?i)Q_PROJ': 4}}",
			`config of PEFT: rank_pattern: "(?i)Q_PROJ": (?i): PEFT stops at flags`},
		{"PEFT, flags in a pattern of layers", "{peft_type: LORA, layers_to_transform: 1, " +
			"layers_pattern: '(?i)LAYERS'}",
			`config of PEFT: layers_pattern: "(?i)LAYERS": (?i): PEFT stops at flags`},
		{"ms-swift, a bad expression", "{tuner_type: lora, target_regex: (}",
			`config of ms-swift: target_regex: "(": `},
		{"an anchor that is no mapping", "{peft_type: LORA, <<: 5}", "<<: 5: must be a mapping, or a list of mappings"},
		{"an anchor of null", "{peft_type: LORA, <<: }", "<<: null: must be a mapping"},
		{"anchors and a number", "{peft_type: LORA, <<: [{r: 4}, 5]}", "<<: a list of 2: must be a mapping"},
		{"two merge keys", "{peft_type: LORA, <<: {r: 4}, <<: {lora_alpha: 4}}", `"<<": is there twice`},
		{"two tools", "{lora_rank: 8, use_rslora: true}",
			"could be of LLaMA-Factory (lora_rank) or of ms-swift (lora_rank): add a key that only one of them has"},
		{"a model's config", `{"architectures": ["LlamaForCausalLM"], "model_type": "llama", "rank": 3}`,
			"names no adapter that is known here: "},
		{"a section", "{model: {name: m}, lora: {r: 8, lora_alpha: 16}}",
			`names no adapter that is known here, but its section "lora" does, with keys of PEFT: put that ` +
				"section into a file of its own"},
		{"an experiment", "{name: mine, grid: {rank: [4, 8]}}",
			"is an experiment of ranksweep, which sweep show explains"},
		{"alpaca-lora's", "{base_model: m, data_path: d, lora_r: 8, lora_alpha: 16}",
			"config of Axolotl: adapter is absent, so that Axolotl trains all weights, whatever lora_r is"},
		{"verl's", "{actor_rollout_ref: {model: {path: m, lora_rank: 32, lora_alpha: 16}}}",
			"names no adapter that is known here: "},
		{"kohya's", "{network_dim: 32, network_alpha: 16}", "names no adapter that is known here: "},
		{"NeMo's", "{model: {peft: {peft_scheme: lora, lora_tuning: {adapter_dim: 32}}}}",
			"names no adapter that is known here: "},
		{"a nested list", "[" + strings.Repeat("[", 300) + strings.Repeat("]", 300) + "]", "values within values"},
		{"an anchor in itself", "peft_type: LORA\na: &a [*a]", "values within values"},
		{"nine laughs",
			"a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n" +
				"d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: " +
				"[*e,*e,*e,*e,*e,*e,*e,*e,*e]",
			"more than 262144 values"},
		{"a key twice, YAML", "{peft_type: LORA, r: 8, r: 16}", `"r": is there twice`},
		{"a key twice, JSON", `{"peft_type": "LORA", "r": 8, "r": 16}`, `"r": is there twice`},
		{"UTF-16", "\xff\xfe{\x00}\x00", "is not UTF-8 text"},
		{"weights", "\x08\x00\x00\x00\x00\x00\x00\x00{}", "is neither YAML nor JSON"},
		{"prose", "Just a sentence.", `"Just a sentence.": must be a mapping of keys to values`},
		{"nothing but a comment", "# later", "is empty"},
	} {
		_, err := explain("", []byte(c.text))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s:\ngot  %v\nwant %s", c.kind, err, c.want)
		}
	}
}

// TestReadAsTheToolDoes: what is peculiar to a tool's reading of its keys.
func TestReadAsTheToolDoes(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"TRL, a list of one is a text", "{use_peft: true, lora_target_modules: [all-linear]}",
			"r 16 α 32 γ 2 all-linear"},
		{"TRL, and so a pattern", "{use_peft: true, lora_target_modules: [.*q_proj]}", "r 16 α 32 γ 2 ~.*q_proj"},
		{"TRL, numbers and flags in quotes", `{use_peft: "True", lora_r: "8", lora_alpha: "16", use_rslora: "false"}`,
			"r 8 α 16 γ 2 "},
		{"ms-swift, a list with all-linear", "{tuner_type: lora, target_modules: [lm_head, all-linear]}",
			"r 8 α 32 γ 4 all-linear lm_head"},
		{"ms-swift, an expression before names", "{tuner_type: lora, target_modules: [q_proj], target_regex: .*v_proj}",
			"r 8 α 32 γ 4 ~.*v_proj"},
		{"LLaMA-Factory, α of 0 is absent", "{finetuning_type: lora, lora_rank: 4, lora_alpha: 0}",
			"r 4 α 8 γ 2 all-linear"},
		{"LLaMA-Factory, names with blanks", "{finetuning_type: lora, lora_target: 'q_proj, v_proj'}",
			"r 8 α 16 γ 2 q_proj v_proj"},
		{"LLaMA-Factory, PiSSA", "{finetuning_type: lora, pissa_init: true, pissa_iter: -1}",
			"r 8 α 16 γ 2 all-linear init pissa"},
		{"LLaMA-Factory v1, defaults", "{peft_config: {name: lora}}", "r 8 α 16 γ 2 all-linear"},
		{"LLaMA-Factory v1, one name", "{peft_config: {name: lora, target_modules: q_proj}}", "r 8 α 16 γ 2 q_proj"},
		{"Axolotl, a pattern beside all",
			"{base_model: m, adapter: lora, lora_r: 8, lora_alpha: 8, lora_target_linear: true, " +
				"lora_target_modules: lm_head}", "r 8 α 8 γ 1 all-linear lm_head"},
		{"Axolotl, LoftQ", "{base_model: m, adapter: lora, lora_r: 8, lora_alpha: 8, peft: {loftq_config: " +
			"{loftq_bits: 4}}}",
			"r 8 α 8 γ 1  init loftq"},
		{"Axolotl, layers", "{base_model: m, adapter: lora, lora_r: 8, lora_alpha: 8, lora_target_linear: true, " +
			"peft_layers_to_transform: [0, 1], loraplus_lr_ratio: 16}", "r 8 α 8 γ 1 all-linear layers [0 1] ratio 16"},
		{"Axolotl, YAML 1.1", "{base_model: m, adapter: lora, lora_r: 4, lora_alpha: 8, peft_use_rslora: yes}",
			"r 4 α 8 γ 4 "},
		{"mlx-lm, defaults", "{fine_tune_type: lora}", "r 8 α 20 γ 20 all-linear last 16"},
		{"mlx-lm, all layers", "{fine_tune_type: lora, num_layers: -1}", "r 8 α 20 γ 20 all-linear"},
		{"mlx-lm, at another rank", "{lora_parameters: {rank: 64, scale: 2, dropout: 0}, num_layers: 4}",
			"r 64 α 2 γ 2 all-linear last 4"},
		{"Ludwig, a word", "{model_type: llm, adapter: lora}", "r 8 α 16 γ 2 "},
		{"Ludwig, a rate of its own", "{adapter: {type: lora}, trainer: {learning_rate: auto}}", "r 8 α 16 γ 2 "},
		{"Ludwig, α follows", "{adapter: {type: lora, r: 16}}", "r 16 α 32 γ 2 "},
		{"Unsloth, parts", "{r: 8, finetune_mlp_modules: false, finetune_last_n_layers: 2}",
			"r 8 α 16 γ 2 q_proj k_proj v_proj o_proj last 2"},
		{"Unsloth, a text and layers", "{r: 8, random_state: 1, target_modules: all-linear, layers_to_transform: [1]}",
			"r 8 α 16 γ 2 all-linear layers [1]"},
		{"PEFT, a name twice", "{peft_type: LORA, target_modules: [q_proj, v_proj, q_proj]}",
			"r 8 α 8 γ 1 q_proj v_proj"},
		{"Unsloth's command", "{lora: {lora_r: 8, target_modules: 'q_proj, v_proj'}}", "r 8 α 16 γ 2 q_proj v_proj"},
		{"PEFT, one layer", "{peft_type: LORA, target_modules: [q_proj], layers_to_transform: 3}",
			"r 8 α 8 γ 1 q_proj layers [3]"},
		{"PEFT, layer 0 of a pattern",
			"{peft_type: LORA, target_modules: [c_attn], layers_to_transform: 0, layers_pattern: [h]}",
			"r 8 α 8 γ 1 c_attn layers [0] after [h]"},
		{"PEFT, capitals", "{peft_type: LORA, target_modules: All-Linear}", "r 8 α 8 γ 1 all-linear"},
		{"PEFT, a number in quotes", `{"peft_type": "LORA", "r": "4"}`, "r 4 α 8 γ 2 "},
		{"PEFT, parameters alone", "{peft_type: LORA, target_parameters: [mlp.experts.down_proj]}", "r 8 α 8 γ 1 "},
		{"LoraConfig's arguments", "{r: 16, lora_alpha: 32, lora_bias: all}", "r 16 α 32 γ 2  bias all"},
		{"an anchor", "{peft_config: {name: lora, <<: &a {r: 4}}}", "r 4 α 16 γ 4 all-linear"},
		{"Axolotl, with a key of mlx-lm's old form",
			"{base_model: m, adapter: lora, lora_r: 4, lora_alpha: 8, lora_target_linear: true, lora_layers: 3}",
			"r 4 α 8 γ 2 all-linear"},
		{"mlx-lm, the old form", "{model: m, lora_layers: 3}", "r 8 α 20 γ 20 all-linear last 3"},
		{"anchors, of which the first counts", "{peft_type: LORA, <<: [{r: 4, bias: all}, {r: 2, lora_alpha: 2}]}",
			"r 4 α 2 γ 0.5  bias all"},
		{"an anchor, and a key of its own after it", "{peft_type: LORA, <<: {r: 4}, r: 2}", "r 2 α 8 γ 4 "},
		{"a byte order mark", "\uFEFF{peft_type: LORA}", "r 8 α 8 γ 1 "},
		{"PEFT, null where it means no", "{peft_type: LORA, use_rslora: null, use_dora: null, layers_to_transform: " +
			"null, target_modules: null, exclude_modules: null, lora_bias: null}", "r 8 α 8 γ 1 "},
		{"PEFT, init null leaves B as it is drawn", "{peft_type: LORA, init_lora_weights: null}",
			"r 8 α 8 γ 1  init false"},
		{"PEFT, flags at the start", "{peft_type: LORA, target_modules: '(?i)(?s).*Q_PROJ'}",
			"r 8 α 8 γ 1 ~(?i)(?s).*Q_PROJ"},
		{"LLaMA-Factory, α null is absent", "{finetuning_type: lora, lora_alpha: null}", "r 8 α 16 γ 2 all-linear"},
		{"Ludwig, α null is absent", "{adapter: {type: lora, alpha: null}}", "r 8 α 16 γ 2 "},
		{"ms-swift, a rate of null is absent", "{tuner_type: lora, learning_rate: null}", "r 8 α 32 γ 4 all-linear"},
		{"mlx-lm, a section of null is absent", "{fine_tune_type: lora, lora_parameters: null, learning_rate: null}",
			"r 8 α 20 γ 20 all-linear last 16"},
	} {
		e, err := explain("", []byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := brief(e); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		for _, q := range e.Elsewhere {
			if readable(q.Tool) {
				holdEquivalent(t, c.name, e.Settings, q)
			}
		}
	}
}

// brief writes the settings that an adapter depends on.
func brief(e *Explanation) string {
	s := e.Settings
	text := fmt.Sprintf("r %d α %g γ %g %s", s.Rank, s.Alpha, e.Gamma, strings.Join(s.Targets, " "))
	for _, p := range []struct {
		is   bool
		text string
	}{
		{s.Pattern != "", "~" + s.Pattern},
		{s.Init != "", " init " + s.Init},
		{s.Bias != "", " bias " + s.Bias},
		{len(s.Layers) > 0, fmt.Sprint(" layers ", s.Layers)},
		{len(s.LayersPattern) > 0, fmt.Sprint(" after ", s.LayersPattern)},
		{s.LastLayers > 0, fmt.Sprint(" last ", s.LastLayers)},
		{s.Ratio > 0, fmt.Sprint(" ratio ", s.Ratio)},
	} {
		if p.is {
			text += p.text
		}
	}
	return text
}

// TestFoldersAndOtherFiles: a folder stands for the config in it, and what is no config is
// refused by its kind.
func TestFoldersAndOtherFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		check(t, os.MkdirAll(filepath.Dir(file), 0o777))
		check(t, os.WriteFile(file, []byte(text), 0o666))
		return file
	}
	write("peft/adapter_config.json", `{"peft_type": "LORA", "r": 4}`)
	write("swift/args.json", `{"tuner_type": "lora", "lora_rank": 4, "model": "m"}`)
	for _, name := range []string{"peft", "swift"} {
		if e, err := File(filepath.Join(dir, name)); err != nil || e.Settings.Rank != 4 {
			t.Errorf("%s: %v", name, err)
		}
	}
	for file, want := range map[string]string{
		dir:                                  "is a folder with neither adapter_config.json nor args.json",
		write("train.py", "r = 16"):          "is a program, not a config: write the arguments of LoraConfig",
		write("a.json", "{peft_type: LORA}"): "is not JSON: ",
		write("b.json", "{\"r\": 1,\n\n]"):   "is not JSON: ",
		write("empty.json", " \n"):           "is empty",
		write("long.yaml", strings.Repeat("# much\n", 1<<21)): "it has more than 8388608 bytes",
		os.DevNull: "it is a device or a socket, and must be a file",
	} {
		if _, err := File(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", file, err, want)
		}
	}
	file := write("c.json", "{\"peft_type\": \"LORA\",\n\"r\": 0}")
	if _, err := File(file); err == nil ||
		!strings.HasPrefix(err.Error(), "explain: "+file+":2: config of PEFT: r: 0: ") {
		t.Error(err)
	}
	file = write("d.yaml", "peft_type: LORA\nalpha_pattern:\n  q_proj: 4\n  (v: 5\n")
	if _, err := File(file); err == nil ||
		!strings.HasPrefix(err.Error(), "explain: "+file+":4: config of PEFT: alpha_pattern: \"(v\": ") {
		t.Error(err)
	}
}

// TestManyMaps: an adapter that names each map of many layers is told in short.
func TestManyMaps(t *testing.T) {
	var names []string
	for layer := range 30 {
		for _, name := range linear {
			names = append(names, fmt.Sprintf("model.layers.%d.%s%s", layer, mlxParents[name], name))
		}
	}
	config := func(names []string) *Explanation {
		e, err := explain("", fmt.Appendf(nil, `{"peft_type": "LORA", "target_modules": %s}`, listText(names)))
		check(t, err)
		return e
	}
	e := config(names)
	if got := e.Settings.targets(); !strings.HasPrefix(got, "30 × q_proj, 30 × k_proj, ") {
		t.Errorf("targets %s", got)
	}
	if q := e.Elsewhere[0]; q.Lines[1] != "lora_target: all" || !strings.Contains(q.Remarks[0], "layers 0 to 29") {
		t.Errorf("%s: %q, %q", q.Tool, q.Lines, q.Remarks)
	}
	if q := config(names[:209]).Elsewhere[0]; slices.Contains(q.Lines, "lora_target: all") {
		t.Error("one map of the last layer is missing, and still all are taken")
	}
}

// TestPatternsMeet: rows have the ranks and gammas that PEFT 0.21 gives the maps of a LLaMA, also where the
// rank is by one pattern and α by another, and patterns that match only maps that are not adapted have no row.
func TestPatternsMeet(t *testing.T) {
	for _, c := range []struct{ text, maps, idle string }{
		{`"target_modules": "all-linear", "rank_pattern": {"layers.(0|1).*": 4},
			"alpha_pattern": {"q_proj": 8, ".*mlp.*": 64}`,
			"layers.(0|1).* and q_proj 4 2; layers.(0|1).* 4 8; layers.(0|1).* and .*mlp.* 4 16; " +
				"q_proj 16 0.5; .*mlp.* 16 4",
			""},
		{`"target_modules": ["q_proj", "v_proj"], "rank_pattern": {"^model.layers.0.*q_proj": 4, "v_proj": 64},
			"alpha_pattern": {"q_proj": 8, "layers.1.self_attn.v_proj": 128}`,
			"^model.layers.0.*q_proj and q_proj 4 2; v_proj 64 0.5; layers.1.self_attn.v_proj 64 2; q_proj 16 0.5", ""},
		{`"target_modules": ["q_proj", "down_proj"], "rank_pattern": {"down_proj": 4},
			"exclude_modules": ["down_proj"]`,
			"", "down_proj"},
		{`"target_modules": ["c_new", "c_old"], "rank_pattern": {"h.0.c_new": 4},
			"exclude_modules": ["c_new"]`,
			"", "h.0.c_new"},
		{`"target_modules": ["q_proj"], "exclude_modules": ".*layers.0.*",
			"alpha_pattern": {"layers.0.self_attn.q_proj": 4}`,
			"", "layers.0.self_attn.q_proj"},
		{`"target_modules": ["q_proj"], "rank_pattern": {"layers.5.self_attn.q_proj": 4, "1.self_attn.q_proj": 2},
			"layers_to_transform": [0, 1]`, "1.self_attn.q_proj 2 16", "layers.5.self_attn.q_proj"},
		{`"target_modules": ".*[.][0-3][.].*(q|v)_proj", "rank_pattern": {"k_proj": 4, "q_proj": 2, "lm_head": 1},
			"alpha_pattern": {"layers.7.self_attn.q_proj": 8}`, "q_proj 2 16",
			"k_proj, lm_head, layers.7.self_attn.q_proj"},
		{`"target_modules": ["self_attn.q_proj"], "rank_pattern": {"self_attn.q_proj": 4, "q_proj": 2},
			"alpha_pattern": {"q_proj": 8}`,
			"self_attn.q_proj 4 2", ""},
		{`"target_modules": ["layers.0.self_attn.q_proj"], "rank_pattern": {"layers.2.self_attn.q_proj": 2}`,
			"", "layers.2.self_attn.q_proj"},
		{`"target_modules": ["c_attn"], "rank_pattern": {"transformer.h.[01].*": 2},
			"alpha_pattern": {"c_attn": 4}`,
			"transformer.h.[01].* and c_attn 2 2; c_attn 16 0.25", ""},
		{`"target_modules": ["w_in"], "rank_pattern": {"block.[01].*": 2},
			"alpha_pattern": {"w_in": 4}`, // names that are not known
			"block.[01].* 2 16; block.[01].* and w_in 2 2; w_in 16 0.25", ""},
	} {
		e, err := explain("", []byte(`{"peft_type": "LORA", "r": 16, "lora_alpha": 32, `+c.text+"}"))
		check(t, err)
		var rows []string
		for _, m := range e.Maps {
			rows = append(rows, fmt.Sprintf("%s %d %g", strings.Join(m.Names, ", "), m.Rank, m.Gamma))
		}
		if got := strings.Join(rows, "; "); got != c.maps {
			t.Errorf("%s: maps are\n%s, want\n%s", c.text, got, c.maps)
		}
		if got := strings.Join(e.Settings.Idle, ", "); got != c.idle {
			t.Errorf("%s: idle are %s, want %s", c.text, got, c.idle)
		}
	}
}

// TestKeysBesideDoNotBear: no list of keys that have nothing to do with the adapter has one
// that a tool reads.
func TestKeysBesideDoNotBear(t *testing.T) {
	for _, tool := range tools {
		for _, w := range []words{peftWords, llamaFactoryWords, axolotlWords, trlWords, swiftWords} {
			for _, key := range []string{w.rank, w.alpha, w.rslora, w.dora, w.layers, w.ranks, w.alphas,
				w.lr, w.ratio, w.bias,
				w.init, w.exclude} {
				if key != "" && slices.Contains(tool.beside, key) {
					t.Errorf("%s passes %s over", tool.name, key)
				}
			}
		}
	}
}

// TestNamesWhatItDoesNotUnderstand: keys that bear on an adapter and are not read are named.
func TestNamesWhatItDoesNotUnderstand(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{peft_type: LORA, lora_aplha: 4, new_variant: {a: 1}}", "lora_aplha, new_variant"},
		{"{finetuning_type: lora, freeze_trainable_layers: 2, bf16: true, lora_rnak: 3}",
			"freeze_trainable_layers, lora_rnak"},
		{"{base_model: m, adapter: lora, lora_r: 8, lora_alpha: 8, lr_groups: [], gc_steps: 3}", "lr_groups"},
		{"{use_peft: true, seed: 1, beta: 0.1, lora_targets: all-linear}", "lora_targets"},
		{"{tuner_type: lora, vit_lr: 1.0e-5, seed: 1}", "vit_lr"},
		{"{model: {apply_lora_to_mlp: true, lora_rank: 8, lora_bias: all}, optimizer: {lr: 1, lr_b: 2}}",
			"model.lora_bias, optimizer.lr_b"},
		{"{lora_parameters: {rank: 8, scale: 2, dropout: 0, alpha: 16}, iters: 3}", "lora_parameters.alpha"},
		{"{adapter: {type: lora}, trainer: {learning_rate: auto}}", "trainer.learning_rate"},
		{"{adapter: {type: lora, rank: 8}, trainer: {base_learning_rate: 1, epochs: 2}}",
			"adapter.rank, trainer.base_learning_rate"},
		{"{peft_config: {name: lora, rank: 8}, seed: 1}", "peft_config.rank"},
		{`{peft_type: LORA, "<<": {r: 4}}`, "<<"}, // in quotes it is a key as any other
		{`{"peft_type": "LORA", "<<": {"r": 4}}`, "<<"},
	} {
		e, err := explain("", []byte(c.text))
		check(t, err)
		if got := strings.Join(e.NotUnderstood, ", "); got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
}

// TestControlCharactersAreNotPrinted: what a file has does not reach a terminal as a command.
func TestControlCharactersAreNotPrinted(t *testing.T) {
	value := jsonText("\x1b]0;title\a\n")
	file := filepath.Join(t.TempDir(), "a.json")
	write := func(text string) {
		check(t, os.WriteFile(file, []byte(strings.ReplaceAll(text, "X", value)), 0o666))
	}
	write(`{"peft_type": "LORA", "base_model_name_or_path": X, "init_lora_weights": X, "bias": X, X: 4,
		"target_modules": [X, "q_proj"], "alpha_pattern": {X: 3}}`)
	e, err := File(file)
	check(t, err)
	text := textOf(t, e)
	if strings.Contains(text, "\x1b") || !strings.Contains(text, `model       \x1b]0;title\a\n`) {
		t.Errorf("%q", text)
	}
	for _, text := range []string{`{"a": {X: 1, X: 1}}`, `{X: {"r": 1, "lora_alpha": 1}}`, `[X]`, `{"peft_type": X}`,
		`{"peft_type": "LORA", "rank_pattern": {X: 0}}`, `{"peft_type": "LORA", "target_modules": "(` +
			value[1:] + `}`} {
		write(text)
		if _, err := File(file); err == nil || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%s: %q", text, err)
		}
	}
}
