package foreign

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"ranksweep/metrics"
	"ranksweep/misspelt"
	"ranksweep/userfile"
)

// The most that is read of a CSV, so that one is held in memory.
const (
	mostBytes = 256 << 20
	mostRows  = 1_000_000
)

// csvFile is a CSV while it is read.
type csvFile struct {
	path, name string // name is what errors and records say
	m          *Map
	rows       *csv.Reader
	columns    []column
	trials     map[string]*trial // by run, or by settings where no column names runs
	order      []*trial
}

// column is a column of the file that the map names.
type column struct {
	place    int
	head     string
	name     string // of a field, step or run; of an axis, its own
	quantity metrics.Quantity
	kind     columnKind
	run      string // in a wide file, the run that it is of
	of       string // of an end, the column whose end it is
}

type columnKind uint8

const (
	fieldKind columnKind = iota
	axisKind
	quantityKind
	stepKind
	runKind
	endKind
)

// readCSV returns the trials of a CSV.
func readCSV(path string, m *Map) ([]*trial, error) {
	if m == nil {
		return nil, errors.New("foreign: " + path + ": which columns are rank, rate and loss is for a map to say: " +
			"name it by --map")
	}
	if err := m.complete(); err != nil {
		return nil, fmt.Errorf("foreign: %s: %w", m.file, err)
	}
	f, err := userfile.Open(path, mostBytes)
	if err != nil {
		return nil, fmt.Errorf("foreign: %w", err)
	}
	defer f.Close()
	return readFile(path, f, m)
}

func readFile(path string, f fs.File, m *Map) ([]*trial, error) {
	sum := sha256.New()
	in := bufio.NewReader(io.TeeReader(io.LimitReader(f, mostBytes), sum))
	t := &csvFile{path: path, name: shortName(path), m: m, trials: make(map[string]*trial)}
	err := t.begin(in)
	for n := 1; err == nil; n++ {
		if err = t.row(); n > mostRows {
			err = fmt.Errorf("has more than %d rows: leave out columns of rows that are not needed, or thin out "+
				"the steps", mostRows)
		}
	}
	if !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("foreign: %s: %w", path, err)
	}
	return t.finish(sum)
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// begin reads the head.
func (t *csvFile) begin(in *bufio.Reader) error {
	head, _ := in.Peek(4096) // shorter at the end of the file
	if len(bytes.TrimSpace(bytes.TrimPrefix(head, byteOrderMark))) == 0 {
		return errors.New("is empty")
	}
	if err := userfile.Mistaken(head); err != nil {
		return err
	}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) || bytes.Contains(head,
		[]byte{0}) {
		return errors.New("is no UTF-8: save it as CSV in UTF-8")
	}
	if bytes.HasPrefix(head, byteOrderMark) {
		in.Discard(len(byteOrderMark))
		head = head[len(byteOrderMark):]
	}
	t.rows = csv.NewReader(in)
	t.rows.Comma, t.rows.ReuseRecord = separator(t.m, head), true
	names, err := t.rows.Read()
	if err != nil {
		return located(err)
	}
	return t.heads(names)
}

// separator is that of the map or, without one, the most frequent in the first line.
func separator(m *Map, head []byte) rune {
	if m.Separator != "" {
		return rune(m.Separator[0])
	}
	line, _, _ := bytes.Cut(head, []byte("\n"))
	best := ','
	for _, s := range ";\t" {
		if bytes.Count(line, []byte(string(s))) > bytes.Count(line, []byte(string(best))) {
			best = s
		}
	}
	return best
}

// heads finds the columns of the map.
func (t *csvFile) heads(names []string) error {
	heads := slices.Clone(names)
	for i := range heads {
		heads[i] = strings.TrimSpace(heads[i])
	}
	find := func(c column) error {
		c.place = slices.Index(heads, c.head)
		if c.place < 0 && c.kind == quantityKind && isWide(heads, c.head) {
			return fmt.Errorf("line 1: column %q is there once for each run, as W&B exports a chart: write the "+
				"settings of each run under runs of %s: %s", c.head, t.m.file, wideExample(heads))
		}
		if c.place < 0 {
			return fmt.Errorf("line 1: %s: %w", t.m.file, misspelt.Unknown("column", c.head, heads))
		}
		if slices.Contains(heads[c.place+1:], c.head) {
			return fmt.Errorf("line 1: column %q is there twice: rename one", c.head)
		}
		t.columns = append(t.columns, c)
		return nil
	}
	if len(t.m.Runs) > 0 {
		wide, err := t.m.wideColumns(heads)
		for _, c := range append(wide, newColumn(stepColumn, t.m.Columns[stepColumn])) {
			if err == nil {
				err = find(c)
			}
		}
		return err
	}
	var errs []error
	for _, name := range slices.Concat([]string{runColumn, stepColumn}, fieldNames(), quantityNames()) {
		if head, ok := t.m.Columns[name]; ok {
			errs = append(errs, find(newColumn(name, head)))
		}
	}
	for _, head := range t.m.Axes {
		errs = append(errs, find(column{head: head, name: strings.ReplaceAll(head, ".", "_"), kind: axisKind}))
	}
	return errors.Join(errs...)
}

