// Package chat turns a conversation into the text that a model was trained to read, by
// the template that comes with the model.
//
// The templates are Jinja, as in tokenizer_config.json's chat_template, in the dialect of
// Hugging Face's apply_chat_template. Package jinja renders them. Templates come with models
// and are not trusted: they read no files, their time and memory are bounded, and an exception
// that they raise becomes an error. They see no clock, so that a conversation always gives the
// same text: strftime_now gives 26 July 2024, the date that LLaMA 3's templates use if there is
// no clock.
package chat
