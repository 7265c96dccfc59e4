"""Makes the folders beside it: tiny random models with adapters that PEFT put on
them, and the results of PyTorch and PEFT for these.

    pip install -r requirements.txt
    python generate.py [MODEL | dora/MODEL ...]

names.json has the modules that PEFT's rules select. The folder of a model has

    config.json, model.safetensors, tokenizer.json    the model
    adapters/CASE                                     adapters as PEFT saves them
    golden.json, golden.safetensors                   the results with these adapters

and dora/MODEL has the last two for DoRA on that model. To add an architecture, add a
line to MODELS. Everything is computed in float32 on one thread.
"""

import json
import os
import re
import shutil
import sys

import peft
import torch
import transformers
from peft.tuners.tuners_utils import check_target_module_exists
from peft.utils.other import get_pattern_key
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models
from transformers.pytorch_utils import Conv1D

HERE = os.path.dirname(os.path.abspath(__file__))
VOCAB = 32

SMALL = {
    "vocab_size": VOCAB, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 4,
    "max_position_embeddings": 32, "initializer_range": 0.2, "bos_token_id": None, "eos_token_id": 0,
}
GATED = SMALL | {"intermediate_size": 24, "num_key_value_heads": 2, "tie_word_embeddings": False}

MODELS = {
    "llama": transformers.LlamaConfig(**GATED),
    "llama3": transformers.LlamaConfig(
        **GATED | {"tie_word_embeddings": True}, attention_bias=True, mlp_bias=True, head_dim=6,
        rope_parameters={"rope_type": "llama3", "rope_theta": 100.0, "factor": 4.0, "low_freq_factor": 1.0,
                         "high_freq_factor": 4.0, "original_max_position_embeddings": 16},
    ),
    "mistral": transformers.MistralConfig(**GATED, sliding_window=4),
    "qwen2": transformers.Qwen2Config(**GATED | {"tie_word_embeddings": True}),
    "qwen3": transformers.Qwen3Config(**GATED, head_dim=8),
    "phi3": transformers.Phi3Config(**GATED, sliding_window=5, pad_token_id=0),
    "gemma": transformers.GemmaConfig(**GATED | {"tie_word_embeddings": True}, head_dim=6),
    "gemma2": transformers.Gemma2Config(
        **GATED | {"tie_word_embeddings": True}, head_dim=6, sliding_window=4, query_pre_attn_scalar=10,
        attn_logit_softcapping=2.0, final_logit_softcapping=3.0,
    ),
    "gpt2": transformers.GPT2Config(
        vocab_size=VOCAB, n_embd=16, n_layer=2, n_head=4, n_positions=32, initializer_range=0.2,
        bos_token_id=None, eos_token_id=0,
    ),
    "gpt_neox": transformers.GPTNeoXConfig(**SMALL, intermediate_size=24, rotary_pct=0.5),
    "opt": transformers.OPTConfig(
        **SMALL | {"init_std": 0.2}, ffn_dim=24, word_embed_proj_dim=16, pad_token_id=0,
    ),
    "phi": transformers.PhiConfig(**SMALL, intermediate_size=24),
}

# The models that also get DoRA: with biases and without, and with GPT-2's (in, out) weights.
DORA = ["llama", "llama3", "gemma2", "gpt2"]

# The adapters whose merged weights are kept.
MERGED = ["lora", "rank_pattern", "alpha_pattern", "dora"]

# Two sequences of one length; -100 is not scored.
TOKENS = [[(7 * i * i + 3 * i + 11 * s) % VOCAB for i in range(11)] for s in range(2)]
LABELS = [[-100, -100, -100] + TOKENS[0][3:], TOKENS[1][:9] + [-100, -100]]

# γ = α/r^p, with α·r₀^(p−1) in place of α if it is matched at rank r₀.
ALPHA, RANK = 6, 4
SCHEMES = [
    {"name": "lora", "p": 1, "match": 0},
    {"name": "rslora", "p": 0.5, "match": 0},
    {"name": "constant", "p": 0, "match": 0},
    {"name": "p=0.75", "p": 0.75, "match": 0},
    {"name": "rslora@2", "p": 0.5, "match": 2},
]


