"""Whole builds: the same bytes however they come about, nothing lost, nothing done twice."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pyarrow.parquet as pq
import pytest
from datasets import load_dataset

import gristmill
from gristmill.build.run import build
from gristmill.build.unit import Progress
from gristmill.document.report import write_report
from killing import kill_at_each_stage

RECIPE = """
name: small
inputs:
{inputs}
steps:
  - gopher_quality: {{min_words: {min_words}}}
  - exact_duplicates
  - near_duplicates: {{keep: longest}}
outputs:
  - parquet
  - jsonl
build: {folder}
"""

SENTENCE = "the mill and the river have to be of use to those that grind with it when water is low"
WORDS = SENTENCE.split()


def text_of(number: int) -> str:
    """A text of its own for every number, with enough stop words to pass."""
    words = [WORDS[(number * 7 + k * k) % len(WORDS)] for k in range(40 + number % 40)]
    return " ".join([*words, f"number{number}", f"again{number * 3}"])


def write_inputs(folder: Path, files: int = 3, rows: int = 400) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in range(files):
        lines = []
        for row in range(rows):
            number = file * rows + row
            text = text_of(number if row % 10 else number // 20 * 20)
            lines.append(json.dumps({"text": text, "url": f"https://example.org/{number}", "n": number}))
        lines.insert(5, "{broken")
        (folder / f"{file}.jsonl").write_text("\n".join(lines) + "\n")


def write_recipe(folder: Path, inputs: list[str], min_words: int = 60, name: str = "out") -> Path:
    path = folder / f"{name}.yaml"
    listed = "\n".join(f"  - jsonl: {{paths: [{one}]}}" for one in inputs)
    path.write_text(RECIPE.format(inputs=listed, min_words=min_words, folder=name))
    return path


def run(path: Path, workers: int = 1, on_event=lambda _: None):
    return build(gristmill.load(path), write_report, workers=workers, on_event=on_event)


def ledger(folder: Path) -> list[tuple]:
    return duckdb.sql(f"SELECT rid, fate, step, twin FROM '{folder}/ledger/records/*.parquet' ORDER BY rid").fetchall()


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A finished build, for tests that only look at it."""
    folder = tmp_path_factory.mktemp("first")
    write_inputs(folder / "in")
    return run(write_recipe(folder, ["in"]))


def test_the_books_balance_and_every_record_is_in_the_ledger(first):
    counts = first.manifest["counts"]
    assert counts["read"] == 3 * 401
    assert counts["read"] == counts["kept"] + counts["dropped"] + counts["merged"] + counts["quarantined"]
    assert counts["quarantined"] == 3
    assert min(counts.values()) > 0
    rows = ledger(first.folder)
    assert len(rows) == len({row[0] for row in rows}) == counts["read"]


def test_a_dropped_record_names_every_rule_it_broke_with_value_and_bound(first):
    found = duckdb.sql(
        f"SELECT reasons, file, \"row\", rid FROM '{first.folder}/ledger/records/*.parquet' WHERE fate = 'dropped'"
    ).fetchall()
    assert found
    for reasons, file, row, rid in found:
        assert reasons[0]["signal"].startswith("gopher_quality.")
        assert reasons[0]["value"] is not None
        assert ">=" in reasons[0]["bound"]
        assert pq.read_table(first.folder / file)["rid"][row].as_py() == rid


def test_a_merged_record_names_a_twin_that_was_kept(first):
    fates = {row[0]: row[1] for row in ledger(first.folder)}
    twins = [row[3] for row in ledger(first.folder) if row[1] == "merged"]
    assert twins
    assert {fates[twin] for twin in twins} <= {"kept", "merged"}


def test_both_formats_hold_the_same_records(first):
    parquet = duckdb.sql(f"SELECT id, text FROM '{first.folder}/data/*.parquet' ORDER BY id").fetchall()
    jsonl = duckdb.sql(f"SELECT id, text FROM read_json('{first.folder}/data/*.jsonl.zst') ORDER BY id").fetchall()
    assert parquet == jsonl
    assert len(parquet) == first.manifest["counts"]["kept"]


def test_the_folder_loads_as_a_dataset_as_it_is(first, tmp_path):
    loaded = load_dataset(str(first.folder), split="train", cache_dir=str(tmp_path))
    assert len(loaded) == first.manifest["counts"]["kept"]
    assert {"id", "text", "url", "metadata"} <= set(loaded.column_names)


