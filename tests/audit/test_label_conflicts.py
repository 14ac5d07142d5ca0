"""Equal and nearly equal inputs with different labels: who is brought together, and who would go."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import gristmill
from gristmill.audit.label_conflicts import LabelConflicts
from gristmill.build.run import build
from gristmill.contracts.step import Evidence, Settled
from gristmill.contracts.view import View
from gristmill.document.report import write_report
from talks import batch_of

LONG = "The mill by the river grinds all the corn of the village into flour, by day and by night, but not on Sunday."


def settled(contents: list[dict[str, Any]], **options: Any) -> Settled:
    """With the lowest record ranked best."""
    step, view = LabelConflicts(**options), View(batch_of("example", contents))
    sketch = step.sketch(view)
    order = np.lexsort((sketch.rows, sketch.keys))
    a, b = step.link(sketch.keys[order], sketch.rows[order])
    return step.settle(a, b, np.arange(len(contents)), Evidence(*step.evidence(view)))


def example(text: str, label: object, **more: object) -> dict[str, Any]:
    return {"input": {"text": text}, "label": label, **more}


def test_the_rarer_label_of_an_input_would_go_in_favour_of_the_most_frequent() -> None:
    found = settled([example("Rye.", "a"), example("rye", "b"), example("RYE!", "b"), example("Wheat.", "a")])
    assert found.lost.tolist() == [0] and found.kept.tolist() == [1] and found.similarity.tolist() == [1]
    assert found.cluster.tolist() == [0, 0, 0, 3]


def test_on_a_tie_the_label_of_the_best_ranked_stays() -> None:
    assert settled([example("Rye.", "b"), example("Rye.", "a")]).lost.tolist() == [1]


def test_inputs_that_are_nearly_the_same_count_as_one() -> None:
    rows = [example(LONG, 1), example(LONG.replace("Sunday", "Monday"), 0), example("Something else.", 0)]
    assert settled(rows, similarity=0.8).lost.tolist() == [1]
    assert settled(rows, similarity=1.0).lost.tolist() == []


def test_equal_labels_and_missing_ones_contradict_nobody() -> None:
    assert settled([example("Rye.", "a"), example("Rye.", "a"), {"input": {"text": "Rye."}}]).lost.tolist() == []
    assert settled([]).lost.tolist() == []


def test_targets_stand_in_for_labels() -> None:
    rows = [{"input": {"q": "Who grinds?"}, "target": target} for target in ("The miller.", "the miller", "No one.")]
    assert settled(rows).lost.tolist() == [2]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", "z", None])), max_size=12))
def test_it_is_what_counting_by_hand_says(rows: list[tuple[str, str | None]]) -> None:
    found = settled([example(f"input {text}", label) for text, label in rows])
    lost = []
    for text in "abc":
        mine = [(place, label) for place, (own, label) in enumerate(rows) if own == text and label is not None]
        counts = Counter(label for _, label in mine)
        best = max(counts, key=lambda label: (counts[label], -min(p for p, own in mine if own == label)), default=None)
        lost += [place for place, label in mine if label != best]
    assert sorted(found.lost.tolist()) == sorted(lost)


def test_a_build_lets_all_stay_with_a_column_or_drops_the_rarer_ones(tmp_path: Path) -> None:
    rows = [{"text": "Rye.", "label": label} for label in ("a", "a", "b")] + [{"text": "Wheat.", "label": "c"}]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for name, options in (("told", "{}"), ("dropped", "{annotate: false}")):
        (tmp_path / "recipe.yaml").write_text(
            f"name: x\nbuild: {name}\ninputs:\n  - examples: {{paths: [in.jsonl]}}\n"
            f"steps:\n  - label_conflicts: {options}\noutputs: [parquet]\n"
        )
        build(gristmill.load(tmp_path / "recipe.yaml"), write_report, workers=1)
    sizes = duckdb.sql(f"SELECT label, conflict_cluster_size FROM '{tmp_path}/told/data/*.parquet'").fetchall()
    assert sorted(sizes) == [("a", 3), ("a", 3), ("b", 3), ("c", 1)]
    kept = duckdb.sql(f"SELECT label FROM '{tmp_path}/dropped/data/*.parquet'").fetchall()
    assert sorted(kept) == [("a",), ("a",), ("c",)]
