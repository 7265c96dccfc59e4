package recompute

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// report is the page's files: studies by name, and earlier judgements of claims.
type report struct {
	studies map[string]*study
	history []*judgement
	blocks  []block
	ledger  []fixed
	found   map[string]finding // by claim, as soon as it was asked for
	made    wanted             // the table of studies
	numbers map[string]string  // of the claims on the page, by key
}

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
	if r.ledger, err = readLedger(); err != nil {
		return r, err
	}
	if r.blocks, err = readBlocks(folder); err != nil {
		return r, err
	}
	r.history, err = readHistory(folder)
	return r, err
}

// field is a number of a file; NaN if it is empty.
func field(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nan
	}
	return v
}

// runs counts the runs that ended, without timings.
func (r report) runs() (n int) {
	for _, s := range r.studies {
		if _, ended := s.planned(); s.times == nil {
			n += ended
		}
	}
	return n
}

// audit compares a page with its files.
func (r report) audit(p *page) *audit { return r.auditOf(p, p.claims) }

// auditOf compares some claims of a page with its files, and what belongs to no claim.
func (r report) auditOf(p *page, claims []*claim) *audit {
	a := &audit{claim: "head", parsed: make(map[string]int), held: make(map[string]int)}
	_, rest, _ := strings.Cut(p.head, " and grids in paper/: ")
	rest, _, _ = strings.Cut(rest, ", including")
	a.hold("head", rest, phrase("# runs", count(r.runs())), 1)
	_, rest, _ = strings.Cut(p.head, " The maps that get adapters are ")
	rest, _, _ = strings.Cut(rest, " The data are Go functions")
	a.hold("head", rest, readWidths().said(), 1)
	_, rest, _ = strings.Cut(p.head, " that of GSM8K with ")
	_, rest, _ = strings.Cut(rest, " The maps that get adapters are ")
	rest, _, _ = strings.Cut(rest, " Ranks, seeds and most settings")
	if s := r.studies["first-steps-135m"]; s != nil {
		a.hold("head", rest, readOtherMaps(s.rows[0].text("model_hash")).said(), 1)
	}
	r.numbers = make(map[string]string)
	for i, c := range p.claims {
		hash, _, _ := strings.Cut(c.rule, ",")
		key, _, _ := ruleOf(hash)
		r.numbers[key] = fmt.Sprint("claim ", i+1)
	}
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
		if last := r.fixed(key); c.rule != last.rule+", "+last.date {
			a.fail("rule %q: the ledger has %v", c.rule, last)
		}
		if !strings.HasPrefix(c.reported, "("+c.source+"): ") {
			a.fail("source %q: its section has another", c.source)
		}
		r.claim(a, c, key, rule)
		r.larger(a, c.larger, there(key))
	}
	a.claim = "How the studies were made"
	if want := r.knownSaid(); (want == "") == strings.Contains(p.made, " The line was written when ") ||
		!strings.Contains(p.made, want) {
		a.fail("should say of grids %q: %s", want, p.made)
	}
	p.studies.rows = -1
	a.table(p.studies, r.made)
	return a
}

// knownSaid names the studies whose grid's line was written with the results of runs on these seeds known.
func (r report) knownSaid() string {
	lines, err := os.ReadFile("../../paper/grids.yaml")
	if err != nil {
		return err.Error()
	}
	var names []string
	for _, row := range r.made.rows {
		s := r.studies[row.keys["study"].text]
		line := regexp.MustCompile(`study: ` + s.name + `, grid: ` + s.about.Asked + `, date: [-0-9]+, known: (\d+)}`)
		m := line.FindStringSubmatch(string(lines))
		if m != nil && s.about.Asked != "" && field(m[1]) >= float64(s.about.Block) {
			names = append(names, s.name)
		}
	}
	if names == nil {
		return ""
	}
	return " The line was written when the results of first runs on the same seeds were known, and these runs were " +
		"made again later, for " + strings.Join(names, ", ") + "."
}

// larger compares the part of a section on the larger model with its study.
func (r report) larger(a *audit, c *claim, key string) {
	a.claim = c.name
	if !strings.Contains(c.name+" ", ". "+onLarger+" ") {
		a.fail("heading %q: should begin with %q", c.name, onLarger)
	}
	rule, ok := rules[key]
	if !ok {
		if c.listed != notRun || c.rule != "" {
			a.fail("standing %q by rule %q, and it has no study", c.listed, c.rule)
		}
		return
	}
	last, want := r.fixed(key), ""
	if r.studies[rule.Study] != nil {
		want = fmt.Sprintf("(experiment `%s`), with the hash `%s`, %s.", rule.Study, last.rule, last.date)
	}
	if rule.hash() != last.rule || c.rule != want {
		a.fail("rule %q: should be %q, of hash %s", c.rule, want, rule.hash())
	}
	r.claim(a, c, key, rule)
}

