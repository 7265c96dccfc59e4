package number

import (
	"math"
	"strings"
	"testing"
)

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 5e-5: "5e-5", 0.0001: "1e-4", 0.001: "0.001", 2048: "2048",
		0.1 + 0.2: "0.3", 1e6: "1e6", -0.5: "-0.5", 1234567: "1.23457e6",
	} {
		if got := Brief(v); got != want {
			t.Errorf("number(%g) = %s, want %s", v, got, want)
		}
	}
	if got := Brief(math.Copysign(0, -1)); got != "0" {
		t.Errorf("number of a negative zero: %s", got)
	}
}

func TestFull(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.1: "0.1", 1.0 / 3: "0.3333333333333333", 1e6: "1e6",
		1048576: "1.048576e6", 5e-5: "5e-5", 1e21: "1e21"} {
		if got := Full(v); got != want {
			t.Errorf("%g: %s, want %s", v, got, want)
		}
	}
	for s, want := range map[string]string{"1e-05": "1e-5", "1e+06": "1e6", "lora": "lora", "": "", "NaN": "NaN"} {
		if got := FullText(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
	if got := Significant(45.2548339959, 9); got != "45.254834" {
		t.Errorf("nine digits: %s", got)
	}
}

func TestCount(t *testing.T) {
	for _, c := range []struct {
		n          int
		noun, want string
	}{{0, "run", "0 runs"}, {1, "run", "1 run"}, {2, "run", "2 runs"}, {2, "study", "2 studies"}} {
		if got := Count(c.n, c.noun); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestAlikeTexts(t *testing.T) {
	write := AlikeTexts("0.0001", "0.001", "adamw", "Inf", "")
	for s, want := range map[string]string{
		"0.0001": "1e-4", "0.001": "1e-3", "adamw": "adamw", "0": "0", "": "", "Inf": "Inf", "nan": "nan",
	} {
		if got := write(s); got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
	if got := AlikeTexts("0.001", "512")("0.001"); got != "0.001" {
		t.Errorf("without small numbers: %s", got)
	}
}

func TestAlike(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   string
	}{
		{[]float64{1e-4, 1e-3, 0.01, 0}, "1e-4 1e-3 1e-2 0"}, {[]float64{0.5, 0.001, 20}, "0.5 0.001 20"},
		{[]float64{3e-4, 0.0025}, "3e-4 2.5e-3"}, {[]float64{1e-5, 0.1, 1, 10, 2000}, "1e-5 0.1 1 10 2e3"},
	} {
		write := Alike(c.values...)
		var got []string
		for _, v := range c.values {
			got = append(got, write(v))
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("got %s, want %s", text, c.want)
		}
	}
}
