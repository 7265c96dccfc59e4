package external

import (
	"fmt"
	"slices"
	"strings"
)

// missing returns an error about the first device to train on that is not among those that the
// other program finds. A program that lists none is not asked.
func (t *Trainer) missing(found []string) error {
	for _, device := range t.devices {
		if len(found) > 0 && !slices.ContainsFunc(found, func(text string) bool { return nameOf(text) == device }) {
			return fmt.Errorf("external: trainer %s: device %s: must be one of those that it finds: %s", t.Name(),
				device,
				strings.Join(found, ", "))
		}
	}
	return nil
}

// Unused lists the devices that the other program found, other than the CPU, if it trains on
// the CPU alone. It is empty as long as nobody had to ask the program.
func (t *Trainer) Unused() []string {
	facts := t.facts.Load()
	if facts == nil || slices.ContainsFunc(t.devices, func(device string) bool { return device != CPU }) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(facts.Devices), func(text string) bool { return nameOf(text) == CPU })
}

// nameOf returns the name with which the description of a device begins.
func nameOf(text string) string {
	name, _, _ := strings.Cut(text, " ")
	return name
}
