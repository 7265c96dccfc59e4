package paper

import (
	"math"
	"strings"
	"testing"

	"ranksweep/metrics"
	"ranksweep/results"
)

// rateStudy is multipliers at three ranks under an optimizer, at nine rates from 1e-4 to 1,
// half a factor of ten apart. The loss is a parabola, lowest at a rate that the study gives
// each rank and seed; there the run has learned 1.
func rateStudy(optimizer string, best func(r *results.Run) float64) trial {
	var rates []float64
	for k := range 9 {
		rates = append(rates, 1e-4*math.Pow(10, float64(k)/2))
	}
	s := trial{Runs: fake{schemes: []string{"constant", "rslora", "lora"}, ranks: []int{4, 16, 64}, seeds: 8,
		steps: 2, rates: rates}.runs()}
	return under(optimizer, changed(s, func(r *results.Run) {
		r.Powers = scaling[r.Scheme]
		d := math.Log(r.LR / best(r))
		endsAt(r, 3, 2+0.02*d*d)
	}))
}

// bestAt is 1e-2 at rank 16, with a power of the rank that scatters over seeds.
func bestAt(power func(r *results.Run) float64, width float64) func(r *results.Run) float64 {
	return func(r *results.Run) float64 {
		shifted := *r
		shifted.Rank = 16 // one scatter for all ranks of a seed
		return 1e-2 * math.Pow(float64(r.Rank)/16, power(r)+width*swing(&shifted))
	}
}

func rateRulings() (all []ruling) {
	claims := []struct {
		claim, optimizer string
		power            func(r *results.Run) float64 // as claimed
	}{
		{"rate-free-sgd", "sgd", func(*results.Run) float64 { return 0 }},
		{"best-rate-power", "adamw", func(r *results.Run) float64 { return (r.Powers.P - 1) / 2 }},
		{"muon-rate-power", "muon", func(r *results.Run) float64 { return r.Powers.P }},
	}
	for _, c := range claims {
		off := func(by float64) func(r *results.Run) float64 {
			return func(r *results.Run) float64 { return c.power(r) + by }
		}
		one := func(scheme string, by float64) func(r *results.Run) float64 {
			return func(r *results.Run) float64 {
				if r.Scheme == scheme {
					return c.power(r) + by
				}
				return c.power(r)
			}
		}
		// the best rate lies beyond all rates, at one rank or at all
		beyond := func(scheme string, rank int) func(r *results.Run) float64 {
			return func(r *results.Run) float64 {
				if r.Scheme == scheme && (rank == 0 || r.Rank == rank) {
					return 100
				}
				return bestAt(c.power, 0.01)(r)
			}
		}
		all = append(all,
			ruling{"as claimed", c.claim, rateStudy(c.optimizer, bestAt(c.power, 0.01)), Seen,
				"72 of 72 best rates lie between"},
			ruling{"all a quarter off", c.claim, rateStudy(c.optimizer, bestAt(off(0.25), 0.01)), NotSeen, ""},
			ruling{"one multiplier's a fifth off", c.claim, rateStudy(c.optimizer, bestAt(one("lora", -0.2), 0.01)),
				NotSeen, ""},
			ruling{"too noisy", c.claim, rateStudy(c.optimizer, bestAt(c.power, 0.4)), Unresolved, ""},
			ruling{"a rank at the edge", c.claim, rateStudy(c.optimizer, beyond("rslora", 64)), Unresolved,
				"64 of 72 best rates lie between"},
			ruling{"a multiplier at the edge", c.claim, rateStudy(c.optimizer, beyond("rslora", 0)), Unresolved,
				"48 of 72 best rates lie between"},
			ruling{"one multiplier's at the edge, another's a fifth off", c.claim,
				rateStudy(c.optimizer, func(r *results.Run) float64 {
					if r.Scheme == "lora" {
						return bestAt(off(-0.2), 0.01)(r)
					}
					return beyond("rslora", 64)(r)
				}), NotSeen, "is not judged: p = 0.5 (16 of 24)"},
			ruling{"a multiplier at the edge is off", c.claim,
				rateStudy(c.optimizer, func(r *results.Run) float64 {
					if r.Scheme == "rslora" && r.Rank < 64 {
						return bestAt(off(-0.2), 0.01)(r)
					}
					return beyond("rslora", 64)(r)
				}), Unresolved, "is not judged: p = 0.5 (16 of 24)"},
			ruling{"one seed", c.claim, trial{Runs: ofSeed(rateStudy(c.optimizer, bestAt(c.power, 0.01)), 0)},
				Unresolved, ""},
			ruling{"an init that depends on rank is none of it", c.claim,
				changed(rateStudy(c.optimizer, bestAt(one("lora", -0.2), 0.01)),
					ofScheme("lora", func(r *results.Run) { r.Powers.Init = 0.5 })), Seen, "48 of 48"},
			ruling{"one rate", c.claim, under(c.optimizer, made([]string{"lora"}, []int{4, 64}, 3, nil)), Unresolved,
				"lacks best rates at two ranks"},
		)
	}
	// Muon's rule has a tolerance of a tenth.
	within := func(r *results.Run) float64 { return claims[2].power(r) + 0.05 }
	return append(all,
		ruling{"another optimizer does not count", "best-rate-power",
			both(rateStudy("adamw", bestAt(claims[1].power, 0.01)), rateStudy("sgd", bestAt(claims[2].power, 0.01))),
			Seen, "72 of 72"},
		ruling{"a twentieth off, surely", "muon-rate-power", rateStudy("muon", bestAt(within, 0.01)), NotSeen, ""},
		ruling{"a twentieth off, not surely", "muon-rate-power", rateStudy("muon", bestAt(within, 0.08)), Unresolved,
			""},
	)
}

