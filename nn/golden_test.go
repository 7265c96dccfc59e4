package nn_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/nn"
)

const stories = "../../shared/models/stories260K"

// golden holds the results of an independent program that computed in float64 from the same
// weights.
type golden struct {
	Cases []struct {
		Text       string    `json:"text"`
		IDs        []int32   `json:"ids"`
		MeanNLL    float64   `json:"mean_nll_nats"`
		LastLogits []float64 `json:"last_logits"`
		GreedyIDs  []int32   `json:"greedy_ids"`
		GreedyText string    `json:"greedy_text"`
	} `json:"cases"`
}

// TestStories260K compares a real model's logits (within 1e-3), mean loss and greedy text with
// golden ones.
func TestStories260K(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(stories, "golden.json"))
	if err != nil {
		t.Skipf("the stories260K test model is not here: %v", err)
	}
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	c, err := checkpoint.Load(stories)
	if err != nil {
		t.Fatal(err)
	}
	pass, err := nn.NewPass(c.Model, c.Model.Config.Context, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Cases) == 0 {
		t.Fatal("golden.json has no cases")
	}
	for _, want := range g.Cases {
		ids := want.IDs
		var b nn.Batch
		b.Append(ids, append(append([]int32(nil), ids[1:]...), nn.Unscored))
		sum, err := pass.Loss(&b)
		if err != nil {
			t.Fatal(err)
		}
		if mean := sum / float64(b.Scored()); math.Abs(mean-want.MeanNLL) > 1e-4 {
			t.Errorf("%q: mean loss %g, want %g", want.Text, mean, want.MeanNLL)
		}
		for i, v := range lastLogits(t, pass, ids) {
			if math.Abs(float64(v)-want.LastLogits[i]) > 1e-3 {
				t.Errorf("%q: logit %d is %g, want %g", want.Text, i, v, want.LastLogits[i])
				break
			}
		}
		if want.GreedyText == "" {
			continue // the case is for the tokenizer only
		}
		for range want.GreedyIDs {
			ids = append(ids, argmax(lastLogits(t, pass, ids)))
		}
		if got, err := c.Tokenizer.Decode(context.Background(), ids); err != nil || got != want.GreedyText {
			t.Errorf("greedy text %q, %v, want %q", got, err, want.GreedyText)
		}
	}
}

func lastLogits(t *testing.T, pass *nn.Pass, ids []int32) []float32 {
	t.Helper()
	var b nn.Batch
	b.Append(ids, make([]int32, len(ids)))
	logits, err := pass.Logits(&b)
	if err != nil {
		t.Fatal(err)
	}
	return logits.Data[(logits.Rows-1)*logits.Stride:]
}

func argmax(x []float32) int32 {
	best := 0
	for i, v := range x {
		if v > x[best] {
			best = i
		}
	}
	return int32(best)
}
