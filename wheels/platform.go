package main

import (
	"fmt"
	"strings"
)

// platform is a system and a CPU that a wheel is for.
type platform struct {
	system, cpu string   // as Go names them
	tags        []string // as pip names them
}

// platforms are those that .ci/run builds the program for. A program without cgo needs no C
// library, so that a wheel for Linux serves glibc and musl alike: glibc 2.17 and musl 1.1 are the
// oldest that pip has tags for on kernels that Go supports. Go 1.26 needs macOS 12.
var platforms = []platform{
	{"linux", "amd64", []string{"manylinux_2_17_x86_64", "manylinux2014_x86_64", "musllinux_1_1_x86_64"}},
	{"linux", "arm64", []string{"manylinux_2_17_aarch64", "manylinux2014_aarch64", "musllinux_1_1_aarch64"}},
	{"darwin", "amd64", []string{"macosx_12_0_x86_64"}},
	{"darwin", "arm64", []string{"macosx_12_0_arm64"}},
	{"windows", "amd64", []string{"win_amd64"}},
	{"windows", "arm64", []string{"win_arm64"}},
}

func (p platform) name() string { return p.system + "/" + p.cpu }

// program is the name of the program's file.
func (p platform) program() string {
	if p.system == "windows" {
		return "sweep.exe"
	}
	return "sweep"
}

// choose returns the platform with a name, or all if the name is empty.
func choose(name string) ([]platform, error) {
	if name == "" {
		return platforms, nil
	}
	var known []string
	for _, p := range platforms {
		if p.name() == name {
			return []platform{p}, nil
		}
		known = append(known, p.name())
	}
	return nil, fmt.Errorf("wheels: unknown platform %q: must be one of %s", name, strings.Join(known, ", "))
}
