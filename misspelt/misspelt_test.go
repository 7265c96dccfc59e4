package misspelt

import "testing"

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"rank", "rank", 0},
		{"rnak", "rank", 1}, {"ranks", "rank", 1}, {"rak", "rank", 1}, {"bank", "rank", 1},
		{"kitten", "sitting", 3}, // the textbook example
		{"ca", "abc", 3},         // it would be 2 if letters could be inserted between swapped ones
	} {
		if d := distance(c.a, c.b); d != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, d, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"rank", "lr", "steps", "weight_decay"}
	for name, want := range map[string]string{
		"ranks": "rank", "lrr": "lr", "stpes": "steps", "weight_dacey": "weight_decay", "weightdecay": "weight_decay",
		"tank": "rank", "epochs": "", "x": "", "": "",
	} {
		if got, ok := Nearest(name, names); got != want || ok != (want != "") {
			t.Errorf("Nearest(%q) is %q, want %q", name, got, want)
		}
	}
}
