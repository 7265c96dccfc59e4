package recompute

import (
	"math"
	"slices"
	"strings"
)

// method is what trains the arm's maps.
func (a *arm) method() string {
	if m := a.axis("method"); m != "" {
		return m
	}
	if m := a.axis("adapter.method"); m != "" {
		return m
	}
	return "lora"
}

// law is theory's power of rank of a statistic at small ranks, and what is added to it at large ones; under Muon
// while the gradient has many singular values, and once it has few.
func (a *arm) law(statistic string) (power, rise float64) {
	method, optimizer := a.method(), a.text("optimizer")
	switch {
	case statistic == "loss_drop_first":
		return a.dropLaw(method, optimizer)
	case method == "lora" || method == "lora-fa" || method == "full" ||
		atOnset(statistic) && (method == "dora" || method == "peft-orthogonal" && statistic == "grad_norm_onset"):
		return a.scheme.power(statistic, optimizer), riseOf(statistic)
	case statistic == "grad_norm_onset" && (method == "loha" || method == "lokr"):
		return -a.scheme.p, 0
	case statistic == "grad_norm_onset" && method == "hira":
		return 0.5 - a.scheme.init, 0
	case statistic == "grad_norm_onset" && method == "vera":
		return 0, 0
	}
	return nan, 0
}

// dropLaw is that of the first loss drop. Theory's derivations are beside the program's laws.
func (a *arm) dropLaw(method, optimizer string) (power, rise float64) {
	s := a.scheme.swapped()
	p, drawn := s.p, s.init
	if method == "hira" || method == "vera" {
		p = 0
	}
	ofLoRA := map[string]float64{"linear": 1 - 2*p - 2*drawn - s.b, "sign": 1 - p - drawn - s.b}
	kind := update(optimizer)
	switch {
	case s.log:
		return nan, 0
	case optimizer == "muon":
		return muonLaw(method, p, drawn, s.b, a.scheme.zeroA)
	case optimizer == "scaled-sgd" && (method == "lora" || method == "lora-fa"):
		return 1 - 2*p - s.b, -1
	case kind == "other":
		return nan, 0
	}
	switch method {
	case "lora", "lora-fa", "hira", "peft-orthogonal", "full":
		return ofLoRA[kind], 0
	case "dora":
		return math.Max(0, ofLoRA[kind]), 0
	case "loha":
		return map[string]float64{"linear": -2*p - s.b, "sign": 0.5 - p - s.b}[kind], 0
	case "lokr":
		return map[string]float64{"linear": -2*p - s.b, "sign": -p - s.b}[kind], 0
	case "vera":
		return -s.b, 0
	}
	return nan, 0
}

// muonLaw has both powers under Muon as a power and what is added to it.
func muonLaw(method string, p, drawn, b float64, zeroA bool) (power, rise float64) {
	many := 0.5 - p - drawn - b
	if method == "loha" {
		many = 0.5 - p - b
	}
	switch method {
	case "lora", "lora-fa", "hira", "full", "loha":
		if zeroA {
			return nan, 0
		}
		return many, -0.5
	case "dora":
		return math.Min(0, many-0.5), math.Max(0, many) - math.Min(0, many-0.5)
	case "peft-orthogonal":
		return many + 0.5, -1
	case "lokr":
		return -p - b, 0
	case "vera":
		return -b, 0
	}
	return nan, 0
}

// stableP is the p of a multiplier α/r^p with which a first loss drop is free of rank. Of PiSSA and OLoRA it follows
// from the exact power at these ranks.
func (a *arm) stableP(exact float64) (low, high float64) {
	kind := update(a.text("optimizer"))
	if o := a.text("optimizer"); o == "muon" || o == "scaled-sgd" {
		kind = o
	}
	known := map[string]map[string][2]float64{
		"lora":            {"linear": {0.5, 0.5}, "sign": {1, 1}, "muon": {0, 0.5}, "scaled-sgd": {0.5, 0.5}},
		"peft-orthogonal": {"linear": {0.5, 0.5}, "sign": {1, 1}, "muon": {0, 1}},
		"loha":            {"linear": {0, 0}, "sign": {0.5, 0.5}, "muon": {0, 0.5}},
		"lokr":            {"linear": {0, 0}, "sign": {0, 0}, "muon": {0, 0}},
		"vera":            {"linear": {0, 0}, "sign": {0, 0}, "muon": {0, 0}},
	}
	for _, like := range []string{"dora", "lora-fa", "hira"} {
		known[like] = known["lora"]
	}
	if p, ok := known[a.method()][kind]; ok {
		return p[0], p[1]
	}
	gammas := map[string]float64{"linear": 2, "sign": 1, "muon": 1}[kind]
	if a.method() == "pissa" {
		gammas /= 2
	}
	p := a.scheme.p + exact/gammas
	return p, p
}

