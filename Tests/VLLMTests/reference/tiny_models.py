"""Tiny models with random weights, one of each architecture that process reward models have.

Their weights are larger than a trained model's at its start, so that a reward depends visibly on every token before it.
"""

import json
from pathlib import Path
from types import SimpleNamespace

import torch
from safetensors.torch import save_file
from torch import nn
from transformers import (
    LlamaConfig, LlamaForCausalLM, LlamaForSequenceClassification, MistralConfig, MistralForCausalLM, Qwen2Config,
    Qwen2ForTokenClassification, Qwen2Model,
)

SHAPE = {
    "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 3, "num_attention_heads": 2, "num_key_value_heads": 1,
    "max_position_embeddings": 4096, "initializer_range": 0.12, "tie_word_embeddings": False,
}


class Qwen2ForProcessRewardModel(nn.Module):
    """The head of Qwen2.5-Math-PRM: two classes from two layers."""

    def __init__(self, config):
        super().__init__()
        self.model = Qwen2Model(config)
        width = config.hidden_size
        self.score = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 2))

    def forward(self, input_ids):
        return SimpleNamespace(logits=self.score(self.model(input_ids=input_ids).last_hidden_state))


class Qwen2ForPrmModel(nn.Module):
    """The head of Skywork-o1-Open-PRM: one value, beside the head of the language model that it was made of."""

    def __init__(self, config):
        super().__init__()
        self.model = Qwen2Model(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        self.v_head = nn.ModuleDict({"summary": nn.Linear(config.hidden_size, 1)})

    def forward(self, input_ids):
        hidden = self.model(input_ids=input_ids).last_hidden_state
        return SimpleNamespace(logits=self.v_head["summary"](hidden))


def save_with_config(model: nn.Module, config, architecture: str, folder: Path) -> None:
    """As transformers would, for a class that it does not have."""
    values = config.to_dict() | {"architectures": [architecture], "dtype": "float32"}
    (folder / "config.json").write_text(json.dumps(values, indent=2) + "\n")
    save_file({name: value.contiguous() for name, value in model.state_dict().items()},
              folder / "model.safetensors", metadata={"format": "pt"})


def process_reward_model(folder: Path, vocabulary: dict) -> nn.Module:
    config = Qwen2Config(**SHAPE, **vocabulary)
    model = seeded(1, lambda: Qwen2ForProcessRewardModel(config))
    save_with_config(model, config, "Qwen2ForProcessRewardModel", folder)
    return model


def value_head_model(folder: Path, vocabulary: dict) -> nn.Module:
    config = Qwen2Config(**SHAPE, **vocabulary)
    model = seeded(2, lambda: Qwen2ForPrmModel(config))
    save_with_config(model, config, "Qwen2ForPrmModel", folder)
    return model


def token_classifier(folder: Path, vocabulary: dict) -> nn.Module:
    return saved(seeded(3, lambda: Qwen2ForTokenClassification(Qwen2Config(**SHAPE, **vocabulary, num_labels=1))), folder)


def mistral(folder: Path, vocabulary: dict) -> nn.Module:
    return saved(seeded(4, lambda: MistralForCausalLM(MistralConfig(**SHAPE, **vocabulary, sliding_window=None))), folder)


def llama(folder: Path, vocabulary: dict) -> nn.Module:
    return saved(seeded(5, lambda: LlamaForCausalLM(LlamaConfig(**SHAPE, **vocabulary))), folder)


def sequence_classifier(folder: Path, vocabulary: dict) -> nn.Module:
    # As trainers of reward models leave it, whose loss is a regression's: its number is not to be taken as it is.
    config = LlamaConfig(**SHAPE, **vocabulary, num_labels=1, problem_type="regression")
    return saved(seeded(6, lambda: LlamaForSequenceClassification(config)), folder)


def seeded(seed: int, make) -> nn.Module:
    torch.manual_seed(seed)
    model = make().float().eval()
    # The heads of one or two numbers start with weights that keep all rewards near the middle.
    for name, parameter in model.named_parameters():
        if name.startswith(("score", "v_head")):
            nn.init.normal_(parameter, std=0.25)
    return model


def saved(model, folder: Path) -> nn.Module:
    model.save_pretrained(folder)
    return model
