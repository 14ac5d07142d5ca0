"""Runs one of our redacting steps over texts in memory, on this core, and says what it found as JSON.

redacting.py STEPS RECORDS [--spans]    STEPS: personal, secrets, both, tagger (the ONNX model that TAGGER names)

Seconds are of the processor, the best of some passes where no spans are asked for.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.step import RowStep
from gristmill.contracts.view import View
from gristmill.protect.redact_personal_data import RedactPersonalData
from gristmill.protect.redact_secrets import RedactSecrets

ROWS = 1000
PASSES = 5
Span = tuple[int, object, int, int]
PERSONAL = RedactPersonalData()
STEPS: dict[str, list[RowStep]] = {
    "personal": [PERSONAL],
    "secrets": [RedactSecrets()],
    "both": [RedactSecrets(), PERSONAL],
}
if "TAGGER" in os.environ:
    model = Path(os.environ["TAGGER"]).resolve()
    STEPS["tagger"] = [RedactPersonalData(tagger=f"{model.parent.name}/{model.name}").at(model.parents[1])]


def main(which: str, source: str, spans: bool) -> None:
    with open(source, encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    column = pa.array(texts, pa.large_string())
    batches = [column.slice(at, ROWS) for at in range(0, len(column), ROWS)]
    steps = STEPS[which]
    for step in steps:  # kernels are read from the cache, lists and numbering plans loaded
        step.edit(View(pa.record_batch({"text": pa.array(["tel +44 20 7946 0958, a@b.io"], pa.large_string())})))
    seconds = []
    for _ in range(1 if spans else PASSES):
        began = time.process_time()
        found, told = _pass(batches, steps, spans)
        seconds.append(time.process_time() - began)
    print(json.dumps({"seconds": min(seconds), "found": dict(found), "spans": told}))


def _pass(batches: list[pa.Array], steps: list[RowStep], spans: bool) -> tuple[Counter[str], list[Span]]:
    """All batches through the steps, as a build takes them."""
    found: Counter[str] = Counter()
    told: list[Span] = []
    for number, given in enumerate(batches):
        batch, scans = given, {}
        for step in steps:
            view = View(pa.record_batch({"text": batch}), scans=scans)
            edit = step.edit(view)
            named = edit.signals["spans"]
            found.update(named.flatten().field("kind").to_pylist())
            if spans:
                told += _spans(batch.to_pylist(), named.to_pylist(), number * ROWS)
            changed = pc.fill_null(pc.not_equal(batch, edit.text), True).to_numpy(zero_copy_only=False)
            batch, scans = edit.text, view.lasting(np.flatnonzero(changed))
    return found, told


def _spans(texts: list[str], rows: list[list[dict[str, int]]], first: int) -> list[Span]:
    """Rows, kinds and places in characters."""
    return [
        (first + row, span["kind"], *(len(text.encode()[: span[end]].decode()) for end in ("start", "stop")))
        for row, (text, spans) in enumerate(zip(texts, rows, strict=True))
        for span in spans
    ]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], "--spans" in sys.argv)
