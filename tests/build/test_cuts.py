"""Builds whose steps cut texts by the whole corpus: the same bytes however they come about, nothing done twice."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cut_corpus import cuts
from gristmill.build import cut_tasks
from gristmill.build.explain import explain
from gristmill.build.finished import Finished
from gristmill.build.replay import replay
from killing import kill_at_each_stage
from real_command import build, built, command, counts, ledger, manifest, write_recipe

STEPS = """
  - exact_duplicates
  - duplicate_lines: {min_records: MIN_RECORDS}
  - duplicate_spans: {size: 60, max_cut_share: 0.9}
  - gopher_quality: {min_words: 8, min_stop_words: 0}
"""
SENTENCE = "the mill and river grind corn all day while water runs low over old wheels of oak that turn slowly"
WORDS = SENTENCE.split()


def write_inputs(folder: Path, files: int = 3, rows: int = 150) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    notices = [f"Notice {k} of the mill, that stands on many a page" for k in range(9)]
    for file in range(files):
        chance = random.Random(file)
        lines = []
        for row in range(rows):
            own = " ".join(chance.choice(WORDS) for _ in range(chance.randrange(10, 60)))
            own += f" {SENTENCE} {row}" if row % 7 == 0 else ""
            text = "\n".join([own, *chance.sample(notices, 3), f"{file} and {row % 50}"])
            lines.append(json.dumps({"text": text, "id": str(1000 * file + row)}))
        lines.insert(3, "{broken")
        (folder / f"{file}.jsonl").write_text("\n".join(lines) + "\n")


def recipe(folder: Path, *inputs: str, min_records: int = 2) -> Path:
    listed = [f"jsonl: {{paths: [{one}], id: id}}" for one in inputs or ("in",)]
    return write_recipe(folder, *listed, steps=STEPS.replace("MIN_RECORDS", str(min_records)))


def digest(folder: Path, *inputs: str, min_records: int = 2, workers: int = 1) -> str:
    said = build(recipe(folder, *inputs, min_records=min_records), workers=workers)
    assert said.code == 0, said.err
    counts(built(folder))
    return str(manifest(built(folder))["digest"])


def written(folder: Path, kind: str) -> dict[str, int]:
    """When each stored file of a kind was written."""
    return {str(path): path.stat().st_mtime_ns for path in (built(folder) / ".work" / kind).rglob("*.arrow")}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished build, for tests that only look at it."""
    folder = tmp_path_factory.mktemp("cuts")
    write_inputs(folder / "in")
    digest(folder)
    return folder


def test_workers_and_the_order_of_inputs_change_no_byte(first: Path, tmp_path: Path) -> None:
    write_inputs(tmp_path / "in")
    assert digest(tmp_path, "in/2.jsonl", "in/0.jsonl", "in/1.jsonl", workers=2) == manifest(built(first))["digest"]


def test_a_build_killed_at_any_moment_ends_with_the_same_bytes(first: Path, tmp_path: Path) -> None:
    write_inputs(tmp_path / "in")
    kill_at_each_stage(command(recipe(tmp_path)), built(tmp_path) / ".work")
    assert digest(tmp_path) == manifest(built(first))["digest"]


def test_another_bound_brings_the_stored_pieces_together_and_ends_as_a_build_of_its_own(tmp_path: Path) -> None:
    write_inputs(tmp_path / "in")
    digest(tmp_path)
    before = written(tmp_path, "pieces")
    changed = digest(tmp_path, min_records=200)
    after = written(tmp_path, "pieces")
    # Of duplicate_spans they are others: the texts that it sees are.
    assert len(before.keys() & after.keys()) == 3
    assert all(after[path] == before[path] for path in before.keys() & after.keys())
    write_inputs(tmp_path / "fresh" / "in")
    assert changed == digest(tmp_path / "fresh", min_records=200)


def test_a_new_file_changes_no_text_of_others_that_lose_nothing_to_it(tmp_path: Path) -> None:
    write_inputs(tmp_path / "in", files=2)
    digest(tmp_path)
    before = written(tmp_path, "text")
    write_inputs(tmp_path / "more", files=3)
    (tmp_path / "more" / "2.jsonl").rename(tmp_path / "in" / "2.jsonl")
    grown = digest(tmp_path)
    after = written(tmp_path, "text")
    assert before and all(after.get(path) == when for path, when in before.items())
    write_inputs(tmp_path / "fresh" / "in")
    assert grown == digest(tmp_path / "fresh")


def test_the_ledger_says_which_steps_edited_and_what_they_cut(first: Path) -> None:
    found = cuts(built(first))
    rows = ledger(built(first), "edits")
    edited = [edit["step"] for (edits,) in rows for edit in edits or []]
    assert set(edited) == {"duplicate_lines", "duplicate_spans"}
    assert len(found) > len(edited) > 0


def test_explain_shows_each_cut_and_the_text_without_it(first: Path) -> None:
    with Finished(built(first)) as finished:
        rid, step = finished.query("SELECT rid, step FROM cuts ORDER BY step, rid LIMIT 1")[0]
        told = explain(finished, rid, replay)
        kept = {rid for (rid,) in finished.query("SELECT rid FROM records WHERE fate = 'kept'")}
    (change,) = [station.change for station in told.stations if station.step == step]
    assert change is not None and change.diff is not None and change.cuts
    assert sum(one.stop - one.start for one in change.cuts) >= change.bytes_before - change.bytes_after - 1
    removed = [row for row in change.diff.rows if row.kind != "same"]
    assert removed
    assert any(one.twin in kept for one in change.cuts)


def test_the_report_tells_what_was_cut_most(first: Path) -> None:
    page = (built(first) / "report.html").read_text()
    assert 'id="cuts"' in page
    assert "What duplicate_lines cut most of" in page
    assert "Notice 1 of the mill" in page


def test_a_finished_build_is_not_run_again(first: Path) -> None:
    before = written(first, "settled")
    assert build(recipe(first)).code == 0
    assert written(first, "settled") == before


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60), st.integers(1, 10))
def test_pairs_are_compared_some_rows_after_the_others(rows: list[int], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cut_tasks, "_COMPARED", at_once)
        taken = [range(len(rows))[some] for some in cut_tasks._some_rows(np.array(sorted(rows)))]
    rows.sort()
    assert [k for some in taken for k in some] == list(range(len(rows)))
    for before, after in pairwise(taken):
        assert max(rows[k] for k in before) < min(rows[k] for k in after)
