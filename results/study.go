package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"ranksweep/grid"
	"ranksweep/userfile"
	"ranksweep/wholefile"
)

// StudyFiles is everything that a report on one study needs, in files that can be kept with
// the report:
//
//	study.json       About and Summary
//	runs.csv.gz      a row per run of any phase, missing runs included
//	curves.csv.gz    a row per run and step
//	validation.csv.gz  a row per run and batch of its validation set
//	columns.csv      what each column holds
//
// They are read back as they were written, except for two things: the Modules of runs are
// not stored, and what a grid makes of the runs must be worked out again.
type StudyFiles struct {
	About About
	Runs  []Run // runs of all phases, as the store has them; their axes become those of the grid
	Grid  grid.Grid
}

// About holds the facts about a study that its runs do not contain.
type About struct {
	Experiment string `json:"experiment"`
	Question   string `json:"question"`
	YAML       string `json:"yaml"`  // text of the resolved experiment file
	CPU        string `json:"cpu"`   // the CPU that trained it
	Cores      int    `json:"cores"` //

	Rules map[string]string `json:"rules,omitempty"` // claim → hash of its rule when training began
	Asked string            `json:"asked,omitempty"` // fingerprint of the experiment
	Block int               `json:"reserve"`         // number of the study's block of seeds
	Timed *Timed            `json:"timed,omitempty"` // for a study without runs, which times something else
}

// Timed says how and when a study without runs was made.
type Timed struct {
	Kernel  string    `json:"kernel"`
	Program string    `json:"program"`
	On      time.Time `json:"on"`
}

// Summary holds facts that follow from a study's runs, for people who look into study.json.
// When a study is read, its runs must agree with it.
type Summary struct {
	YAMLHash string   `json:"yaml_sha256"`
	Nuisance []string `json:"nuisance"` // names of the axes that are tuned away
	Local    bool     `json:"local"`    // each seed has a local grid: several values along the one nuisance axis
	Planned  int      `json:"planned"`  // number of runs of all phases
	Done     int      `json:"done"`
	Diverged int      `json:"diverged"`
	Failed   int      `json:"failed"`
	Missing  int      `json:"missing"`
	Kernels  []string `json:"kernels"`
	Programs []string `json:"programs"`
	Go       []string `json:"go"`

	First   time.Time `json:"first,omitzero"` // when the first run began, to the second
	Last    time.Time `json:"last,omitzero"`  // when the last run began
	Seconds float64   `json:"seconds"`        // seconds of training, summed over all runs
}

// studyFile holds a study's About and Summary.
const studyFile = "study.json"

type studyRecord struct {
	About
	Summary
}

// Summary works out the summary of the study's runs.
func (s StudyFiles) Summary() Summary {
	sum := Summary{
		YAMLHash: hashOf([]byte(s.About.YAML)),
		Nuisance: s.Grid.Nuisance, Local: s.Grid.Local,
		Planned: max(s.Grid.Len(), len(s.Runs)),
	}
	sum.Missing = sum.Planned - len(s.Runs)
	for _, r := range s.Runs {
		switch r.Status {
		case Done:
			sum.Done++
		case Diverged:
			sum.Diverged++
		case Failed:
			sum.Failed++
		}
		sum.Kernels = append(sum.Kernels, r.Provenance.Kernel)
		sum.Programs = append(sum.Programs, r.Provenance.Program)
		sum.Go = append(sum.Go, r.Provenance.Go)
		sum.Seconds += r.Timing.Seconds
		sum.span(r.Timing.Started.UTC().Truncate(time.Second))
	}
	for _, names := range []*[]string{&sum.Kernels, &sum.Programs, &sum.Go} {
		slices.Sort(*names)
		*names = slices.Compact(*names)
	}
	return sum
}

// span widens the time from First to Last so that it includes started.
func (s *Summary) span(started time.Time) {
	if started.IsZero() {
		return
	}
	if s.First.IsZero() || started.Before(s.First) {
		s.First = started
	}
	if started.After(s.Last) {
		s.Last = started
	}
}