func newColumn(name, head string) column {
	c := column{head: head, name: name}
	q, measured := metrics.QuantityNamed(name)
	switch {
	case measured:
		c.kind, c.quantity = quantityKind, q
	case name == stepColumn:
		c.kind = stepKind
	case name == runColumn:
		c.kind = runKind
	}
	return c
}

// located says where in the file the reader of CSV failed.
func located(err error) error {
	p, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case ok && errors.Is(err, csv.ErrFieldCount):
		return fmt.Errorf("line %d: has another number of cells than the head: a cell with a comma in it, as a "+
			"decimal comma, must be in quotes", p.Line)
	case ok:
		return fmt.Errorf("line %d, column %d: %w", p.Line, p.Column, p.Err)
	}
	return err
}

// row reads one row.
func (t *csvFile) row() error {
	cells, err := t.rows.Read()
	if err != nil {
		return located(err)
	}
	line, _ := t.rows.FieldPos(0)
	if len(t.m.Runs) > 0 {
		return t.wideRow(cells, line)
	}
	one, err := t.trial(cells, line)
	if err != nil {
		return err
	}
	return t.measured(one, cells, t.columns)
}

// cell returns a cell of a row, with a point before decimals.
func (t *csvFile) cell(cells []string, c column) string {
	text := strings.TrimSpace(cells[c.place])
	if t.m.Decimal == "," && c.kind != axisKind && c.kind != runKind && commaText.MatchString(text) {
		return strings.Replace(text, ",", ".", 1)
	}
	return text
}

// wrong places an error about a cell.
func (t *csvFile) wrong(c column, err error) error {
	line, at := t.rows.FieldPos(c.place)
	return fmt.Errorf("line %d, column %d (%s): %w", line, at, c.head, err)
}

// trial returns the trial of a row, which may be one that earlier rows began.
func (t *csvFile) trial(cells []string, line int) (*trial, error) {
	one := newTrial(t.name + ":" + strconv.Itoa(line))
	run := ""
	for _, c := range t.columns {
		text := t.cell(cells, c)
		var err error
		switch {
		case text == "":
		case c.kind == fieldKind:
			err = one.state(c.name, text)
		case c.kind == axisKind:
			if text, err = plain(text); err == nil {
				err = one.add(c.name, text)
			}
		case c.kind == runKind:
			run, err = plain(text)
		}
		if err != nil {
			return nil, t.wrong(c, err)
		}
	}
	return t.known(one, run, line)
}

// known returns the trial that a row belongs to: that of its run, or that of its settings.
func (t *csvFile) known(one *trial, run string, line int) (*trial, error) {
	if err := t.m.share(one); err != nil {
		return nil, fmt.Errorf("line %d: %w", line, err)
	}
	for _, name := range []string{rankField, rateField} {
		if one.stated[name] == "" && !(name == rankField && one.full()) {
			return nil, fmt.Errorf("line %d: %s is empty", line, name)
		}
	}
	key := run
	if run == "" {
		key = fmt.Sprint(one.stated)
	}
	first := t.trials[key]
	if first == nil {
		t.trials[key] = one
		t.order = append(t.order, one)
		return one, nil
	}
	for name, text := range one.stated {
		if err := first.add(name, text); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
	return first, nil
}

// measured adds what a row measured in some columns to its trial. Its errors say where they are.
func (t *csvFile) measured(one *trial, cells []string, columns []column) error {
	step, err := t.step(one, cells)
	if err != nil {
		return err
	}
	for _, c := range columns {
		text := t.cell(cells, c)
		if c.kind != quantityKind || text == "" {
			continue
		}
		if noNumber.MatchString(text) && t.m.NaN == "diverged" {
			one.diverge(step, c.name)
			continue
		}
		v, err := numberOf(text)
		if err == nil {
			err = one.measure(step, c.quantity, v)
		} else if noNumber.MatchString(text) {
			err = errors.New("is no number: if that means that the run diverged, write nan: diverged into the map")
		}
		if err != nil {
			return t.wrong(c, fmt.Errorf("%.40q: %w", text, err))
		}
	}
	return nil
}

// step is that of a row or, if a row is a whole run, the run's last.
func (t *csvFile) step(one *trial, cells []string) (int, error) {
	i := slices.IndexFunc(t.columns, func(c column) bool { return c.kind == stepKind })
	if i < 0 {
		steps, err := strconv.Atoi(one.stated[stepsField])
		if err != nil {
			line, _ := t.rows.FieldPos(0)
			return 0, fmt.Errorf("line %d: steps is empty", line)
		}
		return steps, nil
	}
	text := t.cell(cells, t.columns[i])
	value, err := whole(0, mostSteps)(text)
	if err != nil {
		return 0, t.wrong(t.columns[i], fmt.Errorf("%.40q: %w", text, err))
	}
	return strconv.Atoi(value)
}

// finish returns the trials, all of which must have a loss, unless they diverged.
func (t *csvFile) finish(sum hash.Hash) ([]*trial, error) {
	if len(t.order) == 0 {
		return nil, fmt.Errorf("foreign: %s: has a head and no rows", t.path)
	}
	for _, one := range t.order {
		one.sum = hex.EncodeToString(sum.Sum(nil))
		if t.m.Columns[stepColumn] != "" {
			if _, zero := one.values[0]; zero {
				one.doubt("step 0 of the file is taken for the state before any update")
			}
		}
	}
	return t.order, nil
}
