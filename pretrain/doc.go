// Package pretrain trains the embedded base model from nothing. It starts from random weights and
// trains all of them on the text of a recipe, with the layers of package nn.
//
// A training can be stopped at any moment. It continues from its last checkpoint, and gives the
// same bytes as without the stop. It does not continue if the text has changed.
package pretrain
