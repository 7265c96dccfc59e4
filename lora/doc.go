// Package lora puts low-rank adapters on frozen linear maps:
//
//	y = (W + γ_r B A) x,   A ∈ R^{r×in}, B ∈ R^{out×r}, γ_r = α / r^p
//
// LoRA (Hu et al. 2021, arXiv 2106.09685) has p = 1, rsLoRA (Kalajdzievski
// 2023, arXiv 2312.03732) has p = ½. B starts at zero, so that an adapter
// changes nothing before it is trained.
//
// An adapted map has two exact forms, factored and merged; the cheaper one
// runs. See form.go.
//
// DoRA, which trains the lengths of the adapted maps' rows apart, stands behind the
// same interface, and so does what adapters are held against, full fine-tuning of
// the same maps; see method.go.
package lora
