"""Text files as one record, or one a paragraph or line."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from collecting import Got
from gristmill.collect.text import Text

POEM = "\n\nOne\ntwo\r\n \nthree\n\n\n\nfour"


def test_a_file_is_one_record_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf" + POEM.encode())
    (tmp_path / "b.md").write_bytes(gzip.compress(b"# Title"))
    (tmp_path / "c.txt").write_bytes(b"")
    (tmp_path / "d.txt").write_bytes(b"b\xffd")
    got = Got(Text(paths=(".",)), tmp_path)
    assert got.column("text") == [POEM, "# Title"]
    assert got.column("source") == ["a.txt", "b.md"]
    assert got.column("position") == [0, 0]
    assert [(problem.source, problem.error) for problem in got.problems] == [
        ("d.txt", "the text is not UTF-8 (byte 1 of it)")
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_blank_lines_part_paragraphs(tmp_path: Path, packed: bool) -> None:
    data = POEM.encode()
    (tmp_path / "a.txt").write_bytes(gzip.compress(data) if packed else data)
    got = Got(Text(paths=("a.txt",), split="paragraph"), tmp_path)
    assert got.column("text") == ["One\ntwo\r", "three", "four"]
    assert got.column("position") == ([2, 5, 9] if packed else [2, 13, 22])


def test_each_line_is_a_record_but_for_blank_ones(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(POEM, newline="")
    got = Got(Text(paths=("a.txt",), split="line"), tmp_path)
    assert got.column("text") == ["One", "two\r", "three", "four"]
    assert got.column("position") == [2, 6, 13, 22]


def test_a_record_beyond_the_bound_is_named_and_the_next_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x" * 50 + "\n" + "y" * 60 + "\n\nshort\n")
    for split, errors in {
        "file": ["the file is longer than max_record_bytes (100 bytes)"],
        "paragraph": ["the paragraph is longer than max_record_bytes (100 bytes)"],
    }.items():
        got = Got(Text(paths=("a.txt",), split=split, max_record_bytes=100), tmp_path)
        assert got.errors == errors
        assert got.column("text") == ([] if split == "file" else ["short"])
    got = Got(Text(paths=("a.txt",), split="paragraph", max_record_bytes=55), tmp_path)
    assert got.errors == ["the line is longer than max_record_bytes (55 bytes)"]
    assert got.column("text") == ["short"]


def test_a_bomb_is_named_not_unpacked(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(gzip.compress(bytes(100 << 20)))
    got = Got(Text(paths=("a.txt",), max_record_bytes=1 << 20), tmp_path)
    assert got.errors == [f"the file is longer than max_record_bytes ({1 << 20} bytes)"]
