"""Prints the flags of `vllm serve` as one line of JSON after a mark.

What values a flag takes is found by trying: its own parser is called with a sample of each form.
"""

import argparse
import dataclasses
import json
import re
import sys

# Only then do flags have their help, which says which are deprecated.
sys.argv = ["vllm", "serve", "--help"]

SAMPLES = {
    "whole": "7", "negative": "-1", "decimal": "0.5", "size": "2k", "auto": "auto", "none": "None", "empty": "",
    "word": "xyzzy", "braces": "{x}", "object": "{}", "list": "[]", "string": '"x"', "constant": "true",
}
STRANGE = "xyzzy_no_such_key"


def serve_parser():
    from vllm import platforms

    if platforms.current_platform.is_unspecified():
        # A GPU build on a machine without a GPU, such as a login node; vLLM does the same for `vllm bench`.
        from vllm.platforms.cpu import CpuPlatform

        platforms.current_platform = CpuPlatform()
    from vllm.entrypoints.cli import serve
    from vllm.utils.argparse_utils import FlexibleArgumentParser

    return serve.cmd_init()[0].subparser_init(FlexibleArgumentParser().add_subparsers())


def error(parse, text):
    try:
        parse(text)
    except Exception as failure:
        return str(failure) or type(failure).__name__
    return None


def config_class(parse, depth=0):
    """The dataclass that a parser makes of JSON, found in its defaults or its closure; None if there is none."""
    cells = [cell.cell_contents for cell in getattr(parse, "__closure__", None) or ()]
    for part in [*(getattr(parse, "__defaults__", None) or ()), *cells]:
        if isinstance(part, type) and dataclasses.is_dataclass(part):
            return part
        found = config_class(part, depth + 1) if depth < 3 and hasattr(part, "__code__") else None
        if found:
            return found
    return None


def keys(parse, config):
    """The keys of a JSON object, if others are refused."""
    refusal = error(parse, json.dumps({STRANGE: 1})) or ""
    if STRANGE in refusal and "unexpected" in refusal.lower():
        return [field.name for field in dataclasses.fields(config) if field.init]
    return None


def deprecation(parser, action):
    """What its help says of a deprecated flag, maybe nothing; None if it is not deprecated."""
    text = " ".join((action.help if isinstance(action.help, str) else "").split()).replace("%%", "%")
    told = re.match(r"\W*deprecated\b", text, re.IGNORECASE) or any(
        text.startswith(f"{option} is deprecated") for option in action.option_strings)
    marked = action in getattr(parser, "_deprecated", ()) or getattr(action, "deprecated", False)
    if not (told or marked or "Deprecated" in type(action).__name__):
        return None
    text = re.sub(r"^--\S+ is deprecated( and)? ", "", text)
    sentences = re.split(r"(?<=\.) (?=[A-Z])", text)
    return " ".join(s for s in sentences if re.search(r"remove|instead|no effect|replaced", s)).rstrip(".")


def value_forms(action, flag):
    parse = action.type or str
    forms = [form for form, sample in SAMPLES.items() if error(parse, sample) is None]
    config = config_class(parse)
    if config:
        flag["keys"] = keys(parse, config)
        forms = sorted({*forms, "object"})
    if action.choices is not None:
        choices = [str(choice) for choice in action.choices]
        flag["choices"] = choices
        try:
            flag["foldsCase"] = all(parse(choice.upper()) == choice for choice in choices)
        except Exception:
            flag["foldsCase"] = False
    flag["accepts"] = forms


def described(parser, action):
    long = [option[2:] for option in action.option_strings if option.startswith("--")]
    is_switch = isinstance(action, argparse.BooleanOptionalAction)
    off = [name for name in long if is_switch and name.startswith("no-") and name[3:] in long]
    names = [name for name in long if name not in off]
    takes = {0: "nothing", None: "one", "?": "optional"}.get(action.nargs, "several")
    flag = {
        "names": names, "negations": off,
        "short": [option[1:] for option in action.option_strings if not option.startswith("--")],
        "takes": takes, "repeats": isinstance(action, argparse._AppendAction),
        "isOn": is_switch and action.default is True, "deprecation": deprecation(parser, action),
    }
    if takes != "nothing":
        value_forms(action, flag)
    return flag


parser = serve_parser()
flags = [
    described(parser, action) for action in parser._actions
    if any(option.startswith("--") for option in action.option_strings)
    and not isinstance(action, argparse._HelpAction)
]
print("\nrsd-batch flags: " + json.dumps(flags), flush=True)
