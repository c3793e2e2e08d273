"""Converts Parquet files to JSON Lines.

    python -c SCRIPT OUTPUT FILE ...

Prints one line of JSON: the number of records, and the columns that were left out because they hold bytes.
A file that cannot be converted ends it with status 3 and a message.
"""
import datetime
import decimal
import json
import re
import sys


def fail(message):
    print(json.dumps({"failed": message}))
    sys.exit(3)


try:
    import pyarrow
    import pyarrow.parquet
except Exception as error:
    fail(f"pyarrow cannot be imported: {error}")

types = pyarrow.types


def is_bytes(kind):
    """Whether values are bytes, or contain nothing but bytes."""
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return is_bytes(kind.value_type)
    if types.is_struct(kind):
        return kind.num_fields > 0 and all(is_bytes(kind.field(i).type) for i in range(kind.num_fields))
    if types.is_dictionary(kind):
        return is_bytes(kind.value_type)
    return types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind)


def has_bytes(kind):
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return has_bytes(kind.value_type)
    if types.is_struct(kind):
        return any(has_bytes(kind.field(i).type) for i in range(kind.num_fields))
    if types.is_map(kind):
        return has_bytes(kind.item_type)
    return is_bytes(kind)


def plain(value, kind):
    """A value as JSON has it. Bytes in structs and lists are left out."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return shortest(value) if types.is_float32(kind) or types.is_float16(kind) else value
    if isinstance(value, decimal.Decimal):
        return number(value)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if types.is_map(kind):
        return {str(plain(key, kind.key_type)): plain(item, kind.item_type) for key, item in value}
    if isinstance(value, dict):
        fields = {kind.field(i).name: kind.field(i).type for i in range(kind.num_fields)}
        return {name: plain(item, fields[name]) for name, item in value.items() if not is_bytes(fields[name])}
    if isinstance(value, (list, tuple)):
        return [plain(item, kind.value_type) for item in value]
    return str(value)


def shortest(value):
    """The shortest decimal that is the same number of 32 bits."""
    if value != value or value in (float("inf"), float("-inf")):
        return value
    return float(pyarrow.scalar(value, pyarrow.float32()).cast(pyarrow.string()).as_py())


def number(value):
    """A decimal as a number where JSON can hold it exactly, else as text."""
    if value == value.to_integral_value():
        return int(value)
    return float(value) if decimal.Decimal(repr(float(value))) == value else str(value)


def coarser(kind):
    """The type with times as fine as Python's, in microseconds."""
    if types.is_timestamp(kind) and kind.unit == "ns":
        return pyarrow.timestamp("us", kind.tz)
    if types.is_time64(kind):
        return pyarrow.time64("us")
    if types.is_duration(kind) and kind.unit == "ns":
        return pyarrow.duration("us")
    if types.is_list(kind):
        return pyarrow.list_(coarser(kind.value_type))
    if types.is_large_list(kind):
        return pyarrow.large_list(coarser(kind.value_type))
    if types.is_struct(kind):
        return pyarrow.struct([kind.field(i).with_type(coarser(kind.field(i).type)) for i in range(kind.num_fields)])
    return kind


def rows(array):
    """The values of a column."""
    kind = coarser(array.type)
    if kind != array.type:
        array = array.cast(kind, safe=False)
    return [plain(value, kind) for value in array.to_pylist()]


def convert(path, output, left_out):
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except Exception as error:
        fail(f"{path} is not a Parquet file that can be read: {error}")
    schema = file.schema_arrow
    names = [name for name in schema.names if not re.fullmatch(r"__index_level_\d+__", name)]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        fail(f"{path} has two columns '{twice}'")
    kept = []
    for name in names:
        kind = schema.field(name).type
        if has_bytes(kind) and name not in left_out:
            left_out.append(name)
        if not is_bytes(kind):
            kept.append(name)
    if not kept:
        fail(f"{path} has no column that can be read as text or numbers")
    count = 0
    try:
        for batch in file.iter_batches(batch_size=1024, columns=kept):
            columns = [rows(batch.column(batch.schema.get_field_index(name))) for name in kept]
            for i in range(batch.num_rows):
                record = {name: column[i] for name, column in zip(kept, columns)}
                output.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += batch.num_rows
    except Exception as error:
        fail(f"{path} cannot be converted: {type(error).__name__}: {error}")
    return count


def main():
    target, paths = sys.argv[1], sys.argv[2:]
    left_out, count = [], 0
    with open(target, "w", encoding="utf-8", newline="\n") as output:
        for path in paths:
            count += convert(path, output, left_out)
    print()
    print(json.dumps({"records": count, "left_out": left_out}))


main()
