"""Personal data and secrets, on one core, texts in memory: speed beside peers, and what is found of labelled texts.

`PII_LABELLED` names the JSON file of Presidio's synthetic texts, the labelled ones; without it they are left out. The
innocent ones are made here: Python's own library, and lines of numbers that are nobody's. `DOLMA` names a Python that
has dolma, which does not install beside the other peers; without it dolma is left out.
"""

from __future__ import annotations

import json
import os
import random
import sys
import sysconfig
from collections import Counter
from pathlib import Path
from typing import Any

from measuring import BENCH, PEERS, Row, run, seconds
from ours import text_mb

DOLMA = os.environ.get("DOLMA")
SYSTEMS = ("datatrove", "presidio", *(("dolma",) if DOLMA else ()))
KINDS = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "IP_ADDRESS": "ip_address",
    "CREDIT_CARD": "payment_card",
    "IBAN_CODE": "iban",
    "US_SSN": "ssn",
}


def _said(system: str, source: Path, *options: str) -> dict[str, Any]:
    own = [sys.executable, str(BENCH / "redacting.py"), system.removeprefix("gristmill ")]
    python = DOLMA if system == "dolma" and DOLMA else str(PEERS)
    peer = [python, str(BENCH / "peers" / "private_data.py"), system]
    done = run([*(own if system.startswith("gristmill") else peer), str(source), *options])
    return json.loads(done.output.splitlines()[-1])


def measure(corpus: Path, work: Path, *, quick: bool) -> list[Row]:
    """A row a system and set of texts; for labelled texts a row a system and kind."""
    work.mkdir(parents=True)
    rows: list[Row] = []
    for name in ("english-sample",) if quick else ("english-sample", "english"):
        source = corpus / f"{name}.jsonl"
        ours = [f"gristmill {which}" for which in ("personal", "secrets", "both")]
        said = {system: _said(system, source) for system in (*ours, *(SYSTEMS if name == "english-sample" else ()))}
        rows += [_speed(name, system, one, said["gristmill both"], text_mb(source)) for system, one in said.items()]
    innocent = work / "innocent.jsonl"
    _write(innocent, _innocent())
    for system in ("gristmill both", *SYSTEMS):
        found = Counter(_said(system, innocent, "--spans")["found"])
        told = ", ".join(f"{kind} {count}" for kind, count in found.most_common())
        rows.append({"corpus": "innocent", "system": system, "text_mb": text_mb(innocent), "found": told or "nothing"})
    labelled = os.environ.get("PII_LABELLED")
    return rows + (_quality(Path(labelled), work) if labelled else [])


def _speed(name: str, system: str, said: dict[str, Any], both: dict[str, Any], size: float) -> Row:
    rate, ratio = size / seconds(said), seconds(said) / seconds(both)
    told = ", ".join(f"{kind} {count}" for kind, count in Counter(said["found"]).most_common(6))
    row: Row = {"corpus": name, "system": system, "text_mb": size, "seconds": seconds(said), "rate": rate}
    return {**row, "ratio": ratio, "found": told}


def _quality(labelled: Path, work: Path) -> list[Row]:
    """Precision and recall by kind: a find counts where it overlaps a label of its kind."""
    records = json.loads(labelled.read_text("utf-8"))
    source = work / "labelled.jsonl"
    _write(source, [record["full_text"] for record in records])
    gold = {
        (row, KINDS[span["entity_type"]], span["start_position"], span["end_position"])
        for row, record in enumerate(records)
        for span in record["spans"]
        if span["entity_type"] in KINDS
    }
    rows: list[Row] = []
    for system in ("gristmill personal", *SYSTEMS):
        found = [tuple(span) for span in _said(system, source, "--spans")["spans"]]
        for kind in KINDS.values():
            wanted = [one for one in gold if one[1] == kind]
            got = [one for one in found if one[1] == kind]
            met = sum(any(_overlap(one, other) for other in got) for one in wanted)
            right = sum(any(_overlap(one, other) for other in wanted) for one in got)
            precision, recall = right / max(len(got), 1), met / max(len(wanted), 1)
            row: Row = {"corpus": "labelled", "system": system, "kind": kind, "labels": len(wanted), "finds": len(got)}
            rows.append({**row, "precision": precision, "recall": recall})
    return rows


def _overlap(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return bool(one[0] == other[0] and one[2] < other[3] and other[2] < one[3])


def _innocent() -> list[str]:
    """Code, and lines of numbers of every kind that is nobody's, always the same ones."""
    library = Path(sysconfig.get_path("stdlib"))
    code = [path.read_text("utf-8", "ignore") for path in sorted(library.glob("*.py"))]
    draw = random.Random(7)

    def digits(count: int) -> str:
        return "".join(str(draw.randrange(10)) for _ in range(count))

    def moment() -> str:
        return f"20{digits(2)}-0{draw.randrange(1, 9)}-1{digits(1)}T1{digits(1)}:2{digits(1)}:3{digits(1)}.{digits(6)}Z"

    makers = (
        lambda: f"ISBN 978-{digits(1)}-{digits(4)}-{digits(4)}-{digits(1)}",
        lambda: f"doi:10.{digits(4)}/s{digits(5)}-{digits(3)}-{digits(4)}-{digits(1)}",
        lambda: f"version {draw.randrange(9)}.{draw.randrange(40)}.{draw.randrange(99)}.{draw.randrange(9999)}",
        lambda: f"1.3.6.1.4.1.{digits(4)}.{digits(2)}.{digits(1)} = INTEGER: {digits(9)}",
        lambda: f"{moment()} INFO took {digits(5)} ms",
        lambda: "  ".join(f"{draw.uniform(0, 1e6):.2f}" for _ in range(6)),
        lambda: "\t".join(digits(draw.randrange(3, 12)) for _ in range(6)),
        lambda: "".join(draw.choice("0123456789abcdef") for _ in range(40)) + "  refs/heads/main",
        lambda: f"{digits(8)}-{digits(4)}-4{digits(3)}-a{digits(3)}-{digits(12)}",
        lambda: f"order {digits(10)}, invoice {digits(6)}/{digits(4)}, item {digits(13)}",
    )
    return code + ["\n".join(maker() for _ in range(200)) for maker in makers for _ in range(10)]


def _write(path: Path, texts: list[str]) -> None:
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
