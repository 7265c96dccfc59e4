package checkpoint

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"ranksweep/checkpoint/gguf"
	"ranksweep/nn"
	"ranksweep/tokenizer"
)

func TestSaveLoadRoundTrip(t *testing.T) {
	for _, tied := range []bool{true, false} {
		for _, dtype := range []DType{F32, F16, BF16} {
			t.Run(fmt.Sprintf("tied=%v/%v", tied, dtype), func(t *testing.T) {
				c := tiny(t, tied)
				first := saved(t, c, dtype)
				loaded := mustLoad(t, first)
				if loaded.Model.Config != c.Model.Config {
					t.Errorf("config %+v, want %+v", loaded.Model.Config, c.Model.Config)
				}
				if !reflect.DeepEqual(loaded.Tokenizer.Files(), c.Tokenizer.Files()) {
					t.Error("the tokenizer's files differ")
				}
				if dtype == F32 && !reflect.DeepEqual(loaded.Model, c.Model) {
					t.Error("F32 weights differ")
				}
				second := saved(t, loaded, dtype)
				for name := range maps.Keys(first) {
					if !bytes.Equal(first[name].Data, second[name].Data) {
						t.Errorf("%s: differs after loading and saving again", name)
					}
				}
			})
		}
	}
}

func TestSavedWeightsAreRoundedToNearest(t *testing.T) {
	c := tiny(t, true)
	// Half a unit in the last place, with 11 and 8 significant bits.
	for dtype, half := range map[DType]float64{F16: 0x1p-11, BF16: 0x1p-8} {
		loaded := mustLoad(t, saved(t, c, dtype))
		want := c.Model.Tensors()
		for i, got := range loaded.Model.Tensors() {
			for j := range got.Data {
				// Below 2⁻¹⁴ a half's steps are 2⁻²⁴.
				bound := max(half*abs(want[i].Data[j]), 0x1p-25)
				if abs(got.Data[j]-want[i].Data[j]) > bound {
					t.Fatalf("%v: %s[%d] = %g, want %g", dtype, got.Name, j, got.Data[j], want[i].Data[j])
				}
			}
		}
	}
}

// A model that is stored in different ways stays the same model.
func TestStorageDoesNotMatter(t *testing.T) {
	c := tiny(t, true)
	tensors := c.Model.Tensors()
	embedding := tensors[0]
	head := nn.Tensor{Name: "lm_head.weight", Shape: embedding.Shape, Data: embedding.Data}
	want := mustLoad(t, saved(t, c, F32))

	for name, store := range map[string]func(fstest.MapFS){
		"shards": func(files fstest.MapFS) {
			delete(files, weightsFile)
			setTensors(t, files, "a.safetensors", tensors[:5])
			setTensors(t, files, "b.safetensors", tensors[5:])
			index := `{"metadata": {}, "weight_map": {"x": "b.safetensors", "y": "a.safetensors", ` +
				`"z": "b.safetensors"}}`
			files[indexFile] = &fstest.MapFile{Data: []byte(index)}
		},
		"no prefix": func(files fstest.MapFS) {
			setTensors(t, files, weightsFile, renamed(tensors, func(name string) string {
				return strings.TrimPrefix(name, "model.")
			}))
		},
		"embedding and tied head": func(files fstest.MapFS) {
			setTensors(t, files, weightsFile, append(slices.Clone(tensors), head))
		},
		"tied head alone": func(files fstest.MapFS) {
			setTensors(t, files, weightsFile, append(slices.Clone(tensors[1:]), head))
		},
		"table of rotary frequencies": func(files fstest.MapFS) {
			table := nn.Tensor{Name: "model.layers.0.self_attn.rotary_emb.inv_freq", Shape: []int{1},
				Data: []float32{1}}
			setTensors(t, files, weightsFile, append(slices.Clone(tensors), table))
		},
		"defaults left out": func(files fstest.MapFS) {
			setConfig(t, files, "head_dim", "")
			setConfig(t, files, "rope_theta", "")
			setConfig(t, files, "rope_parameters", `{"rope_type": "default", "rope_theta": 500000}`)
			setConfig(t, files, "rope_scaling", "null")
			setConfig(t, files, "eos_token_id", "[256, 3]")
			setConfig(t, files, "bos_token_id", "null")
		},
	} {
		files := saved(t, c, F32)
		store(files)
		got, err := LoadFS(files, "tiny")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !reflect.DeepEqual(got.Model, want.Model) || got.Hash != want.Hash {
			t.Errorf("%s: another model", name)
		}
	}
}

