"""The same model from transformers, with adapters of PEFT."""

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def llama(tensors):
    vocabulary, dim = tensors["model.embed_tokens.weight"].shape
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary, hidden_size=dim, intermediate_size=len(tensors["model.layers.0.mlp.up_proj.weight"]),
            num_hidden_layers=sum(name.endswith("input_layernorm.weight") for name in tensors),
            num_attention_heads=4, num_key_value_heads=4, max_position_embeddings=tensors["tokens"].shape[-1],
            rms_norm_eps=1e-5, tie_word_embeddings=True, use_cache=False, attn_implementation="sdpa",
        )
    )  # fmt: skip
    base = {name: x for name, x in tensors.items() if name in model.state_dict()}
    missing, _ = model.load_state_dict(base, strict=False)
    assert missing == ["lm_head.weight"], missing  # tied to the embedding
    return model


def saved(folder):
    settings = {"dtype": torch.float32, "attn_implementation": "sdpa", "use_cache": False}
    return AutoModelForCausalLM.from_pretrained(folder, **settings)


def adapt(model, tensors, rank, gamma):
    """Puts adapters on model that begin with the top rows of each given A."""
    config = LoraConfig(r=rank, lora_alpha=gamma * rank, lora_dropout=0.0, target_modules=TARGETS)
    model = get_peft_model(model, config)
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "lora_A" in name:
                module = name.removeprefix("base_model.model.").removesuffix(".lora_A.default.weight")
                p.copy_(tensors[module + ".lora_A.weight"][:rank])
    return model
