package foreign

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ranksweep/metrics"
)

// tinkerFile is a page of sweep tables of the Tinker cookbook while it is read: a section a model, with a table
// that has a row for each rate and rank.
type tinkerFile struct {
	name    string
	steps   string
	section tinkerSection
	trials  []*trial
	left    []leftOut
}

// tinkerSection is what the section of a model says.
type tinkerSection struct {
	model, data, batch string
	rates, ranks       []string
	lost               *tinkerLost
	best               string // lowest loss, as the page says it
	trials             []*trial
}

// tinkerLost is the note on runs that diverged.
type tinkerLost struct {
	count        int
	rates, ranks []string
}

var (
	tinkerItem = regexp.MustCompile("^- (Model|Dataset|Batch size|Training steps|Learning rates|LoRA ranks): (.*)$")
	tinkerRow  = regexp.MustCompile(`^\| *([0-9][^| ]*) *\| *(\d+) *\| *([^| ]+) *\| *([^| ]+) *\| *([^| ]+) *\|$`)
	tinkerHead = "| LR | LoRA Rank | Test NLL | Train NLL | Wall Time (min) |"
	tinkerNote = regexp.MustCompile(`(\d+) run\(s\) diverged .* at lr=\{([^}]*)\} with rank=\{([^}]*)\}`)
	tinkerBest = regexp.MustCompile(`^\*\*Best config:\*\* .*test_nll=([0-9.]+)`)
)

