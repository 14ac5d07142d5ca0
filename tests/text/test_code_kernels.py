"""What kernels say of code is what plain Python says, on ordinary and on awkward text."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from code_documents import documents
from gristmill.records.code.comments import SYNTAX, Syntax
from gristmill.text.characters import characters
from gristmill.text.code_comments import code_comments, signs
from gristmill.text.code_shape import code_shapes
from gristmill.text.encoded_stretches import encoded_stretches
from gristmill.text.flat import flat
from gristmill.text.visible_html import visible_characters

STRETCHES = (
    re.compile(r"[a-zA-Z0-9+/\n=]{64,}"),
    re.compile(r"(?:\b(?:0x|\\x)?[0-9a-fA-F]{2}(?:,|\b\s*)){8,}"),
    re.compile(r"(?:\\u[0-9a-fA-F]{4}){8,}"),
)
TAG = re.compile(r"<(?=[!?/a-zA-Z])(?:\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z)|[^>\"'])*(?:>|\Z)")
MARKUP = (
    *("<p>", "<!-- ", "-->", "<script>", "</script>", "<style a='>'", ">", "</style >", "&amp;", "& ", "text", "é"),
    *("<", "'", '"', "<scripts>"),
)
AWKWARD = st.text(
    st.one_of(
        st.sampled_from("ab01fFx, \t\n\r\\u0x\"'`#/*-<!>&;=+{}()é名\x85\u2028\x1c\x0b"), st.characters(codec="utf-8")
    ),
    max_size=120,
)
ENCODED = st.lists(
    st.sampled_from(
        ["0x0f, ", "0xab,", "\\x41", "ab ", "12\n", "\\u00e4", "A" * 40, "zz", "é", ".", "=" * 30, "\n", "  ", "_"]
    ),
    max_size=40,
).map("".join)


def plain_tokens(text: str) -> int:
    """The matches of `\\w+|[^\\w\\s]+` in the package regex, whose classes are those of Unicode."""
    kinds = "".join(
        "w"
        if char.isalpha() or char.isdecimal() or char == "_" or unicodedata.category(char)[0] == "M"
        else "s"
        if char.isspace() and not "\x1c" <= char <= "\x1f"
        else "o"
        for char in text
    )
    return len(re.findall("w+|o+", kinds))


def plain_shape(text: str) -> tuple[int, ...]:
    lines = text.splitlines()
    return (
        len(text),
        sum(map(str.isalnum, text)),
        sum(map(str.isalpha, text)),
        sum(map(str.isdecimal, text)),
        len(lines),
        max(map(len, lines), default=0),
        sum(map(len, lines)),
        text.count("\n"),
        plain_tokens(text),
    )


def plain_stretches(text: str) -> tuple[int, int]:
    matches = [[match.end() - match.start() for match in one.finditer(text)] for one in STRETCHES]
    return max(map(sum, matches)), max((length for some in matches for length in some), default=0)


def plain_comments(text: str, syntax: Syntax) -> tuple[int, int, int]:
    comments = strings = longest = at = 0
    while at < len(text):
        rest = text[at:]
        end, is_comment = 0, False
        for before, after in syntax.blocks:
            if rest.startswith(before) and not end:
                closing = rest.find(after, len(before))
                end = closing + len(after) if closing >= 0 else len(rest)
                is_comment = True
        if not end and rest.startswith(syntax.lines):
            end = rest.find("\n") if "\n" in rest else len(rest)
            is_comment = True
        if not end and rest[0] in syntax.quotes:
            triple = re.match(rf"{rest[0] * 3}(?:\\.|[^\\])*?(?:{rest[0] * 3}|\\?\Z)", rest, re.S)
            single = re.match(rf"{rest[0]}(?:\\.|[^\\\n{rest[0]}])*(?:{rest[0]}|\\?\Z|(?=\n))", rest, re.S)
            quoted = re.match(r"`(?:\\.|[^\\`])*(?:`|\\?\Z)", rest, re.S)
            if triple and syntax.docstrings:
                end = triple.end()
                line = text[:at].rpartition("\n")[2]
                is_comment = not line.strip(" \t")
            elif rest[0] == "`":
                assert quoted
                end = quoted.end()
            else:
                assert single
                end = single.end()
        if end:
            comments, strings = (comments + end, strings) if is_comment else (comments, strings + end)
            longest = longest if is_comment else max(longest, end)
        at += end or 1
    return comments, strings, longest


def plain_visible(text: str) -> int:
    shown = at = 0
    lower = text.lower()
    while at < len(text):
        if text.startswith("<!--", at):
            end = text.find("-->", at + 4)
            at = len(text) if end < 0 else end + 3
        elif tag := re.compile(r"<(?=[!?/a-zA-Z])(?:\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z)|[^>\"'])*(?:>|\Z)").match(
            text, at
        ):
            name = re.match(r"<(script|style)(?=[\s/>]|\Z)", lower[at:])
            at = tag.end()
            if name:
                closing = re.compile(rf"</{name[1]}(?=[\s/>]|\Z)").search(lower, at)
                at = closing.start() if closing else len(text)
        else:
            reference = re.compile(r"&[#0-9:-Z\[-z]{1,11}?;").match(text, at)
            shown += 1
            at = reference.end() if reference else at + 1
    return shown


def on(texts: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    data, offsets = flat(pa.array([*texts, "padding"], pa.large_string()))
    return data, offsets, np.arange(len(texts))


def test_shapes_of_the_shared_files_are_those_of_plain_python() -> None:
    texts = list(documents().values())
    found = code_shapes(*on(texts), characters())
    assert [tuple(int(column[k]) for column in found) for k in range(len(texts))] == [*map(plain_shape, texts)]


@given(st.lists(AWKWARD, max_size=4))
@settings(deadline=None)
def test_shapes_of_any_text_are_those_of_plain_python(texts: list[str]) -> None:
    found = code_shapes(*on(texts), characters())
    for k, text in enumerate(texts):
        ours = [int(column[k]) for column in found]
        if all(ord(char) < 0x3000 for char in text):  # Python's own Unicode may be older than the table
            assert tuple(ours) == plain_shape(text)
        assert ours[0] == len(text)


@given(ENCODED)
@settings(deadline=None, max_examples=400)
def test_encoded_stretches_are_the_matches_of_the_published_expressions(text: str) -> None:
    found = encoded_stretches(*on([text]))
    assert (int(found.matched[0]), int(found.longest[0])) == plain_stretches(text)


@pytest.mark.parametrize("language", ["Python", "JavaScript", "C", "SQL", "Lua", "PHP", "OCaml", "HTML", "TeX"])
@given(text=AWKWARD)
@settings(deadline=None, max_examples=80)
def test_comments_and_strings_are_those_of_plain_python(language: str, text: str) -> None:
    syntax = SYNTAX[language]
    found = code_comments(*on([text]), np.zeros(1, np.int64), signs(*syntax)[None])
    assert tuple(int(column[0]) for column in found) == plain_comments(text, syntax)


@given(st.lists(st.sampled_from(MARKUP), max_size=14).map("".join))
@settings(deadline=None, max_examples=300)
def test_visible_characters_are_those_of_plain_python(text: str) -> None:
    assert int(visible_characters(*on([text]))[0]) == plain_visible(text)


@pytest.mark.parametrize(
    "text", ["ab" + " " * 200_000, "\\x41" * 50_000, "<" * 200_000, "<!--" * 50_000, "'''" * 50_000]
)
def test_hostile_text_is_done_in_a_moment(text: str) -> None:
    given = on([text])
    encoded_stretches(*given)
    visible_characters(*given)
    for language in ("Python", "C", "HTML"):
        code_comments(*given, np.zeros(1, np.int64), signs(*SYNTAX[language])[None])
