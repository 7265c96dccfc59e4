package checkpoint

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A bfloat16 next to 1 is 1/128 above it or 1/256 below it. Changes of less than half of that
// are lost, larger ones are rounded to a whole step; float32 keeps all.
func TestKept(t *testing.T) {
	const step = 1.0 / 128
	for _, c := range []struct {
		change float64
		form   DType
		want   float64
	}{
		{0.4 * step, BF16, 0}, {0.8 * step, BF16, 1 / 0.8}, {1 * step, BF16, 1}, {-0.2 * step, BF16, 0},
		{0.4 * step, F32, 1},
		{0.4 * step, F16, 3 / 3.2}, // steps of F16 are an eighth of these
	} {
		kept, all := c.form.Kept([]float32{1, 1}, []float32{1 + float32(c.change), 1})
		if got := kept / all; math.Abs(got-c.want) > 1e-3 || all == 0 {
			t.Errorf("%s keeps %g of a change of %g, want %g", c.form, got, c.change, c.want)
		}
	}
}

// SaveRest copies what Save leaves out, but for weights and files of no use to a model.
func TestSaveRest(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	if err := Save(from, tiny(t, false), F32); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"generation_config.json", "special_tokens_map.json", "LICENSE",
		"training_args.bin", ".gitattributes", "log.csv", "adapter_config.json",
	} {
		if err := os.WriteFile(filepath.Join(from, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"1_Pooling", ".git"} {
		if err := os.Mkdir(filepath.Join(from, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Load(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := Save(to, c, F32); err != nil {
		t.Fatal(err)
	}
	leftOut, err := SaveRest(to, c)
	if err != nil || !slices.Equal(leftOut, []string{"1_Pooling/", "adapter_config.json", "log.csv"}) {
		t.Errorf("left out %v, %v", leftOut, err)
	}
	for _, name := range []string{"generation_config.json", "special_tokens_map.json", "LICENSE"} {
		if content, err := os.ReadFile(filepath.Join(to, name)); err != nil || string(content) != name {
			t.Errorf("%s: %q, %v", name, content, err)
		}
	}
	for _, name := range []string{"training_args.bin", ".gitattributes", "log.csv", "adapter_config.json"} {
		if _, err := os.Stat(filepath.Join(to, name)); err == nil {
			t.Errorf("%s is copied", name)
		}
	}
}
