package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/results"
)

// tunedStudy is schemes at some ranks. Each seed has a local grid of five rates a factor of 2
// apart, with a loss that is a parabola, lowest at the seed's own rate and loss. What change
// returns is added to the loss.
func tunedStudy(schemes []string, ranks []int, change func(r *results.Run) float64) trial {
	rates := []float64{2.5e-4, 5e-4, 1e-3, 2e-3, 4e-3}
	s := trial{Runs: fake{schemes: schemes, ranks: ranks, seeds: 9, steps: 4, rates: rates}.runs()}
	g := grid.Grid{Nuisance: []string{"lr"}, Local: true}
	changed(s, func(r *results.Run) {
		r.Powers = scaling[r.Scheme]
		d := math.Log(r.LR / (1e-3 * math.Pow(2, float64(r.Seed)/8-0.5)))
		endsAt(r, 3, 2+0.05*d*d+0.01*swing(r)+change(r))
		g.Runs = append(g.Runs, grid.Planned{ID: r.ID, Axes: r.Axes})
	})
	runs, choices, _ := analysis.Split(g, s.Runs)
	return trial{rows: runs, Choices: choices}
}

// added is an amount at one scheme, or only at the largest rank if one is asked for.
func added(scheme string, rank int, more float64) func(r *results.Run) float64 {
	return func(r *results.Run) float64 {
		if r.Scheme == scheme && (rank == 0 || r.Rank == rank) {
			return more
		}
		return 0
	}
}

func none(*results.Run) float64 { return 0 }

// wild is a scatter that hides everything.
func wild(r *results.Run) float64 { return 0.5 * swing(r) }

func tunedRulings() []ruling {
	const equal, gain, worse = "tuned-schemes", "tuned-ranks", "init-correction"
	three := []string{"lora", "rslora", "constant"}
	tuned := func(change func(r *results.Run) float64) trial { return tunedStudy(three, []int{4, 256}, change) }
	by := func(more float64) func(r *results.Run) float64 { // at the largest rank of all
		return func(r *results.Run) float64 {
			if r.Rank == 256 {
				return more
			}
			return 0
		}
	}
	sum := func(a, b func(r *results.Run) float64) func(r *results.Run) float64 {
		return func(r *results.Run) float64 { return a(r) + b(r) }
	}
	corrections := []string{"rslora", "lora,init=0.5", "lora,init=-0.5"}
	corrected := func(change func(r *results.Run) float64) trial { return tunedStudy(corrections, []int{512}, change) }
	bothHigher := sum(added("lora,init=0.5", 0, 0.4), added("lora,init=-0.5", 0, 0.4))
	diverged := func(s trial, scheme string) trial {
		for i := range s.rows {
			if r := &s.rows[i]; r.Scheme == scheme {
				r.Status, r.Local = results.Diverged, nil
			}
		}
		return s
	}
	return []ruling{
		{"all alike", equal, tuned(none), Seen, "no full fine-tuning"},
		{"alike beside full fine-tuning", equal, both(tuned(none), fully(2)), Seen, " LoRA: rank 4 50%"},
		{"one a little lower", equal, tuned(added("rslora", 4, -0.03)), Seen, ""},
		{"one lower by much", equal, tuned(added("rslora", 256, -0.4)), NotSeen, ""},
		{"one higher by much", equal, tuned(added("constant", 4, 0.4)), NotSeen, ""},
		{"one higher by much and another unsure", equal,
			tuned(sum(added("constant", 4, 0.4), func(r *results.Run) float64 {
				return added("rslora", 4, 1)(r) * wild(r)
			})), NotSeen, ""},
		{"too noisy", equal, tuned(wild), Unresolved, ""},
		{"one diverged", equal, diverged(tuned(none), "constant"), Unresolved, ""},
		{"one scheme", equal, tunedStudy([]string{"lora"}, []int{4, 256}, none), Unresolved,
			"lacks two schemes at one rank"},
		{"two names of one function", equal,
			changed(made(three[:2], []int{4}, 9, lossAt(256, 0)), func(r *results.Run) { r.TwinID = "one" }),
			Unresolved, "lacks two schemes at one rank"},
		{"plain runs", equal, made(three, []int{4, 256}, 9, lossAt(256, 0)), Seen, ""},

		{"all lower", gain, tuned(by(-0.4)), Seen, "LoRA: rank 256 vs rank 4. "},
		{"all lower by a little", gain, tuned(by(-0.04)), Seen, "lower, within the margin"},
		{"none lower", gain, tuned(none), NotSeen, ""},
		{"one is not lower", gain, tuned(sum(by(-0.4), added("rslora", 256, 0.4))), NotSeen, ""},
		{"one is higher", gain, tuned(sum(by(-0.4), added("rslora", 256, 0.8))), NotSeen, ""},
		{"one is unsure", gain, tuned(sum(by(-0.4), func(r *results.Run) float64 {
			return added("rslora", 0, 2)(r) * wild(r)
		})), Unresolved, ""},
		{"a rank between does not count", gain, tunedStudy(three, []int{4, 32, 256},
			sum(by(-0.4), added("rslora", 32, 0.4))), Seen, ""},
		{"each lower by itself, and not both", gain, made(three[:2], []int{4, 256}, 9, func(r *results.Run) {
			// Each alone has a P of 0.03: 2.6 standard errors, of 0.1·0.68/√9 each, with 8
			// degrees of freedom.
			endsAt(r, 3, 2)
			if r.Rank == 256 {
				endsAt(r, 3, 2-0.06+0.1*swing(r))
			}
		}), Unresolved, "Holm's p = 0.06"},
		{"one rank", gain, tunedStudy(three, []int{4}, none), Unresolved, "lacks two ranks of a scheme"},

		{"both higher", worse, corrected(bothHigher), Seen, ""},
		{"one the same", worse, corrected(added("lora,init=0.5", 0, 0.4)), NotSeen, ""},
		{"one lower", worse, corrected(sum(added("lora,init=0.5", 0, 0.4), added("lora,init=-0.5", 0, -0.4))),
			NotSeen, ""},
		{"one unsure", worse, corrected(sum(bothHigher,
			func(r *results.Run) float64 { return 2 * added("lora,init=0.5", 0, 1)(r) * wild(r) })), Unresolved, ""},
		{"one diverged and one higher", worse, diverged(corrected(bothHigher), "lora,init=0.5"), Seen, ""},
		{"one diverged and one the same", worse, diverged(corrected(none), "lora,init=0.5"), NotSeen, ""},
		{"rsLoRA diverged", worse, diverged(corrected(bothHigher), "rslora"), NotSeen, ""},
		{"all diverged", worse, diverged(diverged(diverged(corrected(none), "rslora"), "lora,init=0.5"),
			"lora,init=-0.5"), Unresolved, ""},
		{"no rsLoRA", worse, tunedStudy(corrections[1:], []int{512}, none), Unresolved, "lacks rsLoRA"},
		{"no correction", worse, tunedStudy([]string{"rslora", "lora"}, []int{512}, none), Unresolved,
			"lacks a correction"},
		{"a smaller rank does not count", worse, tunedStudy(corrections, []int{4, 512}, func(r *results.Run) float64 {
			if r.Rank == 4 {
				return 0
			}
			return bothHigher(r)
		}), Seen, ""},
	}
}