// The table also has the power of the first step, and whether the best rate is a power at all.
func TestTableOfBestRates(t *testing.T) {
	rule := claimOf(t, "best-rate-power").Rule
	bent := func(r *results.Run) float64 { // by 0.1 times the square of the logarithm
		x := math.Log(float64(r.Rank) / 16)
		return 1e-2 * math.Exp((r.Powers.P-1)/2*x+0.1*x*x+0.01*swing(r))
	}
	f := ratePowers(rule, rateStudy("adamw", bent).view())
	text := f.Tables[0].Markdown()
	for _, want := range []string{"| 0.5 | ", "| -0.25 | -0.5 | ", "| 0.10", "24 of 24"} {
		if !strings.Contains(text, want) {
			t.Errorf("the table lacks %q:\n%s", want, text)
		}
	}
	if len(f.Numbers) != 3 || f.Numbers[0].Name != "power of rank, LoRA, adamw, best rate" ||
		math.Abs(f.Numbers[0].Value) > 0.02 {
		t.Errorf("%+v", f.Numbers)
	}
}

// A best rate between others counts as such even if its seed has no other, and no power rests on it.
func TestCountsOfBestRates(t *testing.T) {
	f := ratePowers(claimOf(t, "best-rate-power").Rule, view(oneLeft()))
	const want = "24 of 27 best rates lie between other rates that were tried. 19 of these are distinct: multipliers " +
		"are equal at rank 16. A multiplier for which fewer than 90% of them do is not judged: p = 1 (6 of 9). 1 " +
		"best rate lies next to a rate"
	if !strings.Contains(f.Text, want) {
		t.Errorf("text %s\nwant in it %s", f.Text, want)
	}
	rows, columns := f.Tables[0].Rows, []int{3, 8, 10}
	for i, row := range [][]string{{"2", "6 of 9", "not judged"}, {"3", "9 of 9", "agrees"},
		{"3", "9 of 9", "agrees"}} {
		for j, at := range columns {
			if got := rows[i].Entries[at].Text; got != row[j] {
				t.Errorf("row %d, column %d: %q, want %q", i, at, got, row[j])
			}
		}
	}
}

func transferRulings() []ruling {
	const claim = "rate-transfer"
	half := func(r *results.Run) float64 { return (r.Powers.P - 1) / 2 }
	plus := func(by float64, schemes string) func(r *results.Run) float64 {
		return func(r *results.Run) float64 {
			if strings.Contains(schemes, r.Scheme) {
				return half(r) + by
			}
			return half(r)
		}
	}
	// From rank 4 to 64, a power that is off by d makes a rate off by a factor 16ᵈ, and the
	// loss by 0.02 (d ln 16)². At d = 0.81 that is 0.1, the margin.
	all := "constant rslora lora"
	return []ruling{
		{"the power is the claimed one", claim, rateStudy("adamw", bestAt(half, 0.01)), Seen, "from rank 4 to rank 64"},
		{"another power that costs little", claim, rateStudy("adamw", bestAt(plus(0.3, all), 0.01)), Seen, ""},
		{"another power that costs much", claim, rateStudy("adamw", bestAt(plus(1.2, "rslora lora"), 0.01)), NotSeen,
			""},
		{"one multiplier's costs much", claim, rateStudy("adamw", bestAt(plus(1.2, "lora"), 0.01)), NotSeen, ""},
		{"one multiplier's costs about what may be", claim, rateStudy("adamw", bestAt(plus(0.8, "lora"), 0.2)),
			Unresolved, ""},
		{"one multiplier's outside of the rates", claim, rateStudy("adamw", outside), Unresolved, ""},
		{"one rank", claim, trial{Runs: ofRanks(rateStudy("adamw", bestAt(half, 0.01)), 16)}, Unresolved,
			"lacks learning rates at two ranks"},
		{"one seed", claim, trial{Runs: ofSeed(rateStudy("adamw", bestAt(half, 0.01)), 0)}, Unresolved, ""},
		{"nothing before training to tell what was learned", claim,
			changed(rateStudy("adamw", bestAt(half, 0.01)), func(r *results.Run) {
				r.Curve[0].Values[metrics.ValLoss] = math.NaN()
			}), Unresolved, ""},
		{"another optimizer alone", claim, rateStudy("sgd", bestAt(half, 0.01)), Unresolved,
			"lacks learning rates at two ranks"},
	}
}

