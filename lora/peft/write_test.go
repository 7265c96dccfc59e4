package peft

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/lora"
	"ranksweep/nn/nntest"
)

// schemes are the schemes that PEFT has names for, and others.
var schemes = map[string]lora.Scheme{
	"lora": {P: 1}, "rslora": {P: 0.5}, "constant": {P: 0}, "p=0.75": {P: 0.75}, "rslora@2": {P: 0.5, MatchRank: 2},
	"p=0.25": {P: 0.25},
}

// mixed are adapters of several ranks under one scheme.
func mixed(scheme lora.Scheme) []adapter {
	of := func(targets string, rank int) adapter { return adapter{targets, rank, scheme.Gamma(6, rank)} }
	return []adapter{of("q_proj", 2), of("v_proj o_proj", 4), of("up_proj", 9), of("down_proj", 4)}
}

// TestWriteMagnitudes: a DoRA folder is read as it was written, and written again to the same
// bytes. A folder in which only some adapters have a magnitude cannot be written.
func TestWriteMagnitudes(t *testing.T) {
	m := nntest.Model(t)
	doras := attachBy(t, lora.DoRAMethod, m, mixed(lora.Scheme{P: 0.5})...).Trained()
	f := &Folder{Adapters: doras, RSLoRA: true}
	first, second := t.TempDir(), t.TempDir()
	check(t, f.Write(first))
	if !strings.Contains(string(content(t, first, configFile)), `"use_dora": true`) {
		t.Errorf("PEFT is not told:\n%s", content(t, first, configFile))
	}
	again, err := Read(first, m)
	check(t, err)
	check(t, again.Write(second))
	for _, file := range []string{configFile, weightsFile} {
		if !bytes.Equal(content(t, first, file), content(t, second, file)) {
			t.Errorf("%s is not the same again:\n%s", file, content(t, second, configFile))
		}
	}
	doras[1].Magnitude = nil
	err = f.Write(t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "one has a magnitude and the other has none") {
		t.Errorf("error %v", err)
	}
	f.Adapters = attach(t, m, mixed(lora.Scheme{P: 1})...).Trained()
	check(t, f.Write(second))
	if strings.Contains(string(content(t, second, configFile)), "use_dora") {
		t.Errorf("LoRA's folder tells of DoRA:\n%s", content(t, second, configFile))
	}
}

// TestWriteReadWrite: adapters are read with the bits with which they were written, and are
// written again to the same bytes.
func TestWriteReadWrite(t *testing.T) {
	m := nntest.Model(t)
	for name, scheme := range schemes {
		f := &Folder{Adapters: attach(t, m, mixed(scheme)...).Trained(), RSLoRA: scheme.P == 0.5, BaseModel: "my-llama",
			Dropout: 0.1}
		first, second := t.TempDir(), t.TempDir()
		check(t, f.Write(first))
		again, err := Read(first, m)
		check(t, err)
		check(t, again.Write(second))
		for _, file := range []string{configFile, weightsFile} {
			if !bytes.Equal(content(t, first, file), content(t, second, file)) {
				t.Errorf("%s: %s is not the same again:\n%s", name, file, content(t, second, configFile))
			}
		}
		byModule := make(map[string]lora.Trained)
		for _, a := range f.Adapters {
			byModule[a.Module] = a
		}
		if len(again.Adapters) != len(byModule) {
			t.Fatalf("%s: %d adapters read, %d written", name, len(again.Adapters), len(byModule))
		}
		for _, a := range again.Adapters {
			want := byModule[a.Module]
			if !slices.Equal(a.A.Data, want.A.Data) || !slices.Equal(a.B.Data, want.B.Data) ||
				float32(a.Gamma) != float32(want.Gamma) {
				t.Errorf("%s: %s is read with γ %g and other bits, written with γ %g", name, a.Module, a.Gamma,
					want.Gamma)
			}
		}
	}
}

