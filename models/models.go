// Package models holds the embedded base model.
package models

import "embed"

// FS has one folder a model, in Hugging Face layout.
//
//go:embed base
var FS embed.FS
