"""Small tokenizers of the three kinds that process reward models have."""

import json
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

DEMO = Path(__file__).parents[3] / "demo"
LLAMA3_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
LLAMA3_CHAT = (
    "{{ bos_token }}{% for message in messages %}<|start_header_id|>{{ message['role'] }}<|end_header_id|>\n\n"
    "{{ message['content'] | trim }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)


def corpus() -> list[str]:
    problems = [json.loads(line)["question"] for line in (DEMO / "problems.jsonl").read_text().splitlines()]
    return problems + ["Step 1: 37 + 48 = 85. ки", "Step 2: 85 - 9 = 76. ки", "The answer is \\boxed{76}. ки", "+ -"] * 20


def save(tokenizer: Tokenizer, folder: Path, settings: dict) -> None:
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"clean_up_tokenization_spaces": False, "model_max_length": 4096} | settings
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n")


def qwen(folder: Path) -> dict:
    """The demo's, which is of Qwen2.5's kind, with the tokens of conversations and Qwen2.5-Math-PRM's tag."""
    tokenizer = Tokenizer.from_file(str(DEMO / "models/prm/tokenizer.json"))
    tokenizer.add_special_tokens([AddedToken(text, special=True) for text in ["<|im_start|>", "<|im_end|>", "<extra_0>"]])
    # Skywork's begins a text with the same token that ends it.
    save(tokenizer, folder, {
        "tokenizer_class": "Qwen2Tokenizer", "add_prefix_space": False, "bos_token": "<|endoftext|>",
        "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>", "chat_template": CHATML,
    })
    end = tokenizer.token_to_id("<|endoftext|>")
    return {"vocab_size": tokenizer.get_vocab_size(), "bos_token_id": end, "eos_token_id": end, "pad_token_id": end}


def llama3(folder: Path) -> dict:
    """Of Llama 3's kind: bytes, up to three digits together, a beginning token, conversations in headers."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(LLAMA3_SPLIT), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
    # The header's end and a blank line before a word: one token, as in Llama 3.
    texts = corpus() + ["a\n\nb"] * 50
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=512, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=special, show_progress=False))
    begin = tokenizer.token_to_id(special[0])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{special[0]} $A", special_tokens=[(special[0], begin)])
    save(tokenizer, folder, {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": special[0], "eos_token": special[4],
        "pad_token": special[4], "chat_template": LLAMA3_CHAT,
    })
    end = tokenizer.token_to_id(special[4])
    return {"vocab_size": tokenizer.get_vocab_size(), "bos_token_id": begin, "eos_token_id": end, "pad_token_id": end}


def sentencepiece(folder: Path) -> dict:
    """Of Mistral's kind: `▁` for spaces, also before the first word, and bytes for characters that it does not know."""
    special = ["<unk>", "<s>", "</s>"]
    byte_tokens = [f"<0x{byte:02X}>" for byte in range(256)]
    space = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first", split=True)
    learnt = Tokenizer(models.BPE(unk_token="<unk>"))
    learnt.pre_tokenizer = space
    # Line breaks are bytes there.
    learnt.train_from_iterator([text.replace("\n", " ") for text in corpus()], trainers.BpeTrainer(
        vocab_size=400, special_tokens=special, show_progress=False))
    model = json.loads(learnt.to_str())["model"]
    pieces = sorted(model["vocab"], key=model["vocab"].get)[len(special):]
    vocab = {token: id for id, token in enumerate(special + byte_tokens + pieces)}
    tokenizer = Tokenizer(models.BPE(
        vocab=vocab, merges=[tuple(pair) for pair in model["merges"]], unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first", split=False)
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(content=" ", left=1)])
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", vocab["<s>"])])
    assert {"▁+", "▁-", "+", "-", "▁ки"} <= vocab.keys()
    save(tokenizer, folder, {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>",
    })
    return {"vocab_size": len(vocab), "bos_token_id": 1, "eos_token_id": 2}
