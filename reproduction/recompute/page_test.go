package recompute

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// page is REPRODUCTION.md.
type page struct {
	head    string
	claims  []*claim
	studies table
	made    string // what stands above that table
}

// claim is a section of the page.
type claim struct {
	name, source, rule, past, listed string // as in the table of all claims; of a rule, its hash and date
	reported, seen, standing         string
	late                             string // that the rule was changed after the runs
	judgements, overBlocks           string // before
	changes                          []string
	every                            string // its row in the table of every standing
	tables                           []table
	larger                           *claim // the part on the larger model
}

// table has notes by their marks.
type table struct {
	title  string
	rows   int // that the title says; -1 where it says none
	header []string
	cells  [][]string
	notes  map[string]string
}

func parsePage(text string) (*page, error) {
	p := &page{}
	sections := strings.Split(text, "\n## ")
	p.head = sections[0]
	listed, err := tableIn(strings.Split(p.head, "\n"))
	if err != nil {
		return nil, err
	}
	for _, section := range sections[1:] {
		title, body, _ := strings.Cut(section, "\n")
		lines := strings.Split(body, "\n")
		switch {
		case title == "How the studies were made":
			p.studies, err = tableIn(lines)
			p.made, _, _ = strings.Cut(strings.TrimSpace(body), "\n")
		case title == "What changed since the judgement before":
			err = p.change(lines)
		case title == "Every standing that a claim has had":
			err = p.standings(lines)
		default:
			err = p.add(title, lines, listed)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", title, err)
		}
	}
	if len(p.claims) != len(listed.cells) {
		return nil, fmt.Errorf("%d claims, and %d in the table of all", len(p.claims), len(listed.cells))
	}
	return p, nil
}

// standings hands each claim its row in the table of every standing.
func (p *page) standings(lines []string) error {
	t, err := tableIn(lines)
	if err != nil {
		return err
	}
	for _, row := range t.cells {
		i, larger := 0, strings.HasSuffix(row[0], ", at 135M")
		if _, err := fmt.Sscanf(row[0], "%d", &i); err != nil || i < 1 || i > len(p.claims) {
			return fmt.Errorf("%q: is of no claim", row[0])
		}
		c := p.claims[i-1]
		if larger {
			c = c.larger
		}
		c.every = strings.Join(row[1:], " | ")
	}
	return nil
}

// changed matches a line on what changed: a claim's number, and whether it is about the larger model.
var changed = regexp.MustCompile(`^- (\d+)(, at 135M)?: (.*)$`)

// change hands each claim the lines on what changed.
func (p *page) change(lines []string) error {
	for _, l := range lines {
		if !strings.HasPrefix(l, "- ") {
			continue
		}
		i, m := 0, changed.FindStringSubmatch(l)
		if m != nil {
			i, _ = strconv.Atoi(m[1])
		}
		if i < 1 || i > len(p.claims) {
			return fmt.Errorf("%q: is of no claim", l)
		}
		c := p.claims[i-1]
		if m[2] != "" {
			c = c.larger
		}
		c.changes = append(c.changes, m[3])
	}
	return nil
}

var folded = regexp.MustCompile(`^<details><summary>(.*): (\d+) rows</summary>$`)

// add reads the section of a claim, which must be the next of those listed.
func (p *page) add(title string, lines []string, listed table) error {
	i := len(p.claims)
	c := &claim{name: title}
	p.claims = append(p.claims, c)
	if i >= len(listed.cells) || listed.cells[i][0] != title || !strings.HasPrefix(title, fmt.Sprintf("%d. ", i+1)) {
		return fmt.Errorf("is not claim %d of the table of all", i+1)
	}
	of := listed.cells[i]
	c.source, c.rule, c.past, c.listed = of[1], strings.ReplaceAll(of[2], "`", ""), of[3], of[4]
	c.larger = &claim{name: fmt.Sprintf("%d. %s", i+1, onLarger), standing: notRun, listed: of[5]}
	at := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "### ") })
	if at < 0 {
		return c.read(lines)
	}
	c.larger.name = fmt.Sprintf("%d. %s", i+1, strings.TrimPrefix(lines[at], "### "))
	return errors.Join(c.read(lines[:at]), c.larger.read(lines[at:]))
}

// onLarger begins the heading of the part on the larger model.
const onLarger = "On SmolLM2-135M-Instruct"

// read reads the lines of a section, or of its part on the larger model.
func (c *claim) read(lines []string) error {
	found := false // whether a line belongs to what was found
	for k, l := range lines {
		if c.line(l) {
			found = strings.HasPrefix(l, "*Found here*: ")
			continue
		}
		if found {
			c.seen += "\n" + l
			continue
		}
		name, rows := "", -1
		if m := folded.FindStringSubmatch(l); m != nil {
			name = m[1]
			fmt.Sscan(m[2], &rows)
		} else if strings.HasPrefix(l, "**") && strings.HasSuffix(l, "**") {
			name = strings.Trim(l, "*")
		} else {
			continue
		}
		t, err := tableIn(lines[k+1:])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		t.title, t.rows = name, rows
		c.tables = append(c.tables, t)
	}
	c.seen = strings.TrimRight(c.seen, "\n")
	return nil
}

// line reads a line that is not part of a table.
func (c *claim) line(l string) bool {
	for prefix, to := range map[string]*string{
		"*Reported* ": &c.reported, "*Found here*: ": &c.seen, "The rule was changed after these runs. ": &c.late,
		"Judgements before: ": &c.judgements, "Over blocks: ": &c.overBlocks, "*The same rule* ": &c.rule,
	} {
		if rest, ok := strings.CutPrefix(l, prefix); ok {
			*to = rest
			return true
		}
	}
	if standing, ok := strings.CutPrefix(l, "**Standing: "); ok {
		c.standing = strings.TrimSuffix(standing, "**")
		return true
	}
	return false
}

// tableIn is the first table of lines, and the notes right below it.
func tableIn(lines []string) (t table, err error) {
	t.notes = make(map[string]string)
	first := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "|") })
	if first < 0 {
		return t, fmt.Errorf("there is no table")
	}
	k := first
	for ; k < len(lines) && strings.HasPrefix(lines[k], "|"); k++ {
		cells := cut(lines[k])
		switch {
		case k == first:
			t.header = cells
		case k == first+1:
		case len(cells) != len(t.header):
			return t, fmt.Errorf("%q: %d cells, and %d in the header", lines[k], len(cells), len(t.header))
		default:
			t.cells = append(t.cells, cells)
		}
	}
	for _, l := range lines[k:] {
		mark, text, ok := strings.Cut(l, " ")
		if l != "" && (!ok || strings.Trim(mark, "⁰¹²³⁴⁵⁶⁷⁸⁹") != "") {
			break
		}
		if l != "" {
			t.notes[mark] = text
		}
	}
	return t, nil
}

// cut returns a row's cells. A bar within a cell is escaped.
func cut(line string) []string {
	line = strings.ReplaceAll(strings.ReplaceAll(line, `\\`, "\x00"), `\|`, "\x01")
	cells := strings.Split(strings.Trim(line, "|"), "|")
	if strings.HasSuffix(line, "|  |") || strings.HasSuffix(line, "| |") {
		cells = strings.Split(strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|"), "|")
	}
	for i, c := range cells {
		c = strings.TrimSuffix(strings.TrimPrefix(c, " "), " ")
		cells[i] = strings.NewReplacer("\x00", `\`, "\x01", "|").Replace(c)
	}
	return cells
}
