"""Phrases and marks of chat templates found by kernels, against plain Python."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.chat_markup import MARKS, PICTURE, TEMPLATE, chat_markup
from gristmill.text.flat import flat
from gristmill.text.phrases import Phrases, find_phrases, phrases

LISTED = [
    ("grind the grain", 0),
    ("grind the", 1),
    ("the", 2),
    ("the mill the mill", 3),
    ("磨粉", 4),
    ("Élan vital", 5),
]
KNOWN = phrases([([[text]], entry) for text, entry in LISTED])
PLAIN = {tuple(text.split()): entry for text, entry in LISTED if entry < 4}
words = st.lists(st.sampled_from(["grind", "the", "grain", "mill", "flour"]), max_size=20)


def plain(text: list[str], listed: dict[tuple[str, ...], int] = PLAIN) -> list[tuple[int, int, int]]:
    """The same in plain Python: the longest phrase at each word."""
    out, at = [], 0
    while at < len(text):
        sizes = [size for size in range(8, 0, -1) if tuple(text[at : at + size]) in listed and at + size <= len(text)]
        if sizes:
            out.append((at, at + sizes[0], listed[tuple(text[at : at + sizes[0]])]))
        at += sizes[0] if sizes else 1
    return out


def found(*texts: str, known: Phrases = KNOWN) -> list[list[tuple[int, int, int]]]:
    data, offsets = flat(pa.array(texts, pa.large_string()))
    out: list[list[tuple[int, int, int]]] = [[] for _ in texts]
    hits = find_phrases(data, offsets, np.arange(len(texts)), known)
    for row, *rest in zip(*(column.tolist() for column in hits), strict=True):
        out[row].append(tuple(rest))
    return out


@given(st.lists(words, min_size=1, max_size=3))
@settings(deadline=None)
def test_the_longest_phrase_at_each_word_is_found(texts: list[list[str]]) -> None:
    assert found(*(" ".join(text) for text in texts)) == [plain(text) for text in texts]


choice = st.lists(st.sampled_from(["", "grind", "the", "the grain", "mill"]), min_size=1, max_size=3)
patterns = st.lists(st.lists(choice, min_size=1, max_size=4), min_size=1, max_size=4)


@given(patterns, words)
@settings(deadline=None)
def test_patterns_are_found_as_all_phrases_that_they_stand_for(chosen: list[list[list[str]]], text: list[str]) -> None:
    spelled = [
        (phrase, entry)
        for entry, pattern in enumerate(chosen)
        for phrase in dict.fromkeys(" ".join(filter(None, one)) for one in product(*pattern))
    ]
    if any(not phrase for phrase, _ in spelled):
        with pytest.raises(ValueError, match="no word"):
            phrases([(pattern, entry) for entry, pattern in enumerate(chosen)])
        return
    plainly = {tuple(phrase.split()): entry for phrase, entry in spelled}
    known = phrases([(pattern, entry) for entry, pattern in enumerate(chosen)])
    assert found(" ".join(text), known=known) == [plain(text, plainly)]


def test_case_accents_and_punctuation_hide_nothing() -> None:
    assert found("GRIND, the: *grain*!", "elan VITAL", "他磨粉了") == [[(0, 3, 0)], [(0, 2, 5)], [(1, 3, 4)]]


def test_a_phrase_needs_a_word() -> None:
    with pytest.raises(ValueError, match="no word"):
        phrases([([["...", "a"]], 1)])


chunk = st.sampled_from(
    [
        *MARKS,
        "<|IM_START|>",
        "<|im",
        "![",
        "![x](",
        "](",
        "http",
        "https://a.example/",
        "?q=",
        "{x}",
        "$y",
        "<z>",
        "[w]",
        *")(!\n é",
        "text",
        "!" * 9,
        "a" * 120,
    ]
)


def marked(raw: bytes) -> list[tuple[int, int, int]]:
    """The same in plain Python."""
    out, at = [], 0
    marks = [mark.lower().encode() for mark in MARKS]
    while at < len(raw):
        end, kind = at, TEMPLATE
        if raw[at : at + 1] in (b"<", b"["):
            end = next((at + len(m) for m in marks if raw[at : at + len(m)].lower() == m), at)
        elif raw[at : at + 2] == b"![":
            kind = PICTURE
            url = raw.find(b"](", at + 2, min(at + 256, len(raw)) + 1) + 2
            if url > 2 and url + 4 < min(at + 256, len(raw)) and raw[url : url + 4] == b"http":
                close = re.compile(rb"[)\n]").search(raw, url, url + 1024)
                query = raw[url : close.start()].partition(b"?")[2] if close else b""
                if close and close[0] == b")" and re.search(rb"[{\[<$]", query):
                    end = close.end()
        if end > at:
            out.append((at, end, kind))
        at = max(end, at + 1)
    return out


@given(st.lists(chunk, max_size=14).map("".join))
@settings(max_examples=300, deadline=None)
def test_marks_and_pictures_are_found_as_in_plain_python(text: str) -> None:
    data, offsets = flat(pa.array([text], pa.large_string()))
    hits = chat_markup(data, offsets, np.arange(1))
    assert list(zip(*(column.tolist() for column in hits[1:]), strict=True)) == marked(text.encode())
