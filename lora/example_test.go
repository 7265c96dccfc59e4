package lora_test

import (
	"fmt"
	"log"
	"math"
	"math/rand/v2"

	"ranksweep/lora"
	"ranksweep/nn"
)

// Under rsLoRA the multiplier falls with the square root of the rank. An adapter changes
// nothing before its B moves, and merging it gives the weights W + γBA.
func Example() {
	model, err := nn.New(nn.Config{
		Vocab: 257, Dim: 32, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 8, Hidden: 64,
		Context: 128, NormEps: 1e-5, RopeTheta: 10000, TiedHead: true,
	})
	if err != nil {
		log.Fatal(err)
	}
	model.Init(rand.New(rand.NewPCG(1, 2)))

	rslora := lora.Scheme{P: 0.5}
	set, err := lora.Attach(model, lora.Config{
		Rank: 16, Gamma: rslora.Gamma(8, 16), Init: lora.Init{Kind: lora.KaimingUniform},
		Targets: []string{"q_proj", "v_proj"}, Tokens: 64,
	}, 1)
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range set.Adapters {
		fmt.Println(a.Base.Name, "rank", a.Rank(), "gamma", a.Gamma())
	}

	first := set.Adapters[0]
	before := first.Base.Weight.Data[0]
	for _, b := range []float32{0, 1} {
		first.B.Data[0] = b // as an optimizer would
		merged := model.Clone()
		if err := set.Merge(merged); err != nil {
			log.Fatal(err)
		}
		change := float64(merged.Linears()[0].Weight.Data[0] - before)
		want := first.Gamma() * float64(b*first.A.Data[0])
		fmt.Printf("B₁₁ = %g: W₁₁ moves by γB₁₁A₁₁: %t\n", b, math.Abs(change-want) < 1e-6)
	}
	// Output:
	// model.layers.0.self_attn.q_proj rank 16 gamma 2
	// model.layers.0.self_attn.v_proj rank 16 gamma 2
	// model.layers.1.self_attn.q_proj rank 16 gamma 2
	// model.layers.1.self_attn.v_proj rank 16 gamma 2
	// B₁₁ = 0: W₁₁ moves by γB₁₁A₁₁: true
	// B₁₁ = 1: W₁₁ moves by γB₁₁A₁₁: true
}

// The multiplier of each scheme against rank, for one alpha.
func ExampleScheme_Gamma() {
	const alpha = 16
	fmt.Println("rank   lora  rslora  p=0.75  rslora@4")
	for _, rank := range []int{4, 16, 64, 256} {
		fmt.Printf("%4d %6.4g %7.4g %7.4g %9.4g\n", rank,
			lora.Scheme{P: 1}.Gamma(alpha, rank),
			lora.Scheme{P: 0.5}.Gamma(alpha, rank),
			lora.Scheme{P: 0.75}.Gamma(alpha, rank),
			lora.Scheme{P: 0.5, MatchRank: 4}.Gamma(alpha, rank)) // LoRA's at rank 4
	}
	// Output:
	// rank   lora  rslora  p=0.75  rslora@4
	//    4      4       8   5.657         4
	//   16      1       4       2         2
	//   64   0.25       2  0.7071         1
	//  256 0.0625       1    0.25       0.5
}
