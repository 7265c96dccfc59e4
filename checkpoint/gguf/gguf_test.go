package gguf

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"
)

func parseFile(t *testing.T, path string) *File {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse(content)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Every form gives the same bits as the Python package gguf.
func TestEveryForm(t *testing.T) {
	have, want := parseFile(t, "testdata/forms.gguf"), parseFile(t, "testdata/values.gguf")
	seen := make(map[Type]bool)
	for i, h := range have.Tensors {
		w := want.Tensors[i]
		if h.Name != w.Name || h.Type.String() != h.Name || w.Type != F32 || !reflect.DeepEqual(h.Shape, w.Shape) ||
			h.Len() != w.Len() {
			t.Fatalf("tensor %s of type %v and shape %v, values %s of type %v and shape %v", h.Name, h.Type,
				h.Shape, w.Name, w.Type, w.Shape)
		}
		seen[h.Type] = true
		got, values := make([]float32, h.Len()), make([]float32, w.Len())
		h.Decode(got)
		w.Decode(values)
		for j := range got {
			if math.Float32bits(got[j]) != math.Float32bits(values[j]) {
				t.Fatalf("%s: value %d is %x, want %x", h.Name, j, got[j], values[j])
			}
		}
	}
	for form := range forms {
		if !seen[form] {
			t.Errorf("%v is not among the tensors", form)
		}
	}
}

func TestVocabulary(t *testing.T) {
	v, err := parseFile(t, "testdata/llama.gguf").Metadata.Vocabulary()
	if err != nil {
		t.Fatal(err)
	}
	if v.Model != "gpt2" || v.Pre != "gpt-2" || len(v.Tokens) != 260 || v.Tokens[257] != "abc" || v.Types[259] != 3 ||
		v.Merges[1] != "ab c" || v.BOS != nil || *v.EOS != 259 || v.AddBOS != nil {
		t.Errorf("%+v", v)
	}
	_, err = Metadata{"tokenizer.ggml.merges": 3}.Vocabulary()
	wantError(t, err, `metadata "tokenizer.ggml.merges" is of type int: must be an array of strings`)
}

func TestMetadata(t *testing.T) {
	m := Metadata{
		"u8": uint8(7), "i64": int64(-7), "huge": uint64(math.MaxUint64), "f32": float32(0.5), "f64": 0.25,
		"bool": true, "ints": []uint16{1, 2}, "hugeInts": []uint64{math.MaxUint64}, "floats": []float32{1},
	}
	if n, ok, err := m.Int("u8"); n != 7 || !ok || err != nil {
		t.Error(n, ok, err)
	}
	if n, ok, err := m.Int("i64"); n != -7 || !ok || err != nil {
		t.Error(n, ok, err)
	}
	if n, ok, err := m.Int("absent"); n != 0 || ok || err != nil {
		t.Error(n, ok, err)
	}
	if x, ok, err := m.Float("f64"); x != 0.25 || !ok || err != nil {
		t.Error(x, ok, err)
	}
	if n, ok, err := m.Ints("ints"); !reflect.DeepEqual(n, []int{1, 2}) || !ok || err != nil {
		t.Error(n, ok, err)
	}
	_, _, err := m.Int("huge")
	wantError(t, err, `"huge" is of type uint64: must be an integer`)
	_, _, err = m.Int("f32")
	wantError(t, err, `"f32" is of type float32`)
	_, _, err = m.Float("u8")
	wantError(t, err, `"u8" is of type uint8: must be a float`)
	_, _, err = m.Ints("hugeInts")
	wantError(t, err, "must be an array of integers")
	_, _, err = m.Ints("bool")
	wantError(t, err, "must be an array of integers")
}

// file builds files with false content.
type file struct{ bytes.Buffer }

func (f *file) put(values ...any) *file {
	for _, v := range values {
		if s, ok := v.(string); ok {
			f.put(uint64(len(s)))
			f.WriteString(s)
		} else if err := binary.Write(f, binary.LittleEndian, v); err != nil {
			panic(err)
		}
	}
	return f
}

func header(version uint32, tensors, pairs uint64) *file {
	f := new(file)
	f.WriteString(magic)
	return f.put(version, tensors, pairs)
}

func TestEmptyFile(t *testing.T) {
	for _, version := range []uint32{2, 3} {
		f, err := Parse(header(version, 0, 0).Bytes())
		if err != nil || f.Version != int(version) || len(f.Tensors) != 0 {
			t.Errorf("version %d: %v, %v", version, f, err)
		}
	}
}

func TestLies(t *testing.T) {
	padded := func(f *file) *file {
		for f.Len()%32 != 0 {
			f.WriteByte(0)
		}
		return f.put(make([]byte, 64))
	}
	tensor := func(dims ...any) *file { return header(3, 1, 0).put("w", uint32(len(dims))).put(dims...) }
	two := func(first, second uint64) *file {
		f := header(3, 2, 0)
		f.put("v", uint32(1), uint64(8), uint32(F32), first)
		return padded(f.put("w", uint32(1), uint64(8), uint32(F32), second))
	}
	const huge = uint64(math.MaxUint64)
	for _, c := range []struct {
		file *file
		want string
	}{
		{new(file), `begins with ""`},
		{header(1, 0, 0), "version 1: must be 2 or 3"},
		{header(3<<24, 0, 0), "version 50331648: must be 2 or 3, little-endian"},
		{header(3, huge, 0), "tensor 1 of 18446744073709551615"},
		{header(3, 0, huge), "metadata 1 of 18446744073709551615"},
		{header(3, 0, 1).put(huge), "18446744073709551615 items of at least 1 bytes at byte 32: only 0 bytes are left"},
		{header(3, 0, 1).put("k", uint32(13)), `"k": kind 13 of value is unknown`},
		{header(3, 0, 1).put("k", uint32(kindString), huge), `metadata 1 of 1, "k"`},
		{header(3, 0, 1).put("k", uint32(kindArray), uint32(kindArray), uint64(1)), "an array of kind 9"},
		{header(3, 0, 1).put("k", uint32(kindArray), uint32(kindString), uint64(1)<<61), "only 0 bytes are left"},
		{header(3, 0, 1).put("k", uint32(kindArray), uint32(kindString), uint64(2), uint64(1), uint64(0)),
			"only 7 bytes are left"},
		{header(3, 0, 1).put("k", uint32(kindArray), uint32(11), uint64(1)<<61+1, uint64(0)),
			"items of at least 8 bytes"},
		{header(3, 0, 2).put("k", uint32(0), uint8(1), "k", uint32(0), uint8(1)), `metadata "k" stands there twice`},
		{header(3, 0, 1).put("general.alignment", uint32(4), uint32(3)), "general.alignment 3: must be a power of two"},
		{header(3, 0, 1).put("general.alignment", uint32(4), uint32(0)), "general.alignment 0"},
		{header(3, 0, 1).put("general.alignment", uint32(0), uint8(32)), "must be a uint32"},

		{header(3, 1, 0).put("w", uint32(5)), `tensor 1 of 1, "w": 5 dimensions: must be at most 4`},
		{tensor(uint64(8)).put(uint32(4), uint64(0)), "type 4 is not supported; supported are: F32, F16, Q4_0"},
		{tensor(uint64(33)).put(uint32(Q8_0), uint64(0)), "rows of 33: Q8_0 has blocks of 32"},
		{tensor(uint64(1)<<31).put(uint32(F32), uint64(0)), "no tensor can have the shape"},
		{tensor(uint64(1)<<30, uint64(1)<<30, uint64(1)<<30).put(uint32(F32), uint64(0)),
			"no tensor can have the shape"},
		{tensor(uint64(1)<<30, uint64(1)<<30).put(uint32(F32), uint64(0)), "no tensor can have the shape"},
		{padded(tensor(uint64(1)<<30).put(uint32(F32), uint64(0))),
			`tensor "w": 4294967296 bytes from 0 on: the file has 64 for all tensors`},
		{padded(tensor(uint64(8)).put(uint32(F32), uint64(16))), "offset 16: must be a multiple of 32"},
		{padded(tensor(uint64(8)).put(uint32(F32), uint64(64))), "32 bytes from 64 on"},
		{padded(tensor(uint64(8)).put(uint32(F32), huge-31)), "32 bytes from 18446744073709551584 on"},
		{two(0, 0), `tensors "v" and "w" overlap`},
		{header(3, 2, 0).put("w", uint32(0), uint32(F32), uint64(0)).put("w", uint32(0), uint32(F32), uint64(32)),
			`tensor "w" stands there twice`},
	} {
		_, err := Parse(c.file.Bytes())
		wantError(t, err, c.want)
	}
	// Tensors may lie in any order.
	if f, err := Parse(two(32, 0).Bytes()); err != nil || len(f.Tensors) != 2 {
		t.Error(f, err)
	}
}

func TestCutOffAtEveryByte(t *testing.T) {
	content, err := os.ReadFile("testdata/forms.gguf")
	if err != nil {
		t.Fatal(err)
	}
	f, err := Parse(content)
	if err != nil {
		t.Fatal(err)
	}
	end := len(content)
	for last := f.Tensors[len(f.Tensors)-1].Data; ; end-- {
		if &content[end-1] == &last[len(last)-1] {
			break // the rest is padding
		}
	}
	for n := range end {
		if _, err := Parse(content[:n]); err == nil {
			t.Fatalf("%d bytes of %d are taken for a whole file", n, end)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"forms", "llama"} {
		content, err := os.ReadFile("testdata/" + name + ".gguf")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content[:min(len(content), 4096)])
	}
	f.Add(header(3, 1, 1).put("general.alignment", uint32(4), uint32(8), "w", uint32(2), uint64(2), uint64(1),
		uint32(F16), uint64(0), uint64(0), uint64(0)).Bytes())
	f.Add(header(2, 0, 1).put("k", uint32(kindArray), uint32(kindString), uint64(2), "a", "b").Bytes())
	f.Fuzz(func(t *testing.T, content []byte) {
		file, err := Parse(content)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "gguf: ") {
				t.Errorf("%v", err)
			}
			return
		}
		total := 0
		for _, tensor := range file.Tensors {
			total += len(tensor.Data)
			product := 1
			for _, n := range tensor.Shape {
				product *= n
			}
			if product != tensor.Len() || tensor.Type.Size(product) != len(tensor.Data) {
				t.Errorf("%s: shape %v, %d elements in %d bytes", tensor.Name, tensor.Shape, tensor.Len(),
					len(tensor.Data))
			}
			tensor.Decode(make([]float32, tensor.Len()))
		}
		if total > len(content) {
			t.Errorf("%d bytes of tensors in %d", total, len(content))
		}
		file.Metadata.Vocabulary()
	})
}

func BenchmarkDecode(b *testing.B) {
	for t, f := range forms {
		b.Run(f.name, func(b *testing.B) {
			src, dst := make([]byte, 64*f.size*qkk/f.block), make([]float32, 64*qkk)
			b.SetBytes(int64(4 * len(dst)))
			for b.Loop() {
				t.Decode(dst, src)
			}
		})
	}
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error is %v, want one with %q", err, want)
	}
}
