package checkpoint

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"ranksweep/nn"
	"ranksweep/tokenizer"
)

func TestLoadErrors(t *testing.T) {
	c := tiny(t, false)
	tensors := c.Model.Tensors()
	set := func(key, value string) func(fstest.MapFS) {
		return func(files fstest.MapFS) { setConfig(t, files, key, value) }
	}
	remove := func(name string) func(fstest.MapFS) {
		return func(files fstest.MapFS) { delete(files, name) }
	}
	write := func(name, content string) func(fstest.MapFS) {
		return func(files fstest.MapFS) { files[name] = &fstest.MapFile{Data: []byte(content)} }
	}
	index := func(content string) func(fstest.MapFS) {
		return func(files fstest.MapFS) {
			delete(files, weightsFile)
			write(indexFile, content)(files)
		}
	}
	weights := func(tensors ...nn.Tensor) func(fstest.MapFS) {
		return func(files fstest.MapFS) { setTensors(t, files, weightsFile, tensors) }
	}
	extra := func(name string, n int) nn.Tensor {
		return nn.Tensor{Name: name, Shape: []int{n}, Data: make([]float32, n)}
	}
	turned := slices.Clone(tensors)
	turned[0].Shape = []int{8, 257}
	for _, c := range []struct {
		damage func(fstest.MapFS)
		want   []string
	}{
		{remove(configFile), []string{"tiny/config.json", "not exist"}},
		{remove(tokenizerFile), []string{"tiny/tokenizer.json", "not exist"}},
		{remove(weightsFile), []string{"tiny: no model.safetensors and no model.safetensors.index.json"}},
		{write(configFile, `{`), []string{"tiny/config.json: unexpected end"}},
		{write(tokenizerFile, `{`), []string{"tiny/tokenizer.json: unexpected end"}},
		{write("tokenizer_config.json", `{"eos_token": "</s>"}`),
			[]string{`tiny/tokenizer_config.json: eos_token "</s>"`}},

		{func(files fstest.MapFS) {
			files["chat_template.jinja"] = &fstest.MapFile{Data: []byte("gone"), Mode: fs.ModeSymlink}
		}, []string{`tiny/chat_template.jinja: it is a link to "gone", which is not there`}},

		{set("architectures", `["T5ForConditionalGeneration"]`),
			[]string{`architecture "T5ForConditionalGeneration" is unknown; known are: LlamaForCausalLM, ` +
				`MistralForCausalLM`}},
		{func(files fstest.MapFS) { set("architectures", "")(files); set("model_type", `"t5"`)(files) },
			[]string{`config.json: no architectures, and model_type "t5" is unknown; known are: LlamaForCausalLM, `}},
		{write(configFile, "<!doctype html>\n<html>"),
			[]string{"tiny/config.json: is a web page and not the file itself"}},
		{write(tokenizerFile, "version https://git-lfs.github.com/spec/v1\n"),
			[]string{"tiny/tokenizer.json: is a pointer of Git LFS and not the file itself: fetch that, as " +
				"by git lfs pull"}},
		{write(weightsFile, "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n"),
			[]string{"tiny/model.safetensors: is a pointer of Git LFS"}},
		{set("hidden_act", `"gelu"`), []string{`hidden_act "gelu"`}},
		{set("rope_scaling", `{"rope_type": "yarn"}`),
			[]string{`rotary scaling "yarn" is not supported; known are: default, linear, llama3`}},
		{set("rope_scaling", `{"type": "linear", "factor": -2}`), []string{"rotary scaling by factor -2"}},
		{set("rope_parameters", `{"rope_type": "default", "partial_rotary_factor": 0.25}`),
			[]string{"0.25 of a head's 2 channels rotated"}},
		{set("attention_bias", "true"), []string{`"model.layers.0.self_attn.q_proj.bias", of shape [8], is missing`}},
		{set("mlp_bias", "true"), []string{`"model.layers.0.mlp.gate_proj.bias", of shape [6], is missing`}},
		{set("sliding_window", "4096"), []string{"sliding_window is not supported"}},
		{set("quantization_config", `{"bits": 4}`), []string{"quantization_config"}},
		{set("num_key_value_heads", "3"), []string{"4 heads do not divide into 3"}},
		{set("num_key_value_heads", "0"), []string{"key/value heads 0: must be from 1"}},
		{set("num_hidden_layers", "-1"), []string{"layers -1"}},
		{set("head_dim", "4"), []string{"k_proj", "shape [4 8], but the config asks for [8 8]"}},
		{set("head_dim", "3"), []string{"head dim 3: must be even"}},
		{set("rms_norm_eps", "-1"), []string{"norm epsilon -1"}},
		{set("rope_theta", "0"), []string{"rope theta 0"}},
		{set("hidden_size", `"8"`), []string{"tiny/config.json", "hidden_size"}},
		{set("vocab_size", "256"),
			[]string{`tiny/tokenizer.json: token 256, "<|endoftext|>": the model's embedding has ` +
				"only 256 tokens: resize the model's embedding for its tokenizer"}},
		{set("bos_token_id", "400"), []string{"bos_token_id 400", "no token 400"}},

		// Sizes that do not fit the length of the weights are never allocated.
		{set("vocab_size", "16777216"), []string{"tiny/config.json: describes", "model.safetensors has room for"}},
		{set("vocab_size", "9223372036854775807"), []string{"vocabulary 9223372036854775807"}},
		{set("hidden_size", "32768"), []string{"has room for"}},
		{set("num_hidden_layers", "32768"), []string{"has room for"}},
		{set("num_hidden_layers", "1000000000"), []string{"layers 1000000000"}},

		{weights(tensors[:len(tensors)-1]...),
			[]string{`tiny/model.safetensors: tensor "lm_head.weight", of shape [257 8], is missing`}},
		{weights(append(slices.Clone(tensors), extra("model.layers.2.mlp.gate_proj.bias", 6))...),
			[]string{`tensor "model.layers.2.mlp.gate_proj.bias"`, "no such tensor"}},
		{weights(turned...), []string{`tiny/model.safetensors: tensor "model.embed_tokens.weight": shape [8 257]`,
			"asks for [257 8]"}},
		{weights(append(slices.Clone(tensors), extra("norm.weight", 8))...),
			[]string{`tensor "norm.weight": differs from "model.norm.weight"`}},

		{index(`{"weight_map": {"a": "../model.safetensors"}}`),
			[]string{`shard "../model.safetensors": must be a file in the same folder`}},
		{index(`{"weight_map": {"a": "/etc/passwd"}}`), []string{`shard "/etc/passwd"`}},
		{index(`{"weight_map": {"a": "..\\x"}}`), []string{`shard "..\\x"`}},
		{index(`{"weight_map": {"a": ".."}}`), []string{`shard ".."`}},
		{index(`{"weight_map": {"a": ""}}`), []string{`shard ""`}},
		{index(`{"weight_map": {}}`), []string{"names no files"}},
		{index(`{"weight_map": {"a": "gone.safetensors"}}`), []string{"tiny/gone.safetensors", "not exist"}},
		{index(`[]`), []string{"tiny/model.safetensors.index.json"}},
	} {
		files := saved(t, tiny(t, false), F32)
		c.damage(files)
		_, err := LoadFS(files, "tiny")
		wantError(t, err, append(c.want, "checkpoint: ")...)
	}
}

