"""Outputs in a recipe: where their files are looked for, what makes them anew, and fields that rows keep."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import gristmill
from gristmill.build.run import Outcome, build
from gristmill.document.report import write_report
from gristmill.errors import GristmillError, RecipeError
from gristmill.recipe.lint import refuse

TALKS = [
    {
        "id": f"talk-{n}",
        "messages": [
            {"role": "user", "content": f"How many sacks are {n}?"},
            {"role": "assistant", "content": f"{n}."},
        ],
        **({"topic": "mill", "nested": {"deep": n}} if n else {}),
    }
    for n in range(3)
]


def built(folder: Path, outputs: str) -> Outcome:
    source = folder / "in.jsonl"
    if not source.exists():  # else it would be another input
        source.write_text("".join(json.dumps(talk) + "\n" for talk in TALKS))
    (folder / "recipe.yaml").write_text(
        f"name: mill\nbuild: out\ninputs:\n  - conversations: in.jsonl\noutputs: {outputs}\n"
    )
    recipe = gristmill.load(folder / "recipe.yaml")
    refuse(recipe)
    return build(recipe, write_report, workers=1)


def rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "out/data/part-00000.jsonl").read_text().splitlines()]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    pytest.importorskip("tokenizers")
    folders = pytest.importorskip("tokenizer_folders")
    made: Path = folders.folder(tmp_path / "models/mine", folders.byte_level())
    return made


TOKENS = "[tokens: {tokenizer: models/mine, template: chatml}]"


def test_a_tokenizer_is_looked_for_beside_the_recipe(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    built(tmp_path, TOKENS)
    table = pq.read_table(tmp_path / "out/data/part-00000.parquet")
    assert sorted(table.column("ids").combine_chunks().flatten().to_pylist()) == ["talk-0", "talk-1", "talk-2"]


def test_a_tokenizer_that_is_not_there_is_told_before_a_row_is_read(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"tokenizer of tokens: there is no .*models/mine/tokenizer.json"):
        built(tmp_path, TOKENS)


@pytest.mark.parametrize("file", ["tokenizer.json", "tokenizer_config.json", "additional_chat_templates/own.jinja"])
def test_another_tokenizer_delivers_anew_and_the_same_one_does_not(tmp_path: Path, model: Path, file: str) -> None:
    first = built(tmp_path, TOKENS)
    assert first.fresh and not built(tmp_path, TOKENS).fresh
    if file == "tokenizer.json":
        folders = pytest.importorskip("tokenizer_folders")
        shutil.rmtree(model)
        folders.folder(model, folders.spaced())
    else:
        (model / file).parent.mkdir(exist_ok=True)
        (model / file).write_text('{"model_max_length": 9}' if file.endswith("json") else "{{ messages }}")
    again = built(tmp_path, TOKENS)
    assert again.fresh
    assert (again.manifest["digest"] == first.manifest["digest"]) == (file != "tokenizer.json")


@pytest.mark.parametrize("output", ["trl", "axolotl", "llama_factory"])
def test_rows_keep_the_fields_that_are_asked_for(tmp_path: Path, output: str) -> None:
    built(tmp_path, f"[{output}: {{keep: [id, source, metadata.topic, metadata]}}]")
    assert [row["id"] for row in rows(tmp_path)] == ["talk-0", "talk-1", "talk-2"]
    assert {row["source"] for row in rows(tmp_path)} == {"in.jsonl"}
    assert [row["topic"] for row in rows(tmp_path)] == [None, "mill", "mill"]
    assert rows(tmp_path)[2]["metadata"] == {"topic": "mill", "nested": {"deep": 2}}


def test_nothing_is_kept_unless_asked_for(tmp_path: Path) -> None:
    built(tmp_path, "[trl]")
    assert {tuple(row) for row in rows(tmp_path)} == {("messages",)}


@pytest.mark.parametrize(("name", "said"), [("idd", "no column 'idd' to keep.*id"), ("id.x", "no column 'id.x'")])
def test_a_field_that_records_do_not_have_is_told(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(GristmillError, match=said):
        built(tmp_path, f"[trl: {{keep: [{name}]}}]")


def test_a_kept_field_does_not_hide_one_of_the_format(tmp_path: Path) -> None:
    TALKS[0]["tools"] = [{"type": "function", "function": {"name": "grind", "parameters": {}}}]
    try:
        with pytest.raises(GristmillError, match="has a field 'tools' already"):
            built(tmp_path, "[trl: {keep: [metadata.tools]}]")
    finally:
        del TALKS[0]["tools"]
