"""The three models' shapes. The target must weigh at least 8 times the draft and 3 times the PRM."""

import copy
from pathlib import Path

import torch
from transformers import Qwen2Config, Qwen2ForCausalLM, Qwen2ForTokenClassification

HEAD = 32
SHAPES = {
    "draft": dict(hidden_size=96, num_hidden_layers=3, intermediate_size=256),
    "target": dict(hidden_size=256, num_hidden_layers=4, intermediate_size=640),
    "prm": dict(hidden_size=96, num_hidden_layers=6, intermediate_size=256),
}


def make(role, tokenizer, seed=0):
    torch.manual_seed(seed)
    shape = SHAPES[role]
    heads = shape["hidden_size"] // HEAD
    config = Qwen2Config(
        **shape, vocab_size=len(tokenizer), num_attention_heads=heads, num_key_value_heads=heads,
        max_position_embeddings=512, rope_theta=10000.0, tie_word_embeddings=True, rms_norm_eps=1e-6,
        bos_token_id=None, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
        use_sliding_window=False, attention_dropout=0.0, **(dict(num_labels=1) if role == "prm" else {}))
    config._attn_implementation = "sdpa"
    model = (Qwen2ForTokenClassification if role == "prm" else Qwen2ForCausalLM)(config)
    if role != "prm":
        model.generation_config.eos_token_id = tokenizer.eos_token_id
        model.generation_config.pad_token_id = tokenizer.pad_token_id
        model.generation_config.do_sample = False
    return model


def weights(model):
    """Stored weights; the tied embedding counts once."""
    return sum(p.numel() for p in {id(p): p for p in model.parameters()}.values())


def save(model, tokenizer, folder):
    """bf16 on disk. The copy keeps the trained float32 weights as they are."""
    copy.deepcopy(model).to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    for file in Path(folder).iterdir():
        file.chmod(0o644)