def linear_maps(model):
    """Names of all linear maps except the head, in the order of the model."""
    head = model.get_output_embeddings()
    return [n for n, m in model.named_modules() if isinstance(m, (torch.nn.Linear, Conv1D)) and m is not head]


def is_attention(name):
    return "attn" in name or "attention" in name


def target_sets(maps):
    return {
        "all-linear": maps,
        "attention": [n for n in maps if is_attention(n)],
        "mlp": [n for n in maps if not is_attention(n)],
    }


def cases(maps):
    """The adapters in the folder of a model, as LoraConfig's arguments.

    Patterns are in alphabetical order, since PEFT saves them in this order, whatever
    their order was, and the first pattern that matches counts.
    """
    parts = sorted({n.rsplit(".", 1)[1] for n in maps})
    attention = sorted({n.rsplit(".", 1)[1] for n in maps if is_attention(n)})
    some = "|".join(re.escape(p) for p in parts[::2])
    other = next(n for n in maps if n.rsplit(".", 1)[1] not in parts[::2])
    return {
        "lora": {"target_modules": "all-linear"},
        "rslora": {"target_modules": "all-linear", "use_rslora": True},
        "rank_pattern": {"target_modules": "all-linear", "rank_pattern": {r".*\.1\..*": 6, parts[0]: 2, maps[0]: 7}},
        "alpha_pattern": {
            "target_modules": "all-linear", "use_rslora": True, "alpha_pattern": {f"(?:{some})": 12, other: 1},
            "rank_pattern": {parts[-1]: 9},
        },
        "regex": {"target_modules": rf"(?:.*\.)?(?P<layer>\d+)\.(?!nothing).*\.(?:{some})"},
        "attention": {"target_modules": attention},
        "layers_to_transform": {"target_modules": parts, "layers_to_transform": [1]},
        "exclude_modules": {"target_modules": "all-linear", "exclude_modules": [parts[0], maps[-1]]},
    }


def dora_cases(maps):
    parts = sorted({n.rsplit(".", 1)[1] for n in maps})
    return {
        "dora": {"target_modules": "all-linear", "use_dora": True},
        "dora_patterns": {
            "target_modules": "all-linear", "use_dora": True, "use_rslora": True, "lora_dropout": 0.1,
            "rank_pattern": {r".*\.1\..*": 6, parts[0]: 2, maps[0]: 7}, "alpha_pattern": {parts[-1]: 12},
        },
    }


def tokenizer(folder):
    """A tokenizer with one token per letter, so that the folder is a complete model."""
    vocab = {c: i for i, c in enumerate(["<eos>"] + [chr(ord("A") + i) for i in range(VOCAB - 1)])}
    t = Tokenizer(models.BPE(vocab, []))
    t.decoder = decoders.Fuse()
    t.save(os.path.join(folder, "tokenizer.json"))


def fill(model, seed):
    """Gives A and B entries of about equal size, none of them 0, and changes magnitudes so that
    they differ from the lengths of the weights' rows."""
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in sorted(model.named_parameters()):
            if "lora_magnitude_vector" in name:
                p.mul_(0.5 + torch.rand(p.shape, generator=g))
            elif "lora_" in name:
                p.copy_(0.1 * torch.randn(p.shape, generator=g))


def plain(name):
    return name.removeprefix("base_model.model.").replace(".default", "")


def logits(model):
    with torch.no_grad():
        return model(input_ids=torch.tensor(TOKENS)).logits.contiguous()


def loss_of(model):
    return model(input_ids=torch.tensor(TOKENS), labels=torch.tensor(LABELS)).loss


def base(folder):
    load = transformers.AutoModelForCausalLM.from_pretrained
    return load(folder, dtype=torch.float32, attn_implementation="eager").eval()


def weight(module):
    """Weights as (out, in), in whichever order the layer stores them."""
    w = module.weight
    return w.T if isinstance(module, Conv1D) else w


