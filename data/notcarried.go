//go:build !carrygo

package data

// carried is empty: this program takes the Go tree of the go command.
var carried string
