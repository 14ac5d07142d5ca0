"""What the steps of safety find in, and drop of, ordinary texts, and their speed on one core.

    python bench/safety.py [--pages WCXB/dev] [--flores FOLDER] [--instructions FOLDER] [--results FOLDER]

WCXB/dev has `html/` (annotations CC-BY 4.0), FOLDER files `*.devtest` of FLORES-200 (CC-BY-SA 4.0), or JSON and JSON
Lines with instructions, of which every string but keys is a text. Pages are looked at as `extract` leaves them, by
`hidden_markup` as they were found. Toxicity has a benchmark of its own. Of each signal: how many texts have it above 0,
and the most; `not judged` are nulls. Seconds are of the processor, the best of two passes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from measuring import BENCH, Row, machine
from toxicity import table

from gristmill.clean.extract import Extract
from gristmill.contracts.step import RowStep
from gristmill.contracts.view import View
from gristmill.safety.encoded_blobs import EncodedBlobs
from gristmill.safety.gibberish import Gibberish
from gristmill.safety.hidden_markup import HiddenMarkup
from gristmill.safety.hidden_text import HiddenText
from gristmill.safety.injection import Injection

STEPS: tuple[RowStep, ...] = (EncodedBlobs(), HiddenText(), Injection(), Gibberish())
SHARES = (0.1, 0.5, 0.9)
ROWS = 4096

Batches = list[pa.RecordBatch]


def batches(**columns: pa.Array) -> Batches:
    whole = pa.table(columns).combine_chunks()
    return whole.to_batches(max_chunksize=ROWS)


def pages(folder: Path) -> tuple[Batches, Batches]:
    """Pages as they were found, and the texts that `extract` makes of them."""
    raw = [gzip.decompress(path.read_bytes()) for path in sorted((folder / "html").glob("*.html.gz"))]
    found = batches(payload=pa.array(raw, pa.large_binary()), content_type=pa.array(["text/html"] * len(raw)))
    texts = [text for batch in found for text in Extract().edit(View(batch)).text.to_pylist()]
    return found, batches(text=pa.array(texts, pa.large_string()))


def flores(folder: Path) -> list[str]:
    return [line for path in sorted(folder.rglob("*.devtest")) for line in path.read_text("utf-8").splitlines()]


def instructions(folder: Path) -> list[str]:
    """Every string in every file that is JSON or lines of it."""
    return [text for path in sorted(folder.rglob("*")) if path.is_file() for text in _strings_of(path)]


def _strings_of(path: Path) -> Iterator[str]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8", "replace")
    kind = path.name.removesuffix(".gz").rpartition(".")[2]
    try:
        values = {"json": lambda: [json.loads(text)], "jsonl": lambda: map(json.loads, text.splitlines())}.get(kind)
        for value in values() if values else ():
            yield from _strings(value)
    except json.JSONDecodeError:
        return  # one shard of Alpaca is cut off


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def looked_at(step: RowStep, given: Batches, name: str, size: float) -> Row:
    """What a step says of texts, by its defaults."""
    views = [View(batch) for batch in given]
    step.measure(View(given[0].slice(0, 8)))
    spent = []
    for _ in range(2):
        began = time.process_time()
        said = [step.measure(view) for view in views]
        spent.append(time.process_time() - began)
        views = [View(batch) for batch in given]
    columns = {key: pa.concat_arrays([one[key] for one in said]) for key in said[0]}
    broken = {rule.reason: np.asarray(rule.broken_by(columns[rule.signal])) for rule in step.rules()}
    gone = np.zeros(sum(map(len, given)), np.bool_)
    for fails in broken.values():
        gone |= fails
    row: Row = {"texts": name, "step": type(step).__name__, "of": len(gone), "dropped": int(gone.sum())}
    rules = ", ".join(f"{reason} {int(fails.sum())}" for reason, fails in broken.items() if fails.any())
    return {**row, "rules": rules, "MB/s": size / min(spent), **_signals(columns)}


def _signals(columns: dict[str, pa.Array]) -> Row:
    """Of each signal that is a number how many texts have it, what the most is, and how many were not judged."""
    row: Row = {}
    for name, column in columns.items():
        if pa.types.is_string(column.type):
            continue
        values = column.to_numpy(zero_copy_only=False).astype(np.float64)
        row[name] = int(np.nansum(values > 0))
        row[f"{name}, most"] = float(np.nanmax(values, initial=0))
        if column.null_count:
            row[f"{name}, not judged"] = column.null_count
        if name == "hidden_share":
            row |= {f"{name} above {share}": int(np.nansum(values > share)) for share in SHARES}
    return row


def texts_of(given: list[str]) -> Batches:
    return batches(text=pa.array(given, pa.large_string()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("pages", "flores", "instructions"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--results", type=Path, default=BENCH / "results")
    options = parser.parse_args()
    rows: list[Row] = []
    if options.pages:
        found, texts = pages(options.pages)
        rows.append(looked_at(HiddenMarkup(), found, "pages, as found", _size(found, "payload")))
        rows += [looked_at(step, texts, "pages", _size(texts, "text")) for step in STEPS]
    others: dict[str, tuple[Path | None, Callable[[Path], list[str]]]] = {
        "FLORES": (options.flores, flores),
        "instructions": (options.instructions, instructions),
    }
    for name, (folder, read) in others.items():
        if folder is not None:
            texts = texts_of(read(folder))
            rows += [looked_at(step, texts, name, _size(texts, "text")) for step in STEPS]
    print(table([{key: row[key] for key in ("texts", "step", "of", "dropped", "rules", "MB/s")} for row in rows]))
    options.results.mkdir(exist_ok=True)
    result = {"name": "safety", "date": datetime.now(UTC).date().isoformat(), "machine": machine(), "rows": rows}
    (options.results / "safety.json").write_text(json.dumps(result, indent=1) + "\n")


def _size(given: Batches, column: str) -> float:
    return float(sum(len(value) for batch in given for value in _bytes(batch.column(column)))) / 1e6


def _bytes(column: pa.Array) -> Iterator[bytes]:
    for value in column.to_pylist():
        yield value.encode() if isinstance(value, str) else value or b""


if __name__ == "__main__":
    main()
