// Package lora adapts a frozen model by training small low-rank matrices beside its
// linear maps:
//
//	y = (W + γ_r B A) x,   A ∈ R^{r×in}, B ∈ R^{out×r}, γ_r = α / r^p
//
// LoRA (Hu et al. 2021, arXiv 2106.09685) has p = 1, rsLoRA (Kalajdzievski
// 2023, arXiv 2312.03732, called "the paper" here) has p = ½. B starts at zero, so
// that an adapter changes nothing before it is trained.
//
// An adapted map can be computed in two exact forms, factored and merged, and the
// cheaper one is used; see form.go.
//
// Other methods stand behind the same interface, see method.go: DoRA, which trains the lengths
// of the adapted maps' rows separately; full fine-tuning of the same maps, with which adapters
// are compared; and methods that add another matrix to W than γBA, see addend.go.
package lora
