package recompute

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// report is the page's files: studies by name, and what claims were judged before.
type report struct {
	studies map[string]*study
	history []judgement
	fixed   map[string]string  // the last rule of each claim in ledger.yaml, and its date
	found   map[string]finding // by claim, as soon as it was asked for
	made    wanted             // the table of studies
}

// judgement is a standing that a claim has had.
type judgement struct {
	claim, date, rule, digest, standing string
	numbers                             []rests
}

func (j judgement) same(k judgement) bool {
	return j.claim == k.claim && j.date == k.date && j.rule == k.rule && j.digest == k.digest && j.standing == k.standing
}

var codes = map[string]string{"unresolved": unresolved, "not-seen": notSeen, "seen": seen}

func readReport(folder string) (r report, err error) {
	r.studies, r.found, r.made.kind = make(map[string]*study), make(map[string]finding), "studies"
	for _, rule := range rules {
		if r.studies[rule.Study] != nil {
			continue
		}
		s, err := readStudy(filepath.Join(folder, rule.Study))
		if err != nil {
			return r, err
		}
		if s != nil {
			r.studies[rule.Study], r.made.rows = s, append(r.made.rows, s.madeRow())
		}
	}
	if r.fixed, err = readLedger(); err != nil {
		return r, err
	}
	file, err := os.Open(filepath.Join(folder, "history.csv"))
	if err != nil {
		return r, err
	}
	defer file.Close()
	return r, rowsOf(csv.NewReader(file), "history.csv", func(columns map[string]int, row []string) error {
		at := func(column string) string { return row[columns[column]] }
		j := judgement{at("claim"), at("date"), at("rule"), at("study"), at("standing"), nil}
		if n := len(r.history); n == 0 || !r.history[n-1].same(j) {
			r.history = append(r.history, j)
		}
		if last := &r.history[len(r.history)-1]; at("number") != "" {
			n := rests{at("number"), field(at("value")), field(at("ci_low")), field(at("ci_high"))}
			last.numbers = append(last.numbers, n)
		}
		return nil
	})
}

// field is a number of a file, NaN where it is empty.
func field(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nan
	}
	return v
}

// readLedger reads the last rule of each claim, and its date.
func readLedger() (map[string]string, error) {
	text, err := os.ReadFile("../ledger.yaml")
	fixed, claim := make(map[string]string), ""
	for l := range strings.Lines(string(text)) {
		l = strings.TrimSpace(l)
		if name, ok := strings.CutPrefix(l, "- claim: "); ok {
			claim = name
		} else if hash, ok := strings.CutPrefix(l, "rule: "); ok {
			fixed[claim] = hash
		} else if date, ok := strings.CutPrefix(l, "date: "); ok {
			fixed[claim] += ", " + date
		}
	}
	return fixed, err
}

// runs counts those that are reported.
func (r report) runs() (n int) {
	for _, s := range r.studies {
		n += len(s.runs)
	}
	return n
}

// last are the last standing of a claim and the one before it; empty where there is none.
func (r report) last(key string) (now, past string) {
	for _, j := range r.history {
		if j.claim == key {
			past, now = now, codes[j.standing]
		}
	}
	return now, past
}

// audit holds a page to its files.
func (r report) audit(p *page) *audit { return r.auditOf(p, p.claims) }

// auditOf holds some claims of a page to its files, and what is of no claim.
func (r report) auditOf(p *page, claims []*claim) *audit {
	a := newAudit()
	a.claim = "head"
	a.hold("head", reportedRuns(p.head), phrase("# runs that are reported", count(r.runs())), 1)
	findings := make(map[string]bool)
	for _, c := range claims {
		a.claim = c.name
		hash, _, _ := strings.Cut(c.rule, ",")
		key, rule, ok := ruleOf(hash)
		if !ok || findings[key] {
			a.fail("rule %s is none that is known: a rule that changed is to be written anew in rule_test.go", c.rule)
			continue
		}
		findings[key] = true
		if c.rule != r.fixed[key] {
			a.fail("rule %q: the ledger has %q", c.rule, r.fixed[key])
		}
		if !strings.HasPrefix(c.reported, "("+c.source+"): ") {
			a.fail("source %q: its section has another", c.source)
		}
		r.claim(a, c, key, rule)
	}
	a.claim = "How the studies were made"
	p.studies.rows = -1
	a.table(p.studies, r.made)
	return a
}

func reportedRuns(head string) string {
	words := strings.Fields(head)
	for i := range words {
		if i > 0 && strings.HasPrefix(strings.Join(words[i:min(len(words), i+5)], " "), "runs that are reported") {
			return strings.Trim(strings.Join(words[i-1:i+4], " "), ",")
		}
	}
	return ""
}

