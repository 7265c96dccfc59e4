package theory

// loRAFA has the laws of LoRA-FA, which is LoRA with an A that stays as it was drawn. At the onset B is zero, so that
// A of LoRA has no gradient and its first update is none: up to then the two are the same, and so is every quantity
// but those of A, which LoRA-FA does not have. Later there is no part γ(ΔB)(ΔA), which [StabilityOf] has for LoRA.
var loRAFA = Laws{
	GradNorm: GradNormB, LossDrop: LossDrop, DeltaW: DeltaW,
	Others: func(lora Prediction) Prediction { return lora },
}
