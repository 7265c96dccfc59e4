package experiments

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"ranksweep/lora"
	"ranksweep/nn"
)

// A bound says which values of its type a field can have.
type bound struct {
	allowed string                // the values in words; empty if every value is allowed
	check   func(value any) error // returns an error if a value is not allowed
}

// bounds has an entry for each field, by path. Upper limits are far above any use. They
// keep sums of sizes within int and numbers within float32.
var bounds = map[string]bound{
	"model":       text,
	"trainer":     text,
	"data.source": text,
	"data.loss":   oneOf("completion", "all"),

	"data.packing":    free,
	"data.validation": whole(0, 1<<20),
	"data.eos":        free,

	"adapter.method":     oneOf(lora.Methods()...),
	"adapter.rank":       whole(1, 1<<20),
	"adapter.scaling":    scheme,
	"adapter.alpha":      above(0, 1e6),
	"adapter.match_rank": whole(0, 1<<20),
	"adapter.fresh":      free,
	"adapter.init":       oneOf(initKinds()...),
	"adapter.targets":    distinctNames,
	"adapter.dropout":    below(0, 1),

	"adapter.decompose_factor": whole(0, 1<<20),
	"adapter.decompose_both":   free,

	"adapter.target_rank":      whole(0, 1<<20),
	"adapter.tinit":            whole(0, 1<<30),
	"adapter.tfinal":           whole(0, 1<<30),
	"adapter.delta_t":          whole(1, 1<<30),
	"adapter.importance_beta1": between(0, 1),
	"adapter.importance_beta2": between(0, 1),
	"adapter.orth_reg":         oneOf(penaltyKinds()...),
	"adapter.orth_reg_weight":  above(0, 1e6),
	"adapter.gamma_rank":       oneOf(InitialRank, CurrentRank),

	"train.optimizer":    oneOf(nn.Optimizers()...),
	"train.lr":           above(0, 1e6),
	"train.lr_a":         within(0, 1e6),
	"train.lr_b":         within(0, 1e6),
	"train.momentum":     below(0, 1),
	"train.beta1":        below(0, 1),
	"train.beta2":        below(0, 1),
	"train.eps":          within(0, 1),
	"train.damping":      within(0, 1e6),
	"train.weight_decay": within(0, 1e6),
	"train.clip":         within(0, 1e6),
	"train.schedule":     oneOf("constant", "linear", "cosine"),
	"train.warmup":       whole(0, 1<<30),
	"train.batch":        whole(1, 1<<20),
	"train.accumulate":   whole(1, 1<<20),
	"train.context":      whole(2, 1<<20), // one token to read and one to predict
	"train.steps":        whole(1, 1<<30),
	"train.precision":    oneOf(Precisions()...),

	"train.quantization":           oneOf(Quantizations()...),
	"train.attention":              oneOf(Attentions()...),
	"train.gradient_checkpointing": free,
	"train.deterministic":          free,

	"measure.every":         whole(1, 1<<30),
	"measure.eval_every":    whole(0, 1<<30),
	"measure.probe_every":   whole(0, 1<<30),
	"measure.modules_every": whole(0, 1<<30),
	"measure.probe":         whole(1, 1<<20),
	"measure.theory":        free,

	"seed": free,
}

var errNoData = errors.New("data is not set: name a .jsonl, .json or .txt file, as in --set data=DIR/train.jsonl, " +
	"or an embedded recipe, as in --set data=go-functions")

// Validate returns an error about the first field with a value that no run can have.
func (c Config) Validate() error {
	if c.Data.Source == "" {
		return errNoData
	}
	config := reflect.ValueOf(c)
	for _, f := range fields {
		value := f.of(config)
		if value == 0 && f.path == "adapter.rank" && slices.Contains(c.unused(), f.path) {
			continue
		}
		if err := bounds[f.path].check(value); err != nil {
			return about(f.path)("%s %s: %w", f.name, written(value), err)
		}
	}
	if err := c.checkMethod(); err != nil {
		return err
	}
	if err := c.checkBudget(); err != nil {
		return err
	}
	if err := c.checkArithmetic(); err != nil {
		return err
	}
	if err := c.checkOptimizer(); err != nil {
		return err
	}
	if t := c.Train; t.Warmup > t.Steps {
		return about("train.warmup", "train.steps")("warmup %d: must be at most steps, which is %d", t.Warmup, t.Steps)
	}
	if a := c.Adapter; a.Scaling.Log && (a.Rank < 2 || a.MatchRank == 1) {
		return about("adapter.scaling", "adapter.rank", "adapter.match_rank")("scaling log: γ = α/ln r needs rank " +
			"and match_rank of at least 2")
	}
	return nil
}

