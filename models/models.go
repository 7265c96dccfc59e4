// Package models holds the embedded base model.
package models

import "embed"

// FS holds a folder for each model, in Hugging Face layout.
//
//go:embed base
var FS embed.FS