// claim compares the section of a claim with its study.
func (r report) claim(a *audit, c *claim, key string, rule rule) {
	s, standing, planned, ended := r.studies[rule.Study], notRun, 1, 0
	if s != nil {
		planned, ended = s.planned()
		standing = fmt.Sprintf("partial: %d of %d runs", ended, planned)
	}
	if ended < planned {
		r.standings(a, c, key, standing, nil)
		if c.seen != "" || len(c.tables) > 0 {
			a.fail("has numbers and no runs")
		}
		return
	}
	f, ok := r.found[key]
	if !ok {
		f = judges[rule.Test](rule, s)
		if arms := rule.arms(s); len(arms) > 0 {
			f.size = sizeOf(arms)
		}
		if law := r.studies[laws[key]]; law != nil {
			f.seen = f.seen.plus(firstStepSaid(rule.arms(s), law.name, law.arms()))
		}
		if strings.HasPrefix(rule.Test, "exact-values/") {
			f.beware = f.beware.plus(r.oftenSaid(key, s, f.standing), missedSaid(s))
		}
		f.beware = f.beware.plus(r.otherwiseSaid(key, s, f.standing))
		if by := r.judgedBy(key, rule.hash()); len(by) > 1 {
			f.beware = f.beware.plus(f.apart(by))
		}
		f.beware = f.beware.plus(s.rebasedSaid())
		if other := r.studies[elsewhere[key]]; other != nil {
			beside := besideSaid(rule, s, other)
			f.seen, f.beware = f.seen.plus(say{text: "\n\n"}, beside), f.beware.plus(say{text: " "}, beside)
		}
		if t := r.blocksTable(key, rule.hash(), &f); len(t.rows) > 0 {
			f.tables = append(f.tables, t)
		}
		r.found[key] = f
	}
	if f.size.text != "" {
		title := c.name[max(0, strings.LastIndex(c.name, " (")):]
		a.hold("titles", title, say{text: " ("}.plus(f.size, say{text: ")"}), 1)
	}
	a.hold("found here", c.seen, f.seen, 1)
	r.standings(a, c, key, f.standing, &f)
	for i, t := range c.tables {
		if i >= len(f.tables) || t.title != titles[f.tables[i].kind] {
			a.parsed["unknown"] += len(number.FindAllString(fmt.Sprint(t.cells), -1))
			a.fail("table %q is none that is known here", t.title)
			continue
		}
		a.table(t, f.tables[i])
	}
	if len(c.tables) < len(f.tables) {
		a.fail("table %q is not there", titles[f.tables[len(c.tables)].kind])
	}
}

// rebasedSaid is said of the runs of a program that is no commit.
func (s *study) rebasedSaid() say {
	if !strings.Contains(s.distinct("program"), "9f9a228dd774") {
		return say{}
	}
	return say{text: " That its rule and grid came before its runs, this repository cannot show: the end of " +
		"REPRODUCTION.md says why."}
}

// elsewhere are studies that measured the same as that of a claim.
var elsewhere = map[string]string{there("onset-collapse"): "first-steps-135m"}

// besideSaid gives the powers that another study has for a rule's statistic.
func besideSaid(r rule, own, other *study) say {
	var all []say
	seeds := 0
	for _, scheme := range r.Schemes {
		p := armOf(other.arms(), scheme).power(r.Statistics[0])
		all, seeds = append(all, p.say().plus(say{text: " under " + label(scheme)})), p.n
	}
	which := "other seeds"
	for _, mine := range own.rows {
		if slices.ContainsFunc(other.rows, func(x *run) bool { return x.text("seed") == mine.text("seed") }) {
			which = "the same seeds"
		}
	}
	return say{text: "The study " + other.name + " measured the same powers on the same model and " + which +
		" with "}.plus(drawnSaid(other), say{text: ", where this study has "}, drawnSaid(own), say{text: ": "},
		join(all, ", "), phrase(" (n = #). No standing rests on it.", count(seeds)))
}

