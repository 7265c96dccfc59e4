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

// A list of targets is a list of values, as of every field, whether targets was an axis or
// not. A list in it is one value.
func TestSetTargets(t *testing.T) {
	for _, grid := range []string{"{lr: 1}", "{lr: 1, targets: mlp}"} {
		for override, want := range map[string]string{
			"targets=[v_proj, q_proj]":   "lr=1 targets=v_proj |\nlr=1 targets=q_proj |\n",
			"targets=[[v_proj, q_proj]]": "lr=1 targets=q_proj+v_proj |\n",
			"targets=[[v_proj, q_proj], attention]": "lr=1 targets=q_proj+v_proj |\n" +
				"lr=1 targets=attention |\n",
		} {
			e := read(t, "{name: x, data: a, grid: "+grid+"}")
			if err := e.Set(override); err != nil {
				t.Fatal(err)
			}
			if got := show(t, e); got != want {
				t.Errorf("grid %s, %s: got %swant %s", grid, override, got, want)
			}
		}
	}
}

func TestSetErrors(t *testing.T) {
	for override, want := range map[string]string{
		"stpes=50": `experiments: --set stpes=50: unknown field "stpes": did you mean "steps"? known: ` +
			strings.Join(fieldNames(), ", "),
		"train=50": `experiments: --set train=50: unknown field "train": known: ` +
			strings.Join(fieldNames(), ", "),
		"steps":         "experiments: --set steps: the value is missing: write --set steps=VALUE",
		"steps=":        "experiments: --set steps=: the value is missing: write --set steps=VALUE",
		"steps=a: b: c": "experiments: --set steps=a: b: c: mapping values are not allowed in this context",
		"steps=010": "experiments: --set steps=010: steps 010: must not begin with 0, since YAML would read it as " +
			"octal",
		"data=a #1.jsonl": "experiments: --set data=a #1.jsonl: in YAML # begins a comment: put the value in quotes, " +
			"as in --set 'data=\"a #1.jsonl\"'",
		"rank=[4, 8] # two": "experiments: --set rank=[4, 8] # two: in YAML # begins a comment: put the value in " +
			"quotes, as in --set 'data=\"a #1.jsonl\"'",
		"lora_alpha=8":    `experiments: --set lora_alpha=8: unknown field "lora_alpha": it is called alpha here`,
		"r=8":             `experiments: --set r=8: unknown field "r": it is called rank here`,
		"optimizer=AdamW": `experiments: --set optimizer=AdamW: optimizer "AdamW": must be in small letters, adamw`,
		"targets=q_proj,v_proj": `experiments: --set targets=q_proj,v_proj: targets "q_proj,v_proj": ` +
			"must be names of maps, in a list if there are several; a list of values is written [q_proj,v_proj]",
		"alpha=[2r]": `experiments: --set alpha=[2r]: alpha "2r": must be a finite number; alpha may follow the ` +
			"rank only where it is set for all runs, as in adapter: {alpha: 2r}",
		"rank=4,8": `experiments: --set rank=4,8: rank "4,8": must be a whole number; a list of values is ` +
			"written [4,8]",
		"scaling=rsLoRA": `experiments: --set scaling=rsLoRA: scaling "rsLoRA": must be in small letters, rslora`,
		"rank=[]":        "experiments: --set rank=[]: rank has an empty list of values: give at least one",
		"rank=[4, none]": `experiments: --set rank=[4, none]: rank "none": must be a whole number`,
		"lr={a: b}": "experiments: --set lr={a: b}: lr {...}: must be a single value: to vary it, list its values " +
			"under grid",
	} {
		err := read(t, design).Set(override)
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// Every name that other tools have for a field is of a field, and is no field's name here.
func TestPeerNames(t *testing.T) {
	for name, field := range peerNames {
		if _, ok := fieldNamed(field); !ok {
			t.Errorf("%s is called %s, which is no field", name, field)
		}
		if _, ok := fieldNamed(name); ok {
			t.Errorf("%s is a field", name)
		}
	}
}
