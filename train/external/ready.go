package external

import (
	"errors"
	"fmt"

	"ranksweep/train"
)

// ready is an error if what a process says of itself cannot be that of the named trainer.
func (m message) ready(trainer string) error {
	switch {
	case m.Protocol == 0:
		return fmt.Errorf("is ready without protocol: must say the version that it speaks, as %d", Version)
	case m.Protocol != Version:
		return fmt.Errorf("speaks version %d of the protocol, this program speaks %d: update the older of the two",
			m.Protocol, Version)
	case m.Trainer != trainer:
		return fmt.Errorf("is ready as trainer %q: must be %q, the name that --trainer gives it", m.Trainer, trainer)
	case len(m.Versions) == 0:
		return errors.New("is ready without versions: must have at least one, as of the program itself")
	case m.Device == "":
		return errors.New("is ready without device: must say what it trains on, as cpu")
	case m.Abilities == nil:
		return errors.New("is ready without abilities: must list optimizers, methods and precisions")
	}
	return train.Abilities(*m.Abilities).Valid()
}