def adapters(folder, result, cases, maps, tensors):
    for seed, (name, arguments) in enumerate(cases.items()):
        config = peft.LoraConfig(r=RANK, lora_alpha=ALPHA, task_type="CAUSAL_LM", **arguments)
        model = peft.get_peft_model(base(folder), config)
        model.peft_config["default"].base_model_name_or_path = os.path.basename(folder)
        model.eval()  # dropout, which PEFT leaves on
        fill(model, seed)
        out = os.path.join(result, "adapters", name)
        model.save_pretrained(out)
        os.remove(os.path.join(out, "README.md"))
        sort_lists(os.path.join(out, "adapter_config.json"))
        tensors[f"{name}/logits"] = logits(model)
        merged = model.merge_and_unload()
        for m in maps if name in MERGED else []:
            tensors[f"{name}/merged/{m}.weight"] = weight(merged.get_submodule(m)).detach().clone().contiguous()


def sort_lists(path):
    """Sorts lists that PEFT writes from sets, whose order is random."""
    with open(path) as f:
        config = json.load(f)
    write(path, {k: sorted(v) if k.endswith("_modules") and isinstance(v, list) else v for k, v in config.items()})


def adapted(folder, targets, scheme, method):
    """A model with an adapter that PEFT scales as the scheme does."""
    p = scheme["p"]
    alpha = ALPHA * scheme["match"] ** (p - 1) if scheme["match"] else ALPHA
    named = p in (1, 0.5)
    config = peft.LoraConfig(
        r=RANK, lora_alpha=alpha if named else alpha / RANK**p * RANK, use_rslora=p == 0.5,
        target_modules=list(targets), task_type="CAUSAL_LM", **method,
    )
    model = peft.get_peft_model(base(folder), config)
    fill(model, 100)
    return model


OPTIMIZERS = {
    "adamw": lambda p: torch.optim.AdamW(p, lr=1e-3, weight_decay=0),
    "sgd": lambda p: torch.optim.SGD(p, lr=5e-3),
}


def train(model, optimizer):
    trained = [p for p in model.parameters() if p.requires_grad]
    step = OPTIMIZERS[optimizer](trained)
    losses, norms = [], []
    for _ in range(10):
        step.zero_grad()
        loss = loss_of(model)
        loss.backward()
        losses.append(loss.item())
        norms.append(torch.sqrt(sum((p.grad.double() ** 2).sum() for p in trained)).item())
        step.step()
    return losses + [loss_of(model).item()], norms


def gradients(folder, schemes, targets, tensors, **method):
    runs = []
    for scheme in schemes:
        for target, names in targets.items():
            model = adapted(folder, names, scheme, method)
            loss_of(model).backward()
            run = {"scheme": scheme["name"], "p": scheme["p"], "match": scheme["match"], "alpha": ALPHA, "rank": RANK,
                   "targets": target, "maps": names, "training": {}}
            for name, p in model.named_parameters():
                if p.requires_grad:
                    tensors[f"gradient/{scheme['name']}/{target}/{plain(name)}"] = p.grad.clone()
                    tensors[f"initial/{target}/{plain(name)}"] = p.detach().clone()
            for optimizer in OPTIMIZERS:
                losses, norms = train(adapted(folder, names, scheme, method), optimizer)
                run["training"][optimizer] = {"losses": losses, "norms": norms}
            runs.append(run)
    return runs


def make(name, config):
    folder = os.path.join(HERE, name)
    shutil.rmtree(folder, ignore_errors=True)
    torch.manual_seed(0)
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    with torch.no_grad():  # norms and biases begin at 1 and 0, which would hide a mistake
        for n, p in model.named_parameters():
            if p.dim() == 1:
                p.add_(0.1 * torch.randn(p.shape))
    model.save_pretrained(folder)
    os.remove(os.path.join(folder, "generation_config.json"))
    tokenizer(folder)

    maps = linear_maps(model)
    tensors = {"logits": logits(base(folder))}
    adapters(folder, folder, cases(maps), maps, tensors)
    keep(folder, maps, cases(maps), gradients(folder, SCHEMES, target_sets(maps), tensors), tensors)


def make_dora(name):
    folder, result = os.path.join(HERE, name), os.path.join(HERE, "dora", name)
    shutil.rmtree(result, ignore_errors=True)
    model = base(folder)
    maps = linear_maps(model)
    tensors = {"logits": logits(model)}
    adapters(folder, result, dora_cases(maps), maps, tensors)
    runs = gradients(folder, SCHEMES[:2], {"all-linear": maps}, tensors, use_dora=True)
    keep(result, maps, dora_cases(maps), runs, tensors)