// judgeMethodPowers judges powers as judgePowers does, with the range of DoRA's drop where its runs have none.
func judgeMethodPowers(r rule, s *study) finding {
	var arms []*arm
	for _, a := range r.arms(s) {
		if a.rank() > 0 {
			arms = append(arms, a)
		}
	}
	var rows, cells []row
	names := armNames(arms)
	for i, a := range arms {
		for _, name := range r.Statistics {
			p := a.power(name)
			if name == "loss_drop_first" && math.IsNaN(p.predicted) && math.IsNaN(p.exact) {
				p.predicted, p.rise = a.law(name)
			}
			p = a.pair(p, name, r.Limits["rounding"])
			of := row{power: p, name: names[i], arm: a, statistic: name}
			if p.judged() {
				rows = append(rows, of)
			}
			if name == "loss_drop_first" {
				cells = append(cells, of)
			}
		}
	}
	f := judgeRows(r, arms, r.Statistics, rows)
	f.tables = []wanted{rowsTable(arms, r.Statistics, func(a *arm, name string) power {
		p := a.power(name)
		if name == "loss_drop_first" && math.IsNaN(p.predicted) && math.IsNaN(p.exact) {
			p.predicted, p.rise = a.law(name)
		}
		return a.pair(p, name, r.Limits["rounding"])
	})}
	f.tables = append([]wanted{methodsWanted(cells, r.Limits["flat"])}, f.tables...)
	f.seen = f.seen.plus(methodsSaid(cells))
	return f
}

func methodsSaid(cells []row) say {
	n := make(map[bool]map[string]int) // of ranges, and of powers
	n[true], n[false] = make(map[string]int), make(map[string]int)
	for _, c := range cells {
		if low, high := c.theory(); !math.IsNaN(low) {
			n[low < high][c.agreement(near)]++
			n[low < high]["all"]++
		}
	}
	of := func(ranged bool) []digits {
		all := []digits{count(n[ranged]["all"])}
		for _, verdict := range []string{"agrees", "consistent, not resolved", "differs"} {
			all = append(all, count(n[ranged][verdict]))
		}
		return all
	}
	s := phrase(" Cells of the table, each a first loss drop: #, of which # have a derivation.", count(len(cells)),
		count(n[true]["all"]+n[false]["all"])).plus(phrase(" For # of them theory derives one power: judged alone, # "+
		"agree with it, # are consistent and not resolved, and # differ.", of(false)...))
	if n[true]["all"] > 0 {
		s = s.plus(phrase(" For # theory derives a range only, which is a weak test: # lie in it to within 0.03, "+
			"# are not resolved, "+
			"and # lie outside.", of(true)...))
	}
	var nowhere []string
	for _, c := range cells {
		if held, all := c.arm.exactRanks(c.statistic); all > 0 && held == 0 {
			nowhere = append(nowhere, c.arm.method()+" under "+c.arm.text("optimizer"))
		}
	}
	if nowhere != nil {
		s.text += " At no rank does the interval of the drop itself contain what theory expects: " +
			strings.Join(nowhere, "; ") + "."
	}
	return s
}

// methodsWanted has a row for each method and a column for each optimizer.
func methodsWanted(cells []row, flat float64) wanted {
	t := wanted{kind: "methods"}
	var optimizers []string
	for _, c := range cells {
		if o := c.arm.text("optimizer"); !slices.Contains(optimizers, o) {
			optimizers = append(optimizers, o)
		}
	}
	for _, of := range grouped(cells, func(c row) string { return c.arm.method() }) {
		method := of[0].arm.method()
		values := map[string]say{"multiplier": {text: "α/r"}}
		if method == "vera" || method == "hira" {
			values["multiplier"] = say{text: "none"}
		}
		for _, o := range optimizers {
			values[o] = say{text: "not defined"}
		}
		for _, c := range of {
			values[c.arm.text("optimizer")] = c.cell(flat)
		}
		t.rows = append(t.rows, wantedRow{keys: map[string]say{"method": {text: method}}, values: values})
	}
	return t
}

// cell is a cell of that table.
func (r row) cell(flat float64) say {
	spanned := func(low, high float64, decimals int) say {
		if low == high {
			return one(fix(low, decimals))
		}
		return phrase("# to #", fix(low, decimals), fix(high, decimals))
	}
	low, high := r.theory()
	derived, measured := say{text: "none"}, say{text: "not measured"}
	if !math.IsNaN(low) {
		derived = spanned(low, high, 3)
	}
	if r.fitted() {
		measured = r.shown()
	}
	verdict := stabilityOf(r.power, flat)
	s := derived.plus(say{text: "; "}, measured)
	if r.sharper() {
		s = s.plus(say{text: ", above theory by "}, bracketed(r.paired.interval, 4))
	}
	s.text += ", " + r.agreement(near) + "; " + verdict
	if p, to := r.arm.stableP(r.exact); !math.IsNaN(p) {
		s = s.plus(say{text: "; p = "}, spanned(p, to, 2))
	}
	return s
}
