package results

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/metrics"
)

// stored puts a run that has every file and returns its store and folder.
func stored(t *testing.T) (s *Store, id, dir string) {
	t.Helper()
	s = Open(t.TempDir())
	r := testRun("lora", 1, 4, 0)
	r.Modules = []metrics.Point{{Module: "layers.0.q", Values: metrics.NoValues()}}
	r.Validation = []ValidationBatch{{Scored: 100, Nats: 250.5}, {Scored: 7, Nats: 20}}
	if err := s.Put(r); err != nil {
		t.Fatal(err)
	}
	return s, r.ID, s.path(r.ID)
}

// isDamaged holds an error to the contract of a damaged record that names
// the file.
func isDamaged(err error, name string) bool {
	return errors.Is(err, ErrDamaged) && !errors.Is(err, fs.ErrNotExist) && strings.Contains(err.Error(), name)
}

func TestEveryMissingFileIsDamage(t *testing.T) {
	for _, name := range []string{runFile, curveFile, modulesFile, timingFile, validationFile, sumsFile} {
		s, id, dir := stored(t)
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(id); !isDamaged(err, name+": missing") {
			t.Errorf("without %s: %v", name, err)
		}
		runs, problems := s.Runs()
		if len(runs) != 0 || len(problems) != 1 || !errors.Is(problems[0], ErrDamaged) {
			t.Errorf("without %s: %d runs, %v", name, len(runs), problems)
		}
	}
}

// A file that is larger than any of a record is not read into memory.
func TestATooLargeFileIsDamage(t *testing.T) {
	for _, name := range []string{runFile, curveFile, modulesFile, timingFile, validationFile} {
		s, id, dir := stored(t)
		if err := os.Truncate(filepath.Join(dir, name), maxText+1); err != nil { // without a block on the disk
			t.Skip(err)
		}
		if _, err := s.Get(id); !isDamaged(err, name+": it has 1073741825 bytes") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryFlippedByteIsDamage(t *testing.T) {
	s, id, dir := stored(t)
	for _, name := range []string{runFile, curveFile, modulesFile, validationFile, sumsFile} {
		rewrite(t, filepath.Join(dir, name), func(data []byte, write func([]byte)) {
			for i := range data {
				data[i] ^= 1
				write(data)
				data[i] ^= 1
				if _, err := s.Get(id); !isDamaged(err, "") {
					t.Errorf("%s, byte %d: %v", name, i, err)
				}
			}
		})
	}
	if _, err := s.Get(id); err != nil {
		t.Errorf("with every file as it was: %v", err)
	}
}

func TestEveryTruncationIsDamage(t *testing.T) {
	s, id, dir := stored(t)
	for _, name := range []string{runFile, curveFile, modulesFile, timingFile, validationFile, sumsFile} {
		rewrite(t, filepath.Join(dir, name), func(data []byte, write func([]byte)) {
			// The line feed that ends timing.json is not under a checksum, and
			// no loss.
			for n := range len(data) - 1 {
				write(data[:n])
				if _, err := s.Get(id); !isDamaged(err, "") {
					t.Errorf("%s, cut to %d bytes: %v", name, n, err)
				}
			}
		})
	}
}

// rewrite lets edit write versions of a file, and restores it.
func rewrite(t *testing.T, path string, edit func(data []byte, write func([]byte))) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write := func(data []byte) {
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	edit(append([]byte(nil), data...), write)
	write(data)
}

// Of what has the right checksums, two things can be damage: a record in the folder of
// another run, and the timing, which has no checksum.
func TestDamageUnderRightChecksums(t *testing.T) {
	for _, test := range []struct{ file, old, new, reason string }{
		{runFile, `"lora-4-0"`, `"lora-4-1"`, "is the record of run lora-4-1"},
		{timingFile, `"seconds": 1.5`, `"seconds": "1.5"`, "timing.json"},
	} {
		s, id, dir := stored(t)
		resign(t, dir, test.file, test.old, test.new)
		if _, err := s.Get(id); !isDamaged(err, test.reason) {
			t.Errorf("%s with %q: %v, want %q", test.file, test.new, err, test.reason)
		}
	}
}

// resign replaces a text in a file of the record in dir, and gives the record the right
// checksums.
func resign(t *testing.T, dir, name, old, new string) {
	t.Helper()
	path := filepath.Join(dir, name)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(data), old, new, 1)
	if changed == string(data) {
		t.Fatalf("%s does not hold %q:\n%s", name, old, data)
	}
	if err := os.WriteFile(path, []byte(changed), 0o666); err != nil {
		t.Fatal(err)
	}
	sign(t, dir)
}

// sign gives the record in dir the checksums of its files.
func sign(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []file
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, file{e.Name(), data})
	}
	if err := os.WriteFile(filepath.Join(dir, sumsFile), checksums(all), 0o666); err != nil {
		t.Fatal(err)
	}
}

// Files that are not of the record are left alone, and make no difference.
func TestForeignFiles(t *testing.T) {
	s, id, dir := stored(t)
	want, err := s.Get(id)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".DS_Store", "Thumbs.db", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "a"), 0o777); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get(id); err != nil || !sameRun(got, want) {
		t.Errorf("with foreign files: %v, %+v", err, got)
	}
	if err := os.Remove(filepath.Join(dir, curveFile)); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(want); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "../.replaced", id, "notes.txt")); err != nil {
		t.Errorf("after the record was damaged and replaced: %v", err)
	}
}

// Whatever else is in the folder of a damaged record, it is moved and not removed.
func TestPutReplacesADamagedRecord(t *testing.T) {
	s, id, dir := stored(t)
	for _, text := range []string{"x", "y"} {
		if err := os.WriteFile(filepath.Join(dir, curveFile), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := s.Put(testRun("lora", 1, 4, 0)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(id); err != nil {
			t.Errorf("after a second Put: %v", err)
		}
	}
	n, folder := s.Replaced()
	for name, want := range map[string]string{id: "x", id + ".2": "y"} {
		got, err := os.ReadFile(filepath.Join(folder, name, curveFile))
		if err != nil || string(got) != want || n != 2 {
			t.Errorf("%d were replaced; %s has curve %q, %v, want %q", n, name, got, err, want)
		}
	}
}

// A record of an earlier program lacks the quantities that came later.
func TestAMissingColumnIsAbsent(t *testing.T) {
	points, err := decodePoints([]byte("step,tokens,module,grad_norm\n3,30,,0.5\n"))
	want := metrics.NoValues()
	want[metrics.GradNorm] = 0.5
	if err != nil || !sameRun(Run{Curve: points}, Run{Curve: []metrics.Point{{Step: 3, Tokens: 30, Values: want}}}) {
		t.Errorf("got %+v, %v", points, err)
	}
}