// claim holds the section of a claim to its study.
func (r report) claim(a *audit, c *claim, key string, rule rule) {
	if !strings.EqualFold(c.standing, c.listed) {
		a.fail("standing %q: the table of claims has %q", c.standing, c.listed)
	}
	s := r.studies[rule.Study]
	if s == nil {
		r.absent(a, c, key, notRun)
		return
	}
	if planned, ended := s.planned(); ended < planned {
		partial := phrase("Partial: # of # runs", count(ended), count(planned))
		a.hold("standing", c.standing, partial, 1)
		r.absent(a, c, key, "")
		return
	}
	f, ok := r.found[key]
	if !ok {
		f = judges[rule.Test](rule, s)
		f.size = sizeOf(rule.arms(s))
		r.found[key] = f
	}
	if f.size.text != "" {
		a.hold("titles", c.name[max(0, strings.LastIndex(c.name, " (")):], say{text: " ("}.plus(f.size, say{text: ")"}), 1)
	}
	a.hold("seen here", c.seen, f.seen, 1)
	r.standings(a, c, key, rule, f)
	for i, t := range c.tables {
		if i >= len(f.tables) || t.title != titles[f.tables[i].kind] {
			a.saw("unknown", len(number.FindAllString(fmt.Sprint(t.cells), -1)))
			a.fail("table %q is none that is known here", t.title)
			continue
		}
		a.table(t, f.tables[i])
	}
	if len(c.tables) < len(f.tables) {
		a.fail("table %q is not there", titles[f.tables[len(c.tables)].kind])
	}
}

// absent holds what was not run to that, and to nothing else.
func (r report) absent(a *audit, c *claim, key, standing string) {
	if last, _ := r.last(key); c.past != last {
		a.fail("history has %q, and the page %q", last, c.past)
	}
	if standing != "" && (!strings.EqualFold(c.standing, standing) || c.listed != standing) {
		a.fail("standing %q and %q: should be %q", c.standing, c.listed, standing)
	}
	if c.seen != "" || len(c.tables) > 0 {
		a.fail("has numbers and no runs")
	}
}

// standings holds a standing to the one of the rule or, where the rule changed after the
// runs, to the one that the claim had by the rule of those days.
func (r report) standings(a *audit, c *claim, key string, rule rule, f finding) {
	standing := f.standing
	then := r.studies[rule.Study].about.Rules[key]
	if late := then != rule.hash(); late != (c.late != "") {
		a.fail("the rule was changed after the runs: %v, and the page says otherwise", late)
		return
	} else if late {
		if !strings.Contains(c.late, "by the one of today it would be *"+standing+"*") {
			a.fail("by today's rule: should be %q, in %q", standing, c.late)
		}
		standing = r.under(key, then)
	}
	if !strings.EqualFold(c.standing, standing) || c.listed != standing {
		a.fail("standing %q and %q: should be %q", c.standing, c.listed, standing)
	}
	if c.late == "" {
		r.rests(a, key, f.numbers)
	}
	now, past := r.last(key)
	if c.late != "" {
		now, past = standing, now
	}
	if c.past != past || now != standing {
		a.fail("history has %q after %q, and the page %q after %q", now, past, c.listed, c.past)
	}
}

// rests holds the numbers of the last judgement of a claim to those that its standing
// rests on.
func (r report) rests(a *audit, key string, want []rests) {
	var last []rests
	for _, j := range r.history {
		if j.claim == key {
			last = j.numbers
		}
	}
	if len(last) != len(want) {
		a.fail("history has %d numbers, and there should be %d", len(last), len(want))
		return
	}
	for i, n := range last {
		w := want[i]
		a.saw("history", 1)
		if n.name != w.name || !near9(n.value, w.value) || !near9(n.low, w.low) || !near9(n.high, w.high) {
			a.fail("history has %v, and it should be %v", n, w)
			continue
		}
		a.right("history", 1)
	}
}

// near9 reports whether two numbers are one to nine digits behind the point, or absent.
func near9(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-9*math.Max(1, math.Abs(b))
}

// under is the last standing of a claim by a rule.
func (r report) under(key, rule string) string {
	standing := unresolved
	for _, j := range r.history {
		if j.claim == key && j.rule == rule {
			standing = codes[j.standing]
		}
	}
	return standing
}

// madeRow is the study in the table of studies.
func (s *study) madeRow() wantedRow {
	planned, ended := s.planned()
	seconds, last, kernels, programs := 0.0, "", s.distinct("kernel"), s.distinct("program")
	for _, r := range s.rows {
		if v := r.num("seconds"); v > 0 {
			seconds += v
		}
		last = max(last, r.text("started"))
	}
	for _, t := range s.times {
		seconds += t.seconds
	}
	if s.about.Timed != nil {
		last, kernels, programs = s.about.Timed.On, s.about.Timed.Kernel, s.about.Timed.Program
	}
	return wantedRow{keys: map[string]say{"study": {text: s.name}}, values: map[string]say{
		"last run": {text: last[:min(10, len(last))]}, "runs": phrase("# of #", count(ended), count(planned)),
		"core hours": phrase("#", fix(seconds/3600, 2)), "block of seeds": phrase("#", count(s.about.Reserve)),
		"CPU": {text: s.about.CPU}, "kernel": {text: kernels}, "program": {text: programs},
	}}
}

// distinct lists the values of a column, each once, in alphabetical order.
func (s *study) distinct(column string) string {
	values := make(map[string]bool)
	for _, r := range s.rows {
		if v := r.text(column); v != "" {
			values[v] = true
		}
	}
	return strings.Join(sorted(values), ", ")
}
