"""Settling in many batches, partitions and groups of parts: what it says is what settling all at once says."""

from __future__ import annotations

import json
import random
from pathlib import Path

import duckdb
import numpy as np
import pytest

import corpus_run
import gristmill
from gristmill.build import meet, part_groups
from gristmill.build.run import build
from gristmill.contracts.step import CorpusStep
from gristmill.dedup.exact_duplicates import ExactDuplicates
from gristmill.dedup.near_duplicates import NearDuplicates
from gristmill.document.report import write_report
from gristmill.errors import BuildError
from gristmill.recipe.model import Recipe, lines

FILES = 5


def texts(seed: int, count: int = 300) -> list[str]:
    """Families of texts that differ by a word or two, some the same, some alone."""
    rng = random.Random(seed)
    words = [f"{rng.getrandbits(28):x}" for _ in range(400)]
    made: list[str] = []
    while len(made) < count:
        text = rng.choices(words, k=rng.randrange(5, 40))
        for _ in range(rng.choice((1, 1, 2, 3, 12))):
            made.append(" ".join(text))
            text = [*text]
            if rng.random() < 0.8:
                text[rng.randrange(len(text))] = rng.choice(words)
    rng.shuffle(made)
    return made[:count]


def recipe(folder: Path, made: list[str], *steps: CorpusStep) -> Recipe:
    """A recipe over the texts, in files that are a part each."""
    (folder / "in").mkdir(parents=True)
    for file in range(FILES):
        mine = made[file * len(made) // FILES : (file + 1) * len(made) // FILES]
        content = "".join(json.dumps({"text": text}) + "\n" for text in mine)
        (folder / "in" / f"{file}.jsonl").write_text(content)
    base = folder / "base.yaml"
    base.write_text("name: x\ninputs: [{jsonl: {paths: [in]}}]\noutputs: [parquet]\n")
    return gristmill.load(base).model_copy(update={"steps": lines(*steps)})


def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the corpus were a large one."""
    monkeypatch.setattr(meet, "ROWS", 600)
    monkeypatch.setattr(meet, "NODES_AT_ONCE", 30)
    monkeypatch.setattr(part_groups, "_CHUNKS", 1)


STEPS = (
    ExactDuplicates(),
    NearDuplicates(similarity=0.6),
    NearDuplicates(verify=False, shingle_size=3, keep="longest"),
)


@pytest.mark.parametrize("step", STEPS, ids=("exact", "near", "near, not verified"))
def test_what_goes_is_what_goes_when_all_is_settled_in_memory(tmp_path, monkeypatch, step):
    small(monkeypatch)
    made = texts(1)
    folder = build(recipe(tmp_path, made, step), write_report, workers=2).folder
    rows = duckdb.sql(
        f"SELECT rid, twin, similarity, cluster FROM '{folder}/ledger/records/*.parquet' ORDER BY source, position"
    ).fetchall()
    row_of = {rid: row for row, (rid, *_) in enumerate(rows)}
    worth = [-len(text.encode()) if step.keep == "longest" else 0 for text in made]
    order = sorted(range(len(made)), key=lambda row: (worth[row], rows[row][0]))
    went, cluster = corpus_run.run(step, list(made), np.argsort(order))
    assert len(went) > 20
    found = {row: (row_of[twin], alike) for row, (_, twin, alike, _) in enumerate(rows) if twin is not None}
    assert {row: twin for row, (twin, _) in found.items()} == {row: kept for row, (kept, _) in went.items()}
    if getattr(step, "verify", True):
        assert found == went
    named = {row: row_of[name] for row, (_, _, _, name) in enumerate(rows) if name is not None}
    assert named == {row: cluster[row] for row in named}


def test_partitions_and_batches_change_no_byte_of_lines_that_settle_one_after_another(tmp_path, monkeypatch):
    steps = (ExactDuplicates(), NearDuplicates(similarity=0.6), NearDuplicates(similarity=0.5, shingle="characters"))
    whole = build(recipe(tmp_path / "a", texts(2), *steps), write_report, workers=1).manifest
    small(monkeypatch)
    cut = build(recipe(tmp_path / "b", texts(2), *steps), write_report, workers=2).manifest
    assert whole["digest"] == cut["digest"]
    assert [entry["merged"] for entry in whole["funnel"]][1:] != [0, 0, 0]


def test_texts_that_are_all_the_same_leave_one(tmp_path, monkeypatch):
    small(monkeypatch)
    steps = (ExactDuplicates(), NearDuplicates())
    counts = build(recipe(tmp_path, ["the same words again and again"] * 500, *steps), write_report).manifest["counts"]
    assert (counts["kept"], counts["merged"]) == (1, 499)


def test_more_that_hangs_together_than_can_be_settled_is_refused_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(meet, "MOST_IN_CLUSTER", 20)
    made = recipe(tmp_path, ["the same words again and again"] * 40, NearDuplicates())
    with pytest.raises(gristmill.GristmillError, match="near_duplicates: more than 20 records hang together") as caught:
        build(made, write_report, workers=1)
    assert caught.value.exit_code == BuildError.exit_code