// Nobody knows the loss at a transferred rate outside of the rates tried.
func TestTransferOutside(t *testing.T) {
	rule := claimOf(t, "rate-transfer").Rule
	f := rateTransfer(rule, rateStudy("adamw", outside).view())
	if text := f.Tables[0].Markdown(); !strings.Contains(text, "outside of the rates tried") {
		t.Error(text)
	}
	f = rateTransfer(rule, rateStudy("adamw", func(r *results.Run) float64 {
		if r.Scheme == "constant" && r.Seed%2 == 1 {
			return 1e-3 // used by the even seeds
		}
		return outside(r)
	}).view())
	if text := f.Tables[0].Markdown(); f.Standing == Seen || !strings.Contains(text, "(without 4 seeds, for which") {
		t.Errorf("%s:\n%s", f.Standing, text)
	}
}

// A rate that was tuned at an edge of those tried is not transferred, and its seed is counted.
func TestTransferOfAnEdge(t *testing.T) {
	power := func(r *results.Run) float64 { return (r.Powers.P - 1) / 2 }
	f := rateTransfer(claimOf(t, "rate-transfer").Rule, rateStudy("adamw", func(r *results.Run) float64 {
		if r.Scheme == "rslora" && r.Rank == 4 && r.Seed < 2 {
			return 100
		}
		return bestAt(power, 0.01)(r)
	}).view())
	const text, entry = "For p = 0.5 not every seed has its loss or a best rate of its own, and a part of the seeds " +
		"proves nothing: p is 1.", "(without 2 seeds, whose rate at the smallest rank lies at an edge)"
	table := f.Tables[0].Markdown()
	if f.Standing != Unresolved || !strings.Contains(f.Text, text) || strings.Count(f.Text, "p is 1.") != 1 ||
		!strings.Contains(table, entry) {
		t.Errorf("%s: %s\n%s", f.Standing, f.Text, table)
	}
}

// outside is a best rate that, for one multiplier, goes from rank 4 to rank 64 by a factor of
// 1/4, to below 1e-4. For the other multipliers it goes as claimed.
func outside(r *results.Run) float64 {
	if r.Scheme == "constant" {
		return 2e-4
	}
	return 1e-2 * math.Pow(float64(r.Rank)/16, (r.Powers.P-1)/2)
}

// ofRanks are the runs of one rank.
func ofRanks(s trial, rank int) (runs []results.Run) {
	for _, r := range s.Runs {
		if r.Rank == rank {
			runs = append(runs, r)
		}
	}
	return runs
}

// onBatches gives runs eight validation batches on which the best rate at rank 64 is e to the
// power add higher, or lower, than on all of them. The loss of all is as before.
func onBatches(s trial, add float64) trial {
	return changed(s, func(r *results.Run) {
		loss := r.Statistic(metrics.ValLossFinal)
		for i := range 8 {
			shift := 0.0
			if r.Rank == 64 {
				shift = add * math.Log(r.LR) * float64(1-2*(i%2)) * 0.04
			}
			r.Validation = append(r.Validation, results.ValidationBatch{Scored: 100, Nats: 100 * (loss + shift)})
		}
	})
}

// The choice of the validation examples adds to the error of a power and of a curvature. Verdicts and
// the standing go by intervals with that error in them.
func TestPowersWithErrorFromValidation(t *testing.T) {
	rule := claimOf(t, "best-rate-power").Rule
	bent := rateStudy("adamw", func(r *results.Run) float64 {
		x := math.Log(float64(r.Rank) / 16)
		return 1e-2 * math.Exp(((r.Powers.P-1)/2+0.02)*x+0.02*x*x+0.01*swing(r))
	})
	const differs, consistent = "| differs |", "| consistent, not resolved |"
	const byWider = "go by these wider"
	for name, c := range map[string]struct {
		f        Finding
		standing Standing
		column   bool
		bent     bool
		verdict  string
		text     string
	}{
		"no batches":  {ratePowers(rule, bent.view()), NotSeen, false, true, differs, "is left out."},
		"small error": {ratePowers(rule, onBatches(bent, 0.01).view()), NotSeen, true, true, differs, byWider},
		"large error": {ratePowers(rule, onBatches(bent, 1).view()), Unresolved, true, false, consistent, byWider},
	} {
		rows := c.f.Tables[0].Markdown()
		if c.f.Standing != c.standing || strings.Count(rows, c.verdict) != 3 ||
			strings.Contains(rows, "fitted power, with the error from validation") != c.column ||
			strings.Contains(c.f.Text, "That is so for p = 1, 0.5, 0.") != c.bent ||
			!strings.Contains(c.f.Text, c.text) {
			t.Errorf("%s: %s: %s\n%s", name, c.f.Standing, c.f.Text, rows)
		}
	}
}