// Tied weights that are stored twice must not differ, whether they stay stored or are
// converted.
func TestStoredTwice(t *testing.T) {
	for _, dtype := range []DType{F32, BF16} {
		dir := t.TempDir()
		c := tiny(t, true)
		if err := Save(dir, c, dtype); err != nil {
			t.Fatal(err)
		}
		tensors := c.Model.Tensors()
		head := nn.Tensor{Name: "lm_head.weight", Shape: tensors[0].Shape, Data: slices.Clone(tensors[0].Data)}
		for _, differs := range []bool{false, true} {
			if differs {
				head.Data[7]++
			}
			if err := WriteTensors(filepath.Join(dir, weightsFile), append(slices.Clone(tensors), head), dtype,
				nil); err != nil {
				t.Fatal(err)
			}
			for _, load := range []func(string) (*Checkpoint, error){Load, LoadStored} {
				switch c, err := load(dir); {
				case differs:
					wantError(t, err, `differs from "lm_head.weight"`, `both are "model.embed_tokens.weight"`)
				case err != nil:
					t.Error(err)
				case c.Hash == "":
					t.Error("no hash")
				}
			}
		}
	}
}

func TestConfigDefaults(t *testing.T) {
	c := tiny(t, true)
	c.Model.Config.NormEps, c.Model.Config.RopeTheta = 1e-6, 10000
	files := saved(t, c, F32)
	for _, key := range []string{"rms_norm_eps", "rope_theta", "head_dim"} {
		setConfig(t, files, key, "")
	}
	if got := mustLoad(t, files).Model.Config; got != c.Model.Config {
		t.Errorf("%+v, want %+v", got, c.Model.Config)
	}
	// Without num_key_value_heads every head has its own keys, so that the
	// stored ones, of two heads, have the wrong shape.
	setConfig(t, files, "num_key_value_heads", "")
	_, err := LoadFS(files, "tiny")
	wantError(t, err, "k_proj", "shape [4 8], but the config asks for [8 8]")
}

func TestHashTellsModelsApart(t *testing.T) {
	hash := func(change func(*Checkpoint)) string {
		c := tiny(t, true)
		change(c)
		return mustLoad(t, saved(t, c, F32)).Hash
	}
	seen := map[string]string{}
	for name, change := range map[string]func(*Checkpoint){
		"nothing":   func(*Checkpoint) {},
		"weight":    func(c *Checkpoint) { c.Model.Blocks[1].Down.Weight.Data[3] += 1e-6 },
		"norm":      func(c *Checkpoint) { c.Model.Norm.Weight[0] = 2 },
		"config":    func(c *Checkpoint) { c.Model.Config.RopeTheta = 10000 },
		"tokenizer": func(c *Checkpoint) { c.Tokenizer = upperTokenizer(t) },
		"template":  func(c *Checkpoint) { c.Tokenizer = withTemplate(t) },
	} {
		h := hash(change)
		if other, ok := seen[h]; ok {
			t.Errorf("%s and %s have one hash", name, other)
		}
		seen[h] = name
		if h != hash(change) {
			t.Errorf("%s: loading again changes the hash", name)
		}
	}
}

