package experiments

import (
	"fmt"
	"strings"
	"testing"
)

// show lists the points of a grid with the fields asked for.
func show(t *testing.T, e *Experiment, names ...string) string {
	t.Helper()
	points, err := e.Configs()
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for _, p := range points {
		fmt.Fprint(&lines, p, " |")
		for _, name := range names {
			fmt.Fprint(&lines, " ", format(mustField(name).get(p.Config)))
		}
		fmt.Fprintln(&lines)
	}
	return lines.String()
}

func TestConfigs(t *testing.T) {
	for _, c := range []struct{ name, text, fields, want string }{
		{
			"last axis fastest", "grid: {adapter.rank: [8, 4], seed: [1, 0]}", "rank seed", `
rank=8 seed=1 | 8 1
rank=8 seed=0 | 8 0
rank=4 seed=1 | 4 1
rank=4 seed=0 | 4 0
`,
		}, {
			"grid, zip, nuisance",
			"nuisance: {lr: [1e-3, 1e-4]}\ntune: {seed: 7}\n" +
				"zip: [{scaling: [lora, rslora], alpha: [16, 8]}]\ngrid: {rank: 4}",
			"scaling alpha lr", `
rank=4 scaling=lora alpha=16 lr=0.001 | lora 16 0.001
rank=4 scaling=lora alpha=16 lr=1e-4 | lora 16 0.0001
rank=4 scaling=rslora alpha=8 lr=0.001 | rslora 8 0.001
rank=4 scaling=rslora alpha=8 lr=1e-4 | rslora 8 0.0001
`,
		}, {
			"targets by name and by list", "grid: {targets: [mlp, [v_proj, q_proj]]}", "targets", `
targets=mlp | mlp
targets=q_proj+v_proj | q_proj+v_proj
`,
		}, {
			"later conditions see earlier ones", `
grid: {rank: [4, 8, 16], scaling: [lora, 0.75]}
when:
  - {if: {scaling: 0.75, rank: [8, 16]}, set: {train.lr: 1e-4, alpha: 2}}
  - {if: {lr: 1e-4, rank: 16}, set: {alpha: 3}}
`, "lr alpha", `
rank=4 scaling=lora | 5e-05 16
rank=4 scaling=p=0.75 | 5e-05 16
rank=8 scaling=lora | 5e-05 16
rank=8 scaling=p=0.75 | 0.0001 2
rank=16 scaling=lora | 5e-05 16
rank=16 scaling=p=0.75 | 0.0001 3
`,
		}, {
			"exclude",
			"grid: {rank: [4, 8, 16], scaling: [lora, rslora]}\n" +
				"exclude: [{scaling: lora, rank: [8, 16]}, {rank: 4, scaling: rslora}]",
			"rank", `
rank=4 scaling=lora | 4
rank=8 scaling=rslora | 8
rank=16 scaling=rslora | 16
`,
		}, {
			"data as an axis", "grid: {data: [a.txt, b.txt]}", "data", `
data=a.txt | a.txt
data=b.txt | b.txt
`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := read(t, "name: x\n"+c.text)
			if e.axis(mustField("data")) == nil {
				e.Base.Data.Source = "a.txt"
			}
			if got := "\n" + show(t, e, strings.Fields(c.fields)...); got != c.want {
				t.Errorf("got%swant%s", got, c.want)
			}
		})
	}
}

func TestConfigsErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no axis", "data: a", "experiments: x: the grid is empty: add an axis, as in grid: {rank: [4, 8, 16]}"},
		{"all excluded", "data: a\ngrid: {rank: 4}\nexclude: [{rank: 4}]",
			"experiments: x.yaml:4: the grid is empty: exclude removes every combination"},
		{"no data", "grid: {rank: 4}",
			"experiments: x: data is not set: name a .jsonl, .json or .txt file, as in --set " +
				"data=DIR/train.jsonl, or an embedded recipe, as in --set data=go-functions"},
		{
			"zip of unequal lengths", "data: a\nzip: [{scaling: [lora, rslora], alpha: [1, 2, 3]}]",
			"experiments: x.yaml:3: zip: scaling has 2 values but alpha has 3: axes that vary together " +
				"need equally many",
		}, {
			"one value in two spellings", "data: a\ngrid: {rank: [4, 8], scaling: [rslora, 0.5]}",
			"experiments: x.yaml:3: rank=4 scaling=rslora is in the grid twice: an axis lists a value twice, perhaps " +
				"in two spellings",
		}, {
			"one pair twice in zip", "data: a\nzip: [{scaling: [lora, rslora, lora, lora], alpha: [1, 1, 2, 1]}]",
			"experiments: x.yaml:3: scaling=lora alpha=1 is in the grid twice: an axis lists a value twice, perhaps " +
				"in two spellings",
		}, {
			"when sets an axis", "data: a\ngrid: {rank: [4, 8]}\nwhen: [{if: {scaling: lora}, set: {rank: 2}}]",
			"experiments: x.yaml:3: when sets rank, but rank is an axis: remove one of the two",
		}, {
			"warm-up past the end", "data: a\ntrain: {warmup: 61}\ngrid: {rank: 4}",
			"experiments: x.yaml:3: rank=4: warmup 61: must be at most steps, which is 60",
		}, {
			"warm-up past the end, by when", "data: a\ngrid: {rank: 4}\nwhen: [{if: {rank: 4}, set: {warmup: 61}}]",
			"experiments: x.yaml:4: rank=4: warmup 61: must be at most steps, which is 60",
		}, {
			"log at rank 1", "data: a\nadapter:\n  scaling: log\ngrid: {rank: 1}",
			"experiments: x.yaml:4: rank=1: scaling log: γ = α/ln r needs rank and match_rank of at least 2",
		}, {
			"momentum that nothing uses", "data: a\ntrain: {momentum: 0.9}\ngrid: {optimizer: [sgd, adamw]}",
			"experiments: x.yaml:3: optimizer=adamw: momentum 0.9: only sgd, muon, scaled-sgd, lora-muon use " +
				"momentum: must be 0 for optimizer adamw",
		}, {
			"an optimizer that needs two factors",
			"data: a\ntrain: {optimizer: scaled-adamw}\ngrid: {method: [lora, full]}",
			"experiments: x.yaml:3: method=full: optimizer scaled-adamw: works on the two factors of BA " +
				"together, and method full does not train these: use another optimizer",
		}, {
			"an optimizer that needs two factors of one product",
			"data: a\ntrain: {optimizer: scaled-adamw}\ngrid: {method: [lora, loha]}",
			"experiments: x.yaml:3: method=loha: optimizer scaled-adamw: works on the two factors of BA " +
				"together, and method loha does not train these: use another optimizer",
		}, {
			"an optimizer that needs an A that stays",
			"data: a\ntrain: {optimizer: lora-fa-adamw}\ngrid: {method: [lora-fa, lora]}",
			"experiments: x.yaml:3: method=lora: optimizer lora-fa-adamw: divides the gradient of B by an A that " +
				"does not train, and method lora has no such A: use method lora-fa, or another optimizer",
		}, {
			"a slip of the pen", "data: a\ngrid: {rank: [1, 2, 3, 4, 5, 6, 7, 8], alpha: [1, 2, 3, 4, 5, 6, 7, 8], " +
				"lr: [1, 2, 3, 4, 5, 6, 7, 8], eps: [.1, .2, .3, .4, .5, .6, .7, .8], seed: [1, 2, 3, 4, 5, 6, 7, " +
				"8], clip: [1, 2, 3, 4, 5, 6, 7, 8]}",
			"experiments: x.yaml:3: the grid has more than 100000 points: list fewer values",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := Parse("x.yaml", []byte("name: x\n"+c.text))
			if err == nil {
				_, err = e.Configs()
			}
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