// A tokenizer may have tokens that the embedding lacks, and one that it lacks is refused where a
// text needs it.
func TestEmbeddingWithoutTheLastTokens(t *testing.T) {
	files := saved(t, tiny(t, false), F32)
	files[tokenizerFile].Data = bytes.Replace(files[tokenizerFile].Data, []byte(`"added_tokens": [`),
		[]byte(`"added_tokens": [{"id": 258, "content": "<later>"}, `+
			`{"id": 257, "content": "<pad>", "special": true}, `), 1)
	tok := mustLoad(t, files).Tokenizer
	if tok.Vocab() != 259 {
		t.Fatalf("%d tokens", tok.Vocab())
	}
	for _, encode := range []func(context.Context, string) ([]int32, error){
		tok.Encode, tok.EncodeBare, tok.EncodePiece,
	} {
		if ids, err := encode(t.Context(), "ab"); err != nil || len(ids) < 2 {
			t.Errorf("a text without these tokens: %v (%v)", ids, err)
		}
		_, err := encode(t.Context(), strings.Repeat("ab", 5000)+"<pad>b")
		wantError(t, err,
			`tokenizer: tiny/tokenizer.json: token 257, "<pad>": the model's embedding has only 257 tokens`)
	}
}

// A config may name its model by type alone, and be as Python writes it.
func TestModelTypeAlone(t *testing.T) {
	for kind, name := range map[string]string{
		"llama": "LlamaForCausalLM", "gpt2": "GPT2LMHeadModel", "gpt_neox": "GPTNeoXForCausalLM",
		"opt": "OPTForCausalLM",
	} {
		if a, err := findArchitecture(nil, kind); err != nil || a.name != name {
			t.Errorf("model_type %s: %v (%v)", kind, a, err)
		}
	}
	files := saved(t, tiny(t, false), F32)
	setConfig(t, files, "architectures", "")
	files[configFile].Data = append([]byte("\ufeff{\"unused\": [Infinity, NaN],"), files[configFile].Data[1:]...)
	mustLoad(t, files)
	files = saved(t, tiny(t, false), F32)
	files[configFile].Data = append([]byte(`{"rms_norm_eps": Infinity,`), bytes.Replace(files[configFile].Data[1:],
		[]byte("rms_norm_eps"), []byte("other"), 1)...)
	_, err := LoadFS(files, "tiny")
	wantError(t, err, "tiny/config.json: json: cannot unmarshal number 1e999")
}

