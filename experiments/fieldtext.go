package experiments

import (
	"fmt"
	"slices"
	"strings"

	"ranksweep/lora"
	"ranksweep/nn"
)

// FieldText is what a user needs to know of one field of an experiment file.
type FieldText struct {
	Path    string // adapter.rank
	Name    string // rank: what axes, overrides and tables call it
	Type    string // whole number, number, text, …
	Unit    string // what it counts; empty where it counts nothing
	Default string // empty where there is none
	Allowed string // which values it can have; empty where any of its type
	Meaning string
}

// Fields explains every field of [Config], in order of declaration.
func Fields() []FieldText {
	var all []FieldText
	for _, f := range fields {
		t := fieldTexts[f.path]
		all = append(all, FieldText{
			Path: f.path, Name: f.name, Type: f.typeName(), Unit: t.unit,
			Default: written(f.get(Defaults())), Allowed: bounds[f.path].allowed, Meaning: t.meaning,
		})
	}
	return all
}

// typeName is what people call the field's type.
func (f field) typeName() string {
	switch zero := f.zero().(type) {
	case int, uint64:
		return "whole number"
	case float64:
		return "number"
	case bool:
		return "true or false"
	case string:
		return "text"
	case lora.Scheme:
		return "scheme"
	case Targets:
		return "name or list of names"
	default:
		panic(fmt.Sprintf("experiments: field %s has type %T, which has no name", f.path, zero))
	}
}

