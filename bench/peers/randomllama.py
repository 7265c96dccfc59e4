"""Writes a LLaMA with random weights: the folder of a model whose tokenizer it gets, the folder
to write, and how many layers and channels it has."""

import json
import os
import shutil
import sys

import torch
from transformers import LlamaConfig, LlamaForCausalLM


def main(tokenizer, folder, layers, width):
    with open(os.path.join(tokenizer, "config.json")) as f:
        vocabulary = json.load(f)["vocab_size"]
    torch.manual_seed(0)
    torch.set_default_dtype(torch.bfloat16)
    LlamaForCausalLM(LlamaConfig(
        vocab_size=vocabulary, hidden_size=width, intermediate_size=11 * width // 4, num_hidden_layers=layers,
        num_attention_heads=width // 64, num_key_value_heads=max(1, width // 512), max_position_embeddings=4096,
        tie_word_embeddings=True,
    )).save_pretrained(folder)  # fmt: skip
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(os.path.join(tokenizer, name), folder)


if __name__ == "__main__":
    main(*sys.argv[1:3], *map(int, sys.argv[3:]))
