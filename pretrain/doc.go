// Package pretrain makes the embedded base: it trains a model from
// nothing on a recipe's text, all weights, with the layers of package nn.
//
// A pretraining can be stopped at any moment and goes on from its last
// checkpoint to the same bytes that it would have had. With another text than
// it began with it does not go on.
package pretrain
