package explain

import (
	_ "embed"
	"strings"
)

// The keys of tools that have nothing to do with the adapter: of data, training, logging and
// models. They are the fields of their classes of arguments, without those that are read, and
// without any that bear on ranks, alphas, targets, layers, biases or learning rates.
var (
	//go:embed unrelatedkeys/trainer.txt
	trainerKeys string
	//go:embed unrelatedkeys/llamafactory.txt
	llamaFactoryKeys string
	//go:embed unrelatedkeys/axolotl.txt
	axolotlKeys string
	//go:embed unrelatedkeys/trl.txt
	trlKeys string
	//go:embed unrelatedkeys/swift.txt
	swiftKeys string

	besideTrainer      = strings.Fields(trainerKeys) // of transformers' TrainingArguments
	besideLLaMAFactory = strings.Fields(llamaFactoryKeys)
	besideAxolotl      = strings.Fields(axolotlKeys)
	besideTRL          = strings.Fields(trlKeys)
	besideSwift        = strings.Fields(swiftKeys)
)
