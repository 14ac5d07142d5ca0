"""Text files as one record, or one a paragraph or line."""

from __future__ import annotations

import gzip
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from collecting import Got
from gristmill.collect._decoding import text_of
from gristmill.collect.text import Text

POEM = "\n\nOne\ntwo\r\n \nthree\n\n\n\nfour"


def test_a_file_is_one_record_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf" + POEM.encode())
    (tmp_path / "b.md").write_bytes(gzip.compress(b"# Title"))
    (tmp_path / "c.txt").write_bytes(b"")
    (tmp_path / "d.txt").write_bytes(b"b\xffd")
    got = Got(Text(paths=(".",), encoding="utf-8"), tmp_path)
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


RUSSIAN = "Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему.\n"
JAPANESE = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。\n"
CHINESE = "道可道，非常道；名可名，非常名。無名天地之始，有名萬物之母。\n"
GERMAN = "Er hörte die Mühle, süß und schläfrig; über den Äckern lag früher Nebel.\n"


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (RUSSIAN, "koi8-r", "koi8-r"),
        (RUSSIAN, "windows-1251", "cp1251"),
        (JAPANESE, "shift_jis", "cp932"),
        (JAPANESE, "euc_jp", "euc_jp"),
        (JAPANESE, "iso2022_jp", "iso2022_jp"),
        (CHINESE, "gb18030", "gb18030"),
        (GERMAN, "windows-1252", "cp1252"),
        (GERMAN, "utf-16-le", "utf-16-le"),
        (GERMAN, "utf-16", "utf-16-le"),
    ],
)
@pytest.mark.parametrize("split", ["file", "line"])
def test_the_encoding_of_a_file_is_found_and_told(
    tmp_path: Path, text: str, encoding: str, found: str, split: str
) -> None:
    (tmp_path / "a.txt").write_bytes((text * 3).encode(encoding))
    got = Got(Text(paths=("a.txt",), split=split), tmp_path)
    assert "".join(str(text).removesuffix("\n") for text in got.column("text")) in (
        (text * 3).removesuffix("\n"),
        text.removesuffix("\n") * 3,
    )
    facts = orjson.loads(str(got.column("metadata")[0])) if got.column("metadata")[0] else {"encoding": "utf-8"}
    # Of a wide file by lines, and of it alone, the file is told apart before its lines are.
    assert facts["encoding"] == (found if split == "file" or "16" not in encoding else "utf-8")
    assert got.problems == []


def test_a_file_put_together_of_two_encodings_is_read_line_by_line(tmp_path: Path) -> None:
    lines = [RUSSIAN.encode(), RUSSIAN.encode("koi8-r"), b"plain", RUSSIAN.encode(), RUSSIAN.encode("koi8-r")]
    (tmp_path / "a.txt").write_bytes(b"\n".join(lines))
    got = Got(Text(paths=("a.txt",)), tmp_path)
    assert got.column("text") == ["\n".join([RUSSIAN, RUSSIAN, "plain", RUSSIAN, RUSSIAN])]
    assert orjson.loads(str(got.column("metadata")[0]))["encoding"] == "utf-8 and koi8-r"


def test_a_named_encoding_is_taken_at_its_word(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(RUSSIAN.encode("cp866"))
    got = Got(Text(paths=("a.txt",), encoding="cp866"), tmp_path)
    assert got.column("text") == [RUSSIAN]
    assert orjson.loads(str(got.column("metadata")[0])) == {"encoding": "cp866", "encoding_confidence": 1.0}
    got = Got(Text(paths=("a.txt",), encoding="shift_jis"), tmp_path)
    assert got.errors[0].startswith("the text is not shift_jis (byte ")


@pytest.mark.parametrize("name", ["klingon", "punycode", "unicode_escape", "zip"])
def test_a_name_that_is_no_character_set_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="there is no encoding called"):
        Text(paths=("a.txt",), encoding=name)


def test_a_few_bad_bytes_in_utf8_are_replaced_and_counted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(RUSSIAN.encode() * 20 + b"\xff" + RUSSIAN.encode())
    got = Got(Text(paths=("a.txt",)), tmp_path)
    assert got.column("text") == [RUSSIAN * 20 + "\ufffd" + RUSSIAN]
    assert got.column("metadata") == ['{"undecodable":1}']


def test_a_program_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(bytes(range(256)) * 400)
    got = Got(Text(paths=("a.txt",)), tmp_path)
    assert got.errors == ["this is no text: it holds NUL bytes and looks like no encoding"]


@given(st.binary(max_size=3000))
def test_any_bytes_without_nul_are_a_text(data: bytes) -> None:
    found = text_of(data.replace(b"\0", b""), "auto")
    assert not isinstance(found, str)
    assert found == text_of(data.replace(b"\0", b""), "auto")