// drawnSaid says how A is drawn, and the ranks.
func drawnSaid(s *study) say {
	first, nested := s.arms()[0], "one A for all ranks"
	if first.text("config.adapter.fresh") == "true" {
		nested = "a fresh A for every rank"
	}
	return say{text: "init " + first.text("config.adapter.init") + ", " + nested + " and "}.plus(
		ranksSaid(ranksOf(s.arms())))
}

// oftenSaid counts the blocks of seeds on which a claim was judged by its rule, and those on which it was seen.
func (r report) oftenSaid(key string, s *study, now string) say {
	standings := []string{now}
	for _, j := range r.history {
		if j.claim == key && j.digest != s.digest && j.rule == rules[key].hash() {
			standings = append(standings, j.standing)
		}
	}
	blocks := "blocks"
	if len(standings) == 1 {
		blocks = "block"
	}
	often := len(slices.DeleteFunc(slices.Clone(standings), func(s string) bool { return s != seen }))
	return phrase(" By this rule the claim was judged on # "+blocks+" of seeds, and *seen* on #.",
		count(len(standings)), count(often))
}

// otherwiseSaid counts the judgements of a claim by fixed rules, where it is seen now and was not always.
func (r report) otherwiseSaid(key string, s *study, now string) say {
	standings := []string{now}
	for _, j := range r.history {
		if j.claim == key && j.rule != "" && (j.rule != rules[key].hash() || j.digest != s.digest) {
			standings = append(standings, j.standing)
		}
	}
	often := len(slices.DeleteFunc(slices.Clone(standings), func(s string) bool { return s != seen }))
	if now != seen || often == len(standings) {
		return say{}
	}
	times := map[bool]string{true: "time", false: "times"}
	return phrase(" By fixed rules, the present one among them, the claim was judged # "+times[len(standings) == 1]+
		", and *seen* # "+times[often == 1]+".", count(len(standings)), count(often))
}

// missed matches the rows of simulated studies that are called seen: how many seeds, and the shares if all squares are
// off by 1% and by 2%.
var missed = regexp.MustCompile(
	`(?m)^\| (?:all maps|one map), (\d+) seeds, [^|]+\|[^|]+\| ([0-9.]+)% \| ([0-9.]+)% \|`)

// missedSaid says how often a simulated study of as many seeds is called seen although theory is off.
func missedSaid(s *study) say {
	text, err := os.ReadFile("../../docs/statistics.md")
	if err != nil {
		panic(err)
	}
	_, of, _ := strings.Cut(string(text), "| seen | theory right | off by 1% | off by 2% |")
	of, _, _ = strings.Cut(of, "| not seen |")
	seeds := make(map[int]bool)
	for _, r := range s.runs {
		seeds[r.seed()] = true
	}
	var one, two []float64
	for _, m := range missed.FindAllStringSubmatch(of, -1) {
		if field(m[1]) == float64(len(seeds)) {
			one, two = append(one, field(m[2])), append(two, field(m[3]))
		}
	}
	if one == nil {
		return say{}
	}
	return phrase(" With all squares off by 1%, # to #% of simulated studies are still *seen*; off by 2%, # to #% "+
		"(docs/statistics.md).", fix(slices.Min(one), 1), fix(slices.Max(one), 1), fix(slices.Min(two), 1),
		fix(slices.Max(two), 1))
}

// madeRow is the study in the table of studies.
func (s *study) madeRow() wantedRow {
	planned, ended := s.planned()
	seconds, kernels, programs := 0.0, s.distinct("kernel"), s.distinct("program")
	for _, r := range s.rows {
		if v := r.num("seconds"); v > 0 {
			seconds += v
		}
	}
	for _, t := range s.times {
		seconds += t.seconds
	}
	if s.about.Timed != nil {
		kernels, programs = s.about.Timed.Kernel, s.about.Timed.Program
	}
	return wantedRow{keys: map[string]say{"study": {text: s.name}}, values: map[string]say{
		"last run": {text: s.last()}, "runs": phrase("# of #", count(ended), count(planned)),
		"core hours": one(fix(seconds/3600, 2)), "block of seeds": one(count(s.about.Block)),
		"CPU": {text: s.about.CPU}, "kernel": {text: kernels}, "program": {text: programs},
		"grid": {text: s.about.Asked},
	}}
}

// last is the day of the last run.
func (s *study) last() string {
	last := ""
	if s.about.Timed != nil {
		last = s.about.Timed.On
	}
	for _, r := range s.rows {
		last = max(last, r.text("started"))
	}
	return last[:min(10, len(last))]
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
