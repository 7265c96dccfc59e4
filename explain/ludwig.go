package explain

import (
	"slices"
	"strings"
)

// ludwigTool is Ludwig 0.11: ludwig/schema/llms/peft.py has the keys and their defaults, and
// alpha = 2·r if it is absent.
var ludwigTool = tool{
	name:   "Ludwig",
	marks:  []string{"adapter.type", "model_type=llm", "input_features", "output_features"},
	beside: besideLudwig,
	read:   readLudwig,
	write:  writeLudwig,
}

var ludwigWords = words{
	rank: "adapter.r", alpha: "adapter.alpha", rslora: "adapter.use_rslora", dora: "adapter.use_dora",
	dropout: "adapter.dropout", bias: "adapter.bias_type", lr: "trainer.learning_rate",
	optimizer: "trainer.optimizer.type", model: "base_model",
	p: 1, wholeAlpha: true, nullable: []string{"adapter.alpha"}, defaults: Settings{Rank: 8, PerRank: 2, Dropout: 0.05},
}

var besideLudwig = strings.Fields(`
	model_type input_features output_features prompt generation preprocessing backend quantization defaults hyperopt
	combiner ludwig_version adapter.postprocessor trainer.type trainer.epochs trainer.batch_size
	trainer.eval_batch_size trainer.gradient_accumulation_steps trainer.learning_rate_scheduler trainer.optimizer
	trainer.enable_gradient_checkpointing trainer.train_steps trainer.steps_per_checkpoint
	trainer.checkpoints_per_epoch trainer.early_stop trainer.max_batch_size trainer.gradient_clipping
	trainer.use_mixed_precision trainer.effective_batch_size trainer.evaluate_training_set
	trainer.validation_metric trainer.validation_field trainer.compile trainer.increase_batch_size_on_plateau`)

func readLudwig(s *source) Settings {
	kind := s.text("adapter.type")
	if text, ok := s.root.values["adapter"].(string); ok {
		kind = text // adapter: lora, all with defaults
		s.known["adapter"] = true
	}
	switch kind {
	case "lora":
	case "":
		s.fail("adapter", "adapter is absent: there is no adapter to explain; "+
			"one within the encoder of a feature is not read")
	default:
		s.fail("adapter.type", "adapter.type: %s: must be lora: other methods scale differently", kind)
	}
	w := ludwigWords
	if rate, _ := s.root.find(w.lr); rate == "auto" {
		w.lr = "" // it depends on the model, and is named as not understood
	}
	optimizer, _ := s.root.find("trainer.optimizer")
	if _, isText := optimizer.(string); isText {
		w.optimizer = "trainer.optimizer" // its name, with all defaults
	}
	a := w.read(s)
	a.Targets, a.NoNames = sortNames(s.names("adapter.target_modules"))
	a.Stored = s.text("adapter.pretrained_adapter_weights")
	return a
}

func writeLudwig(s Settings) ([]pair, []string) {
	targets, remarks := onlyList("adapter.target_modules", s)
	pairs, lost := ludwigWords.write(s)
	return slices.Concat([]pair{{"adapter.type", "lora"}}, targets, pairs), slices.Concat(remarks, lost)
}
