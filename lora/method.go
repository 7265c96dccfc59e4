package lora

import "ranksweep/nn"

// Method is a way to train the targeted maps of a model; each method has a file of its
// own. The code that trains a run, measures it and counts its cost uses this interface and
// the [Trainable] maps that it makes, and asks for no method by name.
type Method interface {
	// Traits says what the method has. The fields of [Config] for which it lacks the trait do
	// not count; Targets and Tokens always do.
	Traits() Traits

	// Roles lists the roles of the arrays that are trained for a map, each once, in the order
	// of its Params.
	Roles() []nn.Role

	// BeyondTheory says why theory, which is derived only for an A and a B, predicts
	// nothing of a run after its first update; empty if it does predict.
	BeyondTheory() string

	// Attach makes a trainable map for every map of m that c targets. It changes nothing
	// in m. Its buffers come from the arena; if the arena only counts, the buffers stay
	// empty and nothing is drawn or copied.
	Attach(arena *nn.Arena, m *nn.Model, c Config, seed uint64) (*Set, error)

	// Flops counts the floating-point operations of training a map on a batch of tokens,
	// forward and backward, in addition to those of the frozen map. If factored is set, it
	// counts the factored form, as other programs compute it, even if merged is cheaper.
	Flops(c Config, l *nn.Linear, tokens float64, factored bool) float64
}

// The methods.
const (
	DefaultMethod = "lora"
	DoRAMethod    = "dora"
	FullMethod    = "full"
	LoHaMethod    = "loha"
	LoKrMethod    = "lokr"
	VeRAMethod    = "vera"
	HiRAMethod    = "hira"
	LoRAFAMethod  = "lora-fa"
	PiSSAMethod   = "pissa"
	OLoRAMethod   = "olora"
	AdaLoRAMethod = "adalora"

	// PEFTOrthogonalMethod has a name of its own, since an [InitKind] is called orthogonal.
	PEFTOrthogonalMethod = "peft-orthogonal"
)

// methods are the known methods, the default first, each with what it is.
var methods = []struct {
	name   string
	method Method
	text   string
}{
	{DefaultMethod, lowRank{}, "LoRA (arXiv 2106.09685): y = (W + γBA)x. A is drawn, and B starts at zero."},
	{DoRAMethod, dora{}, "DoRA (arXiv 2402.09353): as `lora`, with the length of each row of W + γBA trained apart."},
	{FullMethod, full{}, "Full fine-tuning: the weights of the targeted maps themselves."},
	{LoHaMethod, loHa{}, "LoHa (arXiv 2309.14859): W + γ (w1a w1b) ∘ (w2a w2b), two products of rank r multiplied " +
		"entry by entry. w2b starts at zero; the others are drawn as in PEFT, and count as A in columns and rates."},
	{LoKrMethod, loKr{}, "LoKr (arXiv 2309.14859): W + γ w1 ⊗ w2, a Kronecker product. w2 is a product of rank r " +
		"while r is below half of its longer side. w1 starts at zero and counts as B; w2 is drawn as in PEFT, and " +
		"counts as A."},
	{VeRAMethod, veRA{}, "VeRA (arXiv 2310.11454): W + diag(b) B diag(d) A, without a multiplier, where A and B are " +
		"random, shared by all maps, and never trained. d starts at 0.1 and counts as A; b starts at zero and counts " +
		"as B."},
	{HiRAMethod, hiRA{}, "HiRA (ICLR 2025): W + W ∘ BA, entry by entry, without a multiplier. A is drawn, and B " +
		"starts at zero."},
	{LoRAFAMethod, loRAFA{}, "LoRA-FA (arXiv 2308.03303): as `lora`, but A stays as it was drawn."},
	{PiSSAMethod, piSSA{}, "PiSSA (arXiv 2404.02948): as `lora` on W − γB₀A₀, where γB₀A₀ are the r largest singular " +
		"values of W with their vectors, and A and B begin with A₀ and B₀. The rank is at most the smaller side " +
		"of a map."},
	{OLoRAMethod, oLoRA{}, "OLoRA (arXiv 2406.01775): as `pissa`, but B₀ is the first r columns of Q and A₀ the " +
		"first r rows of R, where W = QR."},
	{PEFTOrthogonalMethod, peftOrthogonal{}, "LoRA as PEFT begins it with `init_lora_weights=\"orthogonal\"`: both A " +
		"and B are drawn, so that BA is zero. The rank is even. Another thing than `init: orthogonal`."},
	{AdaLoRAMethod, adaLoRA{}, "AdaLoRA (arXiv 2303.10512): W + γ B diag(E) A, of whose r singular values in E fewer " +
		"and fewer are kept: those that matter most to the loss, over all maps together. A and B are drawn, are held " +
		"near orthonormal by a penalty, and count as A; E starts at zero and counts as B."},
}

// MethodText says what the method of that name is; empty if there is none.
func MethodText(name string) string {
	for _, known := range methods {
		if known.name == name {
			return known.text
		}
	}
	return ""
}

// Methods lists the names of the known methods, the default first.
func Methods() []string {
	var names []string
	for _, m := range methods {
		names = append(names, m.name)
	}
	return names
}

// MethodNamed returns the method of that name.
func MethodNamed(name string) (m Method, ok bool) {
	for _, known := range methods {
		if known.name == name {
			return known.method, true
		}
	}
	return nil, false
}
