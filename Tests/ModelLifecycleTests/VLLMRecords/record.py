"""Writes what a version of vLLM knows, with its Python: `python record.py known.txt`."""

import dataclasses
import sys
from pathlib import Path

import vllm.envs

# Places that moved between versions.
try:
    from vllm.entrypoints.openai.cli_args import make_arg_parser
except ImportError:
    from vllm.entrypoints.launchers.cli_args import make_arg_parser
try:
    from vllm.utils.argparse_utils import FlexibleArgumentParser
except ImportError:
    from vllm.utils import FlexibleArgumentParser
try:
    from vllm.config.pooler import PoolerConfig
except ImportError:
    from vllm.config import PoolerConfig

actions = make_arg_parser(FlexibleArgumentParser())._actions
flags = {flag for action in actions for flag in action.option_strings if flag.startswith("--")}
variables = {name for name in vllm.envs.environment_variables if name.startswith("VLLM_")}
fields = {f"pooler {field.name}" for field in dataclasses.fields(PoolerConfig)}
Path(sys.argv[1]).write_text("".join(f"{name}\n" for name in sorted(flags | variables | fields)))
