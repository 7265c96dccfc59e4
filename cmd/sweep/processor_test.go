package main

import (
	"runtime"
	"testing"
)

func TestProcessor(t *testing.T) {
	const cpuinfo = "processor\t: 0\n" +
		"cpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\nflags\t\t: avx2 avx512f avx512_bf16x\n\n" +
		"processor\t: 1\nmodel name\t: another\n\n"
	for text, want := range map[string]string{
		cpuinfo:                            "AMD EPYC (family 25, model 17), avx512f, no avx512_bf16",
		"processor\t: 0\nBogoMIPS\t: 50\n": runtime.GOARCH,
		"":                                 runtime.GOARCH,
	} {
		if got := processorIn(text); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if processor() == "" {
		t.Error("this machine's has no name")
	}
}