// upperTokenizer is the byte tokenizer with two bytes exchanged.
func upperTokenizer(t *testing.T) tokenizer.Tokenizer {
	files := make(fstest.MapFS)
	for name, content := range tokenizer.NewByteTokenizer().Files() {
		files[name] = &fstest.MapFile{Data: content}
	}
	text := string(files[tokenizerFile].Data)
	text = strings.NewReplacer(`"A": 65`, `"A": 97`, `"a": 97`, `"a": 65`).Replace(text)
	files[tokenizerFile].Data = []byte(text)
	tok, err := tokenizer.LoadFS(files, "upper", tokenizer.Model{})
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// withTemplate is the byte tokenizer with a chat template.
func withTemplate(t *testing.T) tokenizer.Tokenizer {
	files := fstest.MapFS{"chat_template.jinja": {Data: []byte("{{ messages }}")}}
	for name, content := range tokenizer.NewByteTokenizer().Files() {
		files[name] = &fstest.MapFile{Data: content}
	}
	tok, err := tokenizer.LoadFS(files, "template", tokenizer.Model{})
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func TestStories260K(t *testing.T) {
	c, err := Load(stories260K(t))
	if err != nil {
		t.Fatal(err)
	}
	want := nn.Config{
		Vocab: 512, Dim: 64, Layers: 5, Heads: 8, KVHeads: 4, HeadDim: 8, Hidden: 172,
		Context: 512, NormEps: 1e-5, RopeTheta: 10000, TiedHead: true,
	}
	if c.Model.Config != want {
		t.Errorf("%+v, want %+v", c.Model.Config, want)
	}
	dir := t.TempDir()
	if err := Save(dir, c, F32); err != nil {
		t.Fatal(err)
	}
	again, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if again.Hash != c.Hash {
		t.Error("saving and loading changes the hash")
	}
}

func TestSaveErrors(t *testing.T) {
	c := tiny(t, true)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	wantError(t, Save(filepath.Join(file, "model"), c, F32), "checkpoint: ", file)

	// A value out of range is an error and leaves the old file unchanged.
	path := filepath.Join(t.TempDir(), "w.safetensors")
	small := []nn.Tensor{{Name: "w", Shape: []int{1}, Data: []float32{65519}}}
	if err := WriteTensors(path, small, F16, nil); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	large := []nn.Tensor{{Name: "w", Shape: []int{1}, Data: []float32{-65520}}}
	wantError(t, WriteTensors(path, large, F16, nil), path, `tensor "w"`, "-65520", "F16")
	twice := append(small, small...)
	wantError(t, WriteTensors(path, twice, F32, nil), `two tensors are named "w"`)
	wantError(t, WriteTensors(filepath.Join(file, "w"), small, F32, nil), file)
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("a failed write changed the file (%v)", err)
	}
}

func abs(x float32) float64 { return float64(max(x, -x)) }

func TestStories260KTokenizer(t *testing.T) {
	dir := stories260K(t)
	c, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			Text       string  `json:"text"`
			IDs        []int32 `json:"ids"`
			GreedyIDs  []int32 `json:"greedy_ids"`
			GreedyText string  `json:"greedy_text"`
		} `json:"cases"`
	}
	readJSONFile(t, filepath.Join(dir, "golden.json"), &golden)
	for _, g := range golden.Cases {
		ids, err := c.Tokenizer.Encode(context.Background(), g.Text)
		if err != nil || !slices.Equal(ids, g.IDs) {
			t.Errorf("Encode(%q) = %v, %v, want %v", g.Text, ids, err, g.IDs)
		}
		if len(g.GreedyIDs) == 0 {
			continue
		}
		text, err := c.Tokenizer.Decode(context.Background(), slices.Concat(g.IDs, g.GreedyIDs))
		if err != nil || text != g.GreedyText {
			t.Errorf("Decode = %q, %v, want %q", text, err, g.GreedyText)
		}
	}
	if bos, ok := c.Tokenizer.BOS(); bos != 1 || !ok {
		t.Errorf("BOS = %d, %v, want 1", bos, ok)
	}
	if eos, ok := c.Tokenizer.EOS(); eos != 2 || !ok {
		t.Errorf("EOS = %d, %v, want 2", eos, ok)
	}
}

// TestStoredDType: the form of a folder's weights is known; it is F32 if weights have
// different forms.
func TestStoredDType(t *testing.T) {
	for _, dtype := range []DType{F32, F16, BF16} {
		dir := t.TempDir()
		path := filepath.Join(dir, "x.safetensors")
		tensors := []nn.Tensor{{Name: "a", Shape: []int{2}, Data: []float32{1, 2}},
			{Name: "b", Shape: []int{1}, Data: []float32{3}}}
		if err := WriteTensors(path, tensors, dtype, nil); err != nil {
			t.Fatal(err)
		}
		if got, err := StoredDType(os.DirFS(dir), "x.safetensors"); err != nil || got != dtype {
			t.Errorf("%v is found as %v, %v", dtype, got, err)
		}
	}
	if _, err := StoredDType(os.DirFS(t.TempDir()), "x.safetensors"); err == nil {
		t.Error("no file has a form")
	}
	if got := commonDType([]gguf.Type{gguf.BF16, gguf.F16, gguf.BF16}); got != F32 {
		t.Errorf("BF16 and F16 together are %v", got)
	}
	if got := commonDType(nil); got != F32 {
		t.Errorf("nothing is %v", got)
	}
}
