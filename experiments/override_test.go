package experiments

import (
	"strings"
	"testing"
)

func TestSet(t *testing.T) {
	const file = `
name: x
data: a.txt
grid: {rank: [4, 8]}
zip: [{scaling: [lora, rslora], alpha: [16, 8]}]
when: [{if: {scaling: rslora}, set: {lr: 1e-4, eps: 1e-12}}]
nuisance: {warmup: [0, 1]}
tune: {seed: [5, 6]}
exclude: [{rank: 4, scaling: lora}, {rank: 8, scaling: rslora}]
`
	for _, c := range []struct{ name, overrides, want string }{
		{"nothing", "", `
rank=4 scaling=rslora alpha=8 warmup=0 | a.txt 0.0001 1e-12 60
rank=4 scaling=rslora alpha=8 warmup=1 | a.txt 0.0001 1e-12 60
rank=8 scaling=lora alpha=16 warmup=0 | a.txt 5e-05 1e-08 60
rank=8 scaling=lora alpha=16 warmup=1 | a.txt 5e-05 1e-08 60
`},
		{"axes to one value, a field by its path", "rank=16 warmup=3 train.steps=5", `
rank=16 scaling=lora alpha=16 warmup=3 | a.txt 5e-05 1e-08 5
rank=16 scaling=rslora alpha=8 warmup=3 | a.txt 0.0001 1e-12 5
`},
		{"an axis to other values", "rank=[2,3] warmup=0 scaling=[0,1]", `
rank=2 scaling=constant alpha=16 warmup=0 | a.txt 5e-05 1e-08 60
rank=2 scaling=lora alpha=8 warmup=0 | a.txt 5e-05 1e-08 60
rank=3 scaling=constant alpha=16 warmup=0 | a.txt 5e-05 1e-08 60
rank=3 scaling=lora alpha=8 warmup=0 | a.txt 5e-05 1e-08 60
`},
		{"the last one counts", "rank=3 warmup=0 data=other/b.jsonl rank=4", `
rank=4 scaling=rslora alpha=8 warmup=0 | other/b.jsonl 0.0001 1e-12 60
`},
		{"a new axis, which conditions leave alone", "rank=4 warmup=0 lr=[1,2]", `
rank=4 lr=1 scaling=rslora alpha=8 warmup=0 | a.txt 1 1e-12 60
rank=4 lr=2 scaling=rslora alpha=8 warmup=0 | a.txt 2 1e-12 60
`},
		{"every field of a condition", "rank=4 warmup=0 lr=1 eps=0", `
rank=4 scaling=rslora alpha=8 warmup=0 | a.txt 1 0 60
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := read(t, file)
			if err := e.Set(strings.Fields(c.overrides)...); err != nil {
				t.Fatal(err)
			}
			if got := "\n" + show(t, e, "data", "lr", "eps", "steps"); got != c.want {
				t.Errorf("got%swant%s", got, c.want)
			}
		})
	}
}

// A list of targets is one value, unless targets is an axis: then it is a list of values.
func TestSetTargets(t *testing.T) {
	e := read(t, "{name: x, data: a, grid: {rank: 4}}")
	if err := e.Set("targets=[v_proj, q_proj]"); err != nil {
		t.Fatal(err)
	}
	if got, want := show(t, e, "targets"), "rank=4 | q_proj+v_proj\n"; got != want {
		t.Errorf("got %swant %s", got, want)
	}
	e = read(t, "{name: x, data: a, grid: {targets: mlp}}")
	if err := e.Set("targets=[v_proj, q_proj]"); err != nil {
		t.Fatal(err)
	}
	if got, want := show(t, e), "targets=v_proj |\ntargets=q_proj |\n"; got != want {
		t.Errorf("got %swant %s", got, want)
	}
}

func TestSetErrors(t *testing.T) {
	for override, want := range map[string]string{
		"stpes=50": `sweep: --set stpes=50: unknown field "stpes": did you mean "steps"? known: ` +
			strings.Join(fieldNames(), ", "),
		"train=50":       `sweep: --set train=50: unknown field "train": known: ` + strings.Join(fieldNames(), ", "),
		"steps":          "sweep: --set steps: the value is missing: write --set steps=VALUE",
		"steps=":         "sweep: --set steps=: is empty",
		"steps=a: b: c":  "sweep: --set steps=a: b: c: mapping values are not allowed in this context",
		"steps=010":      "sweep: --set steps=010: steps 010: must not begin with 0, since YAML would read it as octal",
		"rank=[]":        "sweep: --set rank=[]: rank has an empty list of values: give at least one",
		"rank=[4, none]": `sweep: --set rank=[4, none]: rank "none": must be a whole number`,
		"lr={a: b}": "sweep: --set lr={a: b}: lr {...}: must be a single value: to vary it, list its values " +
			"under grid",
	} {
		err := read(t, design).Set(override)
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
