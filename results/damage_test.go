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
	r.Validation = []ValidationBatch{{100, 250.5}, {7, 20}}
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

// A record whose checksums hold can still be wrong.
func TestDamageUnderRightChecksums(t *testing.T) {
	for _, test := range []struct {
		file, old, new, reason string
	}{
		{runFile, `"done"`, `"finished"`, `status "finished"`},
		{runFile, `"lora-4-0"`, `"lora-4-1"`, "is the record of run lora-4-1"},
		{runFile, `"rank": 4`, `"rank": "four"`, "cannot unmarshal"},
		{curveFile, "step,", "stop,", "header"},
		{curveFile, "grad_norm_a", "grad_norm_c", `unknown column "grad_norm_c"`},
		{curveFile, "\n1,100,", "\none,100,", "line 3"},
		{curveFile, "\n1,100,", "\n1,lots,", "line 3"},
		{curveFile, "\n1,100,,1.6666666666666667,", "\n1,100,,NaN,", `line 3: "NaN"`},
		{curveFile, "\n1,100,", "\n1,100,,", "wrong number of fields"},
		{curveFile, "\n1,100,", "\n1,\"100,", "curve.csv"},
		{curveFile, "\n2,200,", "\n1,200,", "ends at step 1: a run that is done goes to its last one, 2"}, // as if the last row were cut off
		{modulesFile, "layers.0.q,", "layers.0.q,x", "modules.csv: line 2"},
		{validationFile, "batch,", "bunch,", "header"},
		{validationFile, "\n1,7,", "\n2,7,", `line 3: batch "2": must be 1`},
		{validationFile, "\n1,7,", "\n1,many,", "line 3"},
		{validationFile, "250.5", "Inf", "line 2"},
		{timingFile, `"seconds": 1.5`, `"seconds": "1.5"`, "timing.json"},
	} {
		s, id, dir := stored(t)
		path := filepath.Join(dir, test.file)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.Replace(string(data), test.old, test.new, 1)
		if changed == string(data) {
			t.Fatalf("%s does not hold %q:\n%s", test.file, test.old, data)
		}
		if err := os.WriteFile(path, []byte(changed), 0o666); err != nil {
			t.Fatal(err)
		}
		sign(t, dir)
		if _, err := s.Get(id); !isDamaged(err, test.reason) {
			t.Errorf("%s with %q: %v, want %q", test.file, test.new, err, test.reason)
		}
	}
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

func TestAForeignFileIsDamage(t *testing.T) {
	s, id, dir := stored(t)
	if err := os.WriteFile(filepath.Join(dir, ".DS_Store"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(id); err != nil {
		t.Errorf("a hidden file: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(id); !isDamaged(err, "does not list every file") {
		t.Errorf("a file without a checksum: %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "a"), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(id); !isDamaged(err, "a: not a plain file") {
		t.Errorf("a folder: %v", err)
	}
}

func TestPutReplacesADamagedRecord(t *testing.T) {
	s, id, dir := stored(t)
	if err := os.WriteFile(filepath.Join(dir, curveFile), []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(testRun("lora", 1, 4, 0)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(id); err != nil {
		t.Errorf("after a second Put: %v", err)
	}
}

// A record of an earlier program lacks the quantities that came later.
func TestAMissingColumnIsAbsent(t *testing.T) {
	points, err := decodePoints([]byte("step,tokens,module,grad_norm\n3,30,,0.5\n"))
	want := metrics.NoValues()
	want[metrics.GradNorm] = 0.5
	if err != nil || len(points) != 1 || !sameRun(Run{Curve: points}, Run{Curve: []metrics.Point{{Step: 3, Tokens: 30, Values: want}}}) {
		t.Errorf("got %+v, %v", points, err)
	}
}
