// Package arrays writes and reads safetensors files of named arrays, with which trainers hand
// runs over and keep them.
package arrays
