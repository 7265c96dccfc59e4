package checkpoint

import (
	"cmp"
	"fmt"

	"ranksweep/nn"
	"ranksweep/paper/number"
)

// rope is rope_scaling or rope_parameters of config.json, from which rotary frequencies are
// computed.
type rope struct {
	RopeType  string   `json:"rope_type"`
	Type      string   `json:"type"` // the older name of RopeType
	Theta     *float64 `json:"rope_theta"`
	Partial   *float64 `json:"partial_rotary_factor"`
	Factor    float64  `json:"factor"`
	LowTurns  float64  `json:"low_freq_factor"`
	HighTurns float64  `json:"high_freq_factor"`
	Context   int      `json:"original_max_position_embeddings"`
}

// rotary are the settings of rotary positions that most configs share. Older files have theta
// beside the scaling; since transformers 5 it is inside.
type rotary struct {
	Theta      float64 `json:"rope_theta"`
	Partial    float64 `json:"partial_rotary_factor"`
	Scaling    *rope   `json:"rope_scaling"`
	Parameters *rope   `json:"rope_parameters"`
}

// set sets the positions of c.
func (r rotary) set(c *nn.Config) error {
	c.RopeTheta = r.Theta
	part := cmp.Or(r.Partial, 1)
	for _, p := range []*rope{r.Scaling, r.Parameters} {
		if p == nil {
			continue
		}
		if p.Theta != nil {
			c.RopeTheta = *p.Theta
		}
		if p.Partial != nil {
			part = *p.Partial
		}
		scaling, err := p.scaling(c.Context)
		if err != nil {
			return err
		}
		if scaling.Factor != 0 {
			c.RopeScaling = scaling
		}
	}
	if part == 1 {
		return nil
	}
	var err error
	c.RotaryDim, err = share(part, c.HeadDim)
	return err
}

// scaling returns how p scales the frequencies of a model with the given context.
func (p *rope) scaling(context int) (nn.RopeScaling, error) {
	switch kind := cmp.Or(p.RopeType, p.Type, "default"); kind {
	case "default":
		return nn.RopeScaling{}, nil
	case "linear":
		return nn.RopeScaling{Factor: p.Factor}, scalable(p.Factor)
	case "llama3":
		s := nn.RopeScaling{Factor: p.Factor, LowTurns: p.LowTurns, HighTurns: p.HighTurns,
			Context: cmp.Or(p.Context, context)}
		return s, scalable(p.Factor)
	default:
		return nn.RopeScaling{}, fmt.Errorf("rotary scaling %q is not supported; known are: default, linear, "+
			"llama3", kind)
	}
}

func scalable(factor float64) error {
	if !(factor > 0) {
		return fmt.Errorf("rotary scaling by factor %s: must be above 0", number.Full(factor))
	}
	return nil
}
