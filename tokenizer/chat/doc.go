// Package chat turns a conversation into the text that a model was trained to read, by
// the template that comes with the model.
//
// The templates are Jinja, as in tokenizer_config.json's chat_template, in the
// dialect of Hugging Face's apply_chat_template, rendered by the package jinja.
// Templates come with models and are not trusted: they read no files, their time
// and memory are bounded, and what they raise is an error. They see no clock, so
// that the same conversation is always the same text: strftime_now gives 26 July
// 2024, the date that templates of LLaMA 3 have for where there is no clock.
package chat
