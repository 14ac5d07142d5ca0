"""A first recipe for what lies in a folder."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from code_repositories import commit
from gristmill.recipe.draft import draft
from gristmill.recipe.load import load, loads, reads
from gristmill.recipe.model import Recipe
from gristmill.recipe.peek import Found, peek

ROW = json.dumps({"doc_id": "7", "Content": "Some words of a text.", "uri": "https://example.org", "when": 3}) + "\n"
COLUMNS = {"text": "Content", "id": "doc_id", "url": "uri"}

WRITERS = {
    "a.jsonl": lambda path: path.write_text(ROW),
    "a.jsonl.gz": lambda path: path.write_bytes(gzip.compress(ROW.encode())),
    "a.jsonl.zst": lambda path: path.write_bytes(zstandard.compress(ROW.encode())),
    "a.jsonl.bz2": lambda path: path.write_bytes(bz2.compress(ROW.encode())),
    "a.jsonl.xz": lambda path: path.write_bytes(lzma.compress(ROW.encode())),
    "a.csv": lambda path: path.write_text("doc_id,Content,uri\n7,Some words,https://example.org\n"),
    "a.tsv": lambda path: path.write_text("doc_id\tContent\turi\n7\tSome words\thttps://example.org\n"),
    "a.parquet": lambda path: pq.write_table(pa.table({"doc_id": ["7"], "Content": ["x"], "uri": ["u"]}), path),
}


def drafted(folder: Path) -> Recipe:
    path = folder / "recipe.yaml"
    path.write_text(draft(peek(folder), folder, "recipe.yaml"), encoding="utf-8")
    return load(path)


@pytest.mark.parametrize("name", WRITERS)
def test_columns_are_found_by_their_usual_names(name: str, tmp_path: Path) -> None:
    WRITERS[name](tmp_path / name)
    (found,) = peek(tmp_path)
    assert found == Found(name.split(".")[1].replace("tsv", "csv"), (f"*.{name.partition('.')[2]}",), 1, COLUMNS)
    reader = drafted(tmp_path).inputs[0]
    assert reader.model_dump()["text"] == "Content"


def test_the_longest_text_is_taken_where_no_name_is_usual(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        json.dumps({"label": "spam", "message_": "a rather long text", "n": 10**30}) + "\n"
    )
    (found,) = peek(tmp_path)
    assert found.columns == {"text": "message_"}


def test_usual_columns_are_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "x", "id": "1"}\n')
    assert peek(tmp_path)[0].columns == {}
    assert "the column that holds" not in draft(peek(tmp_path), tmp_path, "recipe.yaml")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"not json\n", b"[1]\n", gzip.compress(ROW.encode())[:20]])
def test_a_file_that_cannot_be_read_is_left_to_check(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(content)
    (tmp_path / "b.parquet").write_bytes(content)
    assert {found.reader for found in peek(tmp_path)} == {"jsonl", "parquet"}
    assert all(not found.columns for found in peek(tmp_path))
    assert len(drafted(tmp_path).inputs) == 2


def test_folders_are_named_and_builds_and_hidden_files_passed_over(tmp_path: Path) -> None:
    for name in (
        "crawl/2024/a.html",
        "crawl/b.html",
        "c.html",
        "builds/x/data.html",
        ".git/d.html",
        "_tmp/e.html",
        "f.exe",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("<p>A page.")
    assert peek(tmp_path) == [Found("html", ("*.html", "crawl/"), 3, {})]


def test_pages_get_extract_and_texts_do_not(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A text.")
    assert "extract" not in [line.name for line in drafted(tmp_path).steps]
    (tmp_path / "a.html").write_text("<p>A page.")
    assert drafted(tmp_path).steps[0].name == "extract"


def test_the_commands_that_a_draft_names_stand_in_columns(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(ROW)
    for file in ("recipe.yaml", "a-longer-name.yaml"):
        head = draft(peek(tmp_path), tmp_path, file).splitlines()[1:4]
        assert len({line.index(what) for line, what in zip(head, ("finds", "runs", "lists"), strict=True)}) == 1


def test_the_largest_kind_comes_first(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A text. " * 100)
    (tmp_path / "a.jsonl").write_text(ROW)
    assert [found.reader for found in peek(tmp_path)] == ["text", "jsonl"]


@pytest.mark.parametrize("name", ["my corpus", "Früchte", "2024", "no", ".x", "...", "a: b #c", "x" * 120])
def test_a_folder_of_any_name_gives_a_recipe_that_loads(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    (folder / "odd: #sub").mkdir(parents=True)
    (folder / "odd: #sub" / "a.jsonl").write_text(ROW)
    recipe = drafted(folder)
    assert recipe.inputs[0].paths == ("odd: #sub/",)
    assert recipe.inputs[0].units(str(folder))


def test_the_drafted_inputs_are_the_files_that_were_found(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.JSONL", "deep/er/c.jsonl.gz"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(ROW.encode()) if name.endswith("gz") else ROW.encode())
    units = drafted(tmp_path).inputs[0].units(str(tmp_path))
    assert sorted(member.source for unit in units for member in unit.members) == [
        "a.jsonl",
        "b.JSONL",
        "deep/er/c.jsonl.gz",
    ]


def test_fine_tuning_sets_are_told_by_their_rows(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"instruction": "Say a.", "input": "", "output": "a"}]')
    (tmp_path / "b.jsonl").write_text('{"prompt": "Say b.", "chosen": "b", "rejected": "c"}\n' * 9)
    (tmp_path / "c.jsonl.gz").write_bytes(b"")
    found = {one.reader: one.paths for one in peek(tmp_path)}
    assert found == {"preferences": ("*.jsonl", "*.jsonl.gz"), "conversations": ("*.json",)}
    recipe = reads(draft(peek(tmp_path), tmp_path, "recipe.yaml")).recipe
    assert recipe.kind == "preference"
    assert "gopher_quality" not in {line.name for line in recipe.steps}


def test_rows_with_a_text_are_documents_whatever_else_they_have(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "grain", "label": 1}\n')
    assert [one.reader for one in peek(tmp_path)] == ["jsonl"]


def test_a_repository_is_read_as_code_and_what_lies_in_it_is_left_to_that(tmp_path: Path) -> None:
    commit(tmp_path / "repos" / "mill", {"README.md": "# Mill\n", "data.jsonl": '{"text": "x"}\n'})
    (found,) = peek(tmp_path)
    assert (found.reader, found.paths, found.files) == ("git", ("repos/",), 1)
    text = draft([found], tmp_path, "recipe.yaml")
    recipe = loads(text, "recipe.yaml", tmp_path)
    names = [line.step.name() for line in recipe.steps]
    assert names[:2] == ["license", "code_quality"]
    assert not {"gopher_quality", "language", "normalise"} & set(names)


def test_readers_that_share_an_ending_are_told_by_what_is_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "paper.xml").write_text("<?xml version='1.0'?><!-- a paper --><article><body/></article>")
    (tmp_path / "novel.xml.gz").write_bytes(gzip.compress(b'<TEI xmlns="http://www.tei-c.org/ns/1.0"/>'))
    (tmp_path / "pom.xml").write_text("<project/>")
    (tmp_path / "broken.xml.gz").write_bytes(b"\x1f\x8b\x08")
    assert {(one.reader, one.paths) for one in peek(tmp_path)} == {("jats", ("*.xml",)), ("tei", ("*.xml.gz",))}
