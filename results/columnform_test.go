package results

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"testing"

	"ranksweep/metrics"
	"ranksweep/nn"
)

// measuredModules are points of adapted maps with drawn numbers, whose gradients are measured as those of a run are.
func measuredModules(rng *rand.Rand) (points []metrics.Point) {
	for step, rank := range []int{4, 16, 64} {
		for _, name := range []string{"layers.0.q", "layers.0.v", "layers.1.q"} {
			v := metrics.NoValues()
			a := nn.Squares{Sum: rng.Float64() * float64(step), Count: 96 * rank}
			b := nn.Squares{Sum: rng.ExpFloat64(), Count: 160 * rank}
			v[metrics.GradNormA], v[metrics.GradNormB] = a.Norm(), b.Norm()
			v[metrics.GradRMSA], v[metrics.GradRMSB] = a.RMS(), b.RMS()
			a.Join(b)
			v[metrics.GradNorm], v[metrics.GradRMS] = a.Norm(), a.RMS()
			if step > 0 {
				v[metrics.DeltaW] = rng.NormFloat64()
			}
			points = append(points, metrics.Point{Step: step, Tokens: int64(47 * step), Module: name, Values: v})
		}
	}
	return points
}

// Columns give back the text of measurements, and store no number whole that follows from others.
func TestColumnsOfMeasurements(t *testing.T) {
	for seed := range uint64(200) {
		points := measuredModules(rand.New(rand.NewPCG(seed, 21)))
		text := encodePoints(points)
		columns := toColumns(text)
		if back, err := fromColumns(columns); err != nil || !bytes.Equal(back, text) {
			t.Fatalf("seed %d: %v\n%s\nwant\n%s", seed, err, back, text)
		}
		header, cells, err := columnCells(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range columnForms(header, cells) {
			if c.kind == normColumn || c.kind == rootColumn {
				if c.encode(); bytes.ContainsRune(c.codes, rune(whole)) {
					t.Errorf("seed %d: %s has codes %v: want none of %d", seed, header[c.place], c.codes, whole)
				}
			}
		}
	}
}

// Zigzag counts every difference once.
func TestZigzag(t *testing.T) {
	for want, n := range []int64{0, -1, 1, -2, 2} {
		if got := zigzag(n); got != uint64(want) || unzigzag(got) != n {
			t.Errorf("%d is %d, and %d again: want %d", n, got, unzigzag(got), want)
		}
	}
	for _, n := range []int64{math.MinInt64, math.MaxInt64} {
		if got := unzigzag(zigzag(n)); got != n {
			t.Errorf("%d is %d again", n, got)
		}
	}
}

// Columns that are cut off anywhere, or that name what is not there, are refused.
func TestColumnsThatAreDamaged(t *testing.T) {
	columns := toColumns(encodePoints(measuredModules(rand.New(rand.NewPCG(1, 2)))))
	for n := range columns {
		if text, err := fromColumns(columns[:n]); err == nil {
			t.Errorf("the first %d of %d bytes give %q", n, len(columns), text)
		}
	}
	head := append(binary.AppendUvarint(nil, 1), "step,grad_norm\n"...)
	for _, content := range [][]byte{
		{2, byte(textColumn), '\n', 1, byte(numberColumn), absent},                     // no such place
		{0, byte(textColumn), '\n', 0, byte(numberColumn), absent},                     // the same place twice
		{0, byte(columnKinds), '\n', 1, byte(numberColumn), absent},                    // no such kind
		{0, byte(numberColumn), near, 1, byte(numberColumn), absent},                   // near nothing
		{0, byte(rootColumn), 1, absent, 1, byte(numberColumn), absent},                // from a later column
		{0, byte(textColumn), '\n', 1, byte(rootColumn), 0, absent},                    // from texts
		{0, byte(textColumn), '\n', 1, byte(numberColumn), absent, 0},                  // and a byte more
		slices.Concat([]byte{0, byte(textColumn), '\n', 1, byte(numberColumn), whole}), // without the number
	} {
		if text, err := fromColumns(slices.Concat(head, content)); err == nil {
			t.Errorf("%v gives %q", content, text)
		}
	}
	content := []byte{0, byte(textColumn), '\n', 1, byte(numberColumn), absent}
	if text, err := fromColumns(slices.Concat(head, content)); err != nil || string(text) != "step,grad_norm\n,\n" {
		t.Errorf("%q, %v", text, err)
	}
}

// FuzzColumns holds columns to the text that they are of, and fromColumns to not panicking.
func FuzzColumns(f *testing.F) {
	for _, text := range []string{"", "\n", "step\n", "step,grad_norm\n1,0.5\n2,\n", "grad_norm\n1.50\n",
		"grad_norm,grad_norm_a,grad_norm_b,grad_rms\n5,3,4,1\n0,0,0,0\n5e-324,0,5e-324,1e300\n-1,1,0,-0\n",
		"a,b\n1\n", "grad_norm\n\n1\n", "grad_norm\n\"1\"\n", "grad_norm,grad_norm\n1,2\n", "grad_norm\n1"} {
		f.Add([]byte(text))
		f.Add(toColumns([]byte(text)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		fromColumns(text)
		columns := toColumns(text)
		if columns == nil {
			return
		}
		if back, err := fromColumns(columns); err != nil || !bytes.Equal(back, text) {
			t.Errorf("%q: %v, %q", text, err, back)
		}
	})
}

// Packs with the text of every table, as programs wrote them first, and packs with columns give the same record.
func TestPacksOfEachForm(t *testing.T) {
	var read []map[string][]byte
	for _, name := range []string{"text", "columns"} {
		data, err := os.ReadFile("testdata/packs/" + name + packSuffix)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		leave(t, dir, packsFolder+"/"+name+packSuffix, string(data))
		s := Open(dir)
		runs, problems := s.Runs()
		if len(runs) != 1 || len(runs[0].Modules) != 36 || len(problems) > 0 {
			t.Fatalf("%s: %d runs, %v: want one with 36 points of maps", name, len(runs), problems)
		}
		if done, err := s.Unpack(t.Context()); err != nil || done.Runs != 1 {
			t.Fatalf("%s: unpacked %+v, %v", name, done, err)
		}
		read = append(read, files(t, dir))
	}
	if !reflect.DeepEqual(read[0], read[1]) {
		t.Errorf("%q\nwant\n%q", read[1], read[0])
	}
}
