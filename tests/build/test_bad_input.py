"""Bad input, end to end: what can be read is kept, the rest is named, and the exit code says which it was."""

from __future__ import annotations

import gzip
import json
import os
import socket
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

import gristmill
from collecting import http_response, page, warc_record
from gristmill.build.run import build as run_build
from gristmill.cli import main
from gristmill.document.report import write_report
from gristmill.recipe.model import lines
from real_command import JSONL, build, build_of, built, counts, errors, is_root, ledger, texts, write_recipe

LINES = b"".join(json.dumps({"text": f"{number * number * 7919}"}).encode() + b"\n" for number in range(20_000))
LONG_PAGE = b"<html><body>" + b"<p>hello world and more</p>" * 2_000_000 + b"</body></html>"


def write(folder: Path, name: str, data: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def jsonl(folder: Path, *lines: object, name: str = "in.jsonl") -> None:
    write(
        folder,
        name,
        b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines),
    )


# Nothing to read


def test_an_empty_file_makes_an_empty_build_and_says_so(tmp_path):
    write(tmp_path, "in.jsonl", b"")
    said = build_of(tmp_path, JSONL)
    assert said.code == 0
    assert "no record was read: the inputs are empty" in said.out + said.err
    assert counts(built(tmp_path))["read"] == 0


@pytest.mark.parametrize(
    ("paths", "sentence"),
    [
        ("in", "in: no file in this folder ends in .jsonl, "),
        ("'in/*.jsonl'", "in/*.jsonl: no file matches this pattern"),
        ("in/a.jsonl", "in/a.jsonl: there is no such file or folder"),
    ],
    ids=["folder", "pattern", "file"],
)
def test_an_input_without_files_is_one_sentence(tmp_path, paths, sentence):
    (tmp_path / "in").mkdir()
    said = build_of(tmp_path, f"jsonl: {{paths: [{paths}]}}")
    assert said.code == 3
    assert said.error.startswith(sentence)
    assert not (built(tmp_path) / "manifest.json").exists()


def _folder(path: Path) -> None:
    path.mkdir()


def _dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(path))


def _pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (_folder, "in.jsonl: no file in this folder ends in .jsonl"),
        (_dangling, "in.jsonl: it is a link to a file that is not there"),
        (_socket, "in.jsonl: it is neither a file nor a folder"),
        (_pipe, "in.jsonl: it is neither a file nor a folder"),
    ],
)
def test_what_is_no_file_where_one_is_expected_is_named_as_what_it_is(tmp_path, make: Callable[[Path], None], sentence):
    make(tmp_path / "in.jsonl")
    said = build_of(tmp_path, JSONL)
    assert said.code == 3
    assert said.error.startswith(sentence)


@pytest.mark.skipif(is_root(), reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path):
    jsonl(tmp_path, {"text": "a"})
    (tmp_path / "in.jsonl").chmod(0)
    said = build_of(tmp_path, JSONL)
    assert (said.code, said.error) == (3, "in.jsonl: it cannot be read: permission denied")


# Damaged files


@pytest.mark.parametrize(("ending", "pack"), [("gz", gzip.compress), ("zst", zstandard.compress)])
def test_a_truncated_file_gives_what_stands_before_the_cut_and_one_problem(tmp_path, ending, pack):
    write(tmp_path, f"in.jsonl.{ending}", pack(LINES)[:-20_000])
    assert build_of(tmp_path, f"jsonl: {{paths: [in.jsonl.{ending}]}}").code == 0
    found = counts(built(tmp_path))
    assert found["kept"] > 1000
    assert found["quarantined"] == 1
    whole = [json.loads(line)["text"] for line in LINES.splitlines()[: found["kept"]]]
    assert texts(built(tmp_path)) == sorted(whole)
    (error,) = errors(built(tmp_path))
    assert error.endswith("; the rest of the file is lost")


