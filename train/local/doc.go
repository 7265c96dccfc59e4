// Package local is the trainer in this process. It trains runs on this machine's cores, with
// the layers of package nn and the adapters of package lora.
package local
