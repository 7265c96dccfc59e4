// Package train is the trainer in this process. It trains the runs of a sweep on this
// machine's cores, with the layers of package nn and the adapters of package lora.
package train
