package main

import (
	"os"
	"runtime"
	"slices"
	"strings"
)

// processor describes the CPU. On Linux that is its model, and which of the instructions
// of our fastest kernels it has. Elsewhere it is the architecture alone.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	return processorIn(string(text))
}

// processorIn reads the first processor of a /proc/cpuinfo.
func processorIn(cpuinfo string) string {
	first, _, _ := strings.Cut(strings.TrimLeft(cpuinfo, "\n"), "\n\n")
	fields := make(map[string]string)
	for line := range strings.Lines(first) {
		key, value, _ := strings.Cut(line, ":")
		fields[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	name := fields["model name"]
	if name == "" {
		return runtime.GOARCH // on other architectures the file has other fields
	}
	parts := []string{name + " (family " + fields["cpu family"] + ", model " + fields["model"] + ")"}
	for _, flag := range []string{"avx512f", "avx512_bf16"} {
		if slices.Contains(strings.Fields(fields["flags"]), flag) {
			parts = append(parts, flag)
		} else {
			parts = append(parts, "no "+flag)
		}
	}
	return strings.Join(parts, ", ")
}
