// Package jinja renders chat templates as Hugging Face does.
//
// Such templates are written in Jinja, a language that borrows the meaning of
// nearly everything from Python. This is the part of it that chat templates
// use, as transformers sets it up: an immutable sandbox with trim_blocks,
// lstrip_blocks, break and continue, its own tojson, raise_exception,
// strftime_now and {% generation %} (transformers, utils/chat_template_utils.py).
// What it renders is equal to what Jinja 3.1 renders, byte for byte, or it is
// an error with line and column. A template asks for no files and no network,
// and the only clock that it sees is the date in its settings.
//
// Refused by name are: tags that load templates (include, import, extends,
// block), autoescape, print, recursive loops, varargs and kwargs of macros, *
// and ** in calls; the filters attr, escape, filesizeformat, pprint, random,
// urlencode, wordwrap and their like; whole numbers beyond 64 bits; powers that
// are fractions; text marked as safe where Python would escape what is joined
// to it.
//
// A rendering may take a number of steps and of bytes (budget.go), so that a
// hostile template ends with an error within about a second and 100 MB.
package jinja