def test_broken_bytes_in_the_middle_of_a_gzip_file_are_named_and_the_books_balance(tmp_path):
    packed = bytearray(gzip.compress(LINES))
    packed[len(packed) // 2 : len(packed) // 2 + 50] = b"\xaa" * 50
    write(tmp_path, "in.jsonl.gz", bytes(packed))
    assert build_of(tmp_path, "jsonl: {paths: [in.jsonl.gz]}", rest="limits: {max_quarantined: 1}").code == 0
    found = counts(built(tmp_path))
    assert found["kept"] > 1000
    assert found["quarantined"] > 0
    assert "its gzip data is broken" in errors(built(tmp_path))[-1]


def test_a_file_that_is_no_parquet_is_one_sentence(tmp_path):
    write(tmp_path, "in.parquet", b"PAR1 and no more")
    said = build_of(tmp_path, "parquet: {paths: [in.parquet]}")
    assert said.code == 3
    assert said.error.startswith("in.parquet: it is not a Parquet file, or a part of one")


# Records that are none


BAD_LINES = {
    b'{"text": "\xff\xfe"}': "the line is not UTF-8",
    b"[1]": "the line is JSON, but not an object",
    b'"words"': "the line is JSON, but not an object",
    b"3": "the line is JSON, but not an object",
    b"null": "the line is JSON, but not an object",
    b"{broken": "the line is not JSON",
    b'{"body": "x"}': "the record has no 'text'",
    b'{"text": null}': "'text' is null",
    b'{"text": 3}': "'text' is a number, not a string",
    b'{"text": ["x"]}': "'text' is a list, not a string",
}


def test_each_bad_line_goes_to_quarantine_with_its_reason_and_the_others_are_kept(tmp_path):
    jsonl(tmp_path, *BAD_LINES, *({"text": f"good {n}"} for n in range(len(BAD_LINES))))
    said = build_of(tmp_path, JSONL)
    assert said.code == 0
    assert counts(built(tmp_path)) == {"read": 20, "kept": 10, "dropped": 0, "merged": 0, "quarantined": 10}
    for error, reason in zip(errors(built(tmp_path)), BAD_LINES.values(), strict=True):
        assert error.startswith(reason)


def test_more_bad_lines_than_the_limit_allows_end_the_build_however_often_it_is_run(tmp_path):
    jsonl(tmp_path, {"text": "good"})
    assert build_of(tmp_path, JSONL).code == 0
    jsonl(tmp_path, {"text": "good"}, b"x", b"x", b"x")
    for _ in range(2):
        said = build(tmp_path / "recipe.yaml")
        assert said.code == 1
        assert said.error.startswith("3 of 4 records are in quarantine, more than limits.max_quarantined (0.5) allows")
    assert build_of(tmp_path, JSONL, rest="limits: {max_quarantined: 0.8}").code == 0
    assert build_of(tmp_path, JSONL, rest="limits: {max_quarantined: 0.1}").code == 1


def test_two_records_with_one_id_are_two_records_and_explain_lists_both(tmp_path, capsys):
    jsonl(tmp_path, {"text": "the first", "id": "same"}, {"text": "the second", "id": "same"})
    assert build_of(tmp_path, JSONL).code == 0
    assert counts(built(tmp_path))["kept"] == 2
    assert texts(built(tmp_path)) == ["the first", "the second"]
    assert main(["explain", str(built(tmp_path)), "same"]) == 0
    listed = capsys.readouterr().out
    assert "2 records with this id" in listed
    for (rid,) in ledger(built(tmp_path), "rid"):
        assert rid[:12] in listed


# Columns


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_a_table_without_the_text_column_is_named_with_the_columns_it_has(tmp_path, kind):
    for name, column in (("a", "text"), ("b", "body")):
        (tmp_path / "in").mkdir(exist_ok=True)
        if kind == "csv":
            write(tmp_path, f"in/{name}.csv", f"{column},n\nx,1\n".encode())
        else:
            pq.write_table(pa.table({column: ["x"], "n": [1]}), tmp_path / "in" / f"{name}.parquet")
    said = build_of(tmp_path, f"{kind}: {{paths: [in]}}")
    assert (said.code, said.error) == (3, f"in/b.{kind}: it has no column 'text' (it has body, n); set `text`")


def test_a_text_column_of_lists_is_named_with_its_type(tmp_path):
    pq.write_table(pa.table({"text": [["x"]]}), tmp_path / "in.parquet")
    said = build_of(tmp_path, "parquet: {paths: [in.parquet]}")
    assert said.code == 3
    assert "its column 'text' is list<" in said.error
    assert said.error.endswith("not text; set `text` to the column of the text")


def test_a_column_that_changes_its_type_from_file_to_file_is_kept_as_it_is(tmp_path):
    (tmp_path / "in").mkdir()
    for name, value in (("a", 1), ("b", "one"), ("c", [1, 2])):
        pq.write_table(pa.table({"text": [name], "n": [value]}), tmp_path / "in" / f"{name}.parquet")
        jsonl(tmp_path, {"text": f"j{name}", "n": value}, name=f"in/{name}.jsonl")
    said = build_of(tmp_path, "parquet: {paths: [in]}", "jsonl: {paths: [in]}", outputs="[parquet, jsonl]")
    assert said.code == 0
    assert counts(built(tmp_path))["kept"] == 6
    lines = [line for file in (built(tmp_path) / "data").glob("*.zst") for line in zstandard.open(file, "rt")]
    kept = {row["text"]: row["metadata"]["n"] for row in map(json.loads, lines)}
    assert kept == {"a": 1, "b": "one", "c": [1, 2], "ja": 1, "jb": "one", "jc": [1, 2]}


def test_a_time_beyond_the_calendar_costs_no_record(tmp_path):
    far = pa.array([10**12, 0, None], pa.timestamp("s"))
    pq.write_table(pa.table({"text": ["a", "b", "c"], "time": far, "also": far}), tmp_path / "in.parquet")
    assert build_of(tmp_path, "parquet: {paths: [in.parquet]}", outputs="[parquet, jsonl]").code == 0
    assert counts(built(tmp_path))["kept"] == 3
    rows = ledger(built(tmp_path), "epoch(time)")
    assert rows == [(None,), (0,), (None,)]


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_a_column_name_that_comes_twice_hides_no_column(tmp_path, kind):
    if kind == "csv":
        write(tmp_path, "in.csv", b"text,m,m\na,first,second\n")
    else:
        pq.write_table(pa.table([["a"], ["first"], ["second"]], names=["text", "m", "m"]), tmp_path / "in.parquet")
    assert build_of(tmp_path, f"{kind}: {{paths: [in.{kind}]}}").code == 0
    table = pq.read_table(built(tmp_path) / "data")
    assert json.loads(table["metadata"][0].as_py()) == {"m": "first", "m_2": "second"}


# Records that end their worker


GREEDY = '''
"""A step that takes all memory where the text asks for it."""

import os

import pyarrow as pa

from gristmill.contracts.rules import Signal
from gristmill.contracts.step import RowStep


class Greedy(RowStep):
    """Do what the text says."""

    def signals(self):
        return (Signal("length", "count", "Characters."),)

    def measure(self, view):
        for text in view.column("text").to_pylist():
            if text == "allocate":
                bytearray(1 << 60)
            if text == "be killed":
                os.kill(os.getpid(), 9)  # as the system does when memory is short
        return {"length": pa.array([1] * len(view), pa.int64())}
'''


def test_a_record_that_takes_all_memory_is_set_aside_whether_it_raises_or_its_worker_is_killed(tmp_path, monkeypatch):
    write(tmp_path, "lib/greedy.py", GREEDY.encode())
    monkeypatch.syspath_prepend(str(tmp_path / "lib"))
    jsonl(tmp_path, *({"text": text} for text in ("one", "allocate", "two", "be killed", "three")))
    recipe = gristmill.load(write_recipe(tmp_path, JSONL))
    step = import_module("greedy").Greedy()
    run_build(recipe.model_copy(update={"steps": lines(step)}), write_report, workers=1)
    assert texts(built(tmp_path)) == ["one", "three", "two"]
    assert errors(built(tmp_path)) == [
        "MemoryError: ",
        "this record killed its worker by signal 9 (SIGKILL, out of memory?)",
    ]


# Sizes and depths


@pytest.mark.parametrize("end", [b'"}\n{"text": "after"}\n', b""], ids=["with an end", "without an end"])
def test_a_line_of_100_mb_is_one_problem_and_its_neighbours_are_kept(tmp_path, end):
    write(tmp_path, "in.jsonl", b'{"text": "before"}\n{"text": "second"}\n{"text": "' + b"x" * (100 << 20) + end)
    assert build_of(tmp_path, JSONL).code == 0
    assert texts(built(tmp_path)) == ["after", "before", "second"][not end :]
    assert errors(built(tmp_path)) == [f"the line is longer than max_record_bytes ({64 << 20} bytes)"]


@pytest.mark.slow
def test_a_text_of_100_mb_is_kept_where_the_recipe_allows_it(tmp_path):
    write(tmp_path, "in.jsonl", b'{"text": "before"}\n{"text": "' + b"a word " * (15 << 20) + b'"}\n')
    source = "jsonl: {paths: [in.jsonl], max_record_bytes: 200000000}"
    assert build_of(tmp_path, source, steps="[gopher_quality: {min_words: 1}, exact_duplicates]").code == 0
    assert counts(built(tmp_path))["read"] == 2
    assert (built(tmp_path) / "report.html").exists()


def test_a_page_of_50_mb_is_one_problem_in_a_folder_and_in_an_archive(tmp_path):
    write(tmp_path, "in/long.html", LONG_PAGE)
    write(tmp_path, "in/short.html", b"<p>short")
    write(tmp_path, "in.warc", page("before") + warc_record(http_response(LONG_PAGE)) + page("after"))
    said = build_of(
        tmp_path, "html: {paths: [in]}", "warc: {paths: [in.warc]}", steps="[extract: {engine: resiliparse}]"
    )
    assert said.code == 0
    assert texts(built(tmp_path)) == ["after", "before", "short"]
    wanted = f"The page has {len(LONG_PAGE)} bytes, more than extract's max_bytes of {16 << 20}."
    assert errors(built(tmp_path)) == [wanted, wanted]


def test_a_page_of_100_000_nested_elements_is_one_problem(tmp_path):
    write(tmp_path, "in/a.html", b"<div>" * 100_000 + b"deep")
    write(tmp_path, "in/b.html", b"<p>flat")
    write(tmp_path, "in/c.html", b"<span>" * 100_000 + b"deep")
    assert build_of(tmp_path, "html: {paths: [in]}", steps="[extract: {engine: resiliparse}]").code == 0
    assert texts(built(tmp_path)) == ["deep", "flat"]
    (error,) = errors(built(tmp_path))
    assert error == "The page nests elements 100000 deep, more than extract's max_depth of 1000."


# Names


ODD_NAMES = [
    b"new\nline.jsonl",
    b"quote'\".jsonl",
    b"star*.jsonl",
    b"what?.jsonl",
    b"[x].jsonl",
    b"\xff\xfe.jsonl",
    b"\x1b[2J.jsonl",
    b"$(touch x);`y`.jsonl",
    b"-rf.jsonl",
    b"%s{}.jsonl",
    "ü.jsonl".encode(),
]


def test_files_with_odd_names_are_read_like_others(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    for number, name in enumerate(ODD_NAMES):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/in/" + name)).write_text(f'{{"text": "text {number}"}}\n')
    assert build_of(tmp_path, "jsonl: {paths: [in]}", steps="[exact_duplicates]").code == 0
    assert counts(built(tmp_path))["kept"] == len(ODD_NAMES)
    sources = {source for (source,) in ledger(built(tmp_path), "source")}
    assert len(sources) == len(ODD_NAMES)
    assert {"in/new\nline.jsonl", "in/star*.jsonl", "in/\\xff\\xfe.jsonl"} < sources
    assert main(["explain", str(built(tmp_path)), "text 6"]) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "6\xa0bytes of text at the end, 2 words by white space" in shown
    exact = build_of(tmp_path, "jsonl: {paths: ['in/star*.jsonl', 'in/[x].jsonl', 'in/what?.jsonl']}")
    assert exact.code == 0
    assert counts(built(tmp_path))["kept"] == 3


def test_ids_and_urls_that_look_like_paths_write_nothing_outside(tmp_path):
    inside = tmp_path / "inside"
    evil = "../../../evil"
    jsonl(inside, {"text": "one", "id": evil, "url": f"file://{evil}"}, {"text": "two", "id": "/tmp/evil\0"})
    write(inside, "in.warc", page("three", url=f"http://example.org/{evil}"))
    said = build_of(inside, JSONL, "warc: {paths: [in.warc]}", steps="[extract: {engine: resiliparse}]")
    assert said.code == 0
    assert counts(built(inside))["kept"] == 3
    assert [path.name for path in tmp_path.iterdir()] == ["inside"]
    assert not [path for path in inside.rglob("*") if "evil" in path.name]


def test_the_output_of_a_build_is_not_its_own_input(tmp_path):
    jsonl(tmp_path, {"text": "a"})
    assert build_of(tmp_path, "jsonl: {paths: [.]}", outputs="[jsonl]").code == 0
    jsonl(tmp_path, {"text": "b"})
    said = build(tmp_path / "recipe.yaml")
    assert said.code == 3
    assert "lies in the build folder" in said.error
    assert said.error.endswith("name other inputs")


def test_a_file_named_by_two_inputs_is_one_sentence(tmp_path):
    jsonl(tmp_path, {"text": "a"})
    said = build(write_recipe(tmp_path, JSONL, "jsonl: {paths: ['*.jsonl']}"))
    assert said.code == 3
    assert said.error == "in.jsonl: is named by two inputs of the recipe; name it in one of them"
