// Package transfer answers the question of somebody who has tuned an adapter at one rank and
// wants another: what must alpha and the learning rate be there? It says what each answer keeps
// the same, whether it is derived or measured, on what, and what speaks against it.
package transfer
