package experiments

import (
	"math"
	"testing"

	"ranksweep/lora"
)

func TestDefaultsNeedDataAlone(t *testing.T) {
	c := Defaults()
	if err := c.Validate(); err != errNoData {
		t.Errorf("without data: %v", err)
	}
	c.Data.Source = "go-functions"
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
}

// A program can make these configs; a file cannot.
func TestValidateNonFinite(t *testing.T) {
	for _, f := range fields {
		for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			c := Defaults()
			c.Data.Source = "go-functions"
			switch f.get(c).(type) {
			case float64:
				f.set(&c, x)
			case lora.Scheme:
				f.set(&c, lora.Scheme{P: x})
			default:
				continue
			}
			if c.Validate() == nil {
				t.Errorf("%s can be %g", f.path, x)
			}
		}
	}
}
