"""Trains as trainer.py does, but in float64. A test holds both trainers to it. GPT-2 alone is in
float64 all through: other models of transformers have norms and angles in float32."""

import torch
from ranksweep_peft import bases, serve

loaded = bases.loaded
bases.loaded = lambda request, device: loaded(request, device).double()
torch.Tensor.float = torch.Tensor.double

if __name__ == "__main__":
    serve.main()
