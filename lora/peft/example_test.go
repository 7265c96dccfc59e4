package peft_test

import (
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"

	"ranksweep/checkpoint"
	"ranksweep/lora"
	"ranksweep/lora/peft"
	"ranksweep/nn"
)

func ExampleLoad() {
	model, err := nn.New(nn.Config{
		Vocab: 257, Dim: 32, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 8, Hidden: 64,
		Context: 128, NormEps: 1e-5, RopeTheta: 10000,
	})
	if err != nil {
		log.Fatal(err)
	}
	model.Init(rand.New(rand.NewPCG(1, 2)))

	// The files that PEFT's save_pretrained writes for an adapter of one map.
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	config := []byte(`{"peft_type": "LORA", "r": 16, "lora_alpha": 8, "use_rslora": true}`)
	if err := os.WriteFile(filepath.Join(dir, "adapter_config.json"), config, 0o666); err != nil {
		log.Fatal(err)
	}
	const module = "base_model.model.model.layers.1.self_attn.q_proj"
	err = checkpoint.WriteTensors(filepath.Join(dir, "adapter_model.safetensors"), []nn.Tensor{
		{Name: module + ".lora_A.weight", Shape: []int{16, 32}, Data: make([]float32, 16*32)},
		{Name: module + ".lora_B.weight", Shape: []int{32, 16}, Data: make([]float32, 32*16)},
	}, checkpoint.F32, nil)
	if err != nil {
		log.Fatal(err)
	}

	set, err := peft.Load(dir, model, 128)
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range set.Adapters {
		fmt.Println(a.Base.Name, "rank", a.Rank(), "gamma", a.Gamma())
	}
	// The maps of the set stand in for the model's own.
	if _, err := nn.NewPass(model, 128, set.Maps()); err != nil {
		log.Fatal(err)
	}
	// Output: model.layers.1.self_attn.q_proj rank 16 gamma 2
}

// A scaling that PEFT has no name for is written as an α from which PEFT computes the same
// γ.
func ExampleFolder_Write() {
	model, err := nn.New(nn.Config{
		Vocab: 257, Dim: 32, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 8, Hidden: 64,
		Context: 128, NormEps: 1e-5, RopeTheta: 10000,
	})
	if err != nil {
		log.Fatal(err)
	}
	var constant lora.Scheme // p = 0
	gamma := constant.Gamma(1.5, 16)
	set, err := lora.Attach(model, lora.Config{
		Rank: 16, Gamma: gamma, Init: lora.Init{Kind: lora.KaimingUniform}, Targets: []string{"attention"}, Tokens: 128,
	}, 1)
	if err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	folder := peft.Folder{Adapters: set.Trained(), BaseModel: "my-llama"}
	if err := folder.Write(dir); err != nil {
		log.Fatal(err)
	}
	fmt.Println(peft.Folded(constant, gamma, 16))
	again, err := peft.Read(dir, model)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(again.Adapters), "maps of", again.BaseModel, "with gamma", again.Adapters[0].Gamma)
	// Output:
	// PEFT has no name for constant: lora_alpha 24 gives it the same γ = 24/16 = 1.5
	// 8 maps of my-llama with gamma 1.5
}
