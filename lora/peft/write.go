package peft

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"

	"ranksweep/checkpoint"
	"ranksweep/lora"
	"ranksweep/nn"
	"ranksweep/paper/number"
	"ranksweep/wholefile"
)

// written is an adapter_config.json as it is written. PEFT uses its own defaults for the
// fields that are absent.
type written struct {
	Type         string             `json:"peft_type"`
	Task         string             `json:"task_type"`
	BaseModel    *string            `json:"base_model_name_or_path"`
	R            int                `json:"r"`
	Alpha        float64            `json:"lora_alpha"`
	RSLoRA       bool               `json:"use_rslora"`
	DoRA         bool               `json:"use_dora,omitempty"`
	RankPattern  map[string]int     `json:"rank_pattern"`
	AlphaPattern map[string]float64 `json:"alpha_pattern"`
	Targets      []string           `json:"target_modules"`
	FanInFanOut  bool               `json:"fan_in_fan_out"`
	Dropout      float64            `json:"lora_dropout"`
	Bias         string             `json:"bias"`
	Init         bool               `json:"init_lora_weights"`
	Inference    bool               `json:"inference_mode"`
}

// Write writes f into the folder dir, which it makes if need be, so that PEFT gives every
// map its rank and its γ. For any γ, lora_alpha is γr, or γ√r under rsLoRA, with the fewest
// digits that give back γ as float32. Ranks and alphas that differ from those of most maps
// go into rank_pattern and alpha_pattern. Adapters with a magnitude are DoRA's; either all
// must have one or none. Each file is written whole or not at all.
func (f *Folder) Write(dir string) error {
	config, err := f.config()
	if err != nil {
		return fmt.Errorf("peft: %s: %w", dir, err)
	}
	var tensors []nn.Tensor
	for _, a := range f.Adapters {
		tensors = append(tensors,
			nn.Tensor{Name: prefix + a.Module + partA, Shape: []int{a.A.Rows, a.A.Cols}, Data: a.A.Data},
			nn.Tensor{Name: prefix + a.Module + partB, Shape: []int{a.B.Rows, a.B.Cols}, Data: a.B.Data})
		if n := len(a.Magnitude); n > 0 {
			m := nn.Tensor{Name: prefix + a.Module + partMagnitude, Shape: []int{n}, Data: a.Magnitude}
			tensors = append(tensors, m)
		}
	}
	metadata := map[string]string{"format": "pt"} // as PEFT writes it
	if err := checkpoint.WriteTensors(filepath.Join(dir, weightsFile), tensors, f.DType, metadata); err != nil {
		return err
	}
	if err := wholefile.WriteBytes(filepath.Join(dir, configFile), config); err != nil {
		return fmt.Errorf("peft: %w", err)
	}
	return nil
}

// config returns the content of adapter_config.json.
func (f *Folder) config() ([]byte, error) {
	if len(f.Adapters) == 0 {
		return nil, errors.New("no adapter to write")
	}
	dora := f.Adapters[0].Magnitude != nil
	for _, a := range f.Adapters {
		if (a.Magnitude != nil) != dora {
			return nil, fmt.Errorf("modules %q and %q: one has a magnitude and the other has none: "+
				"PEFT's use_dora holds for all", f.Adapters[0].Module, a.Module)
		}
	}
	w := written{
		Type: "LORA", DoRA: dora, Task: "CAUSAL_LM", RSLoRA: f.RSLoRA, Bias: "none", Init: true, Inference: true,
		FanInFanOut: f.FanInFanOut, Dropout: f.Dropout,
		RankPattern: make(map[string]int), AlphaPattern: make(map[string]float64),
	}
	if f.BaseModel != "" {
		w.BaseModel = &f.BaseModel
	}
	alphas := make([]float64, len(f.Adapters))
	for i, a := range f.Adapters {
		alphas[i] = shortestAlpha(float32(a.Gamma), a.A.Rows, f.RSLoRA)
		w.Targets = append(w.Targets, a.Module)
	}
	w.R = mostCommon(f.Adapters, func(i int) int { return f.Adapters[i].A.Rows })
	w.Alpha = mostCommon(f.Adapters, func(i int) float64 { return alphas[i] })
	for i, a := range f.Adapters {
		if a.A.Rows != w.R {
			w.RankPattern[a.Module] = a.A.Rows
		}
		if alphas[i] != w.Alpha {
			w.AlphaPattern[a.Module] = alphas[i]
		}
	}
	slices.Sort(w.Targets)
	return wholefile.JSON(w)
}

// shortestAlpha returns the α with the fewest digits for which α/r^p, rounded to float32,
// equals γ; an adapter holds γ in float32.
func shortestAlpha(gamma float32, rank int, rslora bool) float64 {
	scheme := lora.Scheme{P: Exponent(rslora)}
	exact := scheme.AlphaFor(float64(gamma), rank)
	for digits := 1; digits < 17; digits++ {
		alpha, _ := strconv.ParseFloat(strconv.FormatFloat(exact, 'g', digits, 64), 64)
		if float32(scheme.Gamma(alpha, rank)) == gamma {
			return alpha
		}
	}
	return exact
}

// mostCommon returns the value that most adapters have; among equally common values the
// smallest.
func mostCommon[V cmp.Ordered](adapters []lora.Trained, of func(i int) V) V {
	count := make(map[V]int)
	var best V
	for i := range adapters {
		count[of(i)]++
	}
	for i := range adapters {
		if v := of(i); count[v] > count[best] || count[v] == count[best] && v < best {
			best = v
		}
	}
	return best
}

// Folded says how a scaling that PEFT has no name for is written for PEFT. It is empty for
// lora and rslora, which PEFT knows.
func Folded(s lora.Scheme, gamma float64, rank int) string {
	if !s.Log && (s.P == 1 || s.P == 0.5) {
		return ""
	}
	alpha := number.Full(shortestAlpha(float32(gamma), rank, false))
	return fmt.Sprintf("PEFT has no name for %s: lora_alpha %s gives it the same γ = %s/%d = %s",
		s, alpha, alpha, rank, number.Significant(gamma, 4))
}
