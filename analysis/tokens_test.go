package analysis

import (
	"encoding/json"
	"testing"

	"ranksweep/results"
)

// Two models cut text alike if records show it: as many tokens and bytes in each batch of the same data.
func TestSameTokens(t *testing.T) {
	run := func(model, data string, batches ...results.ValidationBatch) Row {
		return Row{Run: results.Run{Provenance: results.Provenance{ModelHash: model, DataHash: data},
			Validation: batches}}
	}
	imported := func(model string) Row {
		return Row{Run: results.Run{Config: json.RawMessage(`{"model": "` + model + `"}`)}}
	}
	b := func(scored, bytes int) results.ValidationBatch {
		return results.ValidationBatch{Scored: scored, Bytes: bytes}
	}
	for i, c := range []struct {
		a, b Row
		want bool
	}{
		{run("m", "d", b(9, 20)), run("m", "e", b(8, 30)), true},
		{run("m", "d", b(9, 20)), run("n", "d", b(9, 20)), true},
		{run("m", "d", b(9, 20)), run("n", "d", b(9, 0)), true},
		{run("m", "d", b(9, 20)), run("n", "d", b(9, 21)), false},
		{run("m", "d", b(9, 20)), run("n", "d", b(8, 20)), false},
		{run("m", "d", b(9, 20)), run("n", "e", b(9, 20)), false},
		{run("m", "d", b(9, 20)), run("n", "d", b(9, 20), b(1, 1)), false},
		{run("m", "d"), run("n", "d"), false},
		{imported("llama"), imported("llama"), true},
		{imported("llama"), imported("qwen"), false},
		{imported("llama"), run("m", "d"), false},
	} {
		if got := SameTokens([]Row{c.a, c.b}); got != c.want || SameTokens([]Row{c.b, c.a}) != c.want {
			t.Errorf("%d: %t, want %t", i, got, c.want)
		}
	}
	if !SameTokens(nil) {
		t.Error("no rows have no tokens that differ")
	}
}
