// Package live serves a page over HTTP while a sweep runs. It answers to this machine alone, unless it was told to
// ask for a token: then the address that it prints has a random one, and nothing is answered without it.
package live
