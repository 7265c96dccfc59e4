package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ranksweep/experiments"
	"ranksweep/paper/number"
)

// llama is Llama 2 7B as docs/reproduction.md counts it: adapted weights, the maps' widths on both sides,
// vocabulary, model's width, layers.
var llama = struct{ weights, sides, vocabulary, width, layers float64 }{6.48e9, 2.50e6, 32000, 4096, 32}

// perToken is the number of operations of a token of training at a rank.
func perToken(rank, sequence float64) float64 {
	return 4*llama.weights + 6*rank*llama.sides + 4*llama.vocabulary*llama.width + 7*llama.layers*sequence*llama.width
}

// TestCostsOfLargerModels: docs/reproduction.md has the operations and hours that its formula gives.
func TestCostsOfLargerModels(t *testing.T) {
	const speed, sequence, tokens = 400e12, 512, 625 * 32 * 512
	page := readPage(t, "docs/reproduction.md")
	six := 0.0
	for _, rank := range []float64{4, 8, 32, 128, 512, 2048} {
		six += 2 * 9 * tokens * perToken(rank, sequence)
	}
	one := func(rank float64) float64 { return tokens * perToken(rank, sequence) }
	for _, row := range []struct {
		begin      string
		tokens     string
		operations float64
	}{
		{"one run of the paper at rank 8: 625 steps of 32 × 512 tokens", "10.2 million", one(8)},
		{"the same at rank 256", "10.2 million", one(256)},
		{"the same at rank 2048", "10.2 million", one(2048)},
		{"figures 2 and 3: six ranks, two schemes, nine seeds", "1.1 billion", six},
		{"a tuned comparison at rank 256: 100 such runs", "1.0 billion", 100 * one(256)},
	} {
		peta, hours := number.Significant(row.operations/1e15, 3), number.Significant(row.operations/speed/3600, 2)
		if n := len(peta); n > 3 {
			peta = peta[:n-3] + "," + peta[n-3:]
		}
		want := fmt.Sprintf("| %s | %s | %s | %s |", row.begin, row.tokens, peta, hours)
		if !strings.Contains(page, want) {
			t.Errorf("docs/reproduction.md lacks %s", want)
		}
	}
}

// clocked is the row of bench/real.md with the tokens a second at ranks 16 and 256.
var clocked = regexp.MustCompile(`\| ranksweep, weights in float32 \| clock, two threads \| (\S+) \| \S+ \| (\S+) \|`)

// TestHoursOfTheLargerModel: docs/reproduction.md has the speeds that were measured, and the hours that follow.
func TestHoursOfTheLargerModel(t *testing.T) {
	speeds := clocked.FindStringSubmatch(readPage(t, "bench/real.md"))
	if speeds == nil {
		t.Fatal("bench/real.md does not have the speed of this program")
	}
	slow, err := strconv.ParseFloat(speeds[1], 64)
	check(t, err)
	slower, err := strconv.ParseFloat(speeds[2], 64)
	check(t, err)
	e, err := experiments.Load("one-rate-lora-135m")
	check(t, err)
	runs, err := e.Configs()
	check(t, err)
	adapters := 0
	for _, r := range runs {
		if r.Config.Adapter.Method == "lora" {
			adapters++
		}
	}
	const batch = 356 // tokens in a batch of this study
	tokens := float64(batch * runs[0].Config.Train.Steps)
	page := strings.Join(strings.Fields(readPage(t, "docs/reproduction.md")), " ")
	for _, want := range []string{
		fmt.Sprintf("%.0f tokens a second at rank 16 on two cores, and %.0f at rank 256", slow, slower),
		fmt.Sprintf("%d runs of 31,300 tokens, and three of full", adapters),
		fmt.Sprintf("what chooses these: %.1f hours", 100*tokens/slower/3600),
		fmt.Sprintf("but with %d tokens in a batch", batch),
	} {
		if !strings.Contains(page, want) {
			t.Errorf("docs/reproduction.md lacks %q", want)
		}
	}
	if number.Significant(tokens, 3) != "31300" || len(runs)-adapters != 3 {
		t.Errorf("%g tokens, %d runs of full fine-tuning", tokens, len(runs)-adapters)
	}
}
