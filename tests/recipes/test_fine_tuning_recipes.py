"""The recipes for fine-tuning data, each on a small set with known faults."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from gristmill.build.run import build
from gristmill.document.report import write_report
from gristmill.recipe.load import loads

RECIPES = Path(__file__).parents[2] / "recipes"


def sentence(seed: int) -> str:
    """A sentence like no other, of words that are none."""
    draw = random.Random(seed)
    words = ["".join(draw.choice("bcdfghklmnprst") + draw.choice("aeiou") for _ in range(3)) for _ in range(14)]
    return f"The {' '.join(words)}."


def built(name: str, rows: Sequence[dict[str, Any]], folder: Path) -> dict[str, Any]:
    """The manifest of the recipe over these rows."""
    (folder / "data").mkdir()
    (folder / "data" / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    text = (RECIPES / f"{name}.yaml").read_text()
    return build(loads(text, f"{name}.yaml", folder), write_report, workers=1).manifest


def fates(folder: Path, name: str) -> dict[str, int]:
    """How many records each fate and first reason has."""
    ledger = folder / "builds" / name / "ledger" / "records"
    told = "coalesce(reasons[1].reason, step, fate)"
    return dict(duckdb.sql(f"SELECT {told}, count(*) FROM '{ledger}/*.parquet' GROUP BY ALL").fetchall())


def test_sft_drops_what_is_broken_merges_copies_and_splits_by_prompt(tmp_path: Path) -> None:
    rows = [
        {"instruction": f"Tell me of it. {sentence(n)}", "input": "", "output": sentence(500 + n)} for n in range(80)
    ]
    rows.append({"instruction": "Name a mill.", "input": "<noinput>", "output": sentence(1000)})
    rows.append({"instruction": "Name another mill.", "input": "", "output": ""})
    rows += rows[:3]

    told = built("sft", rows, tmp_path)

    assert told["counts"]["read"] == 85
    assert fates(tmp_path, "sft") == {"kept": 81, "empty_turn": 1, "exact_duplicates": 3}
    texts = duckdb.sql(f"SELECT messages::VARCHAR FROM '{tmp_path}/builds/sft/data/*.parquet'").fetchall()
    assert any("Name a mill." in text for (text,) in texts) and not any("<noinput>" in text for (text,) in texts)
    assert told["certificate"]["holds"] and told["certificate"]["largest_group"] == 1
    assert any(output["path"].endswith(".jsonl") for output in told["outputs"])


def test_preference_drops_equal_answers_and_keeps_a_prompt_in_one_split(tmp_path: Path) -> None:
    rows = [
        {"prompt": sentence(n // 2), "chosen": sentence(1000 + n), "rejected": sentence(2000 + n)} for n in range(120)
    ]
    rows.append({"prompt": sentence(900), "chosen": sentence(901), "rejected": sentence(901)})

    told = built("preference", rows, tmp_path)

    assert told["counts"]["kept"] == 120 and told["counts"]["dropped"] == 1
    assert told["certificate"]["groups_found"] == 60 and told["certificate"]["largest_group"] == 2
    assert max(pair["prompt"] for pair in told["certificate"]["random_pairs"]) > 0


def test_classification_has_the_labels_in_equal_shares_in_every_split(tmp_path: Path) -> None:
    rows = [{"text": sentence(n), "label": "rare" if n % 10 == 0 else "common"} for n in range(300)]
    rows += rows[:5]

    told = built("classification", rows, tmp_path)

    assert told["counts"]["kept"] == 300 and told["counts"]["merged"] == 5
    data = tmp_path / "builds" / "classification" / "data"
    found = duckdb.sql(
        f"SELECT split, count(*) FILTER (label = 'rare'), count(*) FROM '{data}/*.parquet' GROUP BY 1"
    ).fetchall()
    rare, every = ({split: row[k] for split, *row in found} for k in range(2))
    assert abs(every["train"] - 240) <= 1 and abs(every["validation"] - 30) <= 1
    assert abs(rare["train"] - 24) <= 1 and abs(rare["validation"] - 3) <= 1
