package results

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// A pack is a file of finished runs: a tar archive that is compressed by zstd, so that
// tar --zstd -xf reads it too, but for modules.csv, which is as columns. It is cut into frames,
// which are compressed each by itself. A frame holds a few whole runs, whose equal parts are stored
// once. A skippable frame comes first, which zstd passes over: it holds the SHA-256 of the pack's
// directory, and the directory as JSON.
type directory struct {
	Format  int         `json:"format"`  // see packFormat
	Program string      `json:"program"` // that wrote the pack
	Frames  []packFrame `json:"frames"`
}

// packFrame is one frame of a pack.
type packFrame struct {
	Offset int64       `json:"offset"` // counted from the end of the directory
	Size   int64       `json:"size"`   // in bytes, compressed
	Hash   string      `json:"sha256"` // of the compressed bytes
	Runs   []packedRun `json:"runs"`
}

type packedRun struct {
	ID     string `json:"id"`
	Status Status `json:"status"`
}

// packFormat is the version of the form of packs. A program that changes the meaning or the place
// of something raises it. Whatever it changes, it keeps the skippable frame, and in the directory
// format, program, and the IDs of runs.
const packFormat = 2

// plainFormat is the version of packs in which no file is as columns. It is the first one.
const plainFormat = 1

// columnsFolder begins the names of files that are as columns, see [columnForm]. No file of a record has a folder.
const columnsFolder = "columns/"

const (
	packSuffix = ".tar.zst"
	frameSize  = 256 << 10 // bytes of runs, uncompressed, from which on a frame is full
	packSize   = 64 << 20  // bytes from which on a pack is full
	largestRun = 64 << 20  // bytes of a record that is packed
	headSize   = 8         // bytes of a skippable frame before its content: a mark, and the content's length
	hashSize   = 2*sha256.Size + 1
)

// skippable marks a skippable frame, and zstdMark any other one (RFC 8878).
var skippable, zstdMark = []byte{0x50, 0x2a, 0x4d, 0x18}, []byte{0x28, 0xb5, 0x2f, 0xfd}

var (
	compressor, _   = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBetterCompression))
	decompressor, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(2*largestRun))
)

// packWriter makes a pack.
type packWriter struct {
	directory
	frames  bytes.Buffer // compressed
	frame   bytes.Buffer // the one that is being filled
	archive *tar.Writer
	runs    []packedRun // in it
}

func newPackWriter(program string) *packWriter {
	w := &packWriter{directory: directory{Format: plainFormat, Program: program}}
	w.archive = tar.NewWriter(&w.frame)
	return w
}

// add adds the record of a run.
func (w *packWriter) add(r packedRun, files []file) error {
	for _, f := range files {
		f = w.stored(f)
		h := &tar.Header{Name: r.ID + "/" + f.name, Size: int64(len(f.data)), Mode: 0o644, Format: tar.FormatPAX}
		if err := w.archive.WriteHeader(h); err != nil {
			return err
		}
		w.archive.Write(f.data) // a Buffer takes everything
	}
	w.archive.Flush()
	if w.runs = append(w.runs, r); w.frame.Len() >= frameSize {
		w.endFrame()
	}
	return nil
}

// stored returns a file as the pack has it.
func (w *packWriter) stored(f file) file {
	if f.name != modulesFile {
		return f
	}
	columns := toColumns(f.data)
	if columns == nil {
		return f
	}
	w.Format = packFormat
	return file{columnsFolder + f.name, columns}
}

// restored returns files as they were before they were packed.
func restored(stored []file) (files []file, err error) {
	for _, f := range stored {
		name, columns := strings.CutPrefix(f.name, columnsFolder)
		if columns {
			if f.data, err = fromColumns(f.data); err != nil {
				return nil, fmt.Errorf("%s: %w", f.name, err)
			}
		}
		files = append(files, file{name, f.data})
	}
	return files, nil
}

func (w *packWriter) endFrame() {
	data := compressor.EncodeAll(w.frame.Bytes(), nil)
	w.Frames = append(w.Frames, packFrame{int64(w.frames.Len()), int64(len(data)), hashOf(data), w.runs})
	w.frames.Write(data)
	w.frame.Reset()
	w.runs = nil
}

