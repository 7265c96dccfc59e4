package tokenizer

// Exported for tests of packages that import this one.
var (
	GSM8K      = gsm8k
	MustEncode = mustEncode
)
