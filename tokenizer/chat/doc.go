// Package chat turns a conversation into the text that a model was trained to read, by
// the template that comes with the model.
//
// The templates are Jinja, as in tokenizer_config.json's chat_template, in the
// dialect of Hugging Face's apply_chat_template. The engine is
// github.com/nikolalohinski/gonja; templates come with models and are not
// trusted: they read no files, and what they raise is an error. They see no
// clock, so that the same conversation is always the same text: a template
// that would put today's date takes the date that it has for such a case.
package chat
