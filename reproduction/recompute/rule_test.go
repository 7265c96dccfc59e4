package recompute

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// rule judges a claim. It is data, and its hash is on the page: a rule that is changed there
// must be written anew here.
type rule struct {
	Test       string             `json:"test"`
	Study      string             `json:"study"`
	Optimizers []string           `json:"optimizers,omitempty"`
	Schemes    []string           `json:"schemes,omitempty"`
	Statistics []string           `json:"statistics,omitempty"`
	Wants      string             `json:"wants,omitempty"`
	Limits     map[string]float64 `json:"limits,omitempty"`
}

func (r rule) hash() string {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))[:12]
}

type limits = map[string]float64

// rules are the rules of all claims, by the claims' keys.
var rules = map[string]rule{
	"onset-collapse": {
		Test: "powers/3", Study: "paper-fig2-3", Schemes: []string{"lora", "rslora"},
		Statistics: []string{"grad_norm_onset"}, Limits: ofPowers,
	},
	"training-spread":     {Test: "spread/1", Study: "paper-fig2-3", Limits: limits{"order": 10}},
	"lora-rank-no-better": rankGain("lora", "no gain"),
	"rslora-rank-better":  rankGain("rslora", "lower"),
	"rank-for-compute": {
		Test: "cost-gain/2", Study: "equal-cost", Schemes: []string{"rslora"},
		Limits: limits{"margin": margin, "level": level, "cost": 0.05},
	},
	"merged-inference":       {Test: "merged-cost/1", Study: "inference", Limits: limits{"ratio": 1.05}},
	"pattern-sgd":            {Test: "pattern/2", Study: "paper-fig4", Limits: ofPattern},
	"pattern-adafactor":      {Test: "pattern/2", Study: "paper-fig5", Limits: ofPattern},
	"init-correction":        {Test: "corrections-worse/3", Study: "paper-init", Limits: ofComparisons},
	"lora-best-rate":         {Test: "default-rate/2", Study: "paper-rates", Limits: ofComparisons},
	"pattern-attention":      {Test: "pattern/2", Study: "paper-attention", Limits: ofPattern},
	"only-sqrt-onset":        onlySqrt("only-sqrt-onset/2", "adamw"),
	"only-sqrt-stable-sgd":   onlySqrt("only-sqrt-stable/3", "sgd"),
	"only-sqrt-stable-adamw": onlySqrt("only-sqrt-stable/3", "adamw"),
	"activations": {
		Test: "outputs/1", Study: "paper-fig2-3", Statistics: []string{"adapter_output_final", "map_output_final"},
		Limits: ofFlat,
	},
	"first-step-powers":   {Test: "powers/3", Study: "theory", Limits: ofPowers},
	"exact-values":        exact("theory", 0.1),
	"exact-values-wide":   exact("finite-ranks", 0.25),
	"start-free-of-rank":  firstDrop("sgd", "adamw", "lion", "signsgd"),
	"adafactor-sign-like": firstDrop("adafactor"),
	"rate-free-sgd":       {Test: "rate-powers/4", Study: "rates-sgd", Wants: "free", Limits: ofRates(near)},
	"best-rate-power": {
		Test: "rate-powers/4", Study: "best-rates", Optimizers: []string{"adamw"}, Wants: "theory",
		Limits: ofRates(near),
	},
	"rate-transfer": {
		Test: "rate-transfer/5", Study: "best-rates", Optimizers: []string{"adamw"}, Limits: ofComparisons,
	},
	"muon-rate-power": {Test: "rate-powers/4", Study: "rates-muon", Wants: "p", Limits: ofRates(0.1)},
	"tuned-schemes":   {Test: "schemes-equal/3", Study: "tuned", Limits: ofComparisons},
	"variants-equal":  {Test: "methods-equal/1", Study: "variants", Limits: ofComparisons},
	"tuned-ranks":     {Test: "ranks-gain/2", Study: "tuned", Limits: ofComparisons},
	"init-powers":     {Test: "init-powers/2", Study: "init", Limits: ofPowers},
	"method-powers": {
		Test: "method-powers/3", Study: "methods", Statistics: []string{"grad_norm_onset", "loss_drop_first"},
		Limits: limits{"tolerance": near, "level": level, "flat": flat, "rounding": 1e-4},
	},
	"init-losses": {Test: "init-losses/3", Study: "init-losses", Limits: ofComparisons},
}

// largerStudies are the studies on the larger model, by the keys of the claims that they answer
// by the same rules.
var largerStudies = map[string]string{
	"onset-collapse":      "onset-135m",
	"lora-rank-no-better": "one-rate-lora-135m",
	"rslora-rank-better":  "one-rate-rslora-135m",
	"first-step-powers":   "theory-135m",
	"exact-values":        "theory-135m",
	"start-free-of-rank":  "first-steps-135m",
}

// there is the key of a claim on the larger model.
func there(key string) string { return key + "@135M" }

func init() {
	for key, study := range largerStudies {
		r := rules[key]
		r.Study = study
		rules[there(key)] = r
	}
}

func rankGain(scheme, wants string) rule {
	return rule{Test: "rank-gain/3", Study: "one-rate", Schemes: []string{scheme}, Wants: wants,
		Limits: limits{"margin": margin, "level": level, "least-learned": 0.25}}
}

func onlySqrt(test, optimizer string) rule {
	return rule{Test: test, Study: "paper-scalings", Optimizers: []string{optimizer}, Limits: ofFlat}
}

func exact(study string, widest float64) rule {
	return rule{Test: "exact-values/3", Study: study, Limits: limits{"level": level, "widest": widest, "held": 0.9}}
}

func firstDrop(optimizers ...string) rule {
	return rule{Test: "powers/3", Study: "first-steps", Optimizers: optimizers,
		Statistics: []string{"loss_drop_first"}, Limits: ofPowers}
}

var (
	ofPowers      = limits{"tolerance": near, "level": level}
	ofPattern     = limits{"tolerance": near, "level": level, "flat": flat}
	ofFlat        = limits{"flat": flat}
	ofComparisons = limits{"margin": margin, "level": level}
)

func ofRates(tolerance float64) limits {
	return limits{"tolerance": tolerance, "level": level, "inside": 0.9}
}

// ruleOf finds the claim whose rule has a hash.
func ruleOf(hash string) (key string, r rule, ok bool) {
	for key, r := range rules {
		if r.hash() == hash {
			return key, r, true
		}
	}
	return "", rule{}, false
}

// arms are the arms that the rule is about, in the order in which it names schemes.
func (r rule) arms(s *study) (all []*arm) {
	arms, schemes := s.arms(), r.Schemes
	if len(schemes) == 0 {
		schemes = []string{""}
	}
	for _, scheme := range schemes {
		for _, a := range arms {
			name, _, _ := strings.Cut(a.text("scheme"), "@")
			asked := len(r.Optimizers) == 0 || slices.Contains(r.Optimizers, a.text("optimizer"))
			if asked && (scheme == "" || scheme == name) {
				all = append(all, a)
			}
		}
	}
	return all
}
