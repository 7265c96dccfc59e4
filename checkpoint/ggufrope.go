package checkpoint

import (
	"fmt"
	"math"

	"ranksweep/checkpoint/gguf"
	"ranksweep/paper/number"
)

// ropeFactors is the tensor of the divisors of rotary frequencies.
const ropeFactors = "rope_freqs.weight"

// llama3Scaling returns the rope_scaling of config.json that gives a file's factors. For
// LLaMA 3.1 to 3.3, llama.cpp stores the factors and not the settings from which they are
// computed. All of these models have the same three constants; other factors are refused.
func llama3Scaling(t gguf.Tensor, fields map[string]any) (map[string]any, error) {
	factors := make([]float32, t.Len())
	t.Decode(factors)
	theta, ok := fields["rope_theta"].(float64)
	if !ok {
		theta = 10000
	}
	const low, high, context = 1, 4, 8192
	most := float32(1)
	for _, f := range factors {
		most = max(most, f)
	}
	for j, have := range factors {
		turns := context * math.Pow(theta, -float64(j)/float64(len(factors))) / (2 * math.Pi)
		part := min(1, max(0, (turns-low)/(high-low)))
		want := 1 / ((1-part)/float64(most) + part)
		if !(math.Abs(float64(have)-want) <= 1e-4*want) { // the file's factors were computed in float32
			return nil, fmt.Errorf("tensor %q: factor %d is %s: LLaMA 3's with a largest of %s is %s; others are not "+
				"supported", t.Name, j, number.Brief(float64(have)), number.Brief(float64(most)), number.Brief(want))
		}
	}
	if most == 1 {
		return nil, nil
	}
	return map[string]any{
		"rope_type": "llama3", "factor": decimal(float64(most)), "low_freq_factor": decimal(low),
		"high_freq_factor":                 decimal(high),
		"original_max_position_embeddings": context,
	}, nil
}
