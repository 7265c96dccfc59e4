package paper

import (
	"bytes"
	"encoding/binary"
	"flag"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/figure"
	"ranksweep/results"
)

var update = flag.Bool("update", false, "write the files of testdata anew")

func TestFiguresAreDeterministic(t *testing.T) {
	runs := sweep()
	reversed := slices.Clone(runs)
	slices.Reverse(reversed)
	first, err := Figures(view(runs))
	if err != nil {
		t.Fatal(err)
	}
	second, err := Figures(view(reversed))
	if err != nil {
		t.Fatal(err)
	}
	for i := range first {
		for _, format := range figure.Formats {
			a, errA := first[i].Encode(format)
			b, errB := second[i].Encode(format)
			if errA != nil || errB != nil {
				t.Fatal(errA, errB)
			}
			if !bytes.Equal(a, b) {
				t.Errorf("%s.%s: other bytes the second time, with the runs in reverse", first[i].Name, format)
			}
		}
	}
}

func TestPNGHasItsSize(t *testing.T) {
	f := figureOf(t, "gradient-norm", view(sweep()))
	file, err := f.Encode(figure.PNG)
	if err != nil {
		t.Fatal(err)
	}
	config, err := png.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	width, height := f.Size()
	if want := int(math.Round(float64(width) * 300 / 72)); config.Width != want {
		t.Errorf("width %d, want %d: %v points at 300 dots an inch", config.Width, want, width)
	}
	if want := int(math.Round(float64(height) * 300 / 72)); config.Height != want {
		t.Errorf("height %d, want %d: %v points at 300 dots an inch", config.Height, want, height)
	}
	// pHYs: two resolutions in dots per metre, and 1 for the metre.
	at := bytes.Index(file, []byte("pHYs"))
	if at < 0 {
		t.Fatal("no pHYs chunk")
	}
	if dots := binary.BigEndian.Uint32(file[at+4:]); dots != 11811 || file[at+12] != 1 {
		t.Errorf("resolution %d in unit %d, want 11811 in unit 1 (300 dots an inch)", dots, file[at+12])
	}
	if _, err := png.Decode(bytes.NewReader(file)); err != nil {
		t.Errorf("the whole file: %v", err)
	}
}

