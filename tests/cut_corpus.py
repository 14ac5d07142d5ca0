"""Builds small corpora with one step that cuts texts, and says what stayed of each and what the ledger has of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from real_command import JSONL, build_of, built, counts, manifest


@dataclass(frozen=True)
class Cut:
    """A stretch that was cut: of which record, where, and the bytes that stand for it elsewhere."""

    record: int
    start: int
    stop: int
    twin: int | None
    twin_start: int | None
    text: str


@dataclass(frozen=True)
class Outcome:
    kept: dict[int, str]  # by record: the text that stayed
    cuts: list[Cut]
    digest: str


def cut(
    folder: Path, texts: Sequence[str | None], steps: str, urls: Sequence[str | None] = (), workers: int = 1
) -> Outcome:
    """Build the texts as one file, in their order."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {"id": str(k), "text": text, "url": urls[k] if urls else None, "metadata": {}} for k, text in enumerate(texts)
    ]
    (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    said = build_of(folder, JSONL.replace("]", "], id: id"), steps=steps, workers=workers)
    assert said.code == 0, said.err
    build = built(folder)
    counts(build)
    kept = duckdb.sql(f"SELECT id, text FROM read_parquet('{build}/data/*.parquet')").fetchall()
    return Outcome({int(k): text for k, text in kept}, cuts(build), manifest(build)["digest"])


def cuts(build: Path) -> list[Cut]:
    """The rows of `ledger/cuts`, in the order of records."""
    if not (build / "ledger" / "cuts").is_dir():
        return []
    rows = duckdb.sql(
        f"""
        SELECT r.id, c.start, c.stop, t.id, c.twin_start, c.text FROM read_parquet('{build}/ledger/cuts/*.parquet') c
        JOIN read_parquet('{build}/ledger/records/*.parquet') r USING (rid)
        LEFT JOIN read_parquet('{build}/ledger/records/*.parquet') t ON t.rid = c.twin
        """
    ).fetchall()
    found = [Cut(int(k), start, stop, None if t is None else int(t), at, text) for k, start, stop, t, at, text in rows]
    return sorted(found, key=lambda one: (one.record, one.start))