// checkOptimizer finds a momentum that the optimizer would ignore, and a method that it cannot train.
func (c Config) checkOptimizer() error {
	t := c.Train
	if t.Momentum > 0 && t.OptimizerConfig().Momentum == 0 {
		return about("train.momentum", "train.optimizer")("momentum %s: only %s use momentum: must be 0 for "+
			"optimizer %s", written(t.Momentum), using("momentum", ""), t.Optimizer)
	}
	if nn.Pairs(t.Optimizer) && !c.Adapter.Has(lora.Factors) {
		return about("train.optimizer", "adapter.method")("optimizer %s: works on the two factors of BA together, "+
			"and method %s does not train these: use another optimizer", t.Optimizer, c.Adapter.Method)
	}
	if nn.NeedsFixedA(t.Optimizer) && !c.Adapter.Has(lora.FixedA) {
		return about("train.optimizer", "adapter.method")("optimizer %s: divides the gradient of B by an A that does "+
			"not train, and method %s has no such A: use method %s, or another optimizer", t.Optimizer,
			c.Adapter.Method, lora.LoRAFAMethod)
	}
	return nil
}

var free = bound{"", func(any) error { return nil }}

var text = bound{"any text but an empty one", func(value any) error {
	if value == "" {
		return errors.New("must not be empty")
	}
	return nil
}}

func oneOf(choices ...string) bound {
	list := strings.Join(choices, ", ")
	return bound{list, func(value any) error {
		name := value.(string)
		switch small := strings.ToLower(name); {
		case slices.Contains(choices, name):
			return nil
		case slices.Contains(choices, small):
			return fmt.Errorf("must be in small letters, %s", small)
		}
		return fmt.Errorf("must be one of %s", list)
	}}
}

var distinctNames = bound{"all-linear, attention, mlp or names of maps", func(value any) error {
	names := value.(Targets)
	if len(names) == 0 || slices.Contains(names, "") {
		return errors.New("must name at least one map or group of maps")
	}
	if slices.ContainsFunc(names, func(name string) bool { return strings.ContainsAny(name, ", ") }) {
		return errors.New("must be names of maps, in a list if there are several")
	}
	if n := len(slices.Compact(slices.Clone(names))); n < len(names) {
		return errors.New("must name each map once")
	}
	return nil
}}

var scheme = bound{"the name of a scheme or a number", func(value any) error { return value.(lora.Scheme).Validate() }}

func initKinds() []string {
	var names []string
	for _, k := range lora.InitKinds {
		names = append(names, string(k))
	}
	return names
}

func whole(low, high int) bound {
	return bound{fmt.Sprintf("%d to %d", low, high), func(value any) error {
		switch v := value.(int); {
		case v < low:
			return fmt.Errorf("must be at least %d", low)
		case v > high:
			return fmt.Errorf("must be at most %d", high)
		}
		return nil
	}}
}

// NaN is outside the bounds of every number: all comparisons with it are false.

func within(low, high float64) bound {
	return bound{fmt.Sprintf("%s to %s", written(low), written(high)), func(value any) error {
		if v := value.(float64); v >= low && v <= high {
			return nil
		}
		return fmt.Errorf("must be from %s to %s", written(low), written(high))
	}}
}

func above(low, high float64) bound {
	return bound{fmt.Sprintf("above %s, at most %s", written(low), written(high)), func(value any) error {
		if v := value.(float64); v > low && v <= high {
			return nil
		}
		return fmt.Errorf("must be above %s and at most %s", written(low), written(high))
	}}
}

func between(low, high float64) bound {
	return bound{fmt.Sprintf("above %s, below %s", written(low), written(high)), func(value any) error {
		if v := value.(float64); v > low && v < high {
			return nil
		}
		return fmt.Errorf("must be above %s and below %s", written(low), written(high))
	}}
}

func below(low, high float64) bound {
	return bound{fmt.Sprintf("at least %s, below %s", written(low), written(high)), func(value any) error {
		if v := value.(float64); v >= low && v < high {
			return nil
		}
		return fmt.Errorf("must be at least %s and below %s", written(low), written(high))
	}}
}
