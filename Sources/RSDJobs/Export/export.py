"""Exports results of a run.

    python -c SCRIPT parquet INPUT OUTPUT [INPUT OUTPUT ...]
    python -c SCRIPT wandb RESULTS RUN FOLDER

Inputs are JSON Lines. FOLDER is that of an offline run, or empty. A failure ends it with status 3 and a message.
"""
import json
import os
import sys


def fail(message):
    print()
    print(json.dumps({"failed": message}))
    sys.exit(3)


def lines(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def text(value):
    """A value whose type differs from record to record, as JSON."""
    return None if value is None else json.dumps(value, ensure_ascii=False)


def parquet(paths):
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except Exception as error:
        fail(f"pyarrow cannot be imported: {error}")
    string, number, real, flag = pa.string(), pa.int64(), pa.float64(), pa.bool_()
    alternative = pa.struct([("text", string), ("reward", real)])
    step = pa.struct([
        ("text", string), ("origin", string), ("reward", real), ("tokens", number),
        ("rejected", alternative), ("alternatives", pa.list_(alternative)),
    ])
    counts = [(model, fate) for model, fates in [
        ("draft", ["kept", "rejected", "lookahead", "prompt"]), ("target", ["kept", "rejected", "lookahead", "prompt"]),
        ("prm", ["judged", "prompt"]),
    ] for fate in fates]
    kinds = {
        "id": string, "method": string, "dataset": string, "problem": string, "sample": number, "question": string,
        "prompt": string, "text": string, "final": string, "finish": string, "cut": flag, "failure": string,
        "answer": string, "gold": string, "correct": flag, "verdict": string, "verdict_reason": string,
        "waves": number, "steps": pa.list_(step), "candidates": string, "meta": string,
    }
    schema = pa.schema(list(kinds.items()) + [(f"tokens_{model}_{fate}", number) for model, fate in counts])

    def row(line):
        row = {name: line.get(name) for name in kinds}
        for name in ["candidates", "meta"]:
            row[name] = text(row[name])
        if not isinstance(row["prompt"], str):
            row["prompt"] = text(row["prompt"])
        lengths = line.get("step_tokens") or [None] * len(line["steps"])
        row["steps"] = [dict(step, tokens=length) for step, length in zip(line["steps"], lengths)]
        for model, fate in counts:
            row[f"tokens_{model}_{fate}"] = line["tokens"].get(model, {}).get(fate, 0)
        return row

    for source, target in zip(paths[::2], paths[1::2]):
        partial = target + ".partial"
        try:
            with pq.ParquetWriter(partial, schema, compression="zstd") as writer:
                batch = []
                for line in lines(source):
                    batch.append(row(line))
                    if len(batch) == 1000:
                        writer.write_table(pa.Table.from_pylist(batch, schema=schema))
                        batch = []
                writer.write_table(pa.Table.from_pylist(batch, schema=schema))
            os.replace(partial, target)
        except Exception as error:
            if os.path.exists(partial):
                os.remove(partial)
            fail(f"{target}: {type(error).__name__}: {error}")


def wandb_run(results, description, folder):
    os.environ.setdefault("WANDB_SILENT", "true")
    try:
        import wandb
    except Exception as error:
        fail(f"wandb cannot be imported: {error}")
    with open(description, encoding="utf-8") as file:
        described = json.load(file)
    summary = described["summary"]
    try:
        offline = folder != "" or os.environ.get("WANDB_MODE") in ("offline", "disabled", "dryrun")
        if not offline and not wandb.api.api_key:
            fail("it has no API key: log in with `wandb login`, or write an offline run with -o DIR")
        options = {"mode": "offline", "dir": folder} if folder else {}
        run = wandb.init(
            project=os.environ.get("WANDB_PROJECT") or "rsd-batch", name=described["name"], job_type="evaluation",
            config=dict(described["config"], **described["versions"]), save_code=False, **options)
        keys = [
            "accuracy", "accuracy_low", "accuracy_high", "correct", "total", "acceptance_rate", "target_step_share",
            "flops_paper", "flops_spent",
        ]
        table = wandb.Table(columns=["method", "dataset"] + keys)
        for row in summary["rows"]:
            table.add_data(row["method"], row["dataset"], *[row.get(key) for key in keys])
            for key in keys:
                if row.get(key) is not None:
                    run.summary[f"{row['method']}/{row['dataset']}/{key}"] = row[key]
        columns = ["method", "dataset", "problem", "sample", "question", "text", "answer", "gold", "correct", "verdict", "finish"]
        answers = wandb.Table(columns=columns)
        for line in lines(results):
            answers.add_data(*[line.get(column) for column in columns])
        run.log({"summary": table, "results": answers})
        run.finish()
    except SystemExit:
        raise
    except Exception as error:
        fail(f"{type(error).__name__}: {error}")


command, arguments = sys.argv[1], sys.argv[2:]
if command == "parquet":
    parquet(arguments)
else:
    wandb_run(*arguments)
