"""What running pieces together saves a tagger of names and changes of its answers, and what its scores are worth.

    python bench/tagger.py LABELLED MODEL [MODEL ...] [--results FOLDER]

LABELLED is the JSON file of Presidio's synthetic texts (MIT), MODEL an ONNX tagger or a folder of a spaCy pipeline; the
first folder of its path names it in the tables. Of each, CPU seconds (the best of three passes in turn, on one core) of
the first 300 texts and of 60 pieces of 400 to 800 characters of them: one text at a time, and all at once as a build
does; and how many texts were found otherwise. `forced` runs pieces together even where the tagger itself would not.
Then `gristmill calibrate-tagger` on all texts, those of one template in one fold.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from measuring import BENCH, Row, machine
from toxicity import table

from gristmill.cli import main as gristmill
from gristmill.contracts.list_files import find_lists
from gristmill.protect._taggers import bare_files_of, tagger
from gristmill.protect._tagging import Tagged

SHORT, FULL = 300, 60
PASSES = 3
TOGETHER = 1024
FIGURES = ("labels", "finds", "right", "calibration error before", "calibration error after")

Answer = list[list[Tagged]]


def sets(texts: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Texts as they are, and long ones made of all of them."""
    yield "texts", texts[:SHORT]
    draw = random.Random(1)
    whole, begin, pieces = " ".join(texts), 0, []
    for _ in range(FULL):
        size = draw.randrange(400, 801)
        pieces.append(whole[begin : begin + size])
        begin += size
    yield "pieces", pieces


def timed(ways: dict[str, Callable[[], Answer]]) -> dict[str, tuple[float, Answer]]:
    """The least CPU seconds of each way, and what it answered."""
    found: dict[str, tuple[float, Answer]] = {}
    for _ in range(PASSES):
        for name, way in ways.items():
            began = time.process_time()
            answer = way()
            spent = time.process_time() - began
            found[name] = min(spent, found.get(name, (spent,))[0]), answer
    return found


def rows_of(model: str, texts: list[str]) -> Iterator[Row]:
    tag: Any = tagger(find_lists(Path(), bare_files_of(Path(), model), None, None).files)
    together = tag.together
    for name, some in sets(texts):

        def at_once(most: int, some: list[str] = some) -> Answer:
            tag.together = most
            return tag(some)

        ways = {
            "one at a time": lambda some=some: [tag([text])[0] for text in some],
            "as a build": lambda at=at_once: at(together),
            "forced": lambda at=at_once: at(TOGETHER),
        }
        found = timed(ways)
        alone, answer = found["one at a time"]
        size = sum(len(text.encode()) for text in some) / 1e3
        for way, (seconds, said) in found.items():
            differ = sum(one != other for one, other in zip(said, answer, strict=True))
            yield {
                "model": Path(model).parts[0],
                "runs together": "yes" if together > 1 else "no",
                "of": f"{len(some)} {name}",
                "way": way,
                "seconds": seconds,
                "KB/s": size / seconds,
                "times as fast": alone / seconds,
                "found otherwise": differ,
                "named otherwise": sum(_names(a) != _names(b) for a, b in zip(said, answer, strict=True)),
            }
    tag.together = together


def _names(found: list[Tagged]) -> list[tuple[str, int, int]]:
    return [(one.kind, one.start, one.stop) for one in found]


def worth(model: str, records: list[dict[str, Any]]) -> Iterator[Row]:
    """What `calibrate-tagger` says of each kind."""
    to = Path(f"{model.rstrip('/')}.calibration.json")
    before = to.read_bytes() if to.exists() else None
    with TemporaryDirectory() as folder:
        labelled = Path(folder) / "labelled.jsonl"
        labelled.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
        said = gristmill(
            ["calibrate-tagger", model, str(labelled), "--text", "full_text", "--group", "template_id", "--force"]
        )
    if said:
        sys.exit(said)
    kinds = json.loads(to.read_bytes())["card"]["kinds"]
    if before is None:
        to.unlink()
    else:
        to.write_bytes(before)
    for kind, figures in kinds.items():
        told = {name: figures.get(name, "") for name in FIGURES}
        yield {"model": Path(model).parts[0], "kind": kind, **told}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--results", type=Path, default=BENCH / "results")
    options = parser.parse_args()
    records = json.loads(options.labelled.read_text("utf-8"))
    texts = [record["full_text"] for record in records]
    tables = {
        "rows": [row for model in options.models for row in rows_of(model, texts)],
        "calibration": [row for model in options.models for row in worth(model, records)],
    }
    for rows in tables.values():
        print(f"\n{table(rows)}", flush=True)
    options.results.mkdir(exist_ok=True)
    result = {"name": "tagger", "date": datetime.now(UTC).date().isoformat(), "machine": machine(), **tables}
    (options.results / "tagger.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
