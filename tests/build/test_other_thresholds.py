"""A stricter threshold leaves no trace of what a laxer one had computed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from gristmill.build.run import build
from gristmill.document.report import write_report
from gristmill.recipe.load import load

RECIPE = """
name: x
build: {folder}
inputs:
  - jsonl: {{paths: [in.jsonl]}}
steps:
  - gopher_quality: {{min_words: {words}}}
  - normalise
  - exact_duplicates
  - language
outputs: [parquet]
"""
SENTENCE = "the mill and the river have to be of use to those that grind with it when water is low"
WORDS = SENTENCE.split()


def _built(folder: Path, name: str, words: int) -> dict[str, Any]:
    (folder / "recipe.yaml").write_text(RECIPE.format(folder=name, words=words))
    return build(load(folder / "recipe.yaml"), write_report, workers=1).manifest


def test_after_a_stricter_threshold_a_build_is_as_if_no_laxer_one_had_been(tmp_path: Path) -> None:
    texts = ["  ".join(WORDS[(number + at) % len(WORDS)] for at in range(40 + number)) for number in range(60)]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    lax = _built(tmp_path, "twice", 45)
    strict, fresh = _built(tmp_path, "twice", 80), _built(tmp_path, "once", 80)
    assert lax["counts"]["dropped"] < strict["counts"]["dropped"]
    assert strict["outputs"] == fresh["outputs"]
    assert strict["steps"] == fresh["steps"]
    query = "SELECT count(*) FROM '{}/ledger/records/*.parquet' WHERE step = 'gopher_quality' AND len(edits) > 0"
    assert duckdb.sql(query.format(tmp_path / "twice")).fetchall() == [(0,)]
