package results

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// FuzzRows: rows that can be read are the same after they were written and read again, and no
// rows cause a panic.
func FuzzRows(f *testing.F) {
	s := testStudy()
	runs, err := newRunTable(s.Runs, s.Grid, nil, studyForm)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(encodeCSV(runs.lines()), encodeCSV(newCurveTable(s.Runs).lines()))
	f.Add([]byte("run,phase\n"), []byte("run,step,tokens\na,0,0\n"))
	f.Fuzz(func(t *testing.T, runs, curves []byte) {
		s, err := readTexts(runs, curves)
		if err != nil {
			return
		}
		table, err := newRunTable(s.Runs, s.Grid, nil, studyForm)
		if err != nil {
			t.Fatalf("read, and not written: %v", err)
		}
		again, err := readTexts(encodeCSV(table.lines()), encodeCSV(newCurveTable(s.Runs).lines()))
		if err != nil {
			t.Fatalf("written, and not read: %v", err)
		}
		if a, b := rewritten(s), rewritten(again); a != b {
			t.Fatalf("read\n%s\nthen\n%s", a, b)
		}
	})
}

// readTexts reads the rows of a study.
func readTexts(runs, curves []byte) (s StudyFiles, err error) {
	sheet, err := newSheet("runs.csv", bytes.NewReader(runs))
	if err != nil {
		return s, err
	}
	rows, err := readRuns(sheet)
	if err != nil {
		return s, err
	}
	if s.Grid, err = gridOf(sheet, rows, nil); err != nil {
		return s, err
	}
	if sheet, err = newSheet("curves.csv", bytes.NewReader(curves)); err != nil {
		return s, err
	}
	err = readCurves(sheet, rows)
	s.Runs = runsOf(rows)
	return s, err
}

// rewritten writes a study as text, with the keys of configs in order.
func rewritten(s StudyFiles) string {
	var b strings.Builder
	for _, r := range s.Runs {
		r.Config = canonical(r.Config)
		fmt.Fprintf(&b, "%q %v\n", fmt.Sprintf("%+v", r), r.Expected)
	}
	fmt.Fprintf(&b, "%+v", s.Grid)
	return b.String()
}
