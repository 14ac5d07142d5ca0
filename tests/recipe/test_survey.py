"""Inputs listed before any of them is read."""

from __future__ import annotations

from pathlib import Path

from gristmill.collect.jsonl import Jsonl
from gristmill.collect.text import Text
from gristmill.deliver.parquet import Parquet
from gristmill.recipe.model import Recipe
from gristmill.recipe.survey import survey


def test_inputs_are_counted_in_files_units_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "x"}\n')
    (tmp_path / "b.jsonl").write_text('{"text": "yy"}\n')
    recipe = Recipe(name="r", inputs=(Jsonl(paths=("*.jsonl",)),), outputs=(Parquet(),), root=tmp_path)
    (found,), errors = survey(recipe)
    assert errors == []
    assert (found.reader, found.files, found.units, found.bytes) == ("jsonl", 2, 2, 14 + 15)


def test_a_big_file_in_several_units_is_counted_once(tmp_path: Path) -> None:
    path = tmp_path / "big.jsonl"
    with path.open("wb") as stream:
        stream.truncate(200 << 20)
    recipe = Recipe(name="r", inputs=(Jsonl(paths=("big.jsonl",)),), outputs=(Parquet(),), root=tmp_path)
    (found,), _ = survey(recipe)
    assert found.files == 1
    assert found.units > 1
    assert found.bytes == 200 << 20


def test_every_input_that_cannot_be_listed_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    readers = (Jsonl(paths=("nowhere",)), Text(paths=("a.txt",)), Jsonl(paths=("neither/*.jsonl",)))
    found, errors = survey(Recipe(name="r", inputs=readers, outputs=(Parquet(),), root=tmp_path))
    assert [one.reader for one in found] == ["text"]
    assert [error.uri for error in errors] == ["nowhere", "neither/*.jsonl"]


def test_a_file_that_two_inputs_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "x"}\n')
    readers = (Jsonl(paths=("*.jsonl",)), Text(paths=("a.jsonl",)))
    _, errors = survey(Recipe(name="r", inputs=readers, outputs=(Parquet(),), root=tmp_path))
    assert [str(error) for error in errors] == ["a.jsonl: is read by two inputs, jsonl and text"]