// WriteStudy writes a study into dir, and makes dir if need be. Each file is replaced as a
// whole; the same study gives the same bytes. Marks are those of [RunTables]. A study has no
// imported runs.
func WriteStudy(dir string, s StudyFiles, marks map[string]LocalMark) error {
	for _, r := range s.Runs {
		if err := r.Refused(); err != nil {
			return fmt.Errorf("results: a study is of runs that can be trained again: %w", err)
		}
	}
	tables, err := runTables(s.Runs, s.Grid, marks, studyForm)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if err := t.writeCompressed(dir); err != nil {
			return err
		}
	}
	if err := dictionaryOf(tables...).write(dir); err != nil {
		return err
	}
	return writeStudyRecord(dir, studyRecord{s.About, s.Summary()})
}

// WriteAbout writes study.json of a study without runs into dir, and makes dir if need be.
func WriteAbout(dir string, a About) error {
	return writeStudyRecord(dir, studyRecord{a, StudyFiles{About: a}.Summary()})
}

// ReadAbout reads the [About] part of study.json. If there is no file, the error is
// [os.ErrNotExist].
func ReadAbout(dir string) (About, error) {
	record, err := readStudyRecord(filepath.Join(dir, studyFile))
	return record.About, err
}

func writeStudyRecord(dir string, r studyRecord) error {
	record, err := wholefile.JSON(r)
	if err != nil {
		return fmt.Errorf("results: %s: %w", studyFile, err)
	}
	return writeFile(filepath.Join(dir, studyFile), record)
}

// ReadStudy reads what [WriteStudy] wrote. A file that is damaged, or that
// another version of the program wrote with other columns, is an error.
func ReadStudy(dir string) (s StudyFiles, err error) {
	record, err := readStudyRecord(filepath.Join(dir, studyFile))
	if err != nil {
		return s, err
	}
	var rows []runRow
	err = readCompressed(dir, RunsTable, maxText, func(sheet *sheet) error {
		if rows, err = readRuns(sheet); err != nil {
			return err
		}
		s.Grid, err = gridOf(sheet, rows, record.Nuisance)
		s.Grid.Local = record.Local
		return err
	})
	if err != nil {
		return StudyFiles{}, err
	}
	err = readCompressed(dir, curvesTable, maxText, func(sheet *sheet) error { return readCurves(sheet, rows) })
	if err != nil {
		return StudyFiles{}, err
	}
	err = readCompressed(dir, validationTable, maxText, func(sheet *sheet) error { return readValidation(sheet, rows) })
	if err != nil {
		return StudyFiles{}, err
	}
	s.About, s.Runs = record.About, runsOf(rows)
	if err := sameSummary(record.Summary, s.Summary()); err != nil {
		return StudyFiles{}, fmt.Errorf("results: %s: %w", filepath.Join(dir, studyFile), err)
	}
	return s, nil
}

func readStudyRecord(path string) (record studyRecord, err error) {
	f, err := userfile.Open(path, userfile.Weights)
	if err != nil {
		return record, fmt.Errorf("results: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(bound(f, maxText))
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err == nil {
		err = d.Decode(&record)
	}
	if err != nil {
		line := 1 + bytes.Count(text[:min(d.InputOffset(), int64(len(text)))], []byte("\n"))
		return record, fmt.Errorf("results: %s:%d: %w: %s", path, line, err, anotherVersion)
	}
	return record, nil
}

// sameSummary reports where the summary of a study's runs differs from the summary that was
// written with them.
func sameSummary(written, now Summary) error {
	a, b := reflect.ValueOf(written), reflect.ValueOf(now)
	for i := range a.NumField() {
		x, y := a.Field(i).Interface(), b.Field(i).Interface()
		if !reflect.DeepEqual(x, y) {
			key, _, _ := strings.Cut(a.Type().Field(i).Tag.Get("json"), ",")
			return fmt.Errorf("%s is %v, and the other files have %v: "+
				"the files are not of one study, or one is damaged", key, x, y)
		}
	}
	return nil
}
