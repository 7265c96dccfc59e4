package analysis

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/results"
)

var update = flag.Bool("update", false, "rewrite testdata")

// exported is a grid with everything that makes a table hard: an axis beside rank, runs that
// diverged and failed, values that are absent or infinite.
func exported() []results.Run {
	runs := testGrid()
	for i := range runs {
		r := &runs[i]
		r.Axes = append(r.Axes, axes("lr", "5e-5", "targets", "mlp,attention")...)
		r.Flops, r.FactoredFlops, r.Bytes = 3e9, 5e9, 4<<20
		r.Config = json.RawMessage(`{"adapter":{"rank":4},"note":"<&>"}`)
		r.Provenance.Program, r.Provenance.Go = "v0", "go1.26"
		r.Timing = results.Timing{Started: time.Date(2026, 1, 2, 3, 4, 5, 678, time.UTC), Seconds: 1.5}
	}
	runs[0].Status, runs[0].Reason = results.Diverged, "loss is Inf at step 2"
	runs[0].Curve[2].Values[metrics.TrainLoss] = math.Inf(1)
	runs[1].Status, runs[1].Curve = results.Failed, nil
	return runs
}

// export exports runs whose reported ones are not known yet.
func export(runs results.Outlines, g grid.Grid, dir string) error {
	in, _, _ := Split(g, runs.Runs)
	return Export(runs, in, g, dir, results.CSV, results.Long)
}

// exportedGrid is a grid in which the last run is a tuning run, and one further run of each
// phase is missing.
func exportedGrid(runs []results.Run) grid.Grid {
	runs = slices.SortedFunc(slices.Values(runs), results.CompareRuns)
	var planned []grid.Planned
	for _, r := range runs {
		planned = append(planned, grid.Planned{ID: r.ID, Axes: r.Axes})
	}
	n := len(planned) - 1
	absent, later := grid.Planned{ID: "absent", Axes: planned[0].Axes}, grid.Planned{ID: "", Axes: planned[1].Axes}
	return grid.Grid{Tuning: append(planned[n:n:n], planned[n], absent), Runs: append(planned[:n:n], later)}
}

// files reads every file in dir.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	found := make(map[string][]byte)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if found[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return found
}

