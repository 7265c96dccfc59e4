package experiments

import (
	"strings"
	"testing"
)

// fullGrid is a small grid of both methods.
const fullGrid = `
grid: {method: [lora, full], rank: [4, 32, 256], scaling: [lora, rslora], seed: [0, 1]}
`

func TestRanklessPointsAreOne(t *testing.T) {
	e := read(t, "name: x\ndata: d.txt\n"+fullGrid)
	points, err := e.Configs()
	check(t, err)
	if len(points) != 14 {
		t.Fatalf("%d points, want 2·3·2 and 2", len(points))
	}
	for i, want := range []string{"method=full rank=0 scaling=full seed=0", "method=full rank=0 scaling=full seed=1"} {
		p := points[12+i]
		if p.String() != want || p.Config.Adapter.Gamma() != 1 || p.Config.Adapter.SchemeName() != "full" {
			t.Errorf("point %s, gamma %g, want %s", p, p.Config.Adapter.Gamma(), want)
		}
	}
	resolved, err := e.Resolved()
	check(t, err)
	again, err := Parse("resolved.yaml", resolved)
	check(t, err)
	if got, want := show(t, again, fieldNames()...), show(t, e, fieldNames()...); got != want {
		t.Errorf("resolved:\n%swant\n%s", got, want)
	}
}

// TestRanklessIgnoresWhatRanksHave: points of a method without a rank are one run,
// whatever they set of the fields that belong to a rank. On an axis of such a field
// they have no value.
func TestRanklessIgnoresWhatRanksHave(t *testing.T) {
	e := read(t, `
name: x
data: d.txt
adapter: {match_rank: 8, init: gaussian}
grid: {method: [full, lora], alpha: [8, 16], lr: [1e-3, 1e-4]}
zip: [{rank: [4, 8], lr_a: [0.1, 0.2], scaling: [log, "0.7"], fresh: [true, false]}]
`)
	if got, want := show(t, e, "rank", "init", "alpha", "lr_a", "lr"), `
method=full lr=0.001 rank=0 scaling=full | 0 kaiming-uniform 16 0 0.001
method=full lr=1e-4 rank=0 scaling=full | 0 kaiming-uniform 16 0 0.0001
method=lora alpha=8 lr=0.001 rank=4 lr_a=0.1 scaling=log fresh=true | 4 gaussian 8 0.1 0.001
`; !strings.HasPrefix("\n"+got, want) {
		t.Errorf("got\n%swant%s", got, want)
	}
}

// TestPointsWithoutMultiplierAreOne: for a method with a rank and no multiplier, points that differ in
// scaling, α and matching are one, and those of two ranks are two.
func TestPointsWithoutMultiplierAreOne(t *testing.T) {
	e := read(t, `
name: x
data: d.txt
grid: {method: [hira, lora], rank: [4, 8], scaling: [lora, rslora], match_rank: [0, 4], alpha: [8, 32],
  lr_a: [0, 0.1]}
`)
	if got, want := show(t, e, "rank", "scaling", "alpha", "match_rank", "lr_a"), `
method=hira rank=4 scaling=hira lr_a=0 | 4 lora 16 0 0
method=hira rank=4 scaling=hira lr_a=0.1 | 4 lora 16 0 0.1
method=hira rank=8 scaling=hira lr_a=0 | 8 lora 16 0 0
method=hira rank=8 scaling=hira lr_a=0.1 | 8 lora 16 0 0.1
method=lora rank=4 scaling=lora match_rank=0 alpha=8 lr_a=0 | 4 lora 8 0 0
`; !strings.HasPrefix("\n"+got, want) {
		t.Errorf("got\n%swant%s", got, want)
	}
	points, err := e.Configs()
	check(t, err)
	c := points[0].Config
	if c.Adapter.Gamma() != 1 || c.Adapter.SchemeName() != "hira" || len(points) != 4+2*2*2*2*2 {
		t.Errorf("%d points, gamma %g, scheme %s", len(points), c.Adapter.Gamma(), c.Adapter.SchemeName())
	}
	c.Adapter.Alpha = 32
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(),
		"alpha 32: method hira does not use it: must be 16") {
		t.Errorf("error %v", err)
	}
}

func TestMethodRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{
			"grid: {method: [lora, full]}\nadapter: {dropout: 0.1}",
			"method=full: dropout 0.1: must be 0 for method full, which drops no inputs; " +
				"to drop inputs of adapters alone, set dropout in when for the other methods",
		}, {
			"grid: {method: full}\ntrain: {precision: bf16}",
			"method=full: precision bf16: method full makes weights anew in float32: " +
				"must be one of float32, tf32, bf16-autocast",
		}, {
			"grid: {method: full}\ntrain: {quantization: nf4}",
			"method=full: quantization nf4: method full makes weights anew in float32: must be none",
		}, {
			"grid: {method: lora}\ntrain: {attention: flash_attention_2}",
			"attention flash_attention_2: multiplies numbers of 16 bits alone: precision must be one of bf16, " +
				"bf16-weights, bf16-autocast, fp16",
		}, {
			"grid: {method: [lora, full], rank: [0, 4]}", "rank 0: must be at least 1",
		}, {
			"grid: {method: [lokra]}", `method "lokra": must be one of lora, dora, full, loha, lokr, vera`,
		}, {
			"grid: {method: loha}\nadapter: {dropout: 0.1}",
			"method=loha: dropout 0.1: must be 0 for method loha, which drops no inputs; ",
		}, {
			"grid: {method: [lora, loha]}\nadapter: {scaling: \"rslora,zero=a\"}",
			"method=loha: scaling rslora,zero=a: method loha has first entries of its own: " +
				"must be without init and zero=a",
		}, {
			"grid: {method: loha, scaling: \"lora,init=0.5\"}",
			"scaling lora,init=0.5: method loha has first entries of its own: must be without init and zero=a",
		}, {
			"grid: {method: loha}\ntrain: {precision: bf16}",
			"method=loha: precision bf16: method loha makes weights anew in float32: " +
				"must be one of float32, tf32, bf16-autocast",
		}, {
			"grid: {method: [vera, hira]}\nadapter: {scaling: rslora}",
			"x.yaml:4: scaling rslora: method vera does not use it: leave it out",
		}, {
			"grid: {method: vera}\nadapter: {init: gaussian}",
			"x.yaml:4: init gaussian: method vera does not use it: leave it out",
		}, {
			"grid: {method: lora-fa}\ntrain: {lr_a: 0.1}",
			"x.yaml:4: lr_a 0.1: method lora-fa does not use it: leave it out",
		}, {
			"grid: {method: lora-fa, init: [gaussian, orthogonal]}\nadapter: {dropout: 0.1, alpha: 2r}", "",
		}, {
			"grid: {method: full}\nadapter: {alpha: 32}",
			"x.yaml:4: alpha 32: method full does not use it: leave it out",
		}, {
			"grid: {method: full}\nadapter: {alpha: 2r}",
			"x.yaml:4: alpha 2r: method full does not use it: leave it out",
		}, {
			"grid: {method: [full, loha]}\nadapter: {decompose_factor: 4, alpha: 32}",
			"x.yaml:4: decompose_factor 4: method full does not use it: leave it out",
		}, {
			"grid: {method: [lora, lokr], decompose_factor: [0, 4]}\nadapter: {decompose_both: true}", "",
		}, {
			"grid: {method: [lokr]}\nadapter: {decompose_factor: -1}", "decompose_factor -1: must be at least 0",
		}, {
			"grid: {method: [lora, peft-orthogonal], rank: [4, 5]}",
			"x.yaml:3: method=peft-orthogonal rank=5: rank 5: must be even for method peft-orthogonal",
		}, {
			"grid: {method: pissa}\nadapter: {fresh: true}",
			"x.yaml:4: fresh true: method pissa does not use it: leave it out",
		}, {
			"grid: {method: loha, rank: [0, 4]}", "rank 0: must be at least 1",
		}, {
			"grid: {method: loha, rank: [4, 8], scaling: [rslora, 0.75]}\nadapter: {fresh: true}", "",
		}, {
			"grid: {method: adalora}\nadapter: {rank: 4, target_rank: 5}",
			"x.yaml:4: method=adalora: target_rank 5: must be from 1 to the rank, which is 4",
		}, {
			"grid: {method: adalora, tinit: [0, 10]}\nadapter: {tfinal: 5}\ntrain: {steps: 15}",
			"tinit 10 and tfinal 5: must be at least 0, and together below steps, which is 15",
		}, {
			"grid: {method: adalora}\nadapter: {delta_t: 60}",
			"x.yaml:4: method=adalora: delta_t 60: no step from 1 to 59 is a multiple of it, so that nothing would " +
				"be cut: lower it, or set tfinal to at least 1",
		}, {
			"grid: {method: adalora}\nadapter: {target_rank: -1}", "x.yaml:4: target_rank -1: must be at least 0",
		}, {
			"grid: {method: adalora}\nadapter: {tinit: -1}", "x.yaml:4: tinit -1: must be at least 0",
		}, {
			"grid: {method: adalora}\nadapter: {importance_beta1: 1}",
			"x.yaml:4: importance_beta1 1: must be above 0 and below 1",
		}, {
			"grid: {method: adalora}\nadapter: {orth_reg_weight: 0}",
			"x.yaml:4: orth_reg_weight 0: must be above 0 and at most",
		}, {
			"grid: {method: adalora}\nadapter: {orth_reg: none, orth_reg_weight: 0.1}",
			"x.yaml:4: method=adalora: orth_reg_weight 0.1: orth_reg none has no weight: must be 0.5",
		}, {
			"grid: {method: adalora, scaling: log}\nadapter: {gamma_rank: current}",
			"gamma_rank current: scaling log has no γ of rank 1, with which a cut can leave a map: " +
				"must be initial",
		}, {
			"grid: {method: adalora, scaling: \"lora,zero=a\"}",
			"scaling lora,zero=a: method adalora has first entries of its own: must be without init and zero=a",
		}, {
			"grid: {method: lora}\nadapter: {tinit: 5}",
			"x.yaml:4: tinit 5: method lora does not use it: leave it out",
		}, {
			"grid: {method: [lora, adalora], rank: [4, 8], orth_reg: [norm, root, none], " +
				"gamma_rank: [initial, current]}\n" +
				"adapter: {tinit: 5, tfinal: 10, target_rank: 2, dropout: 0.1}\ntrain: {precision: bf16}", "",
		}, {
			"grid: {method: full, rank: [4, 8]}\nzip: [{alpha: [1, 1]}]", "",
		}, {
			"grid: {method: lora, alpha: [1, 1]}", "method=lora alpha=1 is in the grid twice",
		},
	} {
		e, err := Parse("x.yaml", []byte("name: x\ndata: d.txt\n"+c.text))
		if err == nil {
			_, err = e.Configs()
		}
		switch {
		case c.want == "" && err != nil, c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: error %v, want %q", c.text, err, c.want)
		}
	}
	c := Defaults()
	c.Data.Source, c.Adapter.Method, c.Adapter.Rank = "d.txt", "full", 4
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(),
		"rank 4: method full does not use it: must be 0") {
		t.Errorf("error %v", err)
	}
	c = Defaults()
	c.Data.Source, c.Adapter.Method, c.Adapter.Init = "d.txt", "loha", "gaussian"
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(),
		"init gaussian: method loha does not use it: must be kaiming-uniform") {
		t.Errorf("error %v", err)
	}
	c = Defaults()
	c.Data.Source, c.Adapter.Rank = "d.txt", 0
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "rank 0: must be at least 1") {
		t.Errorf("error %v", err)
	}
}
