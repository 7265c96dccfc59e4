package checkpoint

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"ranksweep/checkpoint/gguf"
	"ranksweep/nn"
	"ranksweep/nn/kernel"
)

// logits is a golden of gguf/testdata/generate.py: transformers' logits at a
// sample of the vocabulary.
type logits struct {
	Sample []int
	Cases  []struct {
		IDs      []int32
		Min, Max float64 // smallest and largest of all logits
		Logits   [][]float64
	}
}

// compare compares a model's logits with the golden.
func (l *logits) compare(t *testing.T, m *nn.Model) {
	t.Helper()
	if err := kernel.Use(); err != nil {
		t.Fatal(err)
	}
	largest := 0.0
	for _, c := range l.Cases {
		pass, err := nn.NewPass(m, len(c.IDs), nil)
		if err != nil {
			t.Fatal(err)
		}
		var b nn.Batch
		b.Append(c.IDs, make([]int32, len(c.IDs)))
		got, err := pass.Logits(&b)
		if err != nil {
			t.Fatal(err)
		}
		worst := 0.0
		for i, row := range c.Logits {
			for j, want := range row {
				have := float64(got.Data[i*got.Stride+l.Sample[j]])
				if d := math.Abs(have - want); !(d <= worst) {
					worst = d
				}
			}
		}
		worst /= c.Max - c.Min
		largest = max(largest, worst)
		if !(worst <= 1e-4) {
			t.Errorf("%d tokens: logits differ by %g of their range", len(c.IDs), worst)
		}
	}
	t.Attr("logits", fmt.Sprintf("%.3g", largest)) // for bench/real
}

func TestGGUFLogits(t *testing.T) {
	for _, name := range []string{"llama", "untied"} {
		c, vocabulary, err := readGGUF(folder{os.DirFS("gguf/testdata"), "gguf/testdata"}, name+".gguf", toFloat32)
		if err != nil {
			t.Fatal(err)
		}
		want := nn.Config{
			Vocab: 260, Dim: 64, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 32, Hidden: 96,
			Context: 128, NormEps: float64(float32(1e-5)), RopeTheta: 10000, TiedHead: name == "llama",
		}
		if c.Model.Config != want || c.DType != F32 || len(vocabulary.Tokens) != 260 {
			t.Errorf("%s: %+v, want %+v; %v, %d tokens", name, c.Model.Config, want, c.DType, len(vocabulary.Tokens))
		}
		var l logits
		readJSONFile(t, "gguf/testdata/"+name+".json", &l)
		l.compare(t, c.Model)
	}
}

func TestGGUFArchitectures(t *testing.T) {
	for name := range ggufArchitectures {
		for _, form := range []storage{toFloat32, asStored} {
			c, _, err := readGGUF(folder{os.DirFS("gguf/testdata"), "gguf/testdata"}, name+".gguf", form)
			if err != nil {
				t.Error(err)
				continue
			}
			var l logits
			readJSONFile(t, "gguf/testdata/"+name+".json", &l)
			l.compare(t, c.Model)
		}
	}
}

func TestSmolLM2Logits(t *testing.T) {
	path := os.Getenv("RANKSWEEP_SMOLLM2")
	if path == "" {
		t.Skip("needs RANKSWEEP_SMOLLM2, the path of SmolLM2-135M-Instruct.Q4_1.gguf; gguf/testdata/generate.py says " +
			"where to get it")
	}
	c, _, err := readGGUF(folder{os.DirFS(filepath.Dir(path)), filepath.Dir(path)}, filepath.Base(path), toFloat32)
	if err != nil {
		t.Fatal(err)
	}
	var l logits
	readJSONFile(t, "gguf/testdata/smollm2.json", &l)
	l.compare(t, c.Model)
}

func TestLoadGGUF(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.GGUF")
	const eos = "tokenizer.ggml.eos_token_id\x04\x00\x00\x00"
	// 256, the byte tokenizer's
	content := bytes.Replace(tinyGGUF(t), []byte(eos+"\x03\x01"), []byte(eos+"\x00\x01"), 1)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if id, ok := c.Tokenizer.EOS(); !ok || id != 256 {
		t.Errorf("EOS %d, %v", id, ok)
	}
	// With its weights in their stored form it is the same model.
	stored, err := LoadStored(path)
	if err != nil {
		t.Fatal(err)
	}
	if stored.Hash != c.Hash || stored.Model.Blocks[0].Out.Stored == nil || stored.Model.Embedding.Data != nil {
		t.Error("LoadStored gives another model")
	}
	if stored.Model.Blocks[0].Down.Stored != nil {
		t.Error("float32 is not used where it lies")
	}
	for i, have := range stored.Model.Clone().Tensors() {
		if want := c.Model.Tensors()[i]; !slices.Equal(have.Data, want.Data) {
			t.Errorf("%s: other values", want.Name)
		}
	}
	wantError(t, Save(filepath.Join(dir, "stored"), stored, F32),
		"model.embed_tokens.weight: stays in the form of its file")

	// As a folder it is the same model.
	folder := filepath.Join(dir, "folder")
	if err := Save(folder, c, F32); err != nil {
		t.Fatal(err)
	}
	again, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	if again.Hash != c.Hash {
		t.Error("saving it as a folder changes the hash")
	}
}

