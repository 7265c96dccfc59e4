// Package jinja renders chat templates as Hugging Face's library transformers does.
//
// Chat templates are written in Jinja, a language that borrows the meaning of nearly
// everything from Python. This package implements the part of Jinja that chat templates use,
// in the setting of transformers: an immutable sandbox with trim_blocks, lstrip_blocks, break
// and continue, its own tojson, raise_exception, strftime_now and {% generation %}
// (transformers, utils/chat_template_utils.py). The result equals that of Jinja 3.1, byte for
// byte, or is an error with line and column. A template cannot reach files or the network, and
// the only clock that it sees is the date in its settings.
//
// These constructs are refused by name: tags that load templates (include, import, extends,
// block), autoescape, print, recursive loops, varargs and kwargs of macros, * and ** in calls;
// the filters attr, escape, filesizeformat, pprint, random, urlencode, wordwrap and similar
// ones; whole numbers beyond 64 bits; powers that are fractions; and what Python would do to text
// marked as safe, but for joining it by + and ~.
//
// The steps and bytes of a rendering are bounded (budget.go), so that a hostile template ends
// with an error within about a second and 100 MB.
package jinja
