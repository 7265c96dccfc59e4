package foreign

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ranksweep/explain"
	"ranksweep/lora"
)

// adapter states what an adapter's settings say of a trial.
func (t *trial) adapter(e *explain.Explanation) error {
	s := e.Settings
	if s.Method != "" {
		return leftOut{t.at, s.Method + " is not LoRA: what is called its rank is another thing"}
	}
	for _, f := range [][2]string{
		{rankField, strconv.Itoa(s.Rank)}, {alphaField, strconv.FormatFloat(s.Alpha, 'g', -1, 64)},
		{schemeField, lora.Scheme{P: s.P, Ratio: s.Ratio}.String()},
	} {
		if err := t.state(f[0], f[1]); err != nil {
			return err
		}
	}
	t.stated["targets"] = targets(s)
	t.extra("dropout", s.Dropout > 0, strconv.FormatFloat(s.Dropout, 'g', -1, 64))
	t.extra("bias", s.Bias != "" && s.Bias != "none", s.Bias)
	t.extra("method", s.DoRA, lora.DoRAMethod)
	t.extra("init", s.Init != "", s.Init)
	t.extra("variant", len(s.Variants) > 0, strings.Join(s.Variants, ", "))
	if s.Init != "" {
		t.doubt(fmt.Sprintf("init %s: theory is of a random A and B = 0", s.Init))
	}
	if len(s.Ranks)+len(s.Alphas) > 0 {
		t.extra("patterns", true, fmt.Sprint(s.Ranks, s.Alphas))
		t.doubt("some maps have a rank or an alpha of their own")
	}
	if len(s.Variants) > 0 {
		t.doubt("more than LoRA: " + strings.Join(s.Variants, ", "))
	}
	if len(e.NotUnderstood) > 0 {
		t.doubt("settings of the adapter that are not understood: " + strings.Join(e.NotUnderstood, ", "))
	}
	return nil
}

// extra states a setting that few adapters have.
func (t *trial) extra(name string, holds bool, text string) {
	if holds {
		t.stated[name] = text
	}
}

// targets lists what is adapted, in one order.
func targets(s explain.Settings) string {
	if s.Pattern != "" {
		return s.Pattern
	}
	return strings.Join(slices.Sorted(slices.Values(s.Targets)), ", ")
}
