"""How each PRM profile reads a solution and what it answers, in plain PyTorch: one function a profile.

Each takes the model, its tokenizer, a question and the steps with their delimiters, and gives a `Reading`. The ids stop at
the last token that a reward is read at: all these models are causal, so that nothing behind it matters.
"""

from dataclasses import dataclass

import torch

DELIMITER = "\n\n"


@dataclass
class Reading:
    ids: list[int]
    """What the model reads."""
    ends: list[int]
    """For each step, the position in `ids` that its reward is read at."""
    rewards: list[float]


def bare(step: str) -> str:
    return step.removesuffix(DELIMITER)


def logits(model, ids: list[int]) -> torch.Tensor:
    """What the model's head says at each position, [tokens, columns]."""
    with torch.no_grad():
        return model(input_ids=torch.tensor([ids])).logits[0].float()


def skywork(model, tokenizer, question: str, steps: list[str], step_token: str) -> Reading:
    """Skywork-o1-Open-PRM, after `prepare_input` in SkyworkAI/skywork-o1-prm-inference (model_utils/io_utils.py)."""
    encode = lambda text: tokenizer.encode(text, add_special_tokens=False)
    ids, ends = encode(tokenizer.bos_token + question + "\n"), []
    mark = encode(step_token)[-1]
    for step in steps:
        # Upstream leaves the tokenizer alone where there is nothing to read.
        ids += (encode(bare(step)) if bare(step) else []) + [mark]
        ends.append(len(ids) - 1)
    values = logits(model, ids)[:, 0]
    return Reading(ids, ends, torch.sigmoid(values[ends]).tolist())


def qwen_prm(model, tokenizer, question: str, steps: list[str]) -> Reading:
    """Qwen2.5-Math-PRM, after its model card."""
    messages = [
        {"role": "system", "content": "Please reason step by step, and put your final answer within \\boxed{}."},
        {"role": "user", "content": question},
        {"role": "assistant", "content": "<extra_0>".join(bare(step) for step in steps) + "<extra_0>"},
    ]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=False)
    ids = tokenizer.encode(text, add_special_tokens=False)
    tag = tokenizer.encode("<extra_0>", add_special_tokens=False)[0]
    ends = [position for position, id in enumerate(ids) if id == tag]
    classes = logits(model, ids).softmax(dim=-1)
    return Reading(ids[: ends[-1] + 1], ends, classes[ends, 1].tolist())


def token_classification(model, tokenizer, question: str, steps: list[str]) -> Reading:
    """A token classifier with one label, as the demo's: the score at the last token of each step of the plain text.

    A delimiter at the end is read as the model would read it in the middle of a text, with a letter after it.
    """
    def encode(text):
        if not text.endswith(DELIMITER):
            return tokenizer.encode(text)
        ids = tokenizer.encode(text + "A")
        assert tokenizer.decode(ids[-1:]) == "A"
        return ids[:-1]

    ids = encode(f"{question}\n\n" + "".join(steps))
    ends = [len(encode(f"{question}\n\n" + "".join(steps[: count + 1]))) - 1 for count in range(len(steps))]
    scores = torch.sigmoid(logits(model, ids)[:, 0])
    return Reading(ids, ends, scores[ends].tolist())


def sequence_classification(model, tokenizer, question: str, steps: list[str]) -> Reading:
    """An outcome reward model, after the model card of Skywork/Skywork-Reward-Llama-3.1-8B: what it says at the end of a conversation
    whose response ends with the step. The ids are those of the last."""
    ends, rewards = [], []
    for index, step in enumerate(steps):
        response = "".join(steps[:index]) + bare(step)
        conversation = [{"role": "user", "content": question}, {"role": "assistant", "content": response}]
        rendered = tokenizer.apply_chat_template(conversation, tokenize=False)
        ids = tokenizer.encode(rendered, add_special_tokens=False)
        with torch.no_grad():
            hidden = model.model(input_ids=torch.tensor([ids])).last_hidden_state
            rewards.append(torch.sigmoid(model.score(hidden)[0, -1, 0].float()).item())
        ends.append(len(ids) - 1)
    return Reading(ids, ends, rewards)


def math_shepherd(model, tokenizer, question: str, steps: list[str]) -> Reading:
    """Math-Shepherd (peiyi9979/math-shepherd-mistral-7b-prm), after its model card."""
    plus, minus = tokenizer.encode("+ -", add_special_tokens=False)
    tag = tokenizer.encode(" ки", add_special_tokens=False)[-1]
    ids = tokenizer.encode(question + " " + "\n".join(f"{bare(step)} ки" for step in steps))
    ends = [position for position, id in enumerate(ids) if id == tag]
    scores = logits(model, ids)[:, [plus, minus]].softmax(dim=-1)[:, 0]
    return Reading(ids, ends, scores[ends].tolist())


def rlhflow(model, tokenizer, question: str, steps: list[str]) -> Reading:
    """RLHFlow/Llama3.1-8B-PRM-*-Data, after math-rm/prm_evaluate.py in RLHFlow/RLHF-Reward-Modeling."""
    plus, minus = (tokenizer.encode(sign, add_special_tokens=False)[-1] for sign in "+-")
    conversation, ends, rewards = [], [], []
    for index, step in enumerate(steps):
        text = bare(step)
        conversation.append({"role": "user", "content": f"{question} {text}" if index == 0 else text})
        conversation.append({"role": "assistant", "content": "+"})
        rendered = tokenizer.apply_chat_template(conversation, tokenize=False)
        ids = tokenizer.encode(rendered, add_special_tokens=False)
        # [position before the answer] [+] [end of turn]
        assert ids[-2] == plus
        ends.append(len(ids) - 3)
        rewards.append(logits(model, ids)[-3, [plus, minus]].softmax(dim=-1)[0].item())
    return Reading(ids[: ends[-1] + 1], ends, rewards)