func TestUntrueTiedHead(t *testing.T) {
	files := saved(t, tiny(t, false), F32)
	setConfig(t, files, "tie_word_embeddings", "true")
	_, err := LoadFS(files, "tiny")
	wantError(t, err, `differs from`, `both are "model.embed_tokens.weight"`)
}

// small returns a valid file with two tensors.
func small(t *testing.T) []byte {
	files := make(fstest.MapFS)
	setTensors(t, files, "small", []nn.Tensor{
		{Name: "a", Shape: []int{2, 3}, Data: []float32{1, 2, 3, 4, 5, 6}},
		{Name: "b", Shape: []int{}, Data: []float32{7}},
	})
	return files["small"].Data
}

func readBytes(content []byte) ([]nn.Tensor, error) {
	return ReadTensors(fstest.MapFS{"small": {Data: content}}, "small")
}

func TestReadTensors(t *testing.T) {
	got, err := readBytes(small(t))
	if err != nil {
		t.Fatal(err)
	}
	if s := fmt.Sprint(got); s != "[{a [2 3] [1 2 3 4 5 6] <nil>} {b [] [7] <nil>}]" {
		t.Error(s)
	}
	_, err = ReadTensors(fstest.MapFS{}, "small")
	wantError(t, err, "checkpoint: small: ", fs.ErrNotExist.Error())
}

func TestCutOffAtEveryByte(t *testing.T) {
	content := small(t)
	for n := range content {
		if _, err := readBytes(content[:n]); err == nil {
			t.Errorf("%d bytes of %d are taken for a whole file", n, len(content))
		}
	}
	_, err := readBytes(append(content, 0))
	wantError(t, err, "small: damaged or cut off")
}

func TestHeaderLengthLies(t *testing.T) {
	content := small(t)
	right := binary.LittleEndian.Uint64(content)
	for _, n := range []uint64{
		0, 1, right - 1, right + 1, uint64(len(content)), uint64(len(content)) - 8, 1 << 20, 99_999_999, 1 << 31,
		1 << 40, math.MaxInt64, math.MaxUint64 - 7, math.MaxUint64,
	} {
		binary.LittleEndian.PutUint64(content, n)
		if _, err := readBytes(content); err == nil {
			t.Errorf("header length %d instead of %d is believed", n, right)
		}
	}
}

