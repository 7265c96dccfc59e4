package results

import (
	"math"
	"strings"
	"testing"

	"ranksweep/metrics"
)

// TestOptionalQuantities: a quantity that some methods alone have has a column in
// records and in curves.csv where a run has it, and none elsewhere, so that the bytes
// and the digest of other runs do not know of it.
func TestOptionalQuantities(t *testing.T) {
	const name = "grad_norm_m"
	without, with := testRun("lora", 1, 4, 1), testRun("rslora", 0.5, 4, 1)
	with.Curve[0].Values[metrics.GradNormM] = 2.5
	for _, c := range []struct {
		run  Run
		want bool
	}{{without, false}, {with, true}} {
		files, err := encodeRecord(c.run)
		if err != nil {
			t.Fatal(err)
		}
		record := string(contents(files)[curveFile])
		exported := string(encodeCSV(newCurveTable([]Run{c.run}).lines()))
		if strings.Contains(record, name) != c.want || strings.Contains(exported, name) != c.want {
			t.Errorf("%s has a column: want %t in\n%s\n%s", name, c.want, record, exported)
		}
		points, err := decodePoints([]byte(record))
		if err != nil {
			t.Fatal(err)
		}
		got, want := points[0].Values[metrics.GradNormM], c.run.Curve[0].Values[metrics.GradNormM]
		if FormatFloat(got) != FormatFloat(want) {
			t.Errorf("%s is read as %g, written as %g", name, got, want)
		}
	}
	lines := newCurveTable([]Run{without, with}).lines()
	last := len(lines[0]) - 1
	if lines[0][last] != name || lines[1][last] != "" || !strings.Contains(string(encodeCSV(lines)), ",2.5\n") {
		t.Errorf("of two runs:\n%s", encodeCSV(lines))
	}
	infinite := testRun("lora", 1, 4, 1)
	infinite.Curve[0].Values[metrics.GradNormM] = math.Inf(1)
	if Digest([]Run{infinite}) != Digest([]Run{without}) || Digest([]Run{with}) == Digest([]Run{without}) {
		t.Error("the digest sees what no file has, or not what one has")
	}
}
