package recompute

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// audit counts the printed numbers that were compared with recomputed ones, and keeps what is
// wrong.
type audit struct {
	where  string
	claim  string
	wrong  []string
	parsed map[string]int // numbers of a kind that are printed
	held   map[string]int // numbers of a kind that are right
}

func (a *audit) fail(format string, values ...any) {
	a.wrong = append(a.wrong, a.claim+": "+a.where+fmt.Sprintf(format, values...))
}

// hold compares a printed text with what it should say.
func (a *audit) hold(kind, printed string, want say, unit float64) {
	n := len(number.FindAllString(printed, -1))
	a.parsed[kind] += n
	if text := want.misprint(printed, unit); text != "" {
		a.fail("%s", text)
		return
	}
	a.held[kind] += n
}

// scaleOf finds the power of ten in a head, and the unit after it.
var scaleOf = regexp.MustCompile(`^(.* \()1e(-?\d+)( .*)?\)$`)

// table compares a printed table with the wanted one, row by row and column by column.
func (a *audit) table(t table, want wanted) {
	a.where = want.kind + ": "
	defer func() { a.where = "" }()
	if t.rows >= 0 {
		a.hold(want.kind, strconv.Itoa(t.rows), one(count(len(want.rows))), 1)
	}
	if len(t.cells) != len(want.rows) {
		a.fail("%d rows, and there should be %d", len(t.cells), len(want.rows))
	}
	heads, units := columnsOf(t.header)
	taken := make([]bool, len(want.rows))
	for _, cells := range t.cells {
		i := a.match(cells, heads, want, taken)
		if i < 0 {
			a.parsed[want.kind] += len(number.FindAllString(strings.Join(cells, " "), -1))
			a.fail("row %q is none that there should be", strings.Join(cells, " | "))
			continue
		}
		taken[i] = true
		a.row(t, cells, heads, units, want.kind, want.rows[i])
	}
	for i, r := range want.rows {
		if !taken[i] {
			a.fail("there is no row of %v", r.keys)
		}
	}
	a.columns(heads, want)
}

// columnsOf returns the heads without powers of ten, and these powers. If a head is there
// twice, the first is a setting.
func columnsOf(header []string) (heads []string, units []float64) {
	for i, h := range header {
		unit := 1.0
		if m := scaleOf.FindStringSubmatch(h); m != nil {
			e, _ := strconv.Atoi(m[2])
			h, unit = m[1]+strings.TrimSpace(m[3])+")", math.Pow(10, float64(e))
			h = strings.TrimSuffix(h, " ()")
		}
		for _, later := range header[i+1:] {
			if later == h {
				h += " as a setting"
			}
		}
		heads, units = append(heads, h), append(units, unit)
	}
	return heads, units
}

// match is the one wanted row that has the keys and settings of a printed row; -1 if there is
// none.
func (a *audit) match(cells, heads []string, want wanted, taken []bool) int {
	found := -1
	for i, r := range want.rows {
		if taken[i] || !r.fits(cells, heads) {
			continue
		}
		if found >= 0 {
			a.fail("row %q is told from no other", strings.Join(cells, " | "))
		}
		found = i
	}
	return found
}

// at is the text that a row should have in a column. value is false if that text only
// identifies the row.
func (r wantedRow) at(head string) (want say, value bool) {
	head, setting := strings.CutSuffix(head, " as a setting")
	if want, value = r.values[head]; value && !setting {
		return want, true
	}
	if want, ok := r.keys[head]; ok && !setting {
		return want, false
	}
	return r.settings[head], false
}

func (r wantedRow) fits(cells, heads []string) bool {
	for i, h := range heads {
		if want, value := r.at(h); !value && h != "" && want.misprint(cells[i], 1) != "" {
			return false
		}
	}
	return true
}

// row compares the cells and the notes of a row that was found by its keys.
func (a *audit) row(t table, cells, heads []string, units []float64, kind string, r wantedRow) {
	var marks []string
	for i, h := range heads {
		if h == "" && i == len(heads)-1 {
			marks = strings.Fields(cells[i])
			continue
		}
		want, _ := r.at(h)
		if !want.scaled && units[i] != 1 && want.text != "" {
			a.fail("column %q has a unit", h)
		}
		a.hold(kind, cells[i], want, units[i])
	}
	a.notes(t, marks, kind, r.notes)
}

// notes compares the notes that have numbers with those that a row should have.
func (a *audit) notes(t table, marks []string, kind string, want []say) {
	found := make([]bool, len(want))
	for _, m := range marks {
		text, ok := t.notes[m]
		if !ok {
			a.fail("there is no note %s", m)
		}
		n := len(number.FindAllString(text, -1))
		if n == 0 {
			continue
		}
		a.parsed[kind+", notes"] += n
		known := false
		for i, w := range want {
			if w.misprint(text, 1) == "" {
				found[i], known = true, true
			}
		}
		if !known {
			a.fail("note %q is none that there should be, %v", text, want)
			continue
		}
		a.held[kind+", notes"] += n
	}
	for i, w := range want {
		if !found[i] && number.MatchString(w.String()) {
			a.fail("there is no note %q", w.String())
		}
	}
}

// columns fails if a column is missing that should say something.
func (a *audit) columns(heads []string, want wanted) {
	there := make(map[string]bool)
	for _, h := range heads {
		there[h] = true
	}
	for _, r := range want.rows {
		for _, of := range []map[string]say{r.keys, r.values} {
			for h, s := range of {
				if !there[h] && s.text != "" {
					there[h] = true
					a.fail("there is no column %q", h)
				}
			}
		}
	}
}
