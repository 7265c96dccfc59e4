package tokenizer

// For tests that need packages which import this one.
var GSM8K = gsm8k