def keep(folder, maps, cases, runs, tensors):
    golden = {"tokens": TOKENS, "labels": LABELS, "maps": maps, "cases": list(cases), "runs": runs}
    save_file(tensors, os.path.join(folder, "golden.safetensors"))
    write(os.path.join(folder, "golden.json"), golden)


NAMES = [
    "model.layers.0.self_attn.q_proj", "model.layers.1.self_attn.q_proj", "model.layers.11.self_attn.q_proj",
    "model.layers.1.mlp.up_proj", "transformer.h.3.attn.c_attn", "h.3.attn.c_attn", "gpt_neox.layers.2.attention.dense",
    "model.layers.1.experts.0.w1", "layers.1.q_proj", "q_proj", "xq_proj", "model.layers.1.self_attn.xq_proj",
    "model.blocks.1.layers.7.q_proj", "model.layers.01.q_proj", "lm_head",
]

SELECTIONS = [
    {"target_modules": ["q_proj"]},
    {"target_modules": ["self_attn.q_proj", "lm_head"]},
    {"target_modules": ["model.layers.1.self_attn.q_proj"]},
    {"target_modules": []},
    {"target_modules": r".*q_proj"},
    {"target_modules": r"q_proj|model.layers.1.*"},
    {"target_modules": r"model\.layers\.(?!1\.)\d+\..*"},
    {"target_modules": r"(?P<a>.*)\.(?P<n>\d+)\..*_proj"},
    {"target_modules": r"(?i).*Q_PROJ"},
    {"target_modules": ["q_proj", "w1"], "exclude_modules": ["layers.1.self_attn.q_proj"]},
    {"target_modules": ["q_proj"], "exclude_modules": r".*\.1\..*"},
    {"target_modules": ["q_proj"], "exclude_modules": []},
    {"target_modules": ["q_proj"], "layers_to_transform": 1},
    {"target_modules": ["q_proj", "w1"], "layers_to_transform": [0, 1]},
    {"target_modules": ["q_proj", "w1"], "layers_to_transform": []},
    {"target_modules": ["model.layers.0.self_attn.q_proj", "up_proj"], "layers_to_transform": [1]},
    {"target_modules": ["c_attn", "dense", "q_proj"], "layers_to_transform": [2, 3], "layers_pattern": "h"},
    {"target_modules": ["c_attn", "dense", "q_proj"], "layers_to_transform": [1, 3, 7],
     "layers_pattern": ["h", "layers"]},
    {"target_modules": ["q_proj"], "layers_to_transform": [7], "layers_pattern": ["layers"]},
    {"target_modules": ["q_proj"], "layers_to_transform": [1], "layers_pattern": ["lay.*"]},
]

PATTERNS = [
    ["q_proj"], ["proj"], ["self_attn.q_proj"], ["^model.layers.1.*"], ["^q_proj"], [r"model\.layers\.\d\..*"],
    [r".*\.1\..*", "q_proj"], ["q_proj", r".*\.1\..*"], ["(q|up)_proj"], [r"(?!x)q_proj"], [r"layers\.1\..*"],
    ["model.layers.1.self_attn.q_proj"], ["q_proj|c_attn"], [".*"],
]


def names():
    selected = []
    for arguments in SELECTIONS:
        config = peft.LoraConfig(**arguments)
        selected.append({"config": arguments, "selects": [n for n in NAMES if check_target_module_exists(config, n)]})
    first = lambda p, name: p.index(k) if (k := get_pattern_key(p, name)) in p else -1
    matched = [{"patterns": p, "matches": [first(p, n) for n in NAMES]} for p in PATTERNS]
    write(os.path.join(HERE, "names.json"), {"names": NAMES, "selections": selected, "patterns": matched})


def write(path, value):
    with open(path, "w") as f:
        json.dump(value, f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    names()
    for name in sys.argv[1:] or list(MODELS) + [f"dora/{name}" for name in DORA]:
        if name.startswith("dora/"):
            make_dora(name.removeprefix("dora/"))
        else:
            make(name, MODELS[name])