// tinyGGUF returns the content of a small model's file.
func tinyGGUF(t *testing.T) []byte {
	t.Helper()
	content, err := os.ReadFile("gguf/testdata/untied.gguf")
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func readGGUFBytes(content []byte) error {
	_, _, err := readGGUF(folder{fstest.MapFS{"x.gguf": {Data: content}}, "tiny"}, "x.gguf", toFloat32)
	return err
}

func TestGGUFErrors(t *testing.T) {
	replace := func(old, new string) func([]byte) []byte {
		return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(new), 1) }
	}
	for _, c := range []struct {
		damage func([]byte) []byte
		want   []string
	}{
		{replace("GGUF", "GGML"), []string{`gguf: begins with "GGML"`}},
		{replace("\x05\x00\x00\x00\x00\x00\x00\x00llama", "\x05\x00\x00\x00\x00\x00\x00\x00alien"),
			[]string{`general.architecture "alien" is unknown; known are: gemma, gemma2, gpt2, gptneox, llama`}},
		{replace("llama.embedding_length", "llama.embedding_lengtx"),
			[]string{"settings of the model that are not supported: llama.embedding_lengtx 64"}},
		{replace("blk.1.attn_k.weight", "blk.7.attn_k.weight"),
			[]string{`tensor "blk.7.attn_k.weight": the model that the config describes has no such tensor`}},
		{replace("token_embd.weight", "token_embx.weight"), []string{`tensor "token_embd.weight" is missing`}},
		{replace("blk.1.attn_k.weight", "blk.0.attn_q.weight"),
			[]string{`tensor "blk.0.attn_q.weight" stands there twice`}},
		{replace("output.weight", "outpux.weight"), []string{"outpux.weight", "no such tensor"}},
		{replace("llama.rope.dimension_count\x04\x00\x00\x00\x20",
			"llama.rope.dimension_count\x04\x00\x00\x00\x10"), []string{"partial_rotary_factor is not supported"}},
		{replace("llama.block_count\x04\x00\x00\x00\x02", "llama.block_count\x04\x00\x00\x00\x01"),
			[]string{`tensor "blk.1.`, "no such tensor"}},
		{replace("llama.block_count\x04\x00\x00\x00\x02", "llama.block_count\x04\x00\x00\x00\x7f"),
			[]string{"the metadata describes", "parameters, but the tensors have"}},
		{replace("llama.block_count\x04\x00\x00\x00\x02", "llama.block_count\x06\x00\x00\x00\x02"),
			[]string{`metadata "llama.block_count" is of type float32: must be an integer`}},
		{replace("llama.rope.freq_base\x06\x00\x00\x00\x00\x40\x1c\x46",
			"llama.rope.freq_base\x06\x00\x00\x00\x00\x00\xc0\x7f"),
			[]string{"llama.rope.freq_base NaN: must be a finite number"}},
		{replace("llama.feed_forward_length\x04\x00\x00\x00\x60", "llama.feed_forward_length\x04\x00\x00\x00\x5f"),
			[]string{"ffn_", "shape", "the config asks for"}},
	} {
		content := tinyGGUF(t)
		damaged := c.damage(bytes.Clone(content))
		if bytes.Equal(damaged, content) {
			t.Fatalf("nothing is changed for %q", c.want)
		}
		wantError(t, readGGUFBytes(damaged), append(c.want, "checkpoint: tiny/x.gguf: ")...)
	}
	if err := readGGUFBytes(tinyGGUF(t)); err != nil {
		t.Error(err)
	}
}

