"""Corpora made to be hard on deduplication: nothing is lost, and the work stays in proportion."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import duckdb
import pytest

import gristmill
from gristmill.build.run import build
from gristmill.document.report import write_report

WORDS = [f"{a}{b}{c}" for a in "bcdfghklmnprst" for b in "aeiou" for c in "lmnrs"]
DRAW = random.Random(2)
HEAD = " ".join(DRAW.choices(WORDS, k=40))

CORPORA: dict[str, tuple[list[str], int]] = {
    "all the same": ([HEAD] * 20_000, 1),
    "all different": ([" ".join(DRAW.choices(WORDS, k=30)) for _ in range(5_000)], 5_000),
    "many in one band, none alike enough": (
        [f"{HEAD} {' '.join(DRAW.choices(WORDS, k=20))}" for _ in range(5_000)],
        5_000,
    ),
    "shorter than a shingle": ([" ".join(WORDS[k % 50 : k % 50 + k % 4]) for k in range(3_000)], 750 + 75),
}


def built(folder: Path, options: str = "") -> dict[str, Any]:
    (folder / "recipe.yaml").write_text(
        f"name: x\nbuild: out\ninputs:\n  - jsonl: {{paths: [in.jsonl]{options}}}\n"
        "steps: [near_duplicates]\noutputs: [parquet]\n"
    )
    return build(gristmill.load(folder / "recipe.yaml"), write_report, workers=2).manifest


def ledger(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    return duckdb.sql(sql.format(f"'{folder}/out/ledger/records/*.parquet'")).fetchall()


@pytest.mark.parametrize("name", CORPORA)
def test_nothing_is_lost_in_a_hard_corpus(name: str, tmp_path: Path) -> None:
    texts, kept = CORPORA[name]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    counts = built(tmp_path)["counts"]
    assert counts == {"read": len(texts), "kept": kept, "merged": len(texts) - kept, "dropped": 0, "quarantined": 0}
    sizes = ledger(tmp_path, "SELECT min(cluster_size) FROM {} WHERE twin IS NOT NULL")
    assert sizes[0][0] is None or sizes[0][0] > 1


def test_a_text_beyond_the_limit_is_quarantined_with_a_sentence_and_the_others_go_on(tmp_path: Path) -> None:
    huge = HEAD * 4_000
    lines = [{"text": huge}, {"text": HEAD}, {"text": HEAD.upper()}]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    counts = built(tmp_path, ", max_record_bytes: 500000")["counts"]
    assert (counts["read"], counts["kept"], counts["merged"], counts["quarantined"]) == (3, 1, 1, 1)
    ((error,),) = ledger(tmp_path, "SELECT error FROM {} WHERE error IS NOT NULL")
    assert "max_record_bytes" in error
    assert built(tmp_path, ", max_record_bytes: 5000000")["counts"]["quarantined"] == 0
