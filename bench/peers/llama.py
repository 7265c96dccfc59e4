"""A LLaMA with LoRA on all linear maps, written by hand for PyTorch's speed."""

import torch
from torch import nn
from torch.nn import functional as F

HEADS, EPS, THETA = 4, 1e-5, 10000.0


class Adapted(nn.Module):
    """One frozen map with its adapter, in LoRA's form or as one matrix."""

    def __init__(self, weight, a, gamma, merged):
        super().__init__()
        self.register_buffer("weight", weight)
        self.a, self.b = nn.Parameter(a), nn.Parameter(torch.zeros(len(weight), len(a)))
        self.gamma, self.merged = gamma, merged

    def forward(self, x):
        if self.merged:
            return F.linear(x, self.weight + self.gamma * (self.b @ self.a))
        u = F.linear(x, self.a)
        if len(self.a) < len(self.weight):  # scale the smaller of the two
            return F.linear(x, self.weight) + F.linear(self.gamma * u, self.b)
        return F.linear(x, self.weight) + self.gamma * F.linear(u, self.b)


class Block(nn.Module):
    def __init__(self, adapted, tensors, prefix):
        super().__init__()
        part = lambda name: adapted(prefix + name)
        self.q, self.k, self.v, self.o = (part(f"self_attn.{p}_proj") for p in "qkvo")
        self.gate, self.up, self.down = (part(f"mlp.{p}_proj") for p in ("gate", "up", "down"))
        self.register_buffer("norm1", tensors[prefix + "input_layernorm.weight"])
        self.register_buffer("norm2", tensors[prefix + "post_attention_layernorm.weight"])

    def forward(self, x, cos, sin):
        n, t, c = x.shape
        h = F.rms_norm(x, (c,), self.norm1, EPS)
        q, k, v = (f(h).view(n, t, HEADS, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        att = F.scaled_dot_product_attention(rotate(q, cos, sin), rotate(k, cos, sin), v, is_causal=True)
        x = x + self.o(att.transpose(1, 2).reshape(n, t, c))
        h = F.rms_norm(x, (c,), self.norm2, EPS)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


def rotate(x, cos, sin):
    half = x.shape[-1] // 2
    turned = torch.cat((-x[..., half:], x[..., :half]), dim=-1)
    return (x * cos + turned * sin).to(x.dtype)


class Llama(nn.Module):
    def __init__(self, tensors, gamma, merged=False):
        super().__init__()
        adapted = lambda name: Adapted(tensors[name + ".weight"], tensors[name + ".lora_A.weight"], gamma, merged)
        layers = sum(name.endswith("input_layernorm.weight") for name in tensors)
        self.register_buffer("embedding", tensors["model.embed_tokens.weight"])
        self.register_buffer("norm", tensors["model.norm.weight"])
        self.blocks = nn.ModuleList(Block(adapted, tensors, f"model.layers.{i}.") for i in range(layers))
        dim, context = self.embedding.shape[1] // HEADS, tensors["tokens"].shape[-1]
        angle = torch.outer(torch.arange(context), THETA ** (-torch.arange(0, dim, 2) / dim)).repeat(1, 2)
        self.register_buffer("cos", angle.cos())
        self.register_buffer("sin", angle.sin())

    def forward(self, tokens):
        x = F.embedding(tokens, self.embedding)
        for block in self.blocks:
            x = block(x, self.cos, self.sin)
        return F.linear(F.rms_norm(x, (x.shape[-1],), self.norm, EPS), self.embedding)