// readTinker returns the trials of a page, and what of it is left out.
func readTinker(name string, text []byte) ([]*trial, []leftOut, error) {
	t := &tinkerFile{name: name}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		if err := t.line(strings.TrimRight(lines.Text(), "\r"), n); err != nil {
			return nil, nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := errors.Join(lines.Err(), t.end()); err != nil {
		return nil, nil, err
	}
	if len(t.trials) == 0 {
		return nil, nil, fmt.Errorf("has no table with the head %s", tinkerHead)
	}
	return t.trials, t.left, nil
}

func (t *tinkerFile) line(text string, n int) error {
	if strings.HasPrefix(text, "## ") {
		return t.end()
	}
	if m := tinkerItem.FindStringSubmatch(text); m != nil {
		t.item(m[1], m[2])
	} else if m := tinkerBest.FindStringSubmatch(text); m != nil {
		t.section.best = m[1]
	} else if m := tinkerNote.FindStringSubmatch(text); m != nil {
		count, _ := strconv.Atoi(m[1])
		t.section.lost = &tinkerLost{count, listOf(m[2]), listOf(m[3])}
	} else if strings.HasPrefix(text, "| LR") && text != tinkerHead {
		return fmt.Errorf("the head %q: must be %q", text, tinkerHead)
	} else if m := tinkerRow.FindStringSubmatch(text); m != nil {
		return t.row(m[1:], n)
	} else if strings.HasPrefix(text, "|") && !strings.HasPrefix(text, "| LR") && !strings.HasPrefix(text, "|--") {
		return fmt.Errorf("row %.60q: must have a rate, a rank, two losses and a time", text)
	}
	return nil
}

func (t *tinkerFile) item(what, text string) {
	switch s := &t.section; what {
	case "Training steps":
		t.steps = text
	case "Model":
		s.model = strings.Trim(text, "`")
	case "Dataset":
		s.data, _, _ = strings.Cut(text, " ")
	case "Batch size":
		s.batch = text
	case "Learning rates":
		s.rates = listOf(text)
	case "LoRA ranks":
		s.ranks = listOf(text)
	}
}

// listOf splits a list, as [1, 2].
func listOf(text string) (all []string) {
	for part := range strings.SplitSeq(strings.Trim(text, "[]{}"), ",") {
		all = append(all, strings.TrimSpace(part))
	}
	return all
}

// trial begins a trial of the section.
func (t *tinkerFile) trial(at, rate, rank string) (*trial, error) {
	one, s := newTrial(at), t.section
	for _, f := range [][2]string{
		{modelField, s.model}, {dataField, s.data}, {rankField, rank}, {rateField, rate}, {stepsField, t.steps},
	} {
		if err := one.state(f[0], f[1]); err != nil {
			return nil, err
		}
	}
	one.stated["batch"] = s.batch
	before := s.rows(rate, rank)
	one.stated[repeatName] = strconv.Itoa(before + 1)
	if before > 0 {
		one.doubt("the source has two runs of the cell or more, without their seeds: repeat counts them")
	}
	return one, nil
}

func (t *tinkerFile) row(cells []string, n int) error {
	one, err := t.trial(fmt.Sprintf("%s:%d", t.name, n), cells[0], cells[1])
	if err != nil {
		return err
	}
	steps, _ := strconv.Atoi(t.steps)
	for i, q := range []metrics.Quantity{metrics.ValLoss, metrics.TrainLoss} {
		v, err := numberOf(cells[2+i])
		if err != nil {
			return fmt.Errorf("%s %q: %w", q.Name(), cells[2+i], err)
		}
		if err := one.measure(steps, q, v); err != nil {
			return err
		}
	}
	minutes, err := numberOf(cells[4])
	if err != nil {
		return fmt.Errorf("wall time %q: %w", cells[4], err)
	}
	one.seconds = 60 * minutes
	t.section.trials = append(t.section.trials, one)
	return nil
}

// end closes a section: its best loss must be that of the page, and the cells without a row diverged or are named.
func (t *tinkerFile) end() error {
	s := t.section
	if len(s.trials) > 0 {
		if err := s.checkBest(t.steps); err != nil {
			return fmt.Errorf("%s: %w", s.model, err)
		}
		if err := t.absent(); err != nil {
			return err
		}
		t.trials = append(t.trials, t.section.trials...)
	}
	t.section = tinkerSection{}
	return nil
}

func (s tinkerSection) checkBest(steps string) error {
	step, _ := strconv.Atoi(steps)
	low := slices.MinFunc(s.trials, func(a, b *trial) int {
		if a.values[step][metrics.ValLoss] < b.values[step][metrics.ValLoss] {
			return -1
		}
		return 1
	})
	if got := strconv.FormatFloat(low.values[step][metrics.ValLoss], 'f', 4, 64); s.best != "" && got != s.best {
		return fmt.Errorf("the lowest loss of the table is %s, and the page says %s: a row is missing or wrong", got,
			s.best)
	}
	return nil
}

// absent adds the cells that have no row: the note says that they diverged or, if it leaves open which, they are
// left out.
func (t *tinkerFile) absent() error {
	s := &t.section
	var lost, rest [][2]string
	for _, rate := range s.rates {
		for _, rank := range s.ranks {
			switch {
			case s.rows(rate, rank) > 0:
			case s.lost != nil && slices.Contains(s.lost.rates, rate) && slices.Contains(s.lost.ranks, rank):
				lost = append(lost, [2]string{rate, rank})
			default:
				rest = append(rest, [2]string{rate, rank})
			}
		}
	}
	if s.lost != nil && len(lost) != s.lost.count {
		t.leave("%s: the note counts %d diverged runs, and %d cells that it names have no row: which of them diverged "+
			"is open", s.model, s.lost.count, len(lost))
		rest, lost = append(rest, lost...), nil
	}
	for _, cell := range lost {
		one, err := t.trial(t.name+": note on "+s.model, cell[0], cell[1])
		if err != nil {
			return err
		}
		one.diverged = "its final loss was above 2, as the source says"
		s.trials = append(s.trials, one)
	}
	for _, cell := range rest {
		t.leave("%s, rate %s, rank %s: its grid has the cell, and its table does not", s.model, cell[0], cell[1])
	}
	return nil
}

func (t *tinkerFile) leave(format string, values ...any) {
	t.left = append(t.left, leftOut{t.name, fmt.Sprintf(format, values...)})
}

// repeatName is the setting that tells the runs of a cell apart, of which no seeds are stated.
const repeatName = "repeat"

// rows counts the rows of a cell.
func (s tinkerSection) rows(rate, rank string) (n int) {
	want := newTrial("")
	want.state(rateField, rate)
	want.state(rankField, rank)
	for _, t := range s.trials {
		if t.stated[rateField] == want.stated[rateField] && t.stated[rankField] == want.stated[rankField] {
			n++
		}
	}
	return n
}
