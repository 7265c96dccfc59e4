package grid

import "testing"

// What a run is compared with follows from the grid alone, by whichever axes there are.
func TestReferences(t *testing.T) {
	for _, c := range []struct {
		axes [][2]string // of each planned run, with its name
		want []References
	}{
		{[][2]string{{"rslora", "8"}, {"rslora", "4"}, {"lora", "4"}, {"lora", "16"}}, []References{
			{1, 4, "rslora", true}, {1, 4, "rslora", true}, {1, 4, "rslora", true}, {1, 4, "rslora", false},
		}},
		{[][2]string{{"full", "0"}, {"lora", "2"}}, []References{{1, 0, "lora", false}, {1, 2, "lora", true}}},
	} {
		var g Grid
		for _, a := range c.axes {
			g.Runs = append(g.Runs, Planned{Axes: []Coordinate{{"scaling", a[0]}, {"rank", a[1]}, {"seed", "0"}}})
		}
		for i, got := range g.References() {
			if want := c.want[i]; got != want {
				t.Errorf("%v: %+v, want %+v", c.axes[i], got, want)
			}
		}
	}
	zipped := Grid{Runs: []Planned{ // the rate follows from the scheme, and alpha from the rank
		{Axes: []Coordinate{{"rank", "4"}, {"alpha", "8"}, {"scaling", "lora"}, {"lr", "1e-3"}, {"seed", "0"}}},
		{Axes: []Coordinate{{"rank", "4"}, {"alpha", "8"}, {"scaling", "rslora"}, {"lr", "1e-4"}, {"seed", "0"}}},
		{Axes: []Coordinate{{"rank", "8"}, {"alpha", "16"}, {"scaling", "rslora"}, {"lr", "1e-4"}, {"seed", "0"}}},
		{Axes: []Coordinate{{"rank", "8"}, {"alpha", "16"}, {"scaling", "lora"}, {"lr", "1e-3"}, {"seed", "0"}}},
		{Axes: []Coordinate{{"rank", "8"}, {"alpha", "16"}, {"scaling", "lora"}, {"lr", "1e-3"}, {"seed", "1"}}},
	}}
	for i, want := range []References{
		{1, 4, "lora", true}, {1, 4, "lora", true}, {1, 4, "lora", true}, {2, 4, "lora", true}, {2, 4, "lora", true},
	} {
		if got := zipped.References()[i]; got != want {
			t.Errorf("zipped, %v: %+v, want %+v", zipped.Runs[i].Axes, got, want)
		}
	}
}
