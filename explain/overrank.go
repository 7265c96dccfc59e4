package explain

import (
	"fmt"
	"io"
	"math"

	"ranksweep/lora"
	"ranksweep/nn"
	"ranksweep/paper/number"
	"ranksweep/theory"
)

// OverRank is what these settings' convention does as the rank grows and α stays as it is, by theory: to the loss
// that the first update takes away.
type OverRank struct {
	Optimizer string `json:"optimizer"`
	// Power is that of the rank. It is absent if it depends on the weights.
	Power     *float64         `json:"first_loss_drop_power,omitempty"`
	Stability theory.Stability `json:"stability"`
	StableP   *float64         `json:"stable_p,omitempty"` // the p of α/r^p that makes that power 0
}

// usualOptimizers are those of which explanations speak.
var usualOptimizers = []string{"sgd", "adamw"}

// overRank returns nothing for a method without laws, and for α that follows the rank.
func (s Settings) overRank() []OverRank {
	method, ok := s.method()
	if !ok || s.PerRank > 0 {
		return []OverRank{}
	}
	laws, own := theory.LawsOf(method)
	if !own {
		laws.LossDrop = theory.LossDrop
	}
	scheme := lora.Scheme{P: s.P}
	var all []OverRank
	for _, optimizer := range usualOptimizers {
		u := nn.UpdateOf(optimizer)
		x := OverRank{Optimizer: optimizer, Stability: theory.StabilityWith(method, u, scheme)}
		if power, known := laws.LossDrop.Exponent(u, scheme); known {
			x.Power = &power
		}
		if p, _ := theory.StableP(method, u, scheme, math.NaN()); !math.IsNaN(p) {
			x.StableP = &p
		}
		all = append(all, x)
	}
	return all
}

// inits are the words of init_lora_weights that make a method of their own.
var inits = map[string]string{
	"pissa": lora.PiSSAMethod, "olora": lora.OLoRAMethod, "orthogonal": lora.PEFTOrthogonalMethod,
}

// method is ranksweep's name of what is trained; false if it has none.
func (s Settings) method() (name string, ok bool) {
	switch {
	case s.Method != "":
		_, ok = lora.MethodNamed(s.Method)
		return s.Method, ok
	case s.DoRA:
		return lora.DoRAMethod, s.Init == ""
	case s.Init == "":
		return lora.DefaultMethod, true
	}
	name, ok = inits[s.Init]
	return name, ok
}

// writeOverRank says what the convention does with the rank.
func (e *Explanation) writeOverRank(w io.Writer) {
	if len(e.OverRank) == 0 {
		return
	}
	fmt.Fprintf(w, "as the rank grows, at one learning rate, by theory of the first update\n")
	for _, x := range e.OverRank {
		fmt.Fprintf(w, "  %-5s  %s\n", x.Optimizer, x.text(e.Settings))
	}
	fmt.Fprintln(w)
}

func (x OverRank) text(s Settings) string {
	if x.Power == nil {
		return "the first loss drop goes with another power of the rank on each model, since it depends on the weights"
	}
	text := "the first loss drop is the same at every rank: " + string(x.Stability)
	if *x.Power != 0 {
		text = fmt.Sprintf("the first loss drop goes as r^%s: %s", number.Brief(*x.Power), x.Stability)
	}
	if x.StableP != nil && *x.StableP != s.P {
		text += fmt.Sprintf("; with %s it would be the same at every rank", overPower(*x.StableP, s.multiplied()))
	}
	return text
}

// overPower writes a multiplier that is divided by a power of the rank.
func overPower(p float64, multiplied bool) string {
	over := "1"
	if multiplied {
		over = "α"
	}
	switch p {
	case 0:
		return "γ = " + over
	case 0.5:
		return "γ = " + over + "/√r"
	case 1:
		return "γ = " + over + "/r"
	}
	return "γ = " + over + "/r^" + number.Brief(p)
}