// The chosen rates stand beside the losses, and so do each seed's own best rates.
func TestTablesOfTunedClaims(t *testing.T) {
	s := both(tunedStudy([]string{"lora", "rslora"}, []int{4, 256}, none), fully(2))
	f := schemesEqual(claimOf(t, "tuned-schemes").Rule, s.view())
	text := markdownOf(f.Tables)
	for _, want := range []string{"| rank 256: rsLoRA vs LoRA |", "0.001 [7.07e-4, 0.00141]", "| 1e-4 |"} {
		if !strings.Contains(text, want) {
			t.Errorf("tables lack %q:\n%s", want, text)
		}
	}
	if !strings.Contains(f.Text, "its own best learning rate") || len(f.Numbers) != 2 ||
		f.Numbers[1].Name != "difference of losses, rsLoRA - LoRA, rank 256" {
		t.Errorf("%s\n%+v", f.Text, f.Numbers)
	}
}

// drawn is kinds of init whose onset norm has a power of rank, and a scatter over draws that
// falls as the root of the rank. Theory expects the same power, or another.
func drawn(kinds []string, power, expected func(kind string) float64, width float64) trial {
	var s trial
	for i, kind := range kinds {
		s = both(s, ofInit(kind, made([]string{"rslora"}, []int{4, 32, 256}, 9, func(r *results.Run) {
			shifted := *r
			shifted.Powers.P += float64(i) // another scatter
			square := 1 + width*swing(&shifted)/math.Sqrt(toPower(r, 1))
			r.Curve[0].Values[metrics.GradNorm] = 0.6 * toPower(r, power(kind)) * math.Sqrt(square)
			r.Expected = map[string]float64{metrics.GradNormOnset.Name: 0.6 * toPower(r, expected(kind))}
		})))
	}
	return s
}

// ofInit sets the way in which A is drawn.
func ofInit(kind string, s trial) trial {
	return changed(s, func(r *results.Run) {
		r.Cell, r.ID = kind+r.Cell, kind+r.ID
		r.Axes = append(slices.Clone(r.Axes), grid.Coordinate{Name: "init", Value: kind})
	})
}

