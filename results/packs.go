package results

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// packsFolder, in runs, holds the packs. Each is named by its content.
const packsFolder = ".packs"

// packs are the packs of a store, as far as they were looked at. Several goroutines may use them.
type packs struct {
	folder string
	files  FileSystem

	mu    sync.Mutex
	read  map[string]*pack // by the name of the file; a pack never changes
	found []*pack          // the same in order of name, as they were last listed
}

// pack is a pack whose directory was read.
type pack struct {
	directory
	path  string
	start int64          // where the directory ends, and offsets begin
	at    map[string]int // by ID of a run, the index of its frame
	wrong error          // a directory that is damaged, or a newer program's

	files   FileSystem
	mu      sync.Mutex
	recent  [4]readFrame // frames that were read lately, each at its index modulo 4
	checked map[int]bool // by index of a frame that was looked at, whether it agrees with its checksum
}

// readFrame is a frame as it was read, or why it cannot be.
type readFrame struct {
	index int // from 1; 0: none
	runs  map[string][]file
	err   error
}

// list returns the packs in order of name.
func (p *packs) list() ([]*pack, error) {
	entries, err := p.files.ReadDir(p.folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	there := make(map[string]*pack)
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || !strings.HasSuffix(name, packSuffix) {
			continue
		}
		if there[name] = p.read[name]; there[name] != nil {
			continue
		}
		there[name], err = openPack(p.files, filepath.Join(p.folder, name))
		if errors.Is(err, fs.ErrNotExist) {
			delete(there, name) // it was just unpacked
		} else if err != nil {
			return nil, err
		}
	}
	p.read, p.found = there, nil
	for _, name := range slices.Sorted(maps.Keys(there)) {
		p.found = append(p.found, there[name])
	}
	return p.found, nil
}

// get reads a run. The error is fs.ErrNotExist if no pack has it. The folder is listed only if no pack that was
// there before gives the run.
func (p *packs) get(id string, decode decoder) (r Run, err error) {
	p.mu.Lock()
	all := p.found
	p.mu.Unlock()
	if r, err := readFrom(all, id, decode); err == nil {
		return r, nil
	}
	if all, err = p.list(); err != nil {
		return r, err
	}
	if r, err = readFrom(all, id, decode); err == nil {
		return r, nil
	}
	for _, one := range all {
		// It may hold the run, as far as this program can tell.
		if newer, ok := errors.AsType[*NewerError](one.wrong); ok && len(one.at) == 0 &&
			errors.Is(err, fs.ErrNotExist) {
			return r, &NewerError{ID: id, Program: newer.Program, Unknown: one.path + ": " + newer.Unknown}
		}
	}
	return Run{}, err
}

// readFrom reads a run from the first of some packs that gives it.
func readFrom(all []*pack, id string, decode decoder) (r Run, err error) {
	err = fs.ErrNotExist
	for _, one := range all {
		if _, ok := one.at[id]; ok {
			if r, err = one.get(id, decode); err == nil {
				return r, nil
			}
		}
	}
	return Run{}, err
}

// of returns a pack that has a run, or nil.
func (p *packs) of(id string) *pack {
	all, _ := p.list()
	for _, one := range all {
		if _, ok := one.at[id]; ok {
			return one
		}
	}
	return nil
}

// append appends the IDs of the runs that packs have.
func (p *packs) append(ids []string) ([]string, error) {
	all, err := p.list()
	for _, one := range all {
		ids = slices.AppendSeq(ids, maps.Keys(one.at))
	}
	return ids, err
}

// openPack reads the directory of a pack.
func openPack(files FileSystem, path string) (*pack, error) {
	p := &pack{path: path, files: files, at: make(map[string]int), checked: make(map[int]bool)}
	if err := p.readDirectory(); err != nil {
		return nil, err
	}
	for i, f := range p.Frames {
		for _, r := range f.Runs {
			if checkID(r.ID) == nil {
				p.at[r.ID] = i
			}
		}
	}
	return p, nil
}

// readDirectory returns only errors of the system: what else is wrong goes into the pack.
func (p *pack) readDirectory() error {
	head, err := p.files.ReadPart(p.path, 0, headSize)
	if err != nil {
		return err
	}
	p.wrong = errors.New("the directory is cut off")
	if len(head) == headSize && string(head[:4]) == string(skippable) {
		size := int64(binary.LittleEndian.Uint32(head[4:]))
		content, err := p.files.ReadPart(p.path, headSize, size)
		if err != nil {
			return err
		}
		p.start = headSize + size
		p.directory, p.wrong = decodeDirectory(content)
	}
	if _, newer := errors.AsType[*NewerError](p.wrong); p.wrong == nil || newer {
		return nil
	}
	p.wrong = damaged(filepath.Base(p.path), p.wrong)
	all, err := p.files.ReadFile(p.path)
	p.start, p.directory = 0, salvage(all)
	return err
}

func (p *pack) get(id string, decode decoder) (Run, error) {
	files, err := p.record(id)
	if err != nil {
		return Run{}, err
	}
	r, err := decode(files)
	if err != nil {
		return Run{}, named(err, id)
	}
	return r, sameID(r, id)
}

// record returns the files of a run.
func (p *pack) record(id string) ([]file, error) {
	if newer, ok := errors.AsType[*NewerError](p.wrong); ok {
		return nil, &NewerError{ID: id, Program: newer.Program, Unknown: p.path + ": " + newer.Unknown}
	}
	i := p.at[id]
	runs, err := p.readFrame(i)
	if err != nil {
		return nil, err
	}
	if runs[id] == nil {
		return nil, p.damage(i, errors.New("the run is not in it"))
	}
	files, err := restored(runs[id])
	if err != nil {
		return nil, p.damage(i, err)
	}
	return files, nil
}

// readFrame returns a frame, which it may have read before.
func (p *pack) readFrame(i int) (map[string][]file, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := &p.recent[i%len(p.recent)]
	if f.index != i+1 {
		f.index = i + 1
		f.runs, f.err = p.frame(i)
	}
	return f.runs, f.err
}

// frame reads a frame.
func (p *pack) frame(i int) (map[string][]file, error) {
	data, err := p.bytes(i)
	if err != nil {
		return nil, err
	}
	runs, err := decodeFrame(data)
	if err != nil {
		return nil, p.damage(i, err)
	}
	return runs, nil
}

// bytes reads a frame as it is stored, and holds it to its checksum.
func (p *pack) bytes(i int) ([]byte, error) {
	f := p.Frames[i]
	data, err := p.files.ReadPart(p.path, p.start+f.Offset, f.Size)
	if err != nil {
		return nil, err
	}
	if hashOf(data) != f.Hash {
		return nil, p.damage(i, errors.New("does not have its checksum"))
	}
	return data, nil
}

func (p *pack) damage(frame int, err error) error {
	return damaged(filepath.Base(p.path), fmt.Errorf("frame at byte %d: %w", p.start+p.Frames[frame].Offset, err))
}
