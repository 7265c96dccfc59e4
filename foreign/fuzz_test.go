package foreign

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzRead: no file of any kind makes reading panic, and what is read has IDs and a grid.
func FuzzRead(f *testing.F) {
	f.Add(".csv", "r,lr,seed,loss\n4,1e-3,0,0.5\n")
	f.Add(".json", `{"run_info": {"train_config": {"seed": 0},
		"peft_config": {"peft_type": "LORA", "r": 4}},
		"train_info": {"status": "success", "metrics": [{"step": 5, "train loss": 1}]}}`)
	f.Add(".json", `{"log_history": [{"loss": 1, "step": 1, "learning_rate": 1e-4}]}`)
	f.Add(".md", "- Training steps: 7\n## a\n- Model: `a/b`\n- Dataset: d\n- Learning rates: [1e-4]\n"+
		"- LoRA ranks: [1]\n"+
		tinkerHead+"\n| 1e-4 | 1 | 0.5 | 0.6 | 3 |\n")
	m := &Map{Columns: map[string]string{"rank": "r", "lr": "lr", "seed": "seed", "val_loss": "loss"},
		Values: map[string]string{"steps": "100"}, file: "map.yaml"}
	f.Fuzz(func(t *testing.T, kind, text string) {
		if kind != ".csv" && kind != ".json" && kind != ".md" {
			return
		}
		path := filepath.Join(t.TempDir(), "a"+kind)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		in, err := Read([]string{path}, m)
		if err == nil && (len(in.Runs) == 0 || in.Grid().Len() != len(in.Runs)) {
			t.Errorf("%d runs, %d planned", len(in.Runs), in.Grid().Len())
		}
	})
}
