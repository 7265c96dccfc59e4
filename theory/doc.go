// Package theory predicts how the first training steps of an adapter change as its rank
// grows: powers of rank, exact values at any rank, and whether training stays stable. Each
// formula has its derivation beside it.
//
// Notation: x is the input of an adapted map (in), v the loss gradient at its
// output (out), G = Σ v xᵀ over the tokens of a batch, (out, in), with rows g_i;
// G′ is that of the next batch. Entries of A are independent with mean 0,
// standard deviation σ and kurtosis κ, and B is zero. Then
//
//	∇B = γ G Aᵀ  (out, r),    ∇A = γ Bᵀ G  (r, in),
//
// and the first update does not change A, since ∇A = 0 if B = 0:
//
//	linear:  B₁ = −ηγ G Aᵀ          (SGD, with momentum or not)
//	sign:    B₁ = −η sign(G Aᵀ)     (Adam with ε far below the entries, Lion, sign descent)
//	divided: B₁ = −ηγ G Aᵀ(AAᵀ)⁻¹   (SGD with Riemannian preconditioning, its damping far below AAᵀ)
//
//	spectral: B₁ = −c K R⁻ᵀ         (LoRA-RITE with c = η√out, LoRA-Muon with c = (η/2γ)√max(1, out/in))
//
// with Aᵀ = UᵀR, where the rows of U are orthonormal, and K = polar(GUᵀ), in which all singular values are 1.
// η is the learning rate of B. All derivations assume that it is small: to first order, G at
// step 1 is G at onset. A scheme has γ ∝ r^−p, σ ∝ r^−e and learning rates of A and B ∝ r^−a and
// r^−b.
//
// If A starts at zero and B is drawn, everything holds for the transposed map, Wᵀ + γAᵀBᵀ, in
// which A and B, in and out, x and v are swapped.
//
// Under divided updates B₁A = −ηγ GΠ, where Π = Aᵀ(AAᵀ)⁻¹A projects onto the rows of A. The rows of a Gaussian
// A point in r directions without preference, and with (AAᵀ)⁻¹ averaged as the inverse of a Wishart matrix,
//
//	E Π = (r/in) I for r ≤ in, and Π = I for r ≥ in;    E Aᵀ(AAᵀ)⁻²A = r/[in (in − r − 1) σ²] I.
//
// So neither the loss drop nor ΔW depends on σ. No value at a finite rank is called exact, since the damping
// takes some percent of each.
//
// Under even updates of divided gradients, those of scaled-adamw and lora-fa-adamw, B₁ is near −η sign(GAᵀ(AAᵀ)⁻¹).
// Column k of Aᵀ(AAᵀ)⁻¹ points along the part of row k of A that is at right angles to all other rows, so that of
// |a_k·g_i| only that part counts. With r rows a share of (in − r + 1)/in is left of ‖g_i‖², and exactly, for a
// Gaussian A and r ≤ in, the loss drop has the mean
//
//	ηγσ√(2/π) r Σ_i ‖g_i‖ · Γ((in−r+2)/2) Γ(in/2) / [Γ((in−r+1)/2) Γ((in+1)/2)].
//
// So it follows the powers of the sign for r ≪ in, falls below them where r comes near in, and for r ≫ in follows
// them again, since Aᵀ(AAᵀ)⁺ is near Aᵀ/(rσ²) there.
//
// Under spectral updates γB₁A = −cγ KU. Its singular values are cγ, as many as GUᵀ has, whatever σ is; under those
// of γBA cγ does not depend on γ either, so that no multiplier and no size of A changes what is trained, and no p
// makes it free of rank, unless learning rates do. The rows of U point in directions without preference. How the
// singular values of GUᵀ grow depends on the spectrum of G. Let G have n of about one size, and the others far
// below. For r ≪ n, GUᵀ has r of the size ‖G‖/√in, whatever r is; for n ≪ r it has n, which grow as √r up to r = in
// and no further. So the sum of them goes as r, then as √r, and at last not at all. Powers of rank are those for
// r ≪ n, and those for r ≫ in; between them lies a third law, in which the loss drop goes as cγ√r and ΔW as cγ.
// The n of a trained model's gradient is often a few dozen: its ranks are seldom all in one of the three.
//
// All other derivations rest on four facts, for a row a of A and vectors g, h, x, v independent of a:
//
//	E (a·g)² = σ²‖g‖²                                  (1)
//	E ‖M AᵀA x‖² = σ⁴ r [(r+1)‖Mx‖² + ‖M‖²‖x‖² + (κ−3) Σ_j ‖M_·j‖² x_j²]   (2)
//	E sign(a·g) a = σ√(2/π) g/‖g‖                      (3)
//	E sign(a·g) sign(a·h) = (2/π) arcsin(cos(g, h))    (4)
//
// (1) and (2) are exact for any such A. (3) and (4) are exact for a Gaussian A, since the length
// of a is then independent of its direction.
package theory
