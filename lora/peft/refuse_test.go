package peft

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"ranksweep/nn"
	"ranksweep/nn/nntest"
)

const residualHint = "the adapter goes with frozen weights other than the model's; " +
	"save it with path_initial_model_for_weight_conversion"

// TestRefusals: an error names the folder and the file, then says what is wrong.
func TestRefusals(t *testing.T) {
	const module = prefix + "model.layers.0.mlp.up_proj"
	tensor := func(name string, shape ...int) nn.Tensor {
		size := 1
		for _, n := range shape {
			size *= n
		}
		return nn.Tensor{Name: name, Shape: shape, Data: make([]float32, size)}
	}
	a, b := tensor(module+".lora_A.weight", 3, 12), tensor(module+".lora_B.weight", 20, 3)
	pair := []nn.Tensor{a, b}
	for _, c := range []struct {
		name, settings string
		tensors        []nn.Tensor
		want           string
	}{
		{"another method", `{"peft_type": "LOHA"}`, pair, `adapter_config.json: peft_type "LOHA": must be LORA`},
		{"no method", `{"peft_type": null}`, pair, `adapter_config.json: peft_type "": must be LORA`},
		{"rank 0", `{"r": 0}`, pair, `adapter_config.json: r 0: must be at least 1`},
		{"rank -1", `{"r": -1}`, pair, `adapter_config.json: r -1: must be at least 1`},
		{"rank as text", `{"r": "3"}`, pair,
			`adapter_config.json: json: cannot unmarshal string into Go struct field config.r of type int`},
		{"biases", `{"bias": "lora_only"}`, pair, `adapter_config.json: bias "lora_only": must be none`},
		{"DoRA as text", `{"use_dora": "yes"}`, pair,
			`adapter_config.json: json: cannot unmarshal string into Go struct field config.use_dora of type bool`},
		{"DoRA without a magnitude", `{"use_dora": true}`, pair,
			`adapter_model.safetensors: module "model.layers.0.mlp.up_proj" has no magnitude, ` +
				`and use_dora in adapter_config.json asks for one`},
		{"DoRA of a matrix", `{"use_dora": true}`, append(pair[:2:2], tensor(module+".lora_magnitude_vector", 1, 20)),
			`adapter_model.safetensors: tensor "` + module +
				`.lora_magnitude_vector" of shape [1 20]: not an A, a B or a magnitude of DoRA`},
		{"DoRA of another height", `{"use_dora": true}`,
			append(pair[:2:2], tensor(module+".lora_magnitude_vector", 21)),
			`lora: model.layers.0.mlp.up_proj: the magnitude has 21 entries, the model's map has 20 outputs: ` +
				`an adapter of another model`},
		{"QALoRA", `{"use_qalora": true}`, pair, `adapter_config.json: use_qalora: not supported (QALoRA)`},
		{"block-diagonal", `{"use_bdlora": {"nblocks": 2}}`, pair,
			`adapter_config.json: use_bdlora: not supported (block-diagonal LoRA)`},
		{"Arrow", `{"arrow_config": {"top_k": 2}}`, pair,
			`adapter_config.json: arrow_config: not supported (Arrow, routing among adapters)`},
		{"aLoRA", `{"alora_invocation_tokens": [5]}`, pair,
			`adapter_config.json: alora_invocation_tokens: not supported (aLoRA, which is active ` +
				`only after certain tokens)`},
		{"repeated layers", `{"layer_replication": [[0, 2], [1, 2]]}`, pair,
			`adapter_config.json: layer_replication: not supported (repeated layers)`},
		{"of a later PEFT", `{"use_nextlora": true, "some_config": {"a": 1}, "off": false, "none": {}}`, pair,
			`adapter_config.json: ["some_config" "use_nextlora"]: not known here, and may change what the adapter ` +
				`computes: take out what does not`},
		{"VeLoRA", `{"velora_config": {"scale": 1}}`, pair,
			`adapter_config.json: velora_config: not supported (VeLoRA)`},
		{"KaSA", `{"kasa_config": {"beta": 1}}`, pair, `adapter_config.json: kasa_config: not supported (KaSA)`},
		{"MonteCLoRA", `{"monteclora_config": {"num_samples": 8}}`, pair,
			`adapter_config.json: monteclora_config: not supported (MonteCLoRA)`},
		{"experts", `{"target_parameters": ["mlp.experts"]}`, pair,
			`adapter_config.json: target_parameters: not supported (parameters that are not a linear map)`},
		{"tokens", `{"trainable_token_indices": [5]}`, pair,
			`adapter_config.json: trainable_token_indices: not supported (tokens, trained and saved)`},
		{"Megatron", `{"megatron_config": {"a": 1}}`, pair,
			`adapter_config.json: megatron_config: not supported (Megatron)`},
		{"bias of B", `{"lora_bias": true}`, pair, `adapter_config.json: lora_bias: not supported (biases of B)`},
		{"whole modules", `{"modules_to_save": ["lm_head"]}`, pair,
			`adapter_config.json: modules_to_save: not supported (whole modules, trained and saved)`},
		{"a whole module as text", `{"modules_to_save": "lm_head"}`, pair,
			`adapter_config.json: modules_to_save: not supported (whole modules, trained and saved)`},
		{"PiSSA", `{"init_lora_weights": "pissa_niter_16"}`, pair,
			`adapter_config.json: init_lora_weights "pissa_niter_16": ` + residualHint},
		{"CorDA", `{"init_lora_weights": "corda"}`, pair,
			`adapter_config.json: init_lora_weights "corda": ` + residualHint},
		{"OLoRA", `{"init_lora_weights": "olora"}`, pair,
			`adapter_config.json: init_lora_weights "olora": ` + residualHint},
		{"LoftQ", `{"init_lora_weights": "loftq"}`, pair,
			`adapter_config.json: init_lora_weights "loftq": ` + residualHint},
		{"LoRA-GA", `{"init_lora_weights": "lora_ga"}`, pair,
			`adapter_config.json: init_lora_weights "lora_ga": ` + residualHint},
		{"patterns as a list", `{"rank_pattern": ["q_proj"]}`, pair,
			`adapter_config.json: patterns must be an object of names to values`},
		{"rank null", `{"r": null}`, pair,
			`adapter_config.json: r: null: is no value, and PEFT stops at it: write the one that it was trained with`},
		{"alpha null", `{"lora_alpha": null}`, pair,
			`adapter_config.json: lora_alpha: null: is no value, and PEFT stops ` +
				`at it: write the one that it was trained with`},
		{"rank pattern as text", `{"rank_pattern": {"q_proj": "4"}}`, pair,
			`adapter_config.json: pattern "q_proj": json: cannot unmarshal string into Go value of type int`},
		{"pattern cut off", `{"alpha_pattern": {"(q_proj": 4}}`, pair,
			"adapter_config.json: pattern \"(q_proj\": error parsing regexp: missing closing ) in `(q_proj`"},
		{"pattern closed by another", `{"alpha_pattern": {"q_proj)(?:x": 4}}`, pair,
			"adapter_config.json: pattern \"q_proj)(?:x\": error parsing regexp: unexpected ) in `q_proj)(?:x`"},
		{"targets cut off", `{"target_modules": "[qv"}`, pair,
			"adapter_config.json: \"[qv\": error parsing regexp: unterminated [] set in `[qv`"},
		{"flags within a pattern", `{"alpha_pattern": {"(?i)Q_PROJ": 4}}`, pair,
			`adapter_config.json: pattern "(?i)Q_PROJ": (?i): PEFT stops at flags that are not at the start of its ` +
				"expression: write (?i:…) around what they are for"},
		{"flags amid targets", `{"target_modules": ".*(?i)Q_PROJ"}`, pair,
			`adapter_config.json: ".*(?i)Q_PROJ": (?i): PEFT stops at flags that are not at the start of its ` +
				"expression: write (?i:…) around what they are for"},
		{"targets that run away", `{"target_modules": "((?:[a-z.0-9_])*)*(?!y)x"}`, pair,
			`adapter_config.json: expression "((?:[a-z.0-9_])*)*(?!y)x" takes longer than 1s on ` +
				`"model.layers.0.self_attn.q_proj": write it more simply`},
		{"a target without weights", `{"target_modules": ["up_proj"]}`, pair,
			`adapter_config.json: selects the model's map "model.layers.1.mlp.up_proj", which has no weights in ` +
				`adapter_model.safetensors`},
		{"weights without a target", `{"target_modules": ["q_proj"]}`, append(pair[:2:2],
			tensor(prefix+"model.layers.0.self_attn.q_proj.lora_A.weight", 3, 12),
			tensor(prefix+"model.layers.0.self_attn.q_proj.lora_B.weight", 12, 3),
			tensor(prefix+"model.layers.1.self_attn.q_proj.lora_A.weight", 3, 12),
			tensor(prefix+"model.layers.1.self_attn.q_proj.lora_B.weight", 12, 3)),
			`adapter_config.json: does not select the map "model.layers.0.mlp.up_proj", which has weights in ` +
				`adapter_model.safetensors`},
		{"weights of an excluded map", `{"target_modules": "all-linear", "exclude_modules": ".*"}`, pair,
			`adapter_config.json: does not select the map "model.layers.0.mlp.up_proj", which has weights in ` +
				`adapter_model.safetensors`},
		{"layers of an expression", `{"target_modules": ".*up_proj", "layers_to_transform": [0]}`, pair,
			`adapter_config.json: target_modules ".*up_proj": an expression cannot have layers_to_transform ` +
				`or layers_pattern: ` +
				`name the layers in the expression`},
		{"layers without numbers", `{"target_modules": ["up_proj"], "layers_pattern": "layers"}`, pair,
			`adapter_config.json: layers_pattern: has no meaning without layers_to_transform`},
		{"a scale past float32", `{"lora_alpha": 1e40}`, pair,
			`adapter_model.safetensors: module "model.layers.0.mlp.up_proj": lora_alpha 1e40 at rank 3: the ` +
				`scale is no float32`},

		{"no adapter", `{}`, nil, `adapter_model.safetensors: holds no adapter`},
		{"only A", `{}`, pair[:1],
			`adapter_model.safetensors: module "model.layers.0.mlp.up_proj" has only one of A and B`},
		{"only B", `{}`, pair[1:],
			`adapter_model.safetensors: module "model.layers.0.mlp.up_proj" has only one of A and B`},
		{"another tensor", `{}`, append(pair[:2:2], tensor(module+".lora_magnitude_vector", 20)),
			`adapter_model.safetensors: tensor "` + module +
				`.lora_magnitude_vector" of shape [20]: not an A or a B of LoRA`},
		{"another wrapper", `{}`, []nn.Tensor{tensor("up_proj.lora_A.weight", 3, 12)},
			`adapter_model.safetensors: tensor "up_proj.lora_A.weight" of shape [3 12]: not an A or a B of LoRA`},
		{"three dimensions", `{}`, []nn.Tensor{tensor(module+".lora_A.weight", 3, 4, 3), b},
			`adapter_model.safetensors: tensor "` + module +
				`.lora_A.weight" of shape [3 4 3]: not an A or a B of LoRA`},
		{"rank of the config", `{"r": 4}`, pair,
			`adapter_model.safetensors: module "model.layers.0.mlp.up_proj": A has 3 rows, adapter_config.json ` +
				`says rank 4`},
		{"rank of a pattern", `{"rank_pattern": {"up_proj": 2}}`, pair,
			`adapter_model.safetensors: module "model.layers.0.mlp.up_proj": A has 3 rows, adapter_config.json ` +
				`says rank 2`},
		{"rank 0 of a pattern", `{"rank_pattern": {"up_proj": 0}}`,
			[]nn.Tensor{tensor(a.Name, 0, 12), tensor(b.Name, 20, 0)},
			`adapter_model.safetensors: module "model.layers.0.mlp.up_proj": rank_pattern gives it rank 0: must ` +
				`be at least 1`},
		{"A of another width", `{}`, []nn.Tensor{tensor(a.Name, 3, 13), b},
			`lora: model.layers.0.mlp.up_proj: A is (3, 13) and B is (20, 3), the model's map is (20, 12): an ` +
				`adapter of another model`},
		{"B of another height", `{}`, []nn.Tensor{a, tensor(b.Name, 21, 3)},
			`lora: model.layers.0.mlp.up_proj: A is (3, 12) and B is (21, 3), the model's map is (20, 12): an ` +
				`adapter of another model`},
		{"B of another rank", `{}`, []nn.Tensor{a, tensor(b.Name, 20, 4)},
			`lora: model.layers.0.mlp.up_proj: A is (3, 12) and B is (20, 4), the model's map is (20, 12): an ` +
				`adapter of another model`},
		{"a part twice", `{}`, []nn.Tensor{a, b, tensor(module+".lora_A.default.weight", 3, 12)},
			`adapter_model.safetensors: tensor "` + a.Name + `": module "model.layers.0.mlp.up_proj" has this part ` +
				`twice, with and without the name default`},
		{"ZeRO-3", `{}`, []nn.Tensor{tensor(a.Name, 0), b},
			`adapter_model.safetensors: tensor "` + a.Name + `" of shape [0] is empty: DeepSpeed ZeRO-3 saves only ` +
				`parts of weights; save the adapter with stage3_gather_16bit_weights_on_model_save, or put the parts ` +
				`together by zero_to_fp32.py`},
		{"no such map", `{}`, []nn.Tensor{tensor(prefix+"lm_head.lora_A.weight", 3, 12),
			tensor(prefix+"lm_head.lora_B.weight", 17, 3)},
			`lora: the model has no linear map "lm_head"; it has model.layers.0.self_attn.q_proj and others`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := write(t, configWith(t, c.settings), c.tensors)
			_, err := Load(dir, nntest.Model(t), tokens)
			if want := "peft: " + dir + ": " + c.want; err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

func TestMissingFiles(t *testing.T) {
	for _, name := range []string{configFile, weightsFile} {
		m := nntest.Model(t)
		dir := write(t, configWith(t, `{}`), tensorsOf(attach(t, m, adapter{"mlp", 3, 2})))
		check(t, os.Remove(filepath.Join(dir, name)))
		_, err := Load(dir, m, tokens)
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "peft: "+dir) ||
			!strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

// What a model's own state holds, with the name of the adapter in the names, is what PEFT writes
// without it.
func TestDefaultInNames(t *testing.T) {
	m := nntest.Model(t)
	tensors := tensorsOf(attach(t, m, adapter{"mlp", 3, 2}))
	want, err := Read(write(t, configWith(t, `{}`), tensors), m)
	check(t, err)
	for i := range tensors {
		tensors[i].Name = strings.Replace(tensors[i].Name, ".weight", ".default.weight", 1)
	}
	got, err := Read(write(t, configWith(t, `{}`), tensors), m)
	check(t, err)
	if len(got.Adapters) == 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// Weights that are no safetensors are named for what they are, with what to do.
func TestOtherFilesInPlaceOfWeights(t *testing.T) {
	m := nntest.Model(t)
	for name, c := range map[string]struct{ content, want string }{
		pickledFile: {"PK", "a pickled file may run any program and is not read; convert it by python -c "},
		weightsFile: {"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n", "git lfs pull"},
		configFile:  {"<!DOCTYPE html>\n<html>", "adapter_config.json: is a web page and not the file itself"},
	} {
		dir := write(t, configWith(t, `{}`), tensorsOf(attach(t, m, adapter{"mlp", 3, 2})))
		if name == pickledFile {
			check(t, os.Remove(filepath.Join(dir, weightsFile)))
		}
		check(t, os.WriteFile(filepath.Join(dir, name), []byte(c.content), 0o666))
		if _, err := Load(dir, m, tokens); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// folder is a valid folder of two adapters, in memory.
func folder(t *testing.T, m *nn.Model) fstest.MapFS {
	t.Helper()
	dir := write(t, configWith(t, `{"rank_pattern": {"q.*": 4}}`), tensorsOf(attach(t, m, adapter{"k_proj", 3, 2})))
	files := make(fstest.MapFS)
	for _, name := range []string{configFile, weightsFile} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		check(t, err)
		files[name] = &fstest.MapFile{Data: content}
	}
	_, err := load(files, m, tokens)
	check(t, err)
	return files
}

// TestCutOff cuts both files at every byte: anything but the whole file is an error.
func TestCutOff(t *testing.T) {
	m := nntest.Model(t)
	files := folder(t, m)
	for name, file := range files {
		whole := file.Data
		for n := range whole {
			file.Data = whole[:n]
			if _, err := load(files, m, tokens); err == nil || !strings.Contains(err.Error(), name) {
				t.Fatalf("%s cut to %d bytes of %d: %v", name, n, len(whole), err)
			}
		}
		file.Data = whole
	}
}

// TestChangedBytesDoNotPanic: a changed byte may go unnoticed, for example in a weight, but
// causes no panic.
func TestChangedBytesDoNotPanic(t *testing.T) {
	m := nntest.Model(t)
	files := folder(t, m)
	for name, file := range files {
		whole := file.Data
		for i := range whole {
			file.Data = bytes.Clone(whole)
			file.Data[i] ^= 0x11
			if s, err := load(files, m, tokens); err == nil && len(s.Adapters) != 2 {
				t.Errorf("%s with byte %d changed has %d adapters", name, i, len(s.Adapters))
			}
		}
		file.Data = whole
	}
}

// TestHarmlessSettings: settings that change only training, or nothing, are no reason to
// refuse an adapter.
func TestHarmlessSettings(t *testing.T) {
	m := nntest.Model(t)
	tensors := tensorsOf(attach(t, m, adapter{"mlp", 3, 2}))
	for _, settings := range []string{
		`{"lora_dropout": 0.1, "target_modules": ["up_proj", "gate_proj", "mlp.down_proj"], "revision": "main"}`,
		`{"fan_in_fan_out": true}`, `{"init_lora_weights": "orthogonal"}`,
		`{"init_lora_weights": "gaussian"}`, `{"init_lora_weights": false}`,
		`{"modules_to_save": [], "arrow_config": null, "use_bdlora": {}}`,
		`{"rank_pattern": null, "alpha_pattern": null, "bias": null}`,
		`{"a setting of the future": false, "another": null}`,
	} {
		if _, err := Load(write(t, configWith(t, settings), tensors), m, tokens); err != nil {
			t.Errorf("%s: %v", settings, err)
		}
	}
}
