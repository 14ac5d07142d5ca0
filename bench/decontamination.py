"""Benchmarks looked for in English texts, on one core, texts in memory: the step alone, packs and index loaded before.

The benchmarks are those of `bench/corpus/benchmarks.yaml`, as `gristmill pack` takes them. datatrove gets the same
items and the small sample, and looks for 12-grams with a word of the answer, as our variant of its name does.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from measuring import BENCH, PEERS, Row, run, seconds
from ours import records, text_mb

from gristmill.decontaminate._items import items
from gristmill.decontaminate._packing import make_pack
from gristmill.recipe.benchmarks import load_benchmarks

VARIANTS = ("items", "gpt3", "datatrove", "dolma", "llama", "open_r1")


def measured(command: list[str]) -> Row:
    done = run(command, environment={"DO_NOT_TRACK": "1"})
    said = json.loads(done.output.splitlines()[-1])
    return {**said, "peak_mb": done.peak_mb}


def measure(corpus: Path, work: Path, *, quick: bool) -> list[Row]:
    """One row a system and corpus; the ratio is to the variant `items` on the same corpus."""
    asked = load_benchmarks(corpus / "benchmarks.yaml")
    work.mkdir(parents=True)
    pack, listed = work / "all.pack", work / "items.jsonl"
    make_pack(asked.benchmarks, asked.words, (), asked.root, pack)
    found = [item for name, one in asked.benchmarks.items() for item in items(name, one, asked.root)]
    listed.write_text("".join(json.dumps({"question": item.question, "answer": item.answer}) + "\n" for item in found))
    rows: list[Row] = []
    for name in ("english-sample",) if quick else ("english-sample", "english"):
        source = corpus / f"{name}.jsonl"
        size, count = text_mb(source), records(source)
        own = [sys.executable, str(BENCH / "decontaminating.py"), str(pack)]
        results = {f"gristmill {variant}": measured([*own, variant, str(source)]) for variant in VARIANTS}
        if name == "english-sample":
            script = str(BENCH / "peers" / "datatrove_decontaminate.py")
            results["datatrove 0.10.1"] = measured([str(PEERS), script, str(listed), str(source)])
        for system, result in results.items():
            ratio = seconds(result) / seconds(results["gristmill items"])
            row: Row = {"corpus": name, "system": system, "items": len(found), "text_mb": size, "records": count}
            rows.append({**row, **result, "rate": size / seconds(result), "ratio": ratio})
    return rows
