package results

import (
	"math"
	"strings"
	"testing"

	"ranksweep/metrics"
)

// validated is a run whose validation loss is 0.5 nats a token, of 10 tokens that have 20 bytes.
func validated() Run {
	r := testRun("lora", 1, 4, 0)
	for i := range r.Curve {
		r.Curve[i].Values[metrics.ValLoss] = 0.5
	}
	r.Validation = []ValidationBatch{{Scored: 4, Nats: 2, Bytes: 8}, {Scored: 6, Nats: 3, Bytes: 12}}
	return r
}

// Bits per byte are nats × scored tokens / ln 2 / bytes, at each step: 0.5 × 10 / ln 2 / 20.
func TestBitsPerByte(t *testing.T) {
	s := Open(t.TempDir())
	if err := s.Put(validated()); err != nil {
		t.Fatal(err)
	}
	r, err := s.Get(validated().ID)
	if err != nil {
		t.Fatal(err)
	}
	const want = 0.36067376022224085
	for _, p := range r.Curve {
		if got := p.Values[metrics.BitsPerByte]; math.Abs(got-want) > 1e-15 {
			t.Errorf("step %d: %v bits per byte, want %v", p.Step, got, want)
		}
	}
	if got := r.Statistic(metrics.BitsPerByteFinal); math.Abs(got-want) > 1e-15 {
		t.Errorf("finally %v, want %v", got, want)
	}
	if r.Validation[1] != (ValidationBatch{6, 3, 12}) {
		t.Errorf("validation %v", r.Validation)
	}
}

// A curve with the derived column beside its text is the curve that is written anew.
func TestBitsPerByteBesideTheText(t *testing.T) {
	r := validated()
	setBitsPerByte(r.Curve, r.Validation)
	plain, want := string(encodePoints(r.Curve)), string(wholeCurve(r))
	texts := map[string]string{"plain": plain, "written before": want}
	texts["no last line end"] = strings.TrimSuffix(plain, "\n")
	texts["empty lines"] = "\n" + strings.ReplaceAll(plain, "\n", "\n\n")
	texts["returns"] = strings.ReplaceAll(plain, "\n", "\r\n")
	texts["quoted"] = strings.Replace(plain, "step", `"step"`, 1)
	for name, text := range texts {
		var shown [2]string
		for i, whole := range []string{string(withBitsPerByte([]byte(text), r)), want} {
			rows, err := recordRows(r.ID, []byte(whole), quantityColumns(metrics.Quantities()))
			if err != nil {
				t.Fatal(err)
			}
			shown[i] = string(rows)
		}
		if shown[0] != shown[1] {
			t.Errorf("%s:\n%s\nwant\n%s", name, shown[0], shown[1])
		}
	}
}

// The bytes are a column of validation.csv and of no other file, and a record without them is what it was.
func TestBytesAreStoredOnce(t *testing.T) {
	with, without := validated(), validated()
	for i := range without.Validation {
		without.Validation[i].Bytes = 0
	}
	got, want := map[string]string{}, map[string]string{}
	for r, texts := range map[*Run]map[string]string{&with: got, &without: want} {
		setBitsPerByte(r.Curve, r.Validation)
		files, err := encodeRecord(*r)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			texts[f.name] = string(f.data)
		}
	}
	if !strings.HasPrefix(got[validationFile], "batch,scored,nats,bytes\n0,4,2,8\n") ||
		want[validationFile] != "batch,scored,nats\n0,4,2\n1,6,3\n" {
		t.Errorf("%q and %q", got[validationFile], want[validationFile])
	}
	if got[curveFile] != want[curveFile] || got[runFile] != want[runFile] ||
		Digest([]Run{with}) != Digest([]Run{without}) {
		t.Error("the bytes change the curve, the run or its digest")
	}
	if v := without.Statistic(metrics.BitsPerByteFinal); !math.IsNaN(v) {
		t.Errorf("a record without bytes has %v bits per byte", v)
	}
}

// A record of an earlier program, without bytes, is the same as that of the run made again.
func TestBytesAreNoDifference(t *testing.T) {
	now, was := validated(), validated()
	for i := range was.Validation {
		was.Validation[i].Bytes = 0
	}
	setBitsPerByte(was.Curve, validated().Validation)
	if d := Difference(now, was); d != "" {
		t.Error(d)
	}
}

// Tables have the bytes if a run knows them, empty for one that does not, and read back as they were.
func TestBytesInTables(t *testing.T) {
	old := validated()
	old.ID, old.Seed = "old", 1
	for i := range old.Validation {
		old.Validation[i].Bytes = 0
	}
	table := newValidationTable([]Run{validated(), old})
	if got := strings.Join(table.Rows[1], ","); got != validated().ID+",1,6,3,12" {
		t.Errorf("row %q", got)
	}
	if got := strings.Join(table.Rows[3], ","); got != "old,1,6,3," {
		t.Errorf("row %q", got)
	}
	if n := len(newValidationTable([]Run{old}).Columns); n != 4 {
		t.Errorf("%d columns where no run knows the bytes, want 4", n)
	}
}

// An imported run has the bits per byte that its source states, since nothing tells the bytes of its validation set.
func TestImportedBitsPerByte(t *testing.T) {
	r := testRun("lora", 1, 4, 0)
	r.ID, r.Imported = "imported-a", &Imported{Source: "a.csv"}
	for i := range r.Curve {
		r.Curve[i].Values[metrics.BitsPerByte] = 0.75
	}
	s := Open(t.TempDir())
	if err := s.Put(r); err != nil {
		t.Fatal(err)
	}
	got, err := s.Get(r.ID)
	if err != nil || got.Statistic(metrics.BitsPerByteFinal) != 0.75 {
		t.Errorf("%v bits per byte, %v", got.Statistic(metrics.BitsPerByteFinal), err)
	}
}
