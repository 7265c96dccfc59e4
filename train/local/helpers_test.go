package local

import (
	"testing"

	"ranksweep/lora"
)

// ranksOf returns a rank far below the sides of the test model's maps and, of methods that can have
// it, one above them.
func ranksOf(method string) []int {
	if method == lora.PiSSAMethod || method == lora.OLoRAMethod {
		return []int{4, 16}
	}
	return []int{4, 64}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
