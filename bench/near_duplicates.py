"""Near-duplicate removal end to end on one core: MinHash of 5-word shingles, 14 bands of 8 rows, read and written.

Texts are in 20 languages; the gigabyte is the same again and again with words changed (bench/varied.py), where the
time that a command takes to start no longer counts. Each peer is run its own documented fast way (see bench/peers);
only Gristmill verifies a pair by its true Jaccard similarity before it removes a record, and names the kept twin.
"""

from __future__ import annotations

import json
from pathlib import Path

from measuring import BENCH, PEERS, TEXT_DEDUP, Row, run, seconds
from ours import build, records, text_mb
from varied import write

STEPS = """
  - near_duplicates"""
SINK = "jsonl: {compression: none}"  # as rensa's side writes; datatrove's writes gzip, Daft's Parquet
THEIRS_AS_OURS = ("--num_perm", "112", "--b", "14", "--r", "8", "--ngram", "5", "--hash_func", "xxh3")
SYSTEMS: dict[str, tuple[Path, str, tuple[str, ...]]] = {  # the Python, the script and its options
    "datatrove 0.10.1": (PEERS, "datatrove_near.py", ()),
    "text-dedup 0.4.0": (TEXT_DEDUP, "text_dedup_minhash.py", THEIRS_AS_OURS),
    "rensa 0.5.0": (PEERS, "rensa_near.py", ()),
    "daft 0.7.26": (PEERS, "daft_near.py", ()),
}
AMOUNTS = {  # what each gets: datatrove would take an hour, text-dedup ten minutes, rensa 18 GB of memory
    "all-sample": tuple(SYSTEMS),
    "all": ("text-dedup 0.4.0", "rensa 0.5.0", "daft 0.7.26"),
    "varied": ("daft 0.7.26",),
}
VARIED_BYTES = 1_000_000_000


def peer(system: str, source: Path, folder: Path) -> Row:
    python, script, options = SYSTEMS[system]
    command = [str(python), str(BENCH / "peers" / script), str(source), str(folder), *options]
    done = run(command, environment={"DO_NOT_TRACK": "1"})
    said = json.loads(done.output.splitlines()[-1])
    return {"seconds": said["seconds"], "cpu_seconds": done.cpu_seconds, "kept": said["kept"], "peak_mb": done.peak_mb}


def measure(corpus: Path, work: Path, *, quick: bool) -> list[Row]:
    """One row a system and corpus; the ratio is to Gristmill on the same corpus."""
    rows: list[Row] = []
    for name in ("all-sample",) if quick else AMOUNTS:
        source = corpus / f"{name}.jsonl"
        if name == "varied":
            write(corpus / "all.jsonl", work / "varied", VARIED_BYTES, VARIED_BYTES)
            (source,) = (work / "varied").iterdir()
        size, count = text_mb(source), records(source)
        results = {"gristmill": build(source, work / name / "ours", STEPS, sink=SINK)}
        for system in AMOUNTS[name]:
            results[system] = peer(system, source, work / name / system)
        for system, result in results.items():
            rate = size / seconds(result)
            ratio = size / seconds(results["gristmill"]) / rate
            row: Row = {"corpus": name, "system": system, "text_mb": size, "records": count}
            rows.append({**row, **result, "removed": count - int(result["kept"]), "rate": rate, "ratio": ratio})
    return rows