// TestWrittenDType: weights keep the type in which they were stored.
func TestWrittenDType(t *testing.T) {
	m := nntest.Model(t)
	for _, dtype := range []checkpoint.DType{checkpoint.F32, checkpoint.F16, checkpoint.BF16} {
		dir := t.TempDir()
		check(t, (&Folder{Adapters: attach(t, m, adapter{"mlp", 3, 2}).Trained(), DType: dtype}).Write(dir))
		f, err := Read(dir, m)
		check(t, err)
		if f.DType != dtype {
			t.Errorf("%v is read as %v", dtype, f.DType)
		}
		again := t.TempDir()
		check(t, f.Write(again))
		if !bytes.Equal(content(t, dir, weightsFile), content(t, again, weightsFile)) {
			t.Errorf("%v: other bytes the second time", dtype)
		}
	}
}

// TestWrittenAlpha: α is the number that a person would have written, and the values of few
// maps go into patterns. 16·8^¼ is 26.9086853, and 26.908686 is the α with the fewest digits
// that gives the same γ in float32.
func TestWrittenAlpha(t *testing.T) {
	m := nntest.Model(t)
	for _, c := range []struct {
		rslora   bool
		adapters []adapter
		want     string
	}{
		{false, []adapter{{"q_proj", 8, 2}}, `{"r":8,"lora_alpha":16,"rank_pattern":{},"alpha_pattern":{}}`},
		{true, []adapter{{"q_proj", 8, 16 / math.Sqrt(8)}},
			`{"r":8,"lora_alpha":16,"rank_pattern":{},"alpha_pattern":{}}`},
		{false, []adapter{{"q_proj", 8, 16 / math.Pow(8, 0.75)}},
			`{"r":8,"lora_alpha":26.908686,"rank_pattern":{},"alpha_pattern":{}}`},
		{false, []adapter{{"mlp", 3, 2}, {"model.layers.0.self_attn.q_proj", 1, 6},
			{"model.layers.1.self_attn.q_proj", 3, 0.1}},
			`{"r":3,"lora_alpha":6,"rank_pattern":{"model.layers.0.self_attn.q_proj":1},` +
				`"alpha_pattern":{"model.layers.1.self_attn.q_proj":0.3}}`},
	} {
		dir := t.TempDir()
		check(t, (&Folder{Adapters: attach(t, m, c.adapters...).Trained(), RSLoRA: c.rslora}).Write(dir))
		var got struct {
			R            int                `json:"r"`
			Alpha        float64            `json:"lora_alpha"`
			RankPattern  map[string]int     `json:"rank_pattern"`
			AlphaPattern map[string]float64 `json:"alpha_pattern"`
		}
		check(t, json.Unmarshal(content(t, dir, configFile), &got))
		if text, _ := json.Marshal(got); string(text) != c.want {
			t.Errorf("%v:\ngot  %s\nwant %s", c.adapters, text, c.want)
		}
	}
}

func TestFolded(t *testing.T) {
	p75, err := lora.ParseScheme("0.75")
	check(t, err)
	want := "PEFT has no name for p=0.75: lora_alpha 26.908686 gives it the same γ = 26.908686/8 = 3.364"
	if got := Folded(p75, 16/math.Pow(8, 0.75), 8); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, p := range []float64{1, 0.5} {
		if got := Folded(lora.Scheme{P: p}, 2, 8); got != "" {
			t.Errorf("p = %g: %s", p, got)
		}
	}
}

func TestWriteRefusals(t *testing.T) {
	if err := new(Folder).Write("nowhere"); err == nil || err.Error() != "peft: nowhere: no adapter to write" {
		t.Error(err)
	}
	m := nntest.Model(t)
	adapters := attach(t, m, adapter{"q_proj", 2, 1}).Trained()
	adapters[0].A.Data[0] = 1e6
	err := (&Folder{Adapters: adapters, DType: checkpoint.F16}).Write(t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "1e6 is too large for F16") {
		t.Error(err)
	}
}

func content(t testing.TB, dir, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, file))
	check(t, err)
	return text
}
