package ranksweep_test

import (
	"regexp"
	"testing"
)

// TestErrorsNameTheirPackage: an error that begins with the name of a package is of that
// package. Package main is left out, since its errors begin with the names of commands.
func TestErrorsNameTheirPackage(t *testing.T) {
	all := sources(t)
	packages := make(map[string]bool)
	for _, text := range all {
		packages[packageOf(text)] = true
	}
	if len(packages) < 10 {
		t.Fatalf("%d packages", len(packages))
	}
	for path, text := range all {
		for _, name := range misnamed(text, packages) {
			t.Errorf("%s: an error of package %s begins with %q", path, packageOf(text), name+": ")
		}
	}
}

func TestMisnamedSees(t *testing.T) {
	text := "package nn\n\nvar a = errors.New(\"lora: b\")\nvar c = fmt.Errorf(\"nn: d %w\", a)\nvar e = \"lora: f\"\n"
	if got := misnamed(text, map[string]bool{"nn": true, "lora": true}); len(got) != 1 || got[0] != "lora" {
		t.Errorf("misnamed = %q, want lora", got)
	}
}

var (
	packageClause = regexp.MustCompile(`(?m)^package (\w+)`)
	errorText     = regexp.MustCompile("(?:Errorf|errors\\.New|panic)\\((?:fmt\\.Sprintf\\()?[\"`](\\w+): ")
)

func packageOf(source string) string { return packageClause.FindStringSubmatch(source)[1] }

// misnamed returns the names of other packages with which errors of a file begin.
func misnamed(source string, packages map[string]bool) (names []string) {
	own := packageOf(source)
	for _, m := range errorText.FindAllStringSubmatch(source, -1) {
		if own != "main" && packages[m[1]] && m[1] != own {
			names = append(names, m[1])
		}
	}
	return names
}
