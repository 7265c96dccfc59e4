package paper

import (
	"fmt"
	"slices"

	"ranksweep/metrics"
	"ranksweep/results"
)

// judged puts the verdicts on several exponents together; none say nothing.
func judged(verdicts []metrics.Agreement) Standing {
	if len(verdicts) == 0 {
		return Unresolved
	}
	standing := Seen
	for _, v := range verdicts {
		switch v {
		case metrics.Agrees:
		case metrics.Differs:
			return NotSeen
		default:
			standing = Unresolved
		}
	}
	return standing
}

// verdicts are those on a statistic's power of rank, an arm each.
func verdicts(arms []results.Arm, s metrics.Statistic) []metrics.Agreement {
	var all []metrics.Agreement
	for _, a := range arms {
		e, _ := a.Exponent(s)
		all = append(all, e.Agreement(near))
	}
	return all
}

// worse is the standing of a claim of which two parts must hold.
func worse(a, b Standing) Standing {
	for _, s := range []Standing{NotSeen, Unresolved} {
		if a == s || b == s {
			return s
		}
	}
	return Seen
}

// armNamed is the first arm of a scheme.
func armNamed(s Study, scheme string) (results.Arm, bool) {
	arms := results.Arms(s.Runs)
	i := slices.IndexFunc(arms, func(a results.Arm) bool { return a.Scheme == scheme })
	if i < 0 {
		return results.Arm{}, false
	}
	return arms[i], true
}

// ofBoth judges a study by its arms of LoRA and rsLoRA.
func ofBoth(judge func(lora, rslora results.Arm) Finding) func(Study) Finding {
	return func(s Study) Finding {
		lora, ok := armNamed(s, "lora")
		if !ok {
			return lacks("lora")
		}
		rslora, ok := armNamed(s, "rslora")
		if !ok {
			return lacks("rslora")
		}
		return judge(lora, rslora)
	}
}

func lacks(scheme string) Finding {
	return Finding{Standing: Unresolved, Text: "The store lacks " + schemeLabel(scheme) + "."}
}

func rankRange(a results.Arm) string {
	return fmt.Sprintf("%d to %d", a.Cells[0].Rank, a.Cells[len(a.Cells)-1].Rank)
}
