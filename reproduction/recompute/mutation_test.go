package recompute

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// place is a line of the page that has numbers, and what kind of line it is.
type place struct {
	kind string
	line int
}

// places are the first and the last row of each table, its first note, what was found on each
// claim, its title, and what changed.
func places(lines []string) (all []place) {
	kind, rows, found := "the table of claims", []int(nil), false
	flush := func() {
		if len(rows) > 2 {
			all = append(all, place{kind, rows[2]}, place{kind, rows[len(rows)-1]})
		}
		rows = nil
	}
	for i, l := range lines {
		found = (found || strings.HasPrefix(l, "*Found here*")) && !strings.HasPrefix(l, "**Standing: ")
		switch m := folded.FindStringSubmatch(l); {
		case strings.HasPrefix(l, "|"):
			rows = append(rows, i)
			continue
		case found && l != "":
			all = append(all, place{"found here", i})
		case m != nil:
			kind = m[1]
			all = append(all, place{kind + ", folded", i})
		case strings.HasPrefix(l, "**"):
			kind = strings.Trim(l, "*")
		case strings.HasPrefix(l, "### "):
			all = append(all, place{"titles on the larger model", i})
		case strings.HasPrefix(l, "## "):
			kind = strings.TrimPrefix(l, "## ")
			all = append(all, place{"titles", i})
		case strings.HasPrefix(l, "- ") && strings.HasPrefix(kind, "What changed"):
			all = append(all, place{"what changed", i})
		case strings.HasPrefix(l, "The rule was changed"):
			all = append(all, place{"changed rules", i})
		case strings.HasPrefix(l, "*The same rule*"):
			all = append(all, place{"rules on the larger model", i})
		case strings.HasPrefix(l, "¹ "):
			all = append(all, place{"notes of " + kind, i})
		}
		flush()
	}
	flush()
	return all
}

// otherDigit changes the last digit of a text's kth number by three; false if it has no such
// number. A change by one would not do: a value that lies between two digits may be printed as
// either.
func otherDigit(text string, k int) (string, bool) {
	found := number.FindAllStringIndex(text, -1)
	if k >= len(found) {
		return "", false
	}
	at := found[k][1] - 1
	digit := byte('0' + (text[at]-'0'+3)%10)
	return text[:at] + string(digit) + text[at+1:], true
}

// An altered digit is reported, wherever it is.
func TestAlteredDigits(t *testing.T) {
	r, text := open(t)
	p, err := parsePage(text)
	if err != nil {
		t.Fatal(err)
	}
	lines, tried := strings.Split(text, "\n"), make(map[string]int)
	for _, at := range places(lines) {
		line := lines[at.line]
		for k := 0; ; k++ {
			other, ok := otherDigit(line, k)
			if !ok {
				break
			}
			lines[at.line] = other
			if !reported(r, p, strings.Join(lines, "\n")) {
				t.Errorf("%s, line %d: nobody sees number %d altered, in %.60q", at.kind, at.line+1, k+1, line)
			}
			tried[at.kind]++
		}
		lines[at.line] = line
	}
	for _, kind := range sorted(tried) {
		t.Logf("%4d altered digits in %s", tried[kind], kind)
	}
}

// reported reports whether something is wrong with a page that was right before. It looks only
// at claims that changed.
func reported(r report, before *page, text string) bool {
	p, err := parsePage(text)
	if err != nil {
		return true
	}
	var now, then []*claim
	for i, c := range p.claims {
		if !reflect.DeepEqual(c, before.claims[i]) {
			now, then = append(now, c), append(then, before.claims[i])
		}
	}
	return len(r.auditOf(p, now).wrong) > len(r.auditOf(before, then).wrong)
}

// altered is a row with another word in its second cell.
func altered(row []string) []string {
	row = slices.Clone(row)
	row[1] = "another"
	return row
}

// Other ways to be wrong are reported as well.
func TestAlteredPages(t *testing.T) {
	r, text := open(t)
	p, err := parsePage(text)
	if err != nil {
		t.Fatal(err)
	}
	before := len(r.audit(p).wrong)
	for _, c := range p.claims {
		if len(c.tables) == 0 {
			continue
		}
		first := c.tables[0]
		rows := first.cells
		for name, alter := range map[string]func(){
			"a standing":    func() { c.standing = "Partial: 1 of 2 runs" },
			"what is seen":  func() { c.seen += " And 1 more." },
			"a title":       func() { c.tables[0].title = "Others" },
			"a table twice": func() { c.tables = append(c.tables, first) },
			"no table":      func() { c.tables = c.tables[1:] },
			"no row":        func() { c.tables[0].cells = rows[1:] },
			"a row twice":   func() { c.tables[0].cells = append(rows[:1:1], rows...) },
			"a cell":        func() { c.tables[0].cells = append([][]string{altered(rows[0])}, rows[1:]...) },
		} {
			was := *c
			was.tables = slices.Clone(c.tables)
			alter()
			if len(r.audit(p).wrong) <= before {
				t.Errorf("%s: nobody sees %s", c.name, name)
			}
			*c = was
		}
		break
	}
	p.claims[0].rule = "000000000000, 2026-01-01"
	if len(r.audit(p).wrong) <= before {
		t.Error("nobody sees an unknown rule")
	}
}
