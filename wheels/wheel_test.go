package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"io"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// small is a wheel whose program is a few bytes.
func small(p platform) *wheel {
	return &wheel{
		platform: p, version: "1.2.0+g1", program: []byte("program"),
		time: time.Date(2026, 11, 30, 4, 5, 48, 0, time.FixedZone("", 3600)),
		licences: []file{{path: "go/LICENSE", content: []byte("Go's")},
			{path: "LICENSE", content: []byte("ours, \"all\"")}},
		requires: []string{`torch==1; extra == "peft"`},
	}
}

// unzip writes a wheel and reads it again.
func unzip(t *testing.T, w *wheel) (names []string, files map[string]*zip.File, content map[string]string) {
	t.Helper()
	var out bytes.Buffer
	if err := w.write(&out); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	files, content = make(map[string]*zip.File), make(map[string]string)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, f.Name)
		files[f.Name], content[f.Name] = f, string(text)
	}
	return names, files, content
}

func TestFilesOfAWheel(t *testing.T) {
	names, files, content := unzip(t, small(platforms[0]))
	want := []string{
		"ranksweep-1.2.0+g1.data/scripts/sweep",
		"ranksweep-1.2.0+g1.dist-info/METADATA",
		"ranksweep-1.2.0+g1.dist-info/WHEEL",
		"ranksweep-1.2.0+g1.dist-info/licenses/LICENSE",
		"ranksweep-1.2.0+g1.dist-info/licenses/go/LICENSE",
		"ranksweep-1.2.0+g1.dist-info/RECORD",
	}
	if !slices.Equal(names, want) {
		t.Fatalf("got %q, want %q", names, want)
	}
	for _, name := range names {
		if at := files[name].Modified.UTC(); !at.Equal(time.Date(2026, 11, 30, 3, 5, 48, 0, time.UTC)) {
			t.Errorf("%s is of %s, want the wheel's time", name, at)
		}
		mode := "-rw-r--r--"
		if name == want[0] {
			mode = "-rwxr-xr-x"
		}
		if got := files[name].Mode().String(); got != mode {
			t.Errorf("%s has mode %s, want %s", name, got, mode)
		}
	}
	if content[want[0]] != "program" || content[want[3]] != "ours, \"all\"" {
		t.Errorf("the program is %q, the licence %q", content[want[0]], content[want[3]])
	}
}

func TestRecordHasEveryFile(t *testing.T) {
	w := small(platforms[0])
	names, _, content := unzip(t, w)
	rows, err := csv.NewReader(strings.NewReader(content[w.info("RECORD")])).ReadAll()
	if err != nil || len(rows) != len(names) {
		t.Fatalf("%d rows, %v, want %d", len(rows), err, len(names))
	}
	for _, row := range rows {
		text, ok := content[row[0]]
		sum := sha256.Sum256([]byte(text))
		want := []string{row[0], "sha256=" + base64.RawURLEncoding.EncodeToString(sum[:]), strconv.Itoa(len(text))}
		if row[0] == w.info("RECORD") {
			want = []string{row[0], "", ""}
		}
		if !ok || !slices.Equal(row, want) {
			t.Errorf("got %q, want %q", row, want)
		}
	}
}

func TestSameWheelSameBytes(t *testing.T) {
	var first, second bytes.Buffer
	w := small(platforms[0])
	if err := w.write(&first); err != nil {
		t.Fatal(err)
	}
	w.time = w.time.UTC() // the same moment
	if err := w.write(&second); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same wheel was written with other bytes")
	}
}

func TestMetadata(t *testing.T) {
	w := small(platforms[0])
	head, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(w.metadata()))).ReadMIMEHeader()
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string][]string{
		"Metadata-Version":         {"2.4"},
		"Name":                     {"ranksweep"},
		"Version":                  {"1.2.0+g1"},
		"License-File":             {"go/LICENSE", "LICENSE"},
		"Provides-Extra":           {"peft"},
		"Requires-Dist":            {`torch==1; extra == "peft"`},
		"Description-Content-Type": {"text/markdown"},
	} {
		if !slices.Equal(head.Values(key), want) {
			t.Errorf("%s: got %q, want %q", key, head.Values(key), want)
		}
	}
	if !bytes.HasSuffix(w.metadata(), []byte("\n\n"+description)) {
		t.Error("the description does not stand after an empty line")
	}
}

// TestNamesOfWheels has file names and tags as pip reads them.
func TestNamesOfWheels(t *testing.T) {
	var names, programs []string
	for _, p := range platforms {
		w := small(p)
		names = append(names, strings.TrimPrefix(w.fileName(), "ranksweep-1.2.0+g1-py3-none-"))
		programs = append(programs, p.program())
	}
	if want := []string{
		"manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64.whl",
		"manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl",
		"macosx_12_0_x86_64.whl", "macosx_12_0_arm64.whl", "win_amd64.whl", "win_arm64.whl",
	}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	if want := []string{"sweep", "sweep", "sweep", "sweep", "sweep.exe", "sweep.exe"}; !slices.Equal(programs, want) {
		t.Errorf("got %q, want %q", programs, want)
	}
	const about = "Wheel-Version: 1.0\nGenerator: ranksweep\nRoot-Is-Purelib: false\n" +
		"Tag: py3-none-manylinux_2_17_x86_64\nTag: py3-none-manylinux2014_x86_64\nTag: py3-none-musllinux_1_1_x86_64\n"
	if got := string(small(platforms[0]).about()); got != about {
		t.Errorf("WHEEL is %q, want %q", got, about)
	}
}

func TestChoose(t *testing.T) {
	if got, err := choose("darwin/arm64"); err != nil || len(got) != 1 || got[0].name() != "darwin/arm64" {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := choose(""); err != nil || len(got) != 6 {
		t.Errorf("got %v, %v, want all six", got, err)
	}
	if _, err := choose("plan9/amd64"); err == nil || !strings.Contains(err.Error(), "one of linux/amd64, ") {
		t.Errorf("got %v, want an error with the known ones", err)
	}
}

func TestLicencesIn(t *testing.T) {
	text := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	found, err := licencesIn(fstest.MapFS{
		"LICENSE.txt": text("a"), "sub/LICENCE-OFL": text("b"), "NOTICE": text("c"), "copying.md": text("d"),
		"licenses.go": text("-"), "license.go": text("-"), "testdata/LICENSE": text("-"), "README": text("-"),
		"licenses/ftl.txt": text("e"), "license/l.go": text("-"),
	}, "x.org/m")
	var got []string
	for _, f := range found {
		got = append(got, f.path+" "+string(f.content))
	}
	want := []string{"x.org/m/LICENSE.txt a", "x.org/m/NOTICE c", "x.org/m/copying.md d", "x.org/m/licenses/ftl.txt e",
		"x.org/m/sub/LICENCE-OFL b"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if _, err := licencesIn(fstest.MapFS{"README": text("-")}, "x.org/m"); err == nil {
		t.Error("no error for a module without a licence")
	}
}
