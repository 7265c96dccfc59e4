package data

import (
	"slices"
	"strings"
)

// describing are names of fields that say of an example where it comes from, what it is about
// or how it was rated. Nobody learns from them.
var describing = []string{
	"id", "idx", "index", "uid", "uuid", "guid", "hash", "__index_level_0__",
	"source", "sources", "dataset", "subset", "split", "origin", "dump", "url", "link", "domain", "host",
	"file", "filename", "file_name", "file_path", "path", "repo", "license", "licence",
	"language", "lang", "locale", "language_score", "category", "categories", "topic", "subject", "task", "type",
	"tag", "tags", "keywords", "title", "author", "model", "generator", "generated_by", "model_name",
	"date", "time", "timestamp", "created", "created_at", "added", "updated_at", "year", "version",
	"meta", "metadata", "difficulty", "level", "score", "rating", "quality",
	"length", "token_count", "num_tokens", "n_tokens", "num_turns", "word_count", "char_count",
}

// describes reports whether a field of that name only describes an example.
func describes(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(describing, name) || strings.HasSuffix(name, "_id")
}
