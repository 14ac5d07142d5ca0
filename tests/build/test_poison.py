"""Records that raise, kill their worker or never end cost themselves alone; bad inputs get one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

import gristmill
from gristmill.build.guard import ask
from gristmill.build.run import build
from gristmill.cli import main
from gristmill.contracts.view import View
from gristmill.document.report import write_report
from gristmill.errors import BuildError, InputError, MissingExtra
from gristmill.recipe.model import Limits, Recipe, lines

PLUGIN = '''
"""A step that does to its worker what the text says."""

import os
import time

import pyarrow as pa

from gristmill.contracts.rules import Signal
from gristmill.contracts.step import RowStep


class Poisonous(RowStep):
    """Obey the text."""

    def signals(self):
        return (Signal("length", "count", "Characters."),)

    def measure(self, view):
        out = []
        for text in view.column("text").to_pylist():
            if text == "die":
                os.kill(os.getpid(), 11)
            if text == "sleep":
                time.sleep(100)
            if text == "raise":
                raise ValueError("I was told to")
            out.append(len(text))
        return {"length": pa.array(out, pa.int64())}
'''


@pytest.fixture
def poisonous(tmp_path, monkeypatch):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "poisonous.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(str(tmp_path / "lib"))
    module = __import__("poisonous")
    return module.Poisonous()


def recipe(folder: Path, *steps, **limits) -> Recipe:
    base = folder / "base.yaml"
    base.write_text("name: bad\ninputs: [{jsonl: {paths: [in.jsonl]}}]\noutputs: [parquet]\n")
    return gristmill.load(base).model_copy(update={"steps": lines(*steps), "limits": Limits(**limits)})


def write(folder: Path, texts: list[object]) -> None:
    (folder / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))


def fates(folder: Path) -> list[tuple]:
    query = f"SELECT fate, step, error FROM '{folder}/ledger/records/*.parquet' ORDER BY position"
    return duckdb.sql(query).fetchall()


def test_a_record_that_makes_a_step_raise_is_quarantined_with_the_error(tmp_path, poisonous):
    write(tmp_path, ["a", "raise", "b"])
    made = build(recipe(tmp_path, poisonous), write_report, workers=1)
    assert fates(made.folder) == [
        ("kept", None, None),
        ("quarantined", "poisonous", "ValueError: I was told to"),
        ("kept", None, None),
    ]


def test_a_record_that_kills_its_worker_is_found_and_quarantined(tmp_path, poisonous):
    write(tmp_path, ["a"] * 40 + ["die"] + ["b"] * 40 + ["die", "c"])
    made = build(recipe(tmp_path, poisonous), write_report, workers=2)
    found = fates(made.folder)
    assert [row for row, fate in enumerate(found) if fate[0] == "quarantined"] == [40, 81]
    assert found[40] == ("quarantined", "worker", "this record killed its worker by signal 11 (SIGSEGV)")
    assert made.manifest["counts"]["kept"] == 81


def test_a_record_that_takes_too_long_is_found_and_quarantined(tmp_path, poisonous):
    write(tmp_path, ["a"] * 10 + ["sleep"] + ["b"] * 10)
    made = build(recipe(tmp_path, poisonous, seconds_per_record=2), write_report, workers=1)
    assert fates(made.folder)[10] == ("quarantined", "worker", "this record took longer than 2 s")
    assert made.manifest["counts"] == {"read": 21, "kept": 20, "dropped": 0, "merged": 0, "quarantined": 1}


def test_too_many_bad_records_end_the_build(tmp_path, poisonous):
    write(tmp_path, ["a"] + ["raise"] * 9)
    with pytest.raises(BuildError, match="9 of 10 records are in quarantine"):
        build(recipe(tmp_path, poisonous), write_report, workers=1)


def test_texts_that_are_null_missing_or_of_another_type_are_quarantined_and_counted(tmp_path):
    (tmp_path / "in.jsonl").write_bytes(
        b'{"text": "fine"}\n{"text": null}\n{"body": "x"}\n{"text": 3}\n'
        b'[1]\n{"text": "\xff"}\nnot json\n{"text": "also"}\n'
    )
    made = build(recipe(tmp_path, max_quarantined=0.9), write_report, workers=1)
    assert made.manifest["counts"] == {"read": 8, "kept": 2, "dropped": 0, "merged": 0, "quarantined": 6}
    assert all(error for fate, _, error in fates(made.folder) if fate == "quarantined")


def test_two_records_with_one_id_are_both_kept_under_their_own_rid(tmp_path):
    (tmp_path / "in.jsonl").write_text('{"text": "one", "id": "x"}\n{"text": "two", "id": "x"}\n')
    base = tmp_path / "r.yaml"
    base.write_text("name: bad\ninputs: [{jsonl: {paths: [in.jsonl], id: id}}]\noutputs: [parquet]\n")
    made = build(gristmill.load(base), write_report, workers=1)
    rows = duckdb.sql(f"SELECT id, rid FROM '{made.folder}/data/*.parquet'").fetchall()
    assert [row[0] for row in rows] == ["x", "x"]
    assert len({row[1] for row in rows}) == 2


def test_an_empty_file_makes_an_empty_build(tmp_path):
    (tmp_path / "in.jsonl").write_text("")
    made = build(recipe(tmp_path), write_report, workers=1)
    assert made.manifest["counts"] == {"read": 0, "kept": 0, "dropped": 0, "merged": 0, "quarantined": 0}
    assert made.folder.joinpath("report.html").exists()


def test_an_input_that_is_not_there_is_one_sentence_and_an_exit_code(tmp_path, capsys, monkeypatch):
    with pytest.raises(InputError):
        build(recipe(tmp_path), write_report, workers=1)
    monkeypatch.chdir(tmp_path)
    assert main(["build", "base.yaml"]) == InputError.exit_code
    said = capsys.readouterr().err.strip()
    assert said.startswith("error: ")
    assert "in.jsonl" in said
    assert "\n" not in said


DYING_READER = '''
"""A reader that dies of its third chunk."""

import os

import pyarrow as pa

from gristmill.contracts.reader import Member, Reader, Unit
from gristmill.records.chunk import ChunkBuilder


class Dying(Reader):
    """Give three records a chunk, and kill the worker in place of the third chunk."""

    def units(self, root):
        return [Unit((Member("dying", "dying", 1, "1"),))]

    def read(self, unit, skip=0):
        builder = ChunkBuilder("dying", skip=skip)
        for position in range(9):
            if builder.passes(position):
                continue
            if position and position % 3 == 0:
                yield builder.cut(position)
            if position == 6:
                os.kill(os.getpid(), 11)
            builder.add(position, text=f"text {position}")
        yield from builder.rest(9)
'''


def test_a_reader_that_kills_its_worker_costs_no_record_that_it_had_given(tmp_path, monkeypatch):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "dying.py").write_text(DYING_READER)
    monkeypatch.syspath_prepend(str(tmp_path / "lib"))
    made = recipe(tmp_path).model_copy(update={"inputs": (__import__("dying").Dying(),)})
    built = build(made, write_report, workers=1)
    assert built.manifest["counts"] == {"read": 7, "kept": 6, "dropped": 0, "merged": 0, "quarantined": 1}
    lost = [error for fate, _, error in fates(built.folder) if fate == "quarantined"]
    assert lost == ["reading here killed its worker by signal 11 (SIGSEGV); the rest of this unit is lost"]


def test_more_time_for_a_record_lets_it_be_tried_again(tmp_path, poisonous):
    write(tmp_path, ["a", "sleep"])
    build(recipe(tmp_path, poisonous, seconds_per_record=1), write_report, workers=1)
    patient = build(recipe(tmp_path, poisonous, seconds_per_record=2), write_report, workers=1)
    assert fates(patient.folder)[1] == ("quarantined", "worker", "this record took longer than 2 s")


def test_a_missing_package_ends_the_build_and_is_no_fault_of_the_records(tmp_path, poisonous, monkeypatch):
    write(tmp_path, ["a", "b"])

    def missing(*_):
        raise MissingExtra("poisonous", "poison", "poison")

    monkeypatch.setattr(type(poisonous), "measure", missing)
    with pytest.raises(MissingExtra):
        ask(poisonous.measure, View(pa.record_batch({"text": ["a", "b"]})))


def test_two_lines_that_compute_the_same_decide_each_by_its_own_bound(tmp_path):
    english = "The mill has stood by the river for as long as anyone in the village remembers."
    write(tmp_path, [english, "Die Mühle steht am Fluss, so lange sich jemand im Dorf erinnern kann.", english])
    base = tmp_path / "r.yaml"
    base.write_text(
        "name: twice\ninputs: [{jsonl: in.jsonl}]\noutputs: [parquet]\nsteps:\n"
        "  - language: {keep: [en, fr]}\n  - language: {keep: [fr]}\n"
    )
    made = build(gristmill.load(base), write_report, workers=1)
    assert {entry["step"]: entry["dropped"] for entry in made.manifest["funnel"]} == {
        "read": 0,
        "language": 1,
        "language_2": 2,
    }


def test_a_file_that_two_inputs_name_is_refused_wherever_it_stands_in_them(tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "in" / name).write_text("text")
    base = tmp_path / "r.yaml"
    base.write_text("name: bad\ninputs: [{text: [in]}, {text: {paths: [in/b.txt], split: line}}]\noutputs: [parquet]\n")
    with pytest.raises(InputError, match=r"in/b\.txt: is named by two inputs"):
        build(gristmill.load(base), write_report, workers=1)