func TestExportMatchesGoldens(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tables")
	runs := exported()
	if err := export(results.OutlinesOf(runs), exportedGrid(runs), dir); err != nil {
		t.Fatal(err)
	}
	got := files(t, dir)
	if len(got) != 8 {
		t.Errorf("wrote %d files, want 8", len(got))
	}
	for name, data := range got {
		golden := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(golden, data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !sameTable(data, want) {
			t.Errorf("%s differs from %s; go test -update rewrites it. Got:\n%s", name, golden, data)
		}
	}
	slices.Reverse(runs)
	if err := export(results.OutlinesOf(runs), exportedGrid(runs), dir); err != nil {
		t.Fatal(err)
	}
	for name, data := range files(t, dir) {
		if !bytes.Equal(data, got[name]) {
			t.Errorf("%s depends on the order of runs", name)
		}
	}
}

// sameTable compares CSV field by field, numbers to 1e-12: some platforms fuse
// multiplications and additions, and round differently in the last bits.
func sameTable(a, b []byte) bool {
	rowsA, errA := csv.NewReader(bytes.NewReader(a)).ReadAll()
	rowsB, errB := csv.NewReader(bytes.NewReader(b)).ReadAll()
	return errA == nil && errB == nil && slices.EqualFunc(rowsA, rowsB, func(a, b []string) bool {
		return slices.EqualFunc(a, b, func(a, b string) bool {
			x, errX := strconv.ParseFloat(a, 64)
			y, errY := strconv.ParseFloat(b, 64)
			return a == b || errX == nil && errY == nil && math.Abs(x-y) <= 1e-12
		})
	})
}

func TestSameTableSeesChanges(t *testing.T) {
	const table = "run,p\na,0.5\n"
	if !sameTable([]byte(table), []byte("run,p\na,0.5000000000000001\n")) {
		t.Error("a difference in the last bit counts")
	}
	for _, other := range []string{"run,q\na,0.5\n", "run,p\na,0.50001\n", "run,p\na,\n", "run,p\n",
		"run,p\na,0.5\nb,1\n", "run,p\na\n"} {
		if sameTable([]byte(table), []byte(other)) {
			t.Errorf("%q passes for %q", other, table)
		}
	}
}

// Programs rely on these columns and their order.
func TestExportColumns(t *testing.T) {
	dir := t.TempDir()
	if err := export(results.OutlinesOf(exported()), grid.Grid{}, dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct{ first, last string }{
		"runs.csv": {"run,cell,function,experiment,phase,place,status,reason," +
			"scheme,p,init_power,lr_a_power,lr_b_power,lr_ratio,zero_a,log,rank,alpha,gamma,seed,optimizer,lr," +
			"steps,tokens,started,seconds,flops,factored_flops,bytes,numerics,model_hash,data_hash,program,go,kernel," +
			"warnings,beyond_theory,axes,train_loss,val_loss,", ",config.adapter.rank,config.note,peak_bytes,imported"},
		"columns.csv": {"column,file,unit,meaning", ""},
		"curves.csv": {"run,step,tokens,train_loss,val_loss,grad_norm,grad_norm_a,grad_norm_b,",
			",loss_drop_actual,map_output"},
		"cells.csv": {"cell,scheme,p,init_power,lr_a_power,lr_b_power,lr_ratio,zero_a,log,rank,alpha,gamma,optimizer," +
			"lr,axis.", ",failed,quantity,n,mean,ci_low,ci_high,expected"},
		"exponents.csv": {"scheme,optimizer,quantity,exponent,ci_low,ci_high,predicted,n,", ",axis.lr,axis.targets"},
	} {
		header, _, _ := strings.Cut(string(files(t, dir)[name]), "\n")
		if !strings.HasPrefix(header, want.first) || !strings.HasSuffix(header, want.last) {
			t.Errorf("%s: columns %s", name, header)
		}
		columns := strings.Split(header, ",")
		slices.Sort(columns)
		if len(slices.Compact(slices.Clone(columns))) != len(columns) {
			t.Errorf("%s: a column is there twice: %s", name, columns)
		}
	}
}

func TestExportHoldsNumbersOrNothing(t *testing.T) {
	dir := t.TempDir()
	if err := export(results.OutlinesOf(exported()), grid.Grid{}, dir); err != nil {
		t.Fatal(err)
	}
	for name, data := range files(t, dir) {
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for i, row := range rows {
			for _, field := range row {
				if v, err := strconv.ParseFloat(field, 64); err == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
					t.Errorf("%s, line %d: %s", name, i+1, field)
				}
			}
		}
	}
}

func TestExportOfNothingHasHeaders(t *testing.T) {
	dir := t.TempDir()
	if err := export(results.OutlinesOf(nil), grid.Grid{}, dir); err != nil {
		t.Fatal(err)
	}
	for name, data := range files(t, dir) {
		if n := bytes.Count(data, []byte("\n")); n != 1 && name != "columns.csv" {
			t.Errorf("%s has %d lines, want its header", name, n)
		}
	}
}

// Whatever the axes are, no file has two columns of one name, and each column has its line in
// columns.csv.
func TestExportHasNoColumnTwiceAndExplainsEach(t *testing.T) {
	dir := t.TempDir()
	runs := exported()
	for i := range runs {
		for _, name := range []string{
			"data", "model", "alpha", "lr", "targets", "momentum", "n", "run", "quantity", "optimizer",
		} {
			if grid.ValueOf(runs[i].Axes, name) == "" {
				runs[i].Axes = append(runs[i].Axes, axes(name, "1")...)
			}
		}
		runs[i].Config = json.RawMessage(`{"model":"m","data":{"source":"d"},"train":{"lr":1},"seed":1,"rank":2}`)
	}
	if err := export(results.OutlinesOf(runs), grid.Grid{}, dir); err != nil {
		t.Fatal(err)
	}
	tables := make(map[string][][]string)
	for name, data := range files(t, dir) {
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		tables[name] = rows
	}
	explained := make(map[string][]string) // columns by file
	for _, line := range tables["columns.csv"][1:] {
		if explained[line[1]] = append(explained[line[1]], line[0]); line[3] == "" {
			t.Errorf("%s of %s has no meaning", line[0], line[1])
		}
	}
	for name, rows := range tables {
		if twice := repeated(rows[0]); twice != "" {
			t.Errorf("%s: column %s is there twice: %s", name, twice, rows[0])
		}
		if !slices.Equal(rows[0], explained[name]) {
			t.Errorf("%s has columns\n%s, and explained are\n%s", name, rows[0], explained[name])
		}
	}
	if len(tables) != 8 {
		t.Errorf("%d files, want 8", len(tables))
	}
	if repeated([]string{"a", "b", "a"}) != "a" {
		t.Error("a name that is there twice is not seen")
	}
}

// repeated returns a name that occurs twice.
func repeated(names []string) string {
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return name
		}
	}
	return ""
}

func TestExportOfARunThatNoOneAskedFor(t *testing.T) {
	g := grid.Grid{Runs: []grid.Planned{{ID: "other", Axes: nil}}}
	err := export(results.OutlinesOf(exported()), g, t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "the grid does not ask for it") {
		t.Errorf("got %v", err)
	}
}

func TestExportIntoAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := export(results.OutlinesOf(nil), grid.Grid{}, path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want an error that names %s", err, path)
	}
}
