package public

import (
	_ "embed" // for the page
	"fmt"
	"slices"
	"strings"
	"text/template"

	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
)

//go:embed page.md
var pageText string

// page has the numbers of the page.
type page struct {
	Tinker, PEFT, Taken           string
	Models, Pairs                 int
	Noise                         string
	Best, Inside, Close           int // best rates
	Table, Rows                   string
	Fitted, Resolved              int // models
	All, Tried, Later             stats.Interval
	AllText, TriedText, LaterText string
	Low, High, Zero, Quarter      string
}

// Page is docs/public.md.
func Page() string {
	p := page{Tinker: Tinker, PEFT: PEFT, Taken: Taken, All: Together(1, Fitted), Tried: Together(1, asTried),
		Later: Together(4, Fitted), Rows: peftTable().Markdown()}
	p.count()
	p.AllText, p.TriedText, p.LaterText = interval(p.All), interval(p.Tried), interval(p.Later)
	p.Low, p.High = number.Significant(factor(p.All.Low), 2), number.Significant(factor(p.All.High), 2)
	p.Zero, p.Quarter = place(p.All, 0), place(p.All, -0.25)
	var b strings.Builder
	if err := template.Must(template.New("page").Parse(pageText)).Execute(&b, p); err != nil {
		panic("public: the page: " + err.Error()) // a test writes it
	}
	return b.String()
}

// count fills in what is counted over models and best rates.
func (p *page) count() {
	powers := Powers(1)
	deviation, pairs := noise(cells())
	p.Models, p.Pairs, p.Noise = len(powers), pairs, number.Significant(deviation, 2)
	p.Table = powersTable(powers).Markdown()
	for _, w := range powers {
		p.Inside += len(w.Ranks)
		p.Best += len(w.Ranks) + w.Edges
		p.Close += w.Close
		if len(w.Ranks) > 1 {
			p.Fitted++
		}
		if w.Resolved() {
			p.Resolved++
		}
	}
}

func interval(i stats.Interval) string {
	return fmt.Sprintf("%s [%s, %s]", number.Fixed(i.Mean, 2), number.Fixed(i.Low, 2), number.Fixed(i.High, 2))
}

func place(i stats.Interval, power float64) string {
	if i.Low <= power && power <= i.High {
		return "in"
	}
	return "outside"
}

// powersTable has a row for each model.
func powersTable(powers []Power) (t table.Table) {
	absent := func(p Power) bool { return len(p.Ranks) < 2 }
	table.Fill(&t, powers,
		table.Words("model", func(p Power) string { return p.Model[strings.Index(p.Model, "/")+1:] }),
		table.Words("ranks inside", func(p Power) string { return strings.Trim(fmt.Sprint(p.Ranks), "[]") }),
		table.Numbers("at an edge", func(p Power) int { return p.Edges }),
		table.Numbers("one step", func(p Power) string {
			if absent(p) {
				return ""
			}
			return number.Fixed(p.Resolvable, 2)
		}),
		table.Numbers("power", func(p Power) string {
			if absent(p) {
				return ""
			}
			return interval(stats.Interval{Mean: p.Value, Low: p.Low, High: p.High})
		}),
		table.Words("", func(p Power) string {
			switch {
			case absent(p):
				return "no power: fewer than two ranks inside"
			case p.Resolved():
				return "resolved"
			}
			return "cannot be resolved"
		}),
	)
	return t
}

// peftTable lists PEFT's runs of LoRA.
func peftTable() (t table.Table) {
	rows := rowsOf(peftCSV)
	for i, head := range []string{"run", "scheme", "rank", "alpha", "gamma", "lr", "optimizer", "training loss",
		"test accuracy"} {
		cell := func(row []string) string { return row[i] }
		if slices.Contains([]int{0, 1, 6}, i) {
			table.Fill(&t, rows, table.Words(head, cell))
		} else {
			table.Fill(&t, rows, table.Numbers(head, cell))
		}
	}
	return t
}
