// Package models contains a small base model, embedded in the program, for experiments on
// fine-tuning.
package models

import "embed"

// FS holds a folder for each model, in Hugging Face layout.
//
//go:embed base
var FS embed.FS
