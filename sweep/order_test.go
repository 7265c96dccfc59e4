package sweep

import (
	"fmt"
	"testing"

	"ranksweep/train"
)

func TestFormatBytes(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 999: "999 bytes", 1500: "1.5 KB", 63_123_456: "63.1 MB",
		5e15: "5000 TB"} {
		if got := formatBytes(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

func TestLongestFirst(t *testing.T) {
	job := func(cost float64) Job {
		return Job{ID: fmt.Sprint(cost), Material: train.Material{Cost: cost}}
	}
	var got []string
	for _, j := range LongestFirst([]Job{job(2), job(5), job(1), job(5)}) {
		got = append(got, j.ID)
	}
	if fmt.Sprint(got) != "[5 5 2 1]" {
		t.Errorf("order %v", got)
	}
}