func initRulings() []ruling {
	const powers, losses = "init-powers", "init-losses"
	kinds := []string{"gaussian", "kaiming-uniform", "peft-gaussian"}
	falls := func(kind string) float64 { return map[string]float64{"peft-gaussian": -1}[kind] }
	level := func(string) float64 { return 0 }
	ends := func(change func(kind string, r *results.Run) float64) trial {
		var s trial
		for i, kind := range []string{"kaiming-uniform", "gaussian", "orthogonal"} {
			s = both(s, ofInit(kind, made([]string{"rslora"}, []int{4, 256}, 9, func(r *results.Run) {
				shifted := *r
				shifted.Powers.P += float64(i)
				endsAt(r, 3, 2+0.01*swing(&shifted)+change(kind, r))
			})))
		}
		return s
	}
	off := func(kind string, rank int, more float64) trial {
		return ends(func(k string, r *results.Run) float64 {
			if k == kind && r.Rank == rank {
				return more
			}
			return 0
		})
	}
	return []ruling{
		{"theory's", powers, drawn(kinds, falls, falls, 0.02), Seen, ""},
		{"one falls that should not", powers, drawn(kinds, falls, level, 0.02), NotSeen, ""},
		{"one should fall and does not", powers, drawn(kinds, level, falls, 0.02), NotSeen, ""},
		{"noisy", powers, drawn(kinds, level, level, 0.9), Unresolved, ""},
		{"one seed", powers, trial{Runs: ofSeed(drawn(kinds, level, level, 0.02), 0)}, Unresolved,
			"lacks a power of the onset norm"},

		{"alike", losses, off("gaussian", 4, 0), Seen, ""},
		{"one a little higher", losses, off("gaussian", 4, 0.03), Seen, ""},
		{"one higher by much at one rank", losses, off("orthogonal", 256, 0.4), NotSeen, ""},
		{"one lower by much at one rank", losses, off("orthogonal", 4, -0.4), NotSeen, ""},
		{"the one that they are held to differs", losses, off("kaiming-uniform", 4, 0.4), NotSeen, ""},
		{"too noisy", losses, ends(func(kind string, r *results.Run) float64 {
			return 0.4 * float64(len(kind)%3) * swing(r) // of three kinds, 0.8, 0 and 0.4
		}), Unresolved, ""},
		{"all higher at one rank", losses, ends(func(_ string, r *results.Run) float64 {
			return 0.4 * math.Log2(float64(r.Rank)/4) / 6
		}), Seen, ""},
		{"one kind", losses, ofInit("kaiming-uniform", made([]string{"rslora"}, []int{4}, 9, nil)), Unresolved,
			"lacks two kinds of init"},
	}
}

// The text says how the onset norm scatters over draws.
func TestScatterOverDraws(t *testing.T) {
	rule := claimOf(t, "init-powers").Rule
	scatter := func(f Finding) string {
		_, after, _ := strings.Cut(f.Text, "are independent. ")
		return after
	}
	kinds := []string{"gaussian", "kaiming-uniform"}
	level := func(string) float64 { return 0 }
	f := initPowers(rule, drawn(kinds, level, level, 0.02).view())
	if got := scatter(f); !strings.HasPrefix(got, "2 of 2 distinct intervals contain that power") {
		t.Errorf("%s\n%s", got, markdownOf(f.Tables))
	}
	orthogonal := drawn(append(kinds, "orthogonal"), level, level, 0.02)
	changed(orthogonal, func(r *results.Run) {
		if grid.ValueOf(r.Axes, "init") == "orthogonal" { // of which theory has no value
			r.Expected = nil
			r.Curve[0].Values[metrics.GradNorm] = 0.6 * (1 + 0.01*swing(r)) // whose scatter does not fall
		}
	})
	got := scatter(initPowers(rule, orthogonal.view()))
	if !strings.HasPrefix(got, "2 of 2 distinct intervals contain that power") {
		t.Errorf("with orthogonal rows: %s", got)
	}
}

// Each kind is compared with PyTorch's default, and the table names both.
func TestTableOfInits(t *testing.T) {
	i := slices.IndexFunc(initRulings(), func(x ruling) bool { return x.name == "alike" })
	f := initLosses(claimOf(t, "init-losses").Rule, initRulings()[i].study.view())
	text := markdownOf(f.Tables)
	for _, kind := range []string{"gaussian", "orthogonal"} {
		for _, rank := range []int{4, 256} {
			name := fmt.Sprintf("rank %d: %s vs kaiming-uniform", rank, kind)
			filed := fmt.Sprintf("difference of losses, %s - kaiming-uniform, rank %d", kind, rank)
			number := func(n Number) bool { return n.Name == filed }
			if !strings.Contains(text, "| "+name+" |") || !slices.ContainsFunc(f.Numbers, number) {
				t.Errorf("%q is missing:\n%s%+v", name, text, f.Numbers)
			}
		}
	}
	if len(f.Numbers) != 4 || strings.Contains(text, "two things differ") {
		t.Errorf("%d numbers\n%s", len(f.Numbers), text)
	}
}

// Differences are counted that are not 0 although the margin should hold them: by their intervals, and by
// Holm's p.
func TestSeparateText(t *testing.T) {
	of := func(low, high, holm float64) (d comparison) {
		d.Difference.Interval = stats.Interval{Mean: (low + high) / 2, Low: low, High: high, N: 8}
		d.holm = holm
		return d
	}
	zero := of(-1, 1, 0.9)
	if text := separateText([]comparison{zero}); text != "" {
		t.Error(text)
	}
	text := separateText([]comparison{zero, of(1, 2, 0.01), of(-2, -1, 0.2)})
	const want = " The intervals of 2 of 3 differences do not contain 0, and 1 are shown"
	if !strings.HasPrefix(text, want) {
		t.Errorf("%q, want %q", text, want)
	}
}
