package results

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// edited writes a study and then changes the text of one of its files.
func edited(t *testing.T, name string, edit func(string) string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := WriteStudy(dir, testStudy(), nil); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(name, compressedSuffix) {
		data = compressed(t, edit(string(uncompressed(t, data))))
	} else {
		data = []byte(edit(string(data)))
	}
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}

func uncompressed(t *testing.T, data []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func compressed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadStudyRefuses(t *testing.T) {
	replace := func(old, by string) func(string) string {
		return func(text string) string {
			if !strings.Contains(text, old) {
				t.Fatalf("no %q to replace in\n%s", old, text)
			}
			return strings.Replace(text, old, by, 1)
		}
	}
	const runs, curves, validation = "runs.csv.gz", "curves.csv.gz", "validation.csv.gz"
	for i, c := range []struct {
		file string
		edit func(string) string
		want string
	}{
		{runs, replace(",rank,", ",ranks,"), `runs.csv.gz:1: column "rank" is missing: another version of the program`},
		{runs, replace(",train_loss,", ",newer,"), `runs.csv.gz:1: unknown column "newer": another version`},
		{runs, replace(",train_loss,", ",expected_val_loss,"), `runs.csv.gz:1: unknown column "expected_val_loss"`},
		{runs, replace("train_loss,", "rank,"), `runs.csv.gz:1: column "rank" is there twice`},
		{runs, replace(",config.seed", ",config.a.b.c"),
			`:1: column "config.a.b.c": must be config.field or config.group`},
		{runs, func(string) string { return "" }, "runs.csv.gz: is empty: it must begin with the names of columns"},
		{runs, replace(",64,16,2,3,", ",sixty,16,2,3,"), `column rank: "sixty": must be a whole number`},
		{runs, replace(",64,16,2,3,", ",64,NaN,2,3,"), `column alpha: "NaN": must be a finite number`},
		{runs, replace(",64,16,2,3,", ",64,,2,3,"), `column alpha: "": must be a finite number`},
		{runs, replace(",64,16,2,3,", ",64,16,2,-3,"), `column seed: "-3": must be a whole number, at least 0`},
		{runs, replace(",false,false,64,", ",no,false,64,"), `column zero_a: "no": must be true or false`},
		{runs, replace("2026-01-02T03:04:05Z", "yesterday"), `column started: "yesterday": must be a time`},
		{runs, replace(`"[[""rank"",""8""]`, `"[[""rank""]`), "column axes: "},
		{runs, replace(`"[[""rank"",""8""]`, `"[5`), "column axes: "},
		{runs, replace("out of memory", `"""out"`), "column reason: "},
		{runs, replace("out of memory", "\xff"), `column reason: "\xff": must be UTF-8`},
		{runs, replace("config.seed", "config.s\xde"), `runs.csv.gz:1: column 96: "config.s\xde": must be UTF-8`},
		{runs, replace(`""q""`, "\"\"\xe8\"\""), `must be UTF-8`},
		{runs, replace("out of memory", `a"b`), `bare " in non-quoted`},
		{runs, replace(",failed,", ",lost,"), `status "lost": must be done, diverged or failed`},
		{runs, replace(",tuning,1,done", ",later,1,done"), `phase "later": must be tuning or reported`},
		{runs, replace(",tuning,1,done", ",tuning,-1,done"), `place "-1": must be a whole number, at least 0`},
		{runs, replace(",tuning,1,done", ",tuning,5,done"),
			"place 5 of tuning: no run is at place 1: rows are missing"},
		{runs, replace(",tuning,1,done", ",tuning,0,done"), "place 0 of tuning is that of line "},
		{runs, replace(",tuning,1,done", ",tuning,,done"), `place "": either all runs have a place or none has`},
		{runs, replace("absent,,,,tuning,0,missing", "absent,,,,tuning,,missing"), "a missing run must have a place"},
		{runs, replace("absent,,", "absent,cell,"), `column cell: "cell": must be empty, as the run is missing`},
		{runs, replace("absent,,", "rslora-64-3,,"), "run rslora-64-3 is on line "},
		{runs, replace("absent,,", "a/b,,"), `ID "a/b": must be a plain name`},
		{runs, replace("absent,,", "absent,,,"), "wrong number of fields"},
		{runs, replace(",'=cmd()", ",[cmd()"), `column config.data.source: "[cmd()": must be JSON`},
		{validation, replace("scored", "score"), `validation.csv.gz:1: column "scored" is missing`},
		{validation, replace(",1,9,", ",2,9,"), "batch 2 of run lora-4-1: must be 1: batches are in order"},
		{validation, replace("lora-4-1,1,", "nowhere,1,"), `run "nowhere": runs.csv has no such run`},
		{validation, replace(",9,", ",nine,"), `column scored: "nine": must be a whole number`},
		{curves, replace("tokens", "token"), `curves.csv.gz:1: column "tokens" is missing`},
		{curves, replace("val_loss", "new_loss"), `curves.csv.gz:1: unknown column "new_loss"`},
		{curves, replace("lora-4-1,0,", "lora-4-1,zero,"),
			`curves.csv.gz:2: column step: "zero": must be a whole number`},
		{curves, replace("lora-4-1,0,0,", "lora-4-1,0,0,x"), `curves.csv.gz:2: column train_loss: "x`},
		{curves, replace("lora-4-1,1,", "lora-4-1,0,"),
			"curves.csv.gz:3: step 0 of run lora-4-1: comes after step 0: "},
		{curves, replace("lora-4-1,1,", "nowhere,1,"), `curves.csv.gz:3: run "nowhere": runs.csv has no such run`},
		{curves, replace("lora-4-1,1,", "absent,1,"), `curves.csv.gz:3: run "absent": runs.csv has no such run`},
		{curves, func(text string) string {
			lines := strings.SplitAfter(text, "\n")
			return strings.Join(slices.Delete(lines, 3, 4), "")
		}, "curves.csv.gz:3: curve of run lora-4-1: ends at step 1: a run that is done goes to its last one, 2"},
		{"study.json", replace(`"cores": 2`, `"cores": "two"`), "study.json:"},
		{"study.json", replace(`"cores": 2`, `"chips": 2`), `unknown field "chips": another version`},
		{"study.json", replace(`"planned": 6`, `"planned": 7`),
			"study.json: planned is 7, and the other files have 6: "},
		{"study.json", replace(`name: test`, `name: other`), "study.json: yaml_sha256 is "},
		{"study.json", func(text string) string { return text[:len(text)/2] }, "study.json:"},
	} {
		if _, err := ReadStudy(edited(t, c.file, c.edit)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d: got %v, want %q", i, err, c.want)
		}
	}
}

// Wherever a file is cut, and whichever byte is changed, reading it gives an error or the same
// study.
func TestReadStudyOfDamagedFiles(t *testing.T) {
	dir := t.TempDir()
	want := testStudy()
	if err := WriteStudy(dir, want, nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"runs.csv.gz", "curves.csv.gz", "validation.csv.gz", "study.json"} {
		path := filepath.Join(dir, name)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; at < len(whole)-1; at += 41 {
			if err := os.WriteFile(path, whole[:at], 0o666); err != nil {
				t.Fatal(err)
			}
			if _, err := ReadStudy(dir); err == nil || !strings.Contains(err.Error(), name) {
				t.Fatalf("%s cut to %d bytes: %v", name, at, err)
			}
			flipped := slices.Clone(whole)
			flipped[at] ^= 1
			if err := os.WriteFile(path, flipped, 0o666); err != nil {
				t.Fatal(err)
			}
			got, err := ReadStudy(dir) // a text in study.json may have changed
			if strings.HasSuffix(name, compressedSuffix) && err == nil && !sameStudy(got, want) {
				t.Fatalf("%s, byte %d: reads as another study", name, at)
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadStudy(dir); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
		if err := os.WriteFile(path, whole, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cut := edited(t, "runs.csv.gz", func(s string) string { return s })
	path := filepath.Join(cut, "runs.csv.gz")
	if err := os.Truncate(path, 400); err != nil {
		t.Fatal(err)
	}
	cutShort := path + ":1: the compressed text is cut short"
	if _, err := ReadStudy(cut); err == nil || !strings.Contains(err.Error(), cutShort) {
		t.Errorf("cut: %v", err)
	}
}

// A small file that expands to a lot of text is read only up to the limit.
func TestReadStudyIsBounded(t *testing.T) {
	dir := edited(t, "curves.csv.gz", func(text string) string { return text + strings.Repeat("0", 1<<20) })
	read := func(limit int64) error {
		return readCompressed(dir, curvesTable, limit, func(s *sheet) error {
			for {
				if _, err := s.next(); err != nil {
					return err
				}
			}
		})
	}
	if err := read(1 << 16); err == nil || !strings.Contains(err.Error(), "holds more than 65536 bytes of text") {
		t.Errorf("beyond the limit: %v", err)
	}
	text, err := io.ReadAll(bound(strings.NewReader("12345"), 5))
	if err != nil || string(text) != "12345" {
		t.Errorf("at the limit: %q, %v", text, err)
	}
	if maxText != 1<<30 {
		t.Errorf("the limit is %d", maxText)
	}
}