func TestSVGGolden(t *testing.T) {
	runs := fake{schemes: []string{"lora", "rslora"}, ranks: []int{4, 64}, seeds: 3, steps: 4}.runs()
	diverge(&runs[0], 2)
	figures, err := Figures(view(runs))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range figures {
		got, err := f.Encode(figure.SVG)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", f.Name+".svg")
		if *update {
			if err := os.WriteFile(path, got, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v: go test -update writes it", err)
		}
		if difference := differs(got, want); difference != "" {
			t.Errorf("%s: %s; look at it, then go test -update", path, difference)
		}
	}
}

var decimal = regexp.MustCompile(`-?\d+(\.\d+)?(e[-+]\d+)?`)

// differs compares SVG files: text exactly, and numbers to 0.01 points, because other
// platforms fuse multiplications and additions and round the last digit differently.
func differs(got, want []byte) string {
	if !bytes.Equal(decimal.ReplaceAll(got, []byte("#")), decimal.ReplaceAll(want, []byte("#"))) {
		return "other elements or texts"
	}
	a, b := decimal.FindAllString(string(got), -1), decimal.FindAllString(string(want), -1)
	for i := range a {
		x, _ := strconv.ParseFloat(a[i], 64)
		y, _ := strconv.ParseFloat(b[i], 64)
		if !(math.Abs(x-y) <= 0.01) {
			return "number " + strconv.Itoa(i) + ": got " + a[i] + ", want " + b[i]
		}
	}
	return ""
}

func TestDiffersFindsDifferences(t *testing.T) {
	base := `<path d="M10.5,20L30,40" style="stroke:#B5632B"/>`
	for other, same := range map[string]bool{
		base: true,
		`<path d="M10.501,20L30,40" style="stroke:#B5632B"/>`:   true,
		`<path d="M10.6,20L30,40" style="stroke:#B5632B"/>`:     false,
		`<path d="M10.5,20L30,40" style="stroke:#B5632C"/>`:     false,
		`<path d="M10.5,20L30,40L1,2" style="stroke:#B5632B"/>`: false,
	} {
		if got := differs([]byte(base), []byte(other)) == ""; got != same {
			t.Errorf("%s: same %t, want %t", other, got, same)
		}
	}
}

func TestSVGNamesOnlyNumbers(t *testing.T) {
	for name, runs := range degenerate() {
		figures, err := Figures(view(runs))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, f := range figures {
			file, err := f.Encode(figure.SVG)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if m := regexp.MustCompile(`.*(NaN|Inf).*`).Find(file); m != nil {
				t.Errorf("%s, %s.svg: %s", name, f.Name, m)
			}
			for _, fault := range checkLayout(f) {
				t.Errorf("%s, %s: %s", name, f.Name, fault)
			}
			said := f.Caption + "\n"
			for _, e := range f.Legend {
				said += e.Text + "\n"
			}
			if regexp.MustCompile(`n = 0[^ ]`).MatchString(said) {
				t.Errorf("%s, %s: means of nothing: %s", name, f.Name, said)
			}
		}
	}
}

func TestPDFOfDegenerateRuns(t *testing.T) {
	for _, name := range []string{"all diverged", "no curves", "zeros"} {
		figures, err := Figures(view(degenerate()[name]))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range figures {
			if _, err := f.Encode(figure.PDF); err != nil {
				t.Errorf("%s, %s: %v", name, f.Name, err)
			}
		}
	}
}

// degenerate are stores in which something is missing or out of bounds.
func degenerate() map[string][]results.Run {
	edit := func(f func(i int, r *results.Run)) []results.Run {
		runs := sweep()
		for i := range runs {
			f(i, &runs[i])
		}
		return runs
	}
	setAll := func(r *results.Run, v float64) {
		for i := range r.Curve {
			for q := range r.Curve[i].Values {
				r.Curve[i].Values[q] = v
			}
		}
	}
	return map[string][]results.Run{
		"one run":       sweep()[:1],
		"one rank":      sweep()[:3],
		"one seed":      fake{schemes: []string{"lora"}, ranks: []int{4, 8}, seeds: 1, steps: 10}.runs(),
		"no steps":      edit(func(_ int, r *results.Run) { r.Curve = r.Curve[:1] }),
		"no curves":     edit(func(_ int, r *results.Run) { r.Curve = nil }),
		"uneven curves": edit(func(i int, r *results.Run) { r.Curve = r.Curve[:i] }),
		"all diverged":  edit(func(i int, r *results.Run) { diverge(r, i) }),
		"all failed":    edit(func(_ int, r *results.Run) { r.Status, r.Curve = results.Failed, nil }),
		"absent":        edit(func(_ int, r *results.Run) { setAll(r, math.NaN()) }),
		"infinite":      edit(func(_ int, r *results.Run) { setAll(r, math.Inf(1)) }),
		"zeros":         edit(func(_ int, r *results.Run) { setAll(r, 0) }),
		"negative":      edit(func(_ int, r *results.Run) { setAll(r, -1) }),
		"equal":         edit(func(_ int, r *results.Run) { setAll(r, 2) }),
		"tiny":          edit(func(i int, r *results.Run) { setAll(r, float64(i+1)*1e-300) }),
		"huge":          edit(func(i int, r *results.Run) { setAll(r, float64(i+1)*1e300) }),
		"some zero":     edit(func(i int, r *results.Run) { setAll(r, float64(i%2)) }),
		"wide interval": edit(func(i int, r *results.Run) { setAll(r, math.Pow(1000, float64(i%3))) }),
		"one val loss": edit(func(_ int, r *results.Run) {
			for i := range r.Curve[1:] {
				r.Curve[i+1].Values[metrics.ValLoss] = math.NaN()
			}
		}),
		"strange names": edit(func(i int, r *results.Run) {
			r.Scheme = "schéma | \"<&>\"\n"
			r.Axes = append(r.Axes, grid.Coordinate{Name: "größe", Value: []string{"a|b", "c\nd", "日本"}[i%3]})
		}),
	}
}

func TestTransientIsCut(t *testing.T) {
	var points []figure.Point
	for x := range 101 {
		y := 1 + 0.001*float64(x)
		if x < 5 {
			y = 9
		}
		points = append(points, figure.Point{X: float64(x), Y: y})
	}
	values, cut := withoutTransient(points)
	if !cut || slices.Max(values) > 2 {
		t.Errorf("a spike at the start: cut %t, largest value %v", cut, slices.Max(values))
	}
	if values, cut := withoutTransient(points[10:]); cut || len(values) != len(points)-10 {
		t.Errorf("a steady curve: cut %t, %d of %d values", cut, len(values), len(points)-10)
	}
}

func TestSmoothKeepsMeansAndSteps(t *testing.T) {
	run := results.Run{}
	for step := range 40 {
		v := metrics.NoValues()
		v[metrics.TrainLoss] = float64(step)
		run.Curve = append(run.Curve, metrics.Point{Step: step, Values: v})
	}
	short := results.Run{ID: "short", Curve: run.Curve[:2]}
	smoothing := view([]results.Run{run, short}).smoothing(metrics.TrainLoss, 10)
	if smoothing.Window != 4 {
		t.Fatalf("window %d, want 40/10", smoothing.Window)
	}
	first := smoothing.Of(run.Curve, metrics.TrainLoss)[0]
	if first.Step != 3 || first.Values[metrics.TrainLoss] != 1.5 {
		t.Errorf("first point: step %d, %v; want step 3, the mean 1.5 of 0, 1, 2, 3", first.Step,
			first.Values[metrics.TrainLoss])
	}
	if got := smoothing.Of(short.Curve, metrics.TrainLoss); len(got) != 1 || got[0].Values[metrics.TrainLoss] != 0.5 {
		t.Errorf("a run shorter than the window: %v, want one point, the mean 0.5 of 0, 1", got)
	}
	if run.Curve[3].Values[metrics.TrainLoss] != 3 {
		t.Error("the stored curve was changed")
	}
}

func TestBandsSpanSeeds(t *testing.T) {
	seeds := []float64{1, 4, 2}
	if p := spreadPoint(0, stats.MeanInterval(seeds[:2]), seeds[:2]); p.Low != 1 || p.High != 4 {
		t.Errorf("two seeds: band %v to %v, want both of them", p.Low, p.High)
	}
	i := stats.MeanInterval(seeds)
	if p := spreadPoint(0, i, seeds); p.Low != i.Low || p.High != i.High {
		t.Errorf("three seeds: band %v to %v, want the interval %v", p.Low, p.High, i)
	}
	if p := spreadPoint(0, stats.MeanInterval(seeds[:1]), seeds[:1]); p.HasSpread() {
		t.Errorf("one seed: band %v to %v, want none", p.Low, p.High)
	}
}

func TestNamedSchemesKeepTheirColours(t *testing.T) {
	got := families([]string{"p=0.75", "rslora", "lora", "p=0.25"})
	if got["lora"] != figure.Copper || got["rslora"] != figure.BlueGreen {
		t.Error("lora is not copper, or rslora not blue-green")
	}
	if got["p=0.75"] == got["p=0.25"] {
		t.Error("two schemes share a family")
	}
	got = families([]string{"lora@16", "rslora", "rslora@16", "p=0.25"})
	if got["lora@16"] != figure.Copper || got["rslora"] != figure.BlueGreen || got["rslora@16"] == figure.BlueGreen ||
		got["rslora@16"] == got["p=0.25"] {
		t.Errorf("matched schemes have other hues than their names', or two share one: %v", got)
	}
	if figure.Copper.Shade(0, 6) != figure.Copper[0] || figure.Copper.Shade(5, 6) != figure.Copper[2] ||
		figure.Copper.Shade(0, 1) != figure.Copper[1] {
		t.Error("shades do not run from light to dark")
	}
}