def test_metadata_survives_to_the_output(first):
    row = duckdb.sql(f"SELECT url, metadata FROM '{first.folder}/data/*.parquet' LIMIT 1").fetchall()[0]
    assert json.loads(row[1])["n"] == int(row[0].rpartition("/")[2])


def test_one_and_two_workers_give_the_same_bytes(first, tmp_path):
    write_inputs(tmp_path / "in")
    again = run(write_recipe(tmp_path, ["in"]), workers=2)
    assert again.manifest["digest"] == first.manifest["digest"]


def test_stores_are_compressed_where_the_disk_is_small_and_the_bytes_are_the_same(first, tmp_path, monkeypatch):
    def stored(folder: Path) -> int:
        return sum(path.stat().st_size for path in (folder / ".work" / "base").rglob("*.arrow"))

    write_inputs(tmp_path / "in")
    size = sum(path.stat().st_size for path in (tmp_path / "in").iterdir())
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=4 * size))
    small = run(write_recipe(tmp_path, ["in"]))
    assert stored(small.folder) < stored(first.folder) * 0.75
    assert small.manifest["digest"] == first.manifest["digest"]


def test_inputs_in_another_order_give_the_same_bytes(first, tmp_path):
    write_inputs(tmp_path / "in")
    again = run(write_recipe(tmp_path, ["in/2.jsonl", "in/0.jsonl", "in/1.jsonl"]))
    assert again.manifest["digest"] == first.manifest["digest"]


def test_a_finished_build_is_not_run_again(tmp_path):
    write_inputs(tmp_path / "in")
    recipe = write_recipe(tmp_path, ["in"])
    made = run(recipe)
    events: list[object] = []
    again = run(recipe, on_event=events.append)
    assert not again.fresh
    assert not events
    assert again.manifest == made.manifest


@pytest.mark.parametrize("min_words", [45, 70])
def test_another_threshold_decides_from_stored_signals_and_ends_as_a_build_of_its_own(tmp_path, min_words):
    write_inputs(tmp_path / "in")
    run(write_recipe(tmp_path, ["in"]))
    seen: list[Progress] = []
    changed = run(write_recipe(tmp_path, ["in"], min_words), on_event=lambda e: seen.append(e))
    spent = [event.seconds for event in seen if isinstance(event, Progress)]
    assert spent
    assert not any("gopher_quality" in seconds for seconds in spent)
    fresh = tmp_path / "fresh"
    write_inputs(fresh / "in")
    assert changed.manifest["digest"] == run(write_recipe(fresh, ["in"], min_words)).manifest["digest"]


def test_a_new_file_reads_only_itself(tmp_path):
    write_inputs(tmp_path / "in", files=2)
    recipe = write_recipe(tmp_path, ["in"])
    run(recipe)
    write_inputs(tmp_path / "more", files=3)
    (tmp_path / "more" / "2.jsonl").rename(tmp_path / "in" / "2.jsonl")
    seen: list[Progress] = []
    grown = run(recipe, on_event=lambda e: seen.append(e))
    worked = [event for event in seen if isinstance(event, Progress) and event.seconds]
    assert sum(event.records for event in worked) == 401
    fresh = tmp_path / "fresh"
    write_inputs(fresh / "in")
    assert grown.manifest["digest"] == run(write_recipe(fresh, ["in"])).manifest["digest"]


def test_what_other_settings_left_behind_is_gone_once_a_build_is_finished(tmp_path):
    write_inputs(tmp_path / "in")
    run(write_recipe(tmp_path, ["in"]))
    (tmp_path / "in" / "2.jsonl").unlink()
    changed = run(write_recipe(tmp_path, ["in"], 45))
    fresh = tmp_path / "fresh"
    write_inputs(fresh / "in", files=2)
    made = run(write_recipe(fresh, ["in"], 45))

    def stored(folder: Path) -> list[str]:
        work = folder / ".work"
        return sorted(str(path.relative_to(work).parts[0]) for path in work.rglob("*") if path.is_file())

    assert stored(changed.folder) == stored(made.folder)
    assert changed.manifest["digest"] == made.manifest["digest"]


def test_a_build_killed_at_any_moment_ends_with_the_same_bytes(first, tmp_path):
    write_inputs(tmp_path / "in")
    recipe = write_recipe(tmp_path, ["in"])
    command = [sys.executable, "-m", "gristmill", "build", str(recipe), "-w", "2"]
    kill_at_each_stage(command, recipe.parent / "out" / ".work")
    assert run(recipe).manifest["digest"] == first.manifest["digest"]
