package results

import (
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ranksweep/grid"
	"ranksweep/metrics"
)

// A summary has what tables ask of its run, and of its curve the onset.
func TestSummaries(t *testing.T) {
	s := fill(t, Open(t.TempDir()), testGrid())
	got, others, problems := s.Summaries(grid.Grid{})
	want, _, _ := s.Asked(grid.Grid{})
	if len(got) != len(want) || others != 0 || problems != nil {
		t.Fatalf("%d summaries of %d runs, %d others, %v", len(got), len(want), others, problems)
	}
	for i, r := range want {
		if len(got[i].Curve) != 1 || got[i].Method() != r.Method() {
			t.Errorf("summary %+v", got[i])
		}
		for _, c := range measuredColumns() {
			if a, b := FormatFloat(c.of(got[i])), FormatFloat(c.of(r)); a != b {
				t.Errorf("%s of %s is %q, want %q", c.Name, r.ID, a, b)
			}
		}
		got[i].Curve, got[i].statistics, r.Curve = nil, nil, nil
		if !reflect.DeepEqual(got[i], r) {
			t.Errorf("summary %+v, want %+v", got[i], r)
		}
	}
}

// An outline has the statistics of its run, and neither its curve nor its config.
func TestOutline(t *testing.T) {
	s := fill(t, Open(t.TempDir()), testGrid())
	o, others, problems := s.Outlines(grid.Grid{}, newRest(t))
	runs, _ := s.Runs()
	if len(o.Runs) != len(runs) || others != 0 || problems != nil {
		t.Fatalf("%d outlines of %d runs, %d others, %v", len(o.Runs), len(runs), others, problems)
	}
	for i, r := range runs {
		got := o.Runs[i]
		if got.ID != r.ID || len(got.Curve) > 1 || got.Config != nil {
			t.Errorf("outline %d is %+v", i, got)
		}
		for _, stat := range metrics.Statistics {
			a, b := got.Statistic(stat), r.Statistic(stat)
			if math.Float64bits(a) != math.Float64bits(b) && !(math.IsNaN(a) && math.IsNaN(b)) {
				t.Errorf("%s of %s is %g, want %g", stat.Name, r.ID, a, b)
			}
		}
	}
}

// The tables that are written run by run are those of the runs as a whole, to the byte.
func TestOutlinesWriteTables(t *testing.T) {
	runs := append(testGrid(), nasty())
	runs[0].Config = []byte(`{"more":{"depth":3},"adapter":{"rank":4}}`)
	runs[1].Curve[1].Values[metrics.GradNormA] = 3 // a column that others lack
	var g grid.Grid
	for _, r := range runs {
		g.Runs = append(g.Runs, grid.Planned{ID: r.ID, Axes: r.Axes})
	}
	g.Runs = append(g.Runs, grid.Planned{ID: "missing", Axes: runs[0].Axes})
	marks := map[string]LocalMark{runs[2].ID: {Role: "best", Value: 3, Loss: 2}}
	s := fill(t, Open(t.TempDir()), runs)
	all, _ := s.Runs()
	tables, err := RunTables(all, g, marks)
	if err != nil {
		t.Fatal(err)
	}
	streamed := t.TempDir()
	stored, _, _ := s.Outlines(g, newRest(t))
	for _, o := range []Outlines{stored, OutlinesOf(all)} {
		if _, err := o.Write(streamed, CSV, g, marks); err != nil {
			t.Fatal(err)
		}
		got := files(t, streamed)
		for _, table := range tables {
			if want := encodeCSV(table.lines()); string(got[table.File]) != string(want) {
				t.Errorf("%s written run by run:\n%s\nwant\n%s", table.File, got[table.File], want)
			}
		}
	}
}

// A record is read once: what becomes of it afterwards changes nothing.
func TestOutlinesOfAChangedStore(t *testing.T) {
	s := fill(t, Open(t.TempDir()), testGrid())
	before, after := t.TempDir(), t.TempDir()
	o, _, _ := s.Outlines(grid.Grid{}, newRest(t))
	_, err := o.Write(before, CSV, grid.Grid{}, nil)
	leave(t, s.runs+"/..", o.Runs[3].ID+"/"+curveFile, "changed")
	if _, again := o.Write(after, CSV, grid.Grid{}, nil); err != nil || again != nil {
		t.Fatal(err, again)
	}
	if !reflect.DeepEqual(files(t, before), files(t, after)) {
		t.Error("the tables differ")
	}
}

// What outlines leave out may not fit on the disk. Then nothing is written, and the file is gone at the end.
func TestOutlinesWithoutRoomForTheRest(t *testing.T) {
	s, dir := fill(t, Open(t.TempDir()), testGrid()), t.TempDir()
	left, err := NewRest(dir)
	if err != nil {
		t.Fatal(err)
	}
	left.file.Close()
	o, _, problems := s.Outlines(grid.Grid{}, left)
	if len(o.Runs) != len(testGrid()) || len(problems) > 0 {
		t.Errorf("%d outlines, %v", len(o.Runs), problems)
	}
	if _, err := o.Write(dir, CSV, grid.Grid{}, nil); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("the error is %v", err)
	}
	left.Close()
	if there := files(t, dir); len(there) > 0 {
		t.Errorf("left are %q", slices.Collect(maps.Keys(there)))
	}
}

func newRest(t testing.TB) *Rest {
	t.Helper()
	left, err := NewRest(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := left.Close(); err != nil {
			t.Error(err)
		}
	})
	return left
}

// BenchmarkExport is how many runs a second an export writes.
func BenchmarkExport(b *testing.B) {
	s, dir := Open(largeStore(b, 1000)), b.TempDir()
	for b.Loop() {
		o, _, _ := s.Outlines(grid.Grid{}, newRest(b))
		o.Write(dir, CSV, grid.Grid{}, nil)
	}
	b.ReportMetric(1000*float64(b.N)/b.Elapsed().Seconds(), "runs/s")
}