// TestGGUFSettings: what llama.cpp reads of a model's settings is read or refused by name.
func TestGGUFSettings(t *testing.T) {
	const linear = "linear scaling by 4"
	for _, c := range []struct {
		set  gguf.Metadata
		want string // an error, linear, or empty for a model without scaling
	}{
		{gguf.Metadata{"llama.rope.scaling.type": "linear", "llama.rope.scaling.factor": float32(4)}, linear},
		{gguf.Metadata{"llama.rope.scaling.factor": float32(4)}, linear},
		{gguf.Metadata{"llama.rope.scale_linear": float32(4)}, linear},
		{gguf.Metadata{"llama.rope.scale_linear": float32(2), "llama.rope.scaling.factor": float32(4)}, linear},
		{gguf.Metadata{"llama.rope.scaling.type": "none", "llama.rope.scaling.factor": float32(4)}, ""},
		{gguf.Metadata{"llama.rope.scaling.type": "linear"}, ""},
		{gguf.Metadata{"llama.rope.scale_linear": float32(1)}, ""},
		{gguf.Metadata{"llama.rope.scaling.type": "yarn", "llama.rope.scaling.factor": float32(4)}, "yarn"},
		{gguf.Metadata{"llama.rope.scale_linear": float32(math.NaN())},
			"llama.rope.scale_linear NaN: must be a finite number"},
		{gguf.Metadata{"general.type": "adapter"}, "general.type adapter: the file is a LoRA adapter"},
		{gguf.Metadata{"general.type": "mmproj"}, "general.type mmproj: must be model"},
		{gguf.Metadata{"general.type": "model", "split.count": uint16(1)}, ""},
		{gguf.Metadata{"split.count": uint16(3)}, "split.count 3: the model is in 3 files: join them first"},
		{gguf.Metadata{"llama.expert_count": uint32(8)}, "llama.expert_count 8: mixtures of experts"},
		{gguf.Metadata{"llama.expert_count": uint32(0), "llama.expert_used_count": uint32(0)}, ""},
		{gguf.Metadata{"llama.attention.causal": false}, "llama.attention.causal false: must be true"},
		{gguf.Metadata{"llama.attention.clamp_kqv": float32(8), "llama.logit_scale": float32(0.5)},
			"settings of the model that are not supported: llama.attention.clamp_kqv 8, llama.logit_scale 0.5"},
		{gguf.Metadata{"llama.attn_logit_softcapping": float32(30), "llama.use_parallel_residual": true},
			"not supported: llama.attn_logit_softcapping 30, llama.use_parallel_residual true"},
		{gguf.Metadata{"llama.final_logit_softcapping": float32(0)}, ""},
		{gguf.Metadata{"llama.attention.layer_norm_rms_epsilon": nil},
			"llama.attention.layer_norm_rms_epsilon or attention.layer_norm_epsilon is missing"},
		{gguf.Metadata{"llama.attention.head_count": nil}, "llama.attention.head_count is missing"},
	} {
		f, err := gguf.Parse(tinyGGUF(t))
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(f.Metadata, c.set)
		maps.DeleteFunc(f.Metadata, func(_ string, value any) bool { return value == nil })
		config, _, err := ggufConfig(f)
		err = cmp.Or(checkWhole(f.Metadata), err)
		switch {
		case c.want != "" && c.want != linear:
			wantError(t, err, c.want)
		case err != nil:
			t.Errorf("%v: %v", c.set, err)
		case (config.model.RopeScaling.Factor == 4) != (c.want == linear):
			t.Errorf("%v: %+v", c.set, config.model.RopeScaling)
		}
	}
}

func TestLLaMA3Scaling(t *testing.T) {
	// The factors that llama.cpp's convert_hf_to_gguf.py writes for LLaMA 3.2: head dim 64,
	// theta 500000, factor 32. transformers' _compute_llama3_parameters gives the same inverse
	// frequencies by this rule.
	factors := make([]float32, 32)
	for j := range factors {
		wavelength := 2 * math.Pi * math.Pow(500000, float64(j)/32)
		switch {
		case wavelength < 8192/4.0:
			factors[j] = 1
		case wavelength > 8192/1.0:
			factors[j] = 32
		default:
			smooth := (8192/wavelength - 1) / (4 - 1)
			factors[j] = float32(1 / ((1-smooth)/32 + smooth))
		}
	}
	stored := func() gguf.Tensor {
		data := make([]byte, 4*len(factors))
		encodeF32(data, factors)
		return gguf.Tensor{Name: ropeFactors, Shape: []int{32}, Type: gguf.F32, Data: data}
	}
	fields := map[string]any{"rope_theta": 500000.0}
	got, err := llama3Scaling(stored(), fields)
	if err != nil || got["rope_type"] != "llama3" || got["factor"] != json.Number("32.0") ||
		got["original_max_position_embeddings"] != 8192 {
		t.Errorf("%v, %v", got, err)
	}
	factors[15] *= 1.001
	_, err = llama3Scaling(stored(), fields)
	wantError(t, err, `tensor "rope_freqs.weight": factor 15 is`)
	for j := range factors {
		factors[j] = 1
	}
	if got, err := llama3Scaling(stored(), fields); got != nil || err != nil {
		t.Errorf("factors of 1 give %v, %v", got, err)
	}
}

func FuzzGGUFModel(f *testing.F) {
	for _, name := range []string{"llama", "gemma2"} {
		content, err := os.ReadFile("gguf/testdata/" + name + ".gguf")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content[:8192]) // cut off
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, content []byte) { readGGUFBytes(content) })
}