// fieldTexts has an entry for every field, by path.
var fieldTexts = map[string]struct{ unit, meaning string }{
	"model": {"", "The model to adapt: `base`, the embedded one; a Hugging Face folder; a .gguf file; or " +
		"`org/name` of the hub. Paths are relative to the working folder."},
	"seed": {"", "Seed of the order of the data, of the adapter's first entries and of dropout, each with a " +
		"random stream of its own. Runs of one seed are paired in comparisons."},

	"trainer": {"", "Who trains: `local`, the trainer in this process; `peft`, transformers and PEFT in Python; or a " +
		"program that `--trainer` names. See docs/trainers.md."},

	"data.source": {"", "What to train on: an embedded recipe (`go-functions`), or a .jsonl, .json or .txt file. " +
		"`data: x` is short for `data: {source: x}`."},
	"data.loss": {"", "`completion` scores the tokens of completions alone; `all` scores every token."},
	"data.packing": {"", "Fill each sequence up to `context` with several examples; otherwise one example a " +
		"sequence."},
	"data.validation": {"examples", "How many examples are held out of training and scored as the validation set. " +
		"If the file does not say, and the data are too few, a quarter of them."},
	"data.eos": {"", "End plain texts with the end-of-sequence token. Completions always end with it."},

	"adapter.method": {"", "What is trained: a low-rank adapter (`lora`), something else in its place, or the " +
		"weights of the targeted maps themselves (`full`). See docs/methods.md."},
	"adapter.rank": {"", "r, the rank of the adapter: A is r × in, B is out × r."},
	"adapter.scaling": {"", "The scheme: how γ, the first entries and the learning rates depend on rank. See " +
		"docs/schemes.md."},
	"adapter.alpha": {"", "α in γ = α/r^p, the number that BA is multiplied by. 2r stands for twice the rank of " +
		"each run."},
	"adapter.match_rank": {"rank", "The rank r₀ at which the scheme is made equal to LoRA: γ = (α/r₀)(r₀/r)^p, " +
		"and first entries and rates are those of no scheme at r₀. 0: not matched."},
	"adapter.fresh": {"", "Draw A anew for each rank. Otherwise the A of a smaller rank is the top of the A of a " +
		"larger one, so that ranks are paired. The same goes for B where B is drawn."},
	"adapter.init": {"", "Distribution of A's first entries. B starts at 0. Where the scheme has `zero=a` it is " +
		"the other way round."},
	"adapter.targets": {"", "The linear maps that are adapted. A list is a set: its order does not count."},
	"adapter.dropout": {"probability", "How often an entry of an adapter's input is dropped in training."},
	"adapter.decompose_factor": {"", "lokr: what each width is divided by to give that of w2, or, where it is no " +
		"divisor, the largest one below it. 0, and -1 in PEFT: the largest up to the root of the width."},
	"adapter.decompose_both": {"", "lokr: make w1 a product of rank r too, while r is below half of its longer side."},
	"adapter.target_rank": {"", "adalora: the rank that a map keeps in the mean at the end, `target_r` in PEFT, " +
		"whose `init_r` is `rank`. 0: two thirds of the rank."},
	"adapter.tinit":  {"steps", "adalora: after how many updates cuts may begin."},
	"adapter.tfinal": {"steps", "adalora: how many updates before the end the last cut is made."},
	"adapter.delta_t": {"steps", "adalora: between two cuts, `deltaT` in PEFT. What one cuts goes on to train, and " +
		"may be kept by the next, until the last one."},
	"adapter.importance_beta1": {"", "adalora: how much of the running mean of an entry's sensitivity is kept a " +
		"step, `beta1` in PEFT."},
	"adapter.importance_beta2": {"", "adalora: how much of the running mean of its uncertainty is kept a step, " +
		"`beta2` in PEFT."},
	"adapter.orth_reg": {"", "adalora: the penalty, a mean over P = A and P = Bᵀ of all maps: `norm`, ‖PPᵀ − I‖_F " +
		"as in PEFT, which begins near √r; `root`, the same divided by √r; or `none`."},
	"adapter.orth_reg_weight": {"", "adalora: what the penalty is multiplied by."},
	"adapter.gamma_rank": {"", "adalora: which rank the scheme makes γ of: `initial`, as in PEFT, or `current`, " +
		"the rank that the last cut left to the map."},

	"train.optimizer": {"", "What moves the parameters. See docs/optimizers.md."},
	"train.lr":        {"", "Learning rate, at its peak."},
	"train.lr_a":      {"", "Learning rate of A in place of `lr`; 0: `lr`."},
	"train.lr_b":      {"", "Learning rate of B in place of `lr`; 0: `lr`."},
	"train.momentum":  {"", "Momentum of " + using("momentum", "") + "."},
	"train.beta1": {"", using("beta1", "lion") + ": how much of the gradient's running mean is kept a step. " +
		"lion: the mean's share in an update."},
	"train.beta2": {"", using("beta2", "lion") + ": how much of the running mean of squares is kept a step. " +
		"lion: the same of the running mean."},
	"train.eps": {"", using("eps", "") + ": added to the root of the mean square."},
	"train.damping": {"", using("damping", "lora-fa-adamw") + ": added to the diagonals of AAᵀ and BᵀB, by whose " +
		"inverses they multiply gradients. lora-fa-adamw: the same of AAᵀ alone."},
	"train.weight_decay": {"", "Added to the gradient under sgd and scaled-sgd; under the others it shrinks the " +
		"weights directly. lora-muon: it shrinks BA."},
	"train.clip": {"Frobenius norm", "Largest norm of all gradients together; longer ones are shortened " +
		"to it. 0: never."},
	"train.schedule": {"", "How the learning rate goes after the warmup: `constant`, or down to 0 along a line or " +
		"a cosine. The step after the last would have 0."},
	"train.warmup":     {"steps", "Over how many steps the learning rate first rises, along a line."},
	"train.batch":      {"sequences", "Sequences in a forward pass."},
	"train.accumulate": {"passes", "Forward passes before each update; their gradients are averaged."},
	"train.context":    {"tokens", "Longest sequence."},
	"train.steps":      {"steps", "Updates to make."},
	"train.precision": {"", "How products with weights are computed: in `float32`; or in `bf16`, which " +
		"rounds weights, A, B and what they multiply to bfloat16, and sums in float32. Trainer peft has others: " +
		"see docs/trainers.md."},
	"train.quantization": {"", "The format of frozen weights in 8 bits (`int8`) or 4 (`nf4`, `nf4-double`, `fp4`); " +
		"`none`: that of `precision`. See docs/trainers.md."},
	"train.attention": {"", "Which code computes attention; `default`: what the trainer takes by itself. See " +
		"docs/trainers.md."},
	"train.gradient_checkpointing": {"", "Keep only the inputs of layers on the way forward, and compute the rest " +
		"again on the way back, which takes less memory and more time."},
	"train.deterministic": {"", "Ask PyTorch for algorithms that give the same bytes each time. `sweep verify` then " +
		"compares bytes; otherwise it measures how far two runs of one config are apart."},

	"measure.every":         {"steps", "Between points of the curve: loss and gradient norms."},
	"measure.eval_every":    {"steps", "Between validation losses; 0: at the first and last step alone."},
	"measure.probe_every":   {"steps", "Between measurements on the probe batch; 0: at the first and last step alone."},
	"measure.modules_every": {"steps", "Between measurements of every single adapted map; 0: never."},
	"measure.probe":         {"sequences", "Size of the probe batch, which is the same at every step."},
	"measure.theory": {"", "Compute beside each statistic what theory expects of it at this very rank, where " +
		"there is an exact expression."},
}

