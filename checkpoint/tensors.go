package checkpoint

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"unsafe"

	"github.com/nlpodyssey/safetensors"

	"ranksweep/checkpoint/gguf"
	"ranksweep/nn"
	"ranksweep/paper/number"
	"ranksweep/userfile"
	"ranksweep/wholefile"
)

// ReadTensors reads every tensor of a safetensors file, sorted by name.
func ReadTensors(fsys fs.FS, name string) ([]nn.Tensor, error) {
	dir := folder{FS: fsys}
	file, stored, err := openTensors(dir, name)
	if err != nil {
		return nil, err
	}
	defer file.close()
	tensors := make([]nn.Tensor, len(stored))
	for i, s := range stored {
		if s.err != nil {
			return nil, dir.errorf(name, "tensor %q: %w", s.name, s.err)
		}
		t := nn.Tensor{Name: s.name, Shape: s.shape, Data: make([]float32, s.len())}
		s.decode(t.Data)
		tensors[i] = t
	}
	return tensors, nil
}

// StoredDType returns the form of the tensors in a safetensors file. If they have different
// forms it is [F32], to which every other form converts without loss.
func StoredDType(fsys fs.FS, name string) (DType, error) {
	file, stored, err := openTensors(folder{FS: fsys}, name)
	if err != nil {
		return F32, err
	}
	defer file.close()
	var forms []gguf.Type
	for _, t := range stored {
		forms = append(forms, t.form)
	}
	return commonDType(forms), nil
}

// commonDType returns the DType that all tensors share, or F32 if they share none.
func commonDType(stored []gguf.Type) DType {
	for d, f := range formats {
		if !slices.ContainsFunc(stored, func(form gguf.Type) bool { return form != f.form }) {
			return DType(d)
		}
	}
	return F32
}

// WriteTensors writes a safetensors file, whole or not at all, with all tensors in the given
// dtype and metadata in the header. A finite value that dtype cannot hold is an error.
func WriteTensors(path string, tensors []nn.Tensor, dtype DType, metadata map[string]string) error {
	views := make(map[string]encodedTensor, len(tensors))
	for _, t := range tensors {
		if _, ok := views[t.Name]; ok {
			return fmt.Errorf("checkpoint: %s: two tensors are named %q", path, t.Name)
		}
		if err := checkRange(t.Data, dtype); err != nil {
			return fmt.Errorf("checkpoint: %s: tensor %q: %w", path, t.Name, err)
		}
		views[t.Name] = encodedTensor{t, dtype}
	}
	write := func(w io.Writer) error { return safetensors.SerializeToWriter(views, metadata, w) }
	if err := wholefile.Write(path, write); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

func checkRange(data []float32, dtype DType) error {
	limit := formats[dtype].limit
	for _, v := range data {
		if a := max(v, -v); a >= limit && a <= math.MaxFloat32 {
			return fmt.Errorf("%s is too large for %s; store as F32", number.Brief(float64(v)), dtype)
		}
	}
	return nil
}

// storedTensor is a tensor in the form of its file.
type storedTensor struct {
	name  string
	alias string // the name in folders, if it differs from the name in a GGUF file
	shape []int
	form  gguf.Type
	data  []byte
	err   error // why its values cannot be read; nil if they can

	transposed bool            // it is (in, out), while nn's map is (out, in)
	at         func(i int) int // place of row i in a GGUF file; nil if row i is at i
	plusOne    bool            // it holds 1 + w instead of w
}

// len returns the number of elements.
func (t storedTensor) len() int { return t.form.Len(len(t.data)) }

func (t storedTensor) decode(dst []float32) {
	switch {
	case t.at != nil:
		t.Rows(dst, 0, t.shape[0])
	case t.transposed:
		values := nn.Tensor{Shape: t.shape, Data: make([]float32, len(dst))}
		t.form.Decode(values.Data, t.data)
		copy(dst, transposed(values).Data)
	default:
		t.form.Decode(dst, t.data)
	}
	if t.plusOne {
		for i := range dst {
			dst[i]--
		}
	}
}

// Rows implements [nn.Stored], for a tensor that is not transposed.
func (t storedTensor) Rows(dst []float32, first, n int) {
	cols := t.len() / t.shape[0]
	size := t.form.Size(cols)
	if t.at == nil {
		t.form.Decode(dst[:n*cols], t.data[first*size:])
		return
	}
	for i := range n {
		t.form.Decode(dst[i*cols:][:cols], t.data[t.at(first+i)*size:])
	}
}

// inPlace returns the values in the file's memory, if the file has them in the form of memory.
func (t storedTensor) inPlace() ([]float32, bool) {
	if t.form != gguf.F32 || t.at != nil || t.transposed || t.plusOne || len(t.data) == 0 || !littleEndian {
		return nil, false
	}
	first := unsafe.Pointer(unsafe.SliceData(t.data))
	if uintptr(first)%unsafe.Alignof(float32(0)) != 0 {
		return nil, false
	}
	return unsafe.Slice((*float32)(first), len(t.data)/4), true
}

var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// openTensors reads a file's directory, sorted by name, without converting any data. The
// library checks every offset and size against the file's length.
func openTensors(dir folder, name string) (*mapping, []storedTensor, error) {
	file, err := dir.mapFile(name)
	if err != nil {
		return nil, nil, err
	}
	if err := cmp.Or(userfile.Mistaken(file.content), checkHeader(file.content)); err != nil {
		file.close()
		return nil, nil, dir.wrap(name, err)
	}
	parsed, err := safetensors.Deserialize(file.content)
	if err != nil {
		err = unreadable(file.content, err)
		file.close()
		return nil, nil, dir.wrap(name, err)
	}
	var tensors []storedTensor
	for _, v := range parsed.Tensors() {
		t, err := newStoredTensor(v)
		if err != nil {
			file.close()
			return nil, nil, dir.errorf(name, "tensor %q: %w", v.Name, err)
		}
		tensors = append(tensors, t)
	}
	slices.SortFunc(tensors, func(a, b storedTensor) int { return cmp.Compare(a.name, b.name) })
	return file, tensors, nil
}

func newStoredTensor(v safetensors.NamedTensorView) (storedTensor, error) {
	t := storedTensor{name: v.Name, data: v.TensorView.Data()}
	dtype, err := dtypeOf(v.TensorView.DType())
	t.form, t.err = formats[dtype].form, err
	for _, n := range v.TensorView.Shape() {
		if n > math.MaxInt {
			return t, fmt.Errorf("no tensor can have the shape %v", v.TensorView.Shape())
		}
		t.shape = append(t.shape, int(n))
	}
	return t, nil
}

// encodedTensor passes a tensor to the library, and converts it only when it is written.
type encodedTensor struct {
	nn.Tensor
	dtype DType
}

func (t encodedTensor) DType() safetensors.DType { return formats[t.dtype].stored }

func (t encodedTensor) Shape() []uint64 {
	shape := make([]uint64, len(t.Tensor.Shape))
	for i, n := range t.Tensor.Shape {
		shape[i] = uint64(n)
	}
	return shape
}

func (t encodedTensor) DataLen() uint64 { return uint64(len(t.Tensor.Data) * t.dtype.size()) }

func (t encodedTensor) Data() []byte {
	data := make([]byte, t.DataLen())
	formats[t.dtype].encode(data, t.Tensor.Data)
	return data
}
