// Package tokenizer turns text into token ids and back, as a tokenizer.json
// describes.
//
// What a file asks for and this package does not implement is refused by name,
// since doing without it would give other ids than the model was trained on.
package tokenizer