func TestHeaderLies(t *testing.T) {
	for _, header := range []string{
		``, `null`, `[]`, `{}`, `{"a":null}`, `{"a":{}}`, `{"a":[]}`,
		`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}`,
		`{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}`,
		`{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`,
		`{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}`,
		`{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}`,
		`{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}`,
		`{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}`,
		`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}`,
		`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,-1]}}`,
		// 2⁶²+2: the product wraps to 8 bytes
		`{"a":{"dtype":"F32","shape":[4611686018427387906],"data_offsets":[0,8]}}`,
		`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}`, // wraps to 0
		`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551615]}}`,
		// overlap
		`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`,
		// data left over
		`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`,
		`{"a":{"dtype":"F32","shape":[9223372036854775808,0],"data_offsets":[0,0]},` +
			`"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`,
		`{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}`,
		`{"a":{"dtype":"Q4","shape":[1],"data_offsets":[0,8]}}`,
		`{"a":{"dtype":7,"shape":[1],"data_offsets":[0,8]}}`,
		`{"__metadata__":{"a":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`,
		`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}}`,
	} {
		content := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
		content = append(append(content, header...), make([]byte, 8)...)
		tensors, err := readBytes(content)
		if err == nil {
			t.Errorf("%s is read as %v", header, tensors)
		}
	}
}

// A changed byte may go unnoticed, for example in a name or a weight, but causes no panic.
func TestChangedBytesDoNotPanic(t *testing.T) {
	content := small(t)
	for i := range content {
		for _, flip := range []byte{0x01, 0x04, 0x10, 0x80, 0xff} {
			damaged := bytes.Clone(content)
			damaged[i] ^= flip
			tensors, err := readBytes(damaged)
			if err == nil && len(tensors) > 2 {
				t.Fatalf("byte %d changed by %#02x: %v", i, flip, tensors)
			}
		}
	}
}

func TestUnreadableFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(dir+"/config.json", 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := Load(dir)
	wantError(t, err, "config.json", "it is a folder")
}

// FuzzFolder feeds a config, an index and a file of weights to the loader.
func FuzzFolder(f *testing.F) {
	dir := f.TempDir()
	m, err := nn.New(nn.Config{
		Vocab: 257, Dim: 2, Layers: 1, Heads: 1, KVHeads: 1, HeadDim: 2, Hidden: 1,
		Context: 4, NormEps: 1e-5, RopeTheta: 10000, TiedHead: true,
	})
	if err != nil {
		f.Fatal(err)
	}
	tok := tokenizer.NewByteTokenizer()
	if err := Save(dir, &Checkpoint{Model: m, Tokenizer: tok}, F16); err != nil {
		f.Fatal(err)
	}
	config, err := os.ReadFile(dir + "/" + configFile)
	if err != nil {
		f.Fatal(err)
	}
	weights, err := os.ReadFile(dir + "/" + weightsFile)
	if err != nil {
		f.Fatal(err)
	}
	const index = `{"weight_map": {"x": "model-1.safetensors"}}`
	f.Add(config, []byte(index), weights)
	f.Add(config, []byte(`{"weight_map": {"x": "../model.safetensors", "y": "model.safetensors.index.json"}}`), weights)
	f.Add(config, []byte(index), weights[:len(weights)-1])
	f.Add(config, []byte(index), append(binary.LittleEndian.AppendUint64(nil, 1<<62), weights[8:]...))
	f.Fuzz(func(t *testing.T, config, index, weights []byte) {
		files := fstest.MapFS{
			configFile: {Data: config}, indexFile: {Data: index}, "model-1.safetensors": {Data: weights},
		}
		for name, content := range tok.Files() {
			files[name] = &fstest.MapFile{Data: content}
		}
		c, err := LoadFS(files, "fuzz")
		if err == nil && c.Model.Config.Params() > len(weights) {
			t.Errorf("%d parameters from %d bytes", c.Model.Config.Params(), len(weights))
		}
		if err != nil && !strings.HasPrefix(err.Error(), "checkpoint: ") {
			t.Error(err)
		}
	})
}
