package wholefile

import (
	"math"
	"testing"
)

func TestJSON(t *testing.T) {
	got, err := JSON(map[string]any{"b": []string{"<|end|> & \"é\""}, "a": 1e-6})
	want := "{\n  \"a\": 0.000001,\n  \"b\": [\n    \"<|end|> & \\\"é\\\"\"\n  ]\n}\n"
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
	if _, err := JSON(math.NaN()); err == nil {
		t.Error("NaN is written")
	}
}
