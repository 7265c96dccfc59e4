package checkpoint

import (
	"bufio"
	"cmp"
	"fmt"
	"io/fs"
	"math"
	"slices"

	"github.com/google/renameio/v2"
	"github.com/nlpodyssey/safetensors"

	"ranksweep/nn"
)

// ReadTensors reads every tensor of a safetensors file, sorted by name.
func ReadTensors(fsys fs.FS, name string) ([]nn.Tensor, error) {
	dir := folder{FS: fsys}
	stored, err := openTensors(dir, name)
	if err != nil {
		return nil, err
	}
	tensors := make([]nn.Tensor, len(stored))
	for i, s := range stored {
		t := nn.Tensor{Name: s.name, Shape: s.shape, Data: make([]float32, s.len())}
		s.decode(t.Data)
		tensors[i] = t
	}
	return tensors, nil
}

// StoredDType returns the form in which a safetensors file has its tensors:
// [F32] where they differ, since every other converts to it without loss.
func StoredDType(fsys fs.FS, name string) (DType, error) {
	stored, err := openTensors(folder{FS: fsys}, name)
	if err != nil {
		return F32, err
	}
	var dtypes []DType
	for _, t := range stored {
		dtypes = append(dtypes, t.dtype)
	}
	return commonDType(dtypes), nil
}

func commonDType(stored []DType) DType {
	if len(stored) == 0 || slices.ContainsFunc(stored, func(d DType) bool { return d != stored[0] }) {
		return F32
	}
	return stored[0]
}

// WriteTensors writes a safetensors file, whole or not at all, in which all
// tensors have the given dtype and metadata stands in the header. A finite
// value that dtype cannot hold is an error.
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
	if err := writeViews(path, views, metadata); err != nil {
		return fmt.Errorf("checkpoint: %s: %w", path, err) // err names a temporary file
	}
	return nil
}

func writeViews(path string, views map[string]encodedTensor, metadata map[string]string) error {
	file, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o644))
	if err != nil {
		return err
	}
	defer file.Cleanup()
	w := bufio.NewWriter(file)
	if err := safetensors.SerializeToWriter(views, metadata, w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return file.CloseAtomicallyReplace()
}

func checkRange(data []float32, dtype DType) error {
	limit := formats[dtype].limit
	for _, v := range data {
		if a := max(v, -v); a >= limit && a <= math.MaxFloat32 {
			return fmt.Errorf("%g is too large for %s; store as F32", v, dtype)
		}
	}
	return nil
}

// storedTensor is a tensor as it lies in a file.
type storedTensor struct {
	name  string
	shape []int
	dtype DType
	data  []byte
}

// len is the number of elements.
func (t storedTensor) len() int { return len(t.data) / t.dtype.size() }

func (t storedTensor) decode(dst []float32) { formats[t.dtype].decode(dst, t.data) }

// openTensors reads a file's directory, sorted by name, without converting
// any data. The library holds every offset and size to the file's length.
func openTensors(dir folder, file string) ([]storedTensor, error) {
	content, err := dir.read(file)
	if err != nil {
		return nil, err
	}
	parsed, err := safetensors.Deserialize(content)
	if err != nil {
		return nil, dir.errorf(file, "damaged or cut off: %w", err)
	}
	var tensors []storedTensor
	for _, v := range parsed.Tensors() {
		t := storedTensor{name: v.Name, data: v.TensorView.Data()}
		if t.dtype, err = dtypeOf(v.TensorView.DType()); err != nil {
			return nil, dir.errorf(file, "tensor %q: %w", v.Name, err)
		}
		for _, n := range v.TensorView.Shape() {
			if n > math.MaxInt {
				return nil, dir.errorf(file, "tensor %q: no tensor can have the shape %v", v.Name, v.TensorView.Shape())
			}
			t.shape = append(t.shape, int(n))
		}
		tensors = append(tensors, t)
	}
	slices.SortFunc(tensors, func(a, b storedTensor) int { return cmp.Compare(a.name, b.name) })
	return tensors, nil
}

// encodedTensor shows a tensor to the library, converting it only when its
// turn to be written has come.
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
