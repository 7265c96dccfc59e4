package peft

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/lora"
	"ranksweep/lora/peft/pefttest"
)

// pythonModel is a model for testdata/load.py.
type pythonModel struct {
	Name    string    `json:"name"`
	Model   string    `json:"model"`
	Adapter string    `json:"adapter"`
	Tokens  [][]int32 `json:"tokens"`
}

// pythonLogits returns the logits that transformers and PEFT compute.
func pythonLogits(t *testing.T, python string, models []pythonModel) map[string][]float32 {
	t.Helper()
	dir := t.TempDir()
	request, err := json.Marshal(models)
	check(t, err)
	check(t, os.WriteFile(filepath.Join(dir, "request.json"), request, 0o666))
	out, err := exec.CommandContext(t.Context(), python, "testdata/load.py",
		filepath.Join(dir, "request.json"), filepath.Join(dir, "logits.safetensors")).CombinedOutput()
	if err != nil {
		t.Fatalf("testdata/load.py: %v\n%s", err, out)
	}
	tensors, err := checkpoint.ReadTensors(os.DirFS(dir), "logits.safetensors")
	check(t, err)
	logits := make(map[string][]float32)
	for _, tensor := range tensors {
		logits[tensor.Name] = tensor.Data
	}
	return logits
}

// ofScheme returns adapters of all maps of a model: of one rank, or of several.
func (g golden) ofScheme(t *testing.T, scheme lora.Scheme, several bool) *Folder {
	t.Helper()
	var adapters []adapter
	for i, name := range g.Maps {
		rank := 4
		if several && i%3 > 0 {
			rank = 4*(i%3) - 3 // 1 and 5
		}
		adapters = append(adapters, adapter{name, rank, scheme.Gamma(6, rank)})
	}
	method := lora.DefaultMethod
	if g.dora() {
		method = lora.DoRAMethod
	}
	set := attachBy(t, method, g.model, adapters...)
	return &Folder{Adapters: set.Trained(), RSLoRA: scheme.P == 0.5, BaseModel: filepath.Base(g.dir)}
}

// TestPEFTLoadsOurs: PEFT, with adapters that were written here, computes the same logits as
// this program. So does transformers with a model that was merged here. This holds under
// every scheme and with different ranks.
func TestPEFTLoadsOurs(t *testing.T) {
	python := pefttest.Python(t)
	here := make(map[string]map[string][]float32) // logits by folder and adapters
	var models []pythonModel
	for _, dir := range goldenFolders(t) {
		g := readGolden(t, dir)
		here[dir] = make(map[string][]float32)
		for name, scheme := range schemes {
			for _, several := range []bool{false, true} {
				f := g.ofScheme(t, scheme, several)
				logits := g.attached(t, f.Adapters)
				name := fmt.Sprintf("%s: %s, several ranks %t", dir, name, several)
				here[dir][name], here[dir][name+", merged"] = logits, logits
				models = append(models,
					pythonModel{name, g.base(), writtenFolder(t, f), g.Tokens},
					pythonModel{name + ", merged", mergedFolder(t, g.base(), f), "", g.Tokens})
			}
		}
	}
	there := pythonLogits(t, python, models)
	eachGolden(t, func(t *testing.T, g golden) {
		var worst float64
		for name, logits := range here[g.dir] {
			d := ofRange(logits, there[name])
			if worst = max(worst, d); !(d <= 1e-5) {
				t.Errorf("%s: logits differ from PEFT's by %.2g of their range", name, d)
			}
		}
		report(t, "loaded", worst)
	})
}

// writtenFolder returns a folder of adapters.
func writtenFolder(t *testing.T, f *Folder) string {
	dir := t.TempDir()
	check(t, f.Write(dir))
	return dir
}

// mergedFolder returns a folder of a golden's model with adapters merged into it.
func mergedFolder(t *testing.T, model string, f *Folder) string {
	dir := t.TempDir()
	c, err := checkpoint.Load(model)
	check(t, err)
	c.Model = c.Model.Clone()
	check(t, lora.Merge(c.Model, f.Adapters))
	check(t, checkpoint.Save(dir, c, checkpoint.F32))
	return dir
}

// TestMergedIsAttached: merged and attached adapters agree to 1e-5 of the output's range,
// under every scheme.
func TestMergedIsAttached(t *testing.T) {
	eachGolden(t, func(t *testing.T, g golden) {
		var worst float64
		for name, scheme := range schemes {
			for _, several := range []bool{false, true} {
				f := g.ofScheme(t, scheme, several)
				m := g.model.Clone()
				check(t, lora.Merge(m, f.Adapters))
				d := ofRange(g.logits(t, m, nil), g.attached(t, f.Adapters))
				if worst = max(worst, d); !(d <= 1e-5) {
					t.Errorf("%s, several ranks %t: merged and attached differ by %.2g of the range", name, several, d)
				}
			}
		}
		report(t, "merged", worst)
	})
}
