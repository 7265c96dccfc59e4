package public_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ranksweep/foreign"
	"ranksweep/metrics"
	"ranksweep/paper/number"
	"ranksweep/public"
	"ranksweep/results"
)

// TestNumbers: the committed numbers are those of the files that they come from.
func TestNumbers(t *testing.T) {
	folder := filepath.Join("..", "..", "shared", "data")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("there is no shared/data beside the checkout")
	}
	public.Same(t, "cells.csv", cellsOfPage(t, filepath.Join(folder, "tinker", "sft_sweep.md")))
	paths, err := filepath.Glob(filepath.Join(folder, "peft-method-comparison", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	public.Same(t, "peft.csv", runsOfPEFT(t, paths))
}

func csvOf(rows [][]string) string {
	var b strings.Builder
	csv.NewWriter(&b).WriteAll(rows)
	return b.String()
}

func cellsOfPage(t *testing.T, path string) string {
	in, err := foreign.Read([]string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows := [][]string{{"model", "rank", "lr", "repeat", "status", "val_loss", "train_loss", "source"}}
	for _, r := range in.Runs {
		axis := make(map[string]string)
		for _, a := range r.Axes {
			axis[a.Name] = a.Value
		}
		rows = append(rows, []string{axis["model"], axis["rank"], axis["lr"], axis["repeat"], string(r.Status),
			results.FormatFloat(r.Statistic(metrics.ValLossFinal)),
			results.FormatFloat(r.Statistic(metrics.TrainLossFinal)),
			public.Tinker})
	}
	return csvOf(rows)
}

func runsOfPEFT(t *testing.T, paths []string) string {
	in, err := foreign.Read(paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows := [][]string{{"run", "scheme", "rank", "alpha", "gamma", "lr", "optimizer", "train_loss", "test_accuracy",
		"source"}}
	for _, r := range in.Runs {
		if r.Rank == 0 {
			continue
		}
		name := strings.TrimSuffix(r.Imported.Source, ".json")
		rows = append(rows, []string{name, r.Scheme, strconv.Itoa(r.Rank), number.Brief(r.Alpha), number.Brief(r.Gamma),
			number.Brief(r.LR), r.Optimizer, number.Fixed(r.Statistic(metrics.TrainLossFinal), 4),
			accuracy(t, filepath.Join(filepath.Dir(paths[0]), r.Imported.Source)), public.PEFT})
	}
	return csvOf(rows)
}

// accuracy is the accuracy on the test set, which is no quantity of a run here.
func accuracy(t *testing.T, path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var result struct {
		Train struct {
			Metrics []map[string]float64 `json:"metrics"`
		} `json:"train_info"`
	}
	if err := json.Unmarshal(text, &result); err != nil {
		t.Fatal(err)
	}
	return number.Fixed(result.Train.Metrics[len(result.Train.Metrics)-1]["test accuracy"], 3)
}
