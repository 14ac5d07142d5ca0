"""Makes finished build folders out of pages: a small mill in plain Python that writes the real formats."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gristmill.build.layout import Layout
from gristmill.build.ledger import RECORDS
from gristmill.contracts.rules import Rule, Signal
from gristmill.records.document import DOCUMENT, record_id

STOP_WORDS = frozenset({"the", "be", "to", "of", "and", "that", "have", "with", "der", "die", "das", "und", "la", "le"})

SIGNALS = {
    "normalise": [Signal("control_characters", "count", "Control characters removed.")],
    "language": [Signal("language", "label", "Most probable language.", column=True)],
    "gopher_quality": [
        Signal("word_count", "count", "Words that hold a letter."),
        Signal("mean_word_length", "number", "Characters a word."),
        Signal("symbol_ratio", "share", "Hashes and ellipses a word."),
        Signal("stop_words", "count", "Different stop words."),
    ],
}
RULES = {
    "language": [Rule("language", "language", values=("en", "de", "fr"), option="keep")],
    "gopher_quality": [
        Rule("too_few_words", "word_count", low=50, source="Rae et al. 2021, A1.1", option="min_words"),
        Rule("too_many_words", "word_count", high=100_000, source="Rae et al. 2021, A1.1", option="max_words"),
        Rule("mean_word_length", "mean_word_length", low=3, high=10, source="Rae et al. 2021, A1.1"),
        Rule("too_many_symbols", "symbol_ratio", high=0.1, open_high=True, source="Rae et al. 2021, A1.1"),
        Rule("too_few_stop_words", "stop_words", low=2, source="Rae et al. 2021, A1.1"),
    ],
}
STEPS = ("normalise", "language", "gopher_quality", "near_duplicates")
RECIPE = "name: made\ninputs:\n  - jsonl: pages/*.jsonl\nsteps:\n  - normalise\n  - gopher_quality\n"


@dataclass
class Page:
    text: str
    source: str = "pages/a.jsonl"
    position: int = 0
    id: str | None = None
    url: str | None = None
    time: datetime | None = None
    language: str = "en"
    error: str | None = None

    @property
    def rid(self) -> str:
        return record_id(self.source, self.position)


@dataclass
class _Way:
    page: Page
    text: str
    fate: str = "kept"
    step: str | None = None
    signals: dict[str, Any] = field(default_factory=dict)
    ledger: dict[str, Any] = field(default_factory=dict)


def make_build(root: Path, pages: Sequence[Page], *, similarity: float = 0.6, sink: str = "parquet") -> Path:
    """Mills the pages and writes a build folder; a page with an `error` is quarantined."""
    root.mkdir(parents=True)
    ways = [_row_steps(page) for page in pages]
    _merge([way for way in ways if way.fate == "kept"], similarity)
    _write_texts(root, ways, sink)
    _write_ledger(Layout(root), ways)
    _write_notes(Layout(root), ways)
    return root


def _row_steps(page: Page) -> _Way:
    way = _Way(page, page.text)
    if page.error is not None:
        way.fate, way.step, way.ledger["error"] = "quarantined", "read", page.error
        return way
    way.text = re.sub(r"[^\S\n]+", " ", page.text.replace("\0", "")).strip()
    way.signals["normalise.control_characters"] = page.text.count("\0")
    if way.text != page.text:
        sizes = {"bytes_before": _bytes(page.text), "bytes_after": _bytes(way.text)}
        way.ledger["edits"] = [{"step": "normalise", **sizes}]
    words = way.text.split()
    measured = {
        "language": {"language": page.language},
        "gopher_quality": {
            "word_count": sum(any(map(str.isalpha, word)) for word in words),
            "mean_word_length": sum(map(len, words)) / max(len(words), 1),
            "symbol_ratio": (way.text.count("#") + way.text.count("...")) / max(len(words), 1),
            "stop_words": len(STOP_WORDS.intersection(word.lower() for word in words)),
        },
    }
    for step, values in measured.items():
        way.signals.update({f"{step}.{name}": value for name, value in values.items()})
        reasons = [
            _reason(step, rule, values[rule.signal])
            for rule in RULES[step]
            if rule.broken_by(pa.array([values[rule.signal]]))[0]
        ]
        if reasons:
            way.fate, way.step, way.ledger["reasons"] = "dropped", step, reasons
            break
    return way


def _reason(step: str, rule: Rule, value: Any) -> dict[str, Any]:
    held = {"label": value} if isinstance(value, str) else {"value": float(value)}
    return {"reason": rule.reason, "signal": f"{step}.{rule.signal}", "bound": rule.bound, **held}


def _merge(ways: list[_Way], similarity: float) -> None:
    keepers: list[tuple[_Way, frozenset[str]]] = []
    by_shingle: dict[str, list[int]] = {}
    for way in sorted(ways, key=lambda way: way.page.rid):
        words = way.text.split()
        shingles = frozenset(" ".join(words[at : at + 3]) for at in range(max(len(words) - 2, 1)))
        met = sorted({index for shingle in shingles for index in by_shingle.get(shingle, ())})
        scored = [(len(shingles & keepers[i][1]) / len(shingles | keepers[i][1]), -i) for i in met]
        best, index = max(scored, default=(0.0, 0))
        if best >= similarity:
            twin = keepers[-index][0]
            way.fate, way.step = "merged", "near_duplicates"
            cluster = {"cluster": twin.page.rid, "clustered_by": "near_duplicates"}
            way.ledger |= {"twin": twin.page.rid, "similarity": best, **cluster}
            twin.ledger |= cluster
            continue
        for shingle in shingles:
            by_shingle.setdefault(shingle, []).append(len(keepers))
        keepers.append((way, shingles))
    sizes = Counter(way.ledger.get("cluster") for way in ways)
    for way in ways:
        if "cluster" in way.ledger:
            way.ledger["cluster_size"] = sizes[way.ledger["cluster"]]


def _write_texts(root: Path, ways: list[_Way], sink: str) -> None:
    schema = DOCUMENT.append(pa.field("language", pa.string()))
    files: dict[str, list[_Way]] = {}
    for way in ways:
        if way.fate == "kept":
            files.setdefault(f"data/part-00000.{sink}", []).append(way)
        elif way.fate != "quarantined":
            files.setdefault(f"dropped/{way.step}/part-00000.parquet", []).append(way)
    for name, group in files.items():
        rows = []
        for row, way in enumerate(group):
            way.ledger |= {"file": name, "row": row}
            page = way.page
            rows.append(
                {"rid": page.rid, "id": page.id or page.rid, "source": page.source, "position": page.position}
                | {"url": page.url, "time": page.time, "text": way.text, "language": page.language}
            )
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".parquet"):
            pq.write_table(pa.Table.from_pylist(rows, schema), root / name, row_group_size=64)
        else:
            (root / name).write_text("".join(json.dumps(row, default=str) + "\n" for row in rows))


def _write_ledger(layout: Layout, ways: list[_Way]) -> None:
    fields = [pa.field(f"{step}.{s.name}", s.arrow_type) for step in SIGNALS for s in SIGNALS[step]]
    signals = pa.schema([pa.field("rid", pa.string(), nullable=False), *fields])
    for folder in (layout.records, layout.signals):
        folder.mkdir(parents=True)
    for part, group in enumerate((ways[: len(ways) // 2], ways[len(ways) // 2 :])):
        rows = [
            {"rid": way.page.rid, "id": way.page.id or way.page.rid, "source": way.page.source}
            | {"position": way.page.position, "url": way.page.url, "time": way.page.time, "fate": way.fate}
            | {"step": way.step, "bytes": _bytes(way.text), "words": len(way.text.split())}
            | {"bytes_read": _bytes(way.page.text), "edits": [], "reasons": []}
            | way.ledger
            for way in group
        ]
        pq.write_table(pa.Table.from_pylist(rows, RECORDS), layout.records / f"part-{part:05}.parquet")
        values = [{"rid": way.page.rid, **way.signals} for way in group]
        pq.write_table(pa.Table.from_pylist(values, signals), layout.signals / f"part-{part:05}.parquet")


def _funnel(ways: list[_Way]) -> list[dict[str, Any]]:
    funnel, inside = [], ways
    for step in ("read", *STEPS):
        gone = [way for way in inside if way.step == step]
        out = [way for way in inside if way.step != step]
        entry: dict[str, Any] = {"step": step}
        for suffix, group in (("in", inside), ("out", out)):
            entry[f"records_{suffix}"] = len(group)
            entry[f"bytes_{suffix}"] = sum(_bytes(way.text) for way in group)
            entry[f"words_{suffix}"] = sum(len(way.text.split()) for way in group)
        entry |= {fate: sum(way.fate == fate for way in gone) for fate in ("dropped", "merged", "quarantined")}
        funnel.append(entry)
        inside = out
    return funnel


def _write_notes(layout: Layout, ways: list[_Way]) -> None:
    steps = [
        {
            "name": step,
            "step": step,
            "kind": "corpus" if step == "near_duplicates" else "row",
            "settings": {},
            "signals": [{"name": s.name, "kind": s.kind, "description": s.description} for s in SIGNALS.get(step, [])],
            "rules": [
                {"reason": r.reason, "signal": r.signal, "low": r.low, "high": r.high, "open_low": r.open_low}
                | {"open_high": r.open_high, "values": r.values, "bound": r.bound, "source": r.source}
                | {"option": r.option, **_counted(ways, step, r)}
                for r in RULES.get(step, [])
            ],
        }
        for step in STEPS
    ]
    fates = [way.fate for way in ways]
    kept = {"read": len(ways)} | {fate: fates.count(fate) for fate in ("kept", "dropped", "merged", "quarantined")}
    manifest = {
        "gristmill": "0.1.0",
        "name": "made",
        "recipe": RECIPE,
        "kind": "document",
        "steps": steps,
        "funnel": _funnel(ways),
        "counts": kept,
        "skipped": {"a WARC request": 12},
        "warnings": [],
        "versions": {"pyarrow": pa.__version__},
        "outputs": [{"path": "data/part-00000.parquet", "records": kept["kept"], "bytes": 1000, "sha256": "0" * 64}],
        "digest": hashlib.sha256("".join(fates).encode()).hexdigest(),
    }
    layout.manifest.write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
    run = {"started": "2026-01-02T03:04:05Z", "seconds": 12.5, "workers": 2, "peak_mb": 512, "forecast": None}
    run |= {"steps": [{"name": step, "seconds": 1.5, "records": len(ways)} for step in STEPS]}
    run |= {"machine": {"cpus": 2, "system": "Linux"}}
    layout.run.write_text(json.dumps(run), "utf-8")


def _counted(ways: list[_Way], step: str, rule: Rule) -> dict[str, int]:
    """How many records a rule saw, and how many broke it."""
    seen = [way for way in ways if f"{step}.{rule.signal}" in way.signals]
    broke = [way for way in seen if way.step == step for one in way.ledger["reasons"] if one["reason"] == rule.reason]
    return {"seen": len(seen), "hits": len(broke)}


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