// using lists the optimizers that have a setting, but for one of which its text speaks apart.
func using(setting, apart string) string {
	names := slices.DeleteFunc(nn.OptimizersWith(setting), func(name string) bool { return name == apart })
	return strings.Join(names, ", ")
}

// KeyText explains a key of an experiment file that is no field of a run.
type KeyText struct{ Key, Example, Meaning string }

// Keys explains the keys that make a grid of runs out of fields.
func Keys() []KeyText {
	return []KeyText{
		{"name", "mine", "Name of the experiment and of its folder under runs/: letters, digits, dots, dashes and " +
			"underscores. Must be there."},
		{"question", "Does it?", "What the experiment asks, for the reader."},
		{"grid", "{rank: [4, 32], seed: [0, 1]}", "Axes, each a field and its values. Every combination is a run. " +
			"seed: 0..9 stands for all whole numbers from 0 to 9, and lr: \"log(1e-5, 1e-2, 7)\" for 7 rates from " +
			"1e-5 to 1e-2, each the one before times the same factor; so it is wherever values are listed."},
		{"zip", "[{optimizer: [adamw, sgd], eps: [1e-12, 0]}]", "Groups of axes that vary together: the first " +
			"values of all, then the second ones, and so on. A group is combined with all other axes."},
		{"nuisance", "{lr: [1e-4, 1e-3]}", "Axes that are tuned away: each cell is reported at its own best value."},
		{"tune.seed", "[100, 101]", "Seeds on which nuisance values are chosen. The grid must not have them."},
		{"tune.extend", "2", fmt.Sprintf("How often tuning may go on beyond the edge where the best value lies there, "+
			"0 to %d; 0 if left out.", maxExtend)},
		{"tune.local", "5", fmt.Sprintf("How many values, in ratio √2 around the chosen one, each reported seed "+
			"tries: "+
			"an odd number from %d to %d. 0, or left out: the chosen one alone.", minLocal, maxLocal)},
		{"when", "[{if: {optimizer: sgd}, set: {momentum: 0.9}}]", "Values that depend on other values, applied " +
			"in order."},
		{"exclude", "[{scaling: lora, rank: [32, 256]}]", "Combinations to leave out."},
		{"scales", "{small: {seed: [0, 1, 2], steps: 15}}", "Other sizes of the experiment, by name: fields with the " +
			"values, or axes, that they have there. `sweep reproduce --scale` takes one."},
		{"figures", "[{x: rank, y: val_loss, lines: lr}]", "Figures that `sweep run` and `sweep plot` draw beside " +
			"the usual ones; docs/figures.md has their keys. They are no part of any run."},
	}
}
