package results

import (
	"bytes"
	"encoding/csv"
	"flag"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ranksweep/metrics"
)

var update = flag.Bool("update", false, "rewrite testdata")

// exported is a grid with what makes a table hard: an axis beside rank, runs
// that diverged and failed, values that are absent or infinite.
func exported() []Run {
	runs := testGrid()
	for i := range runs {
		runs[i].Axes = append(runs[i].Axes, Axis{"lr", "5e-5"}, Axis{"targets", "mlp,attention"})
	}
	runs[0].Status, runs[0].Reason = Diverged, "loss is Inf at step 2"
	runs[0].Curve[2].Values[metrics.TrainLoss] = math.Inf(1)
	runs[1].Status, runs[1].Curve = Failed, nil
	return runs
}

func TestExportMatchesGoldens(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tables")
	runs := exported()
	if err := Export(runs, dir); err != nil {
		t.Fatal(err)
	}
	got := files(t, dir)
	if len(got) != 4 {
		t.Errorf("wrote %d files, want 4", len(got))
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
	if err := Export(runs, dir); err != nil {
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
	for _, other := range []string{"run,q\na,0.5\n", "run,p\na,0.50001\n", "run,p\na,\n", "run,p\n", "run,p\na,0.5\nb,1\n", "run,p\na\n"} {
		if sameTable([]byte(table), []byte(other)) {
			t.Errorf("%q passes for %q", other, table)
		}
	}
}

// Programs rely on these columns and their order.
func TestExportColumns(t *testing.T) {
	dir := t.TempDir()
	if err := Export(exported(), dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]struct{ first, last string }{
		"runs.csv":      {"run,experiment,scheme,p,rank,alpha,gamma,seed,optimizer,lr,status,steps,tokens,seconds,flops,factored_flops,bytes,train_loss,val_loss,", ",scaling,targets"},
		"curves.csv":    {"run,step,tokens,train_loss,val_loss,grad_norm,grad_norm_a,", ",loss_drop_actual,map_output"},
		"cells.csv":     {"cell,scheme,p,rank,", ",quantity,n,mean,ci_low,ci_high,expected"},
		"exponents.csv": {"scheme,optimizer,quantity,exponent,ci_low,ci_high,predicted,n,", ",targets"},
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
	if err := Export(exported(), dir); err != nil {
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
	if err := Export(nil, dir); err != nil {
		t.Fatal(err)
	}
	for name, data := range files(t, dir) {
		if n := bytes.Count(data, []byte("\n")); n != 1 {
			t.Errorf("%s has %d lines, want its header", name, n)
		}
	}
}

func TestExportIntoAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := Export(nil, path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want an error that names %s", err, path)
	}
}