// end returns the whole pack.
func (w *packWriter) end() []byte {
	if len(w.runs) > 0 {
		w.endFrame()
	}
	w.archive.Close()
	w.frames.Write(compressor.EncodeAll(w.frame.Bytes(), nil)) // the end of the archive
	text, _ := json.Marshal(w.directory)                       // cannot fail: it has texts and numbers alone
	content := slices.Concat([]byte(hashOf(text)+"\n"), text)
	head := binary.LittleEndian.AppendUint32(slices.Clone(skippable), uint32(len(content)))
	return slices.Concat(head, content, w.frames.Bytes())
}

// decodeDirectory reads the content of the skippable frame. The error is a [NewerError] if it
// agrees with its checksum and this program cannot read it.
func decodeDirectory(content []byte) (d directory, err error) {
	if len(content) < hashSize || hashOf(content[hashSize:])+"\n" != string(content[:hashSize]) {
		return d, errors.New("the directory does not have its checksum")
	}
	err = json.Unmarshal(content[hashSize:], &d)
	if err == nil && d.Format > packFormat {
		err = fmt.Errorf("format %d of packs: must be at most %d", d.Format, packFormat)
	}
	if err != nil {
		err = &NewerError{Program: d.Program, Unknown: err.Error()}
	}
	return d, err
}

// decodeFrame returns the files of each run in a frame as they are stored, see [restored], in the order in which they
// were packed.
func decodeFrame(data []byte) (map[string][]file, error) {
	text, err := decompressor.DecodeAll(data, nil)
	if err != nil {
		return nil, err
	}
	runs := make(map[string][]file)
	left := bytes.NewReader(text)
	archive := tar.NewReader(left) // which reads no further than the content of the file it is at
	for {
		h, err := archive.Next()
		if err == io.EOF {
			return runs, nil
		}
		if err != nil {
			return nil, err
		}
		id, name, _ := strings.Cut(h.Name, "/")
		if err := errors.Join(checkID(id), checkID(strings.TrimPrefix(name, columnsFolder))); err != nil {
			return nil, err
		}
		at := int64(len(text) - left.Len())
		if h.Typeflag != tar.TypeReg || h.Size > int64(left.Len()) {
			return nil, fmt.Errorf("%s: is cut off, or no plain file", h.Name)
		}
		runs[id] = append(runs[id], file{name, text[at : at+h.Size : at+h.Size]})
	}
}

// salvage finds the frames of a pack whose directory is damaged, as far as they are whole.
func salvage(data []byte) (d directory) {
	for at := 0; ; {
		next := bytes.Index(data[at:], zstdMark)
		if next < 0 {
			return d
		}
		at += next
		size := frameLength(data[at:])
		runs, err := decodeFrame(data[at : at+size])
		if size == 0 || err != nil {
			at++
			continue
		}
		f := packFrame{Offset: int64(at), Size: int64(size), Hash: hashOf(data[at : at+size])}
		for id, stored := range runs {
			files, err := restored(stored)
			if err != nil {
				continue // its record is as good as missing
			}
			if r, err := decodeRecord(files); err == nil {
				f.Runs = append(f.Runs, packedRun{id, r.Status})
			}
		}
		d.Frames = append(d.Frames, f)
		at += size
	}
}

// frameLength returns the length of the zstd frame with which data begin: a header, blocks, and a
// checksum. It is 0 if data hold no whole frame.
func frameLength(data []byte) int {
	var h zstd.Header
	if h.Decode(data) != nil {
		return 0
	}
	at, last := h.HeaderSize, false
	for !last {
		if at+3 > len(data) {
			return 0
		}
		block := int(data[at]) | int(data[at+1])<<8 | int(data[at+2])<<16
		last = block&1 == 1
		if size := block >> 3; block>>1&3 == 1 { // one byte, so many times
			at += 3 + 1
		} else {
			at += 3 + size
		}
	}
	if h.HasCheckSum {
		at += 4
	}
	if at > len(data) {
		return 0
	}
	return at
}
