"""The scans of words and lines against plain Python, on random and awkward text."""

from __future__ import annotations

import statistics

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.contracts import scans
from gristmill.contracts.view import View
from gristmill.text import characters as flag
from gristmill.text.character_counts import characters_of
from gristmill.text.draft import Draft
from gristmill.text.flat import flat
from gristmill.text.line_flags import COUNTED, counters, shares
from gristmill.text.measures import mark_counts
from gristmill.text.vocabulary import hits, vocabulary
from gristmill.text.word_counts import median_lengths, word_counts
from gristmill.text.words import Words

ODD = "a bZ9_.,:;'\"’-–—~…#[]{}()/\\@%$€\n\r\t\x0b\x0c\x1c\x1e\x85\xa0"
ODD += "\u2028\u3000\u200b\u200d\u0301éßКж日本語のカิกำ😀\U000e0001"
short = st.one_of(st.text(alphabet=ODD, max_size=60), st.text(alphabet="a. \r\n…#", max_size=60), st.text(max_size=40))
text = st.one_of(short, st.lists(short, max_size=9).map("".join))
texts = st.lists(text, min_size=1, max_size=5)
ALL = settings(max_examples=200, deadline=None)


def view(values: list[str]) -> View:
    return View(pa.record_batch({"text": pa.array(values, pa.large_string())}))


def pieces(asked: View, found: Words | scans.Lines) -> list[list[str]]:
    data = asked.text.data.tobytes()
    spans = list(zip(found.starts.tolist(), found.stops.tolist(), strict=True))
    return [
        [data[start:stop].decode() for start, stop in spans[found.offsets[i] : found.offsets[i + 1]]]
        for i in range(len(asked))
    ]


@ALL
@given(texts)
def test_characters_are_counted_as_len_does(values: list[str]) -> None:
    asked = view(values)
    assert characters_of(asked.text.data, asked.text.offsets, asked.rows).tolist() == [len(value) for value in values]


@ALL
@given(texts)
def test_words_are_those_of_str_split(values: list[str]) -> None:
    asked = view(values)
    assert pieces(asked, scans.words(asked)) == [value.split() for value in values]


@ALL
@given(texts)
def test_lines_are_those_of_str_split_at_line_feeds(values: list[str]) -> None:
    asked = view(values)
    assert pieces(asked, scans.lines(asked)) == [value.split("\n") for value in values]


@ALL
@given(texts)
def test_all_lines_are_those_of_str_splitlines(values: list[str]) -> None:
    asked = view(values)
    assert pieces(asked, scans.all_lines(asked)) == [value.splitlines() for value in values]


@ALL
@given(texts)
def test_tokens_hold_every_character_that_is_no_space_once_and_in_order(values: list[str]) -> None:
    asked = view(values)
    for value, tokens in zip(values, pieces(asked, scans.tokens(asked)), strict=True):
        assert "".join(tokens) == "".join(value.split())


@ALL
@given(texts)
def test_words_of_any_script_lie_in_order_and_have_a_letter_or_digit(values: list[str]) -> None:
    asked = view(values)
    found = scans.unicode_words(asked)
    assert (found.stops[:-1] <= found.starts[1:]).all()
    for words in pieces(asked, found):
        assert all(any(char.isalnum() or not char.isascii() for char in word) for word in words)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("Don't stop at 3.14, e.g. in U.S.A.", ["Don't", "stop", "at", "3.14", "e.g", "in", "U.S.A"]),
        ("snake_case and __dunder__", ["snake_case", "and", "__dunder__"]),
        ("日本語のテキスト、中国語", ["日本", "語", "の", "テキスト", "中国", "語"]),
        ("ខ្ញុំស្រលាញ់", ["ខ្ញុំស្រលា", "ញ់"]),
        ('שלום ארה"ב', ["שלום", 'ארה"ב']),
        ("", []),
        ("... --- !!!", []),
    ],
)
def test_words_of_any_script_are_sensible(value: str, words: list[str]) -> None:
    asked = view([value])
    assert pieces(asked, scans.unicode_words(asked)) == [words]


@pytest.mark.parametrize(
    ("value", "tokens"),
    [
        ("Don't panic, Mr. Dent!", ["Do", "n't", "panic", ",", "Mr.", "Dent", "!"]),
        ('(see "http://a.example/b,c?d=1...")', ["(", "see", '"', "http://a.example/b,c?d=1", "...", '"', ")"]),
        ("John's 5km run costs $3.50.", ["John", "'s", "5", "km", "run", "costs", "$", "3.50", "."]),
        (
            "well-known and/or 1990-2000 x=y end.Next",
            ["well", "-", "known", "and/or", "1990", "-", "2000", "x", "=", "y", "end", ".", "Next"],
        ),
        ("a@b.example, U.S.A. 10%", ["a@b.example", ",", "U.S.A.", "10", "%"]),
    ],
)
def test_tokens_are_those_of_spacy(value: str, tokens: list[str]) -> None:
    asked = view([value])
    assert pieces(asked, scans.tokens(asked)) == [tokens]


@ALL
@given(texts)
def test_word_counts_are_those_of_plain_python(values: list[str]) -> None:
    asked = view(values)
    counted = word_counts(asked.text.data, scans.words(asked), asked.rows)
    medians = median_lengths(asked.text.data, scans.words(asked), asked.rows)
    for i, value in enumerate(values):
        words = value.split()
        assert counted.words[i] == len(words)
        assert counted.characters[i] == sum(map(len, words))
        assert medians[i] == (statistics.median(map(len, words)) if words else 0)
        if all(ord(char) < 0x3000 for char in value):  # the table may know younger letters than this Python
            assert counted.alphabetic[i] == sum(any(char.isalpha() for char in word) for word in words)


def test_wide_spaces_between_words_are_not_counted_wherever_a_block_ends() -> None:
    for gap in range(70):
        value = "x" * gap + "\u3000é\u2003\xa0“Ж” 12ß ‘…’ -- 2nd"
        asked = view([value, value])
        counted = word_counts(asked.text.data, scans.words(asked), asked.rows)
        assert counted.characters.tolist() == [sum(map(len, value.split()))] * 2
        assert counted.alphabetic.tolist() == [4 + bool(gap)] * 2


@ALL
@given(st.lists(st.text(alphabet=".# …x", max_size=30), min_size=1, max_size=4))
def test_marks_are_counted_as_str_count_does(values: list[str]) -> None:
    asked = view(values)
    counts = mark_counts(asked.text.data, asked.text.offsets, asked.rows).T.tolist()
    assert counts == [[value.count(mark) for mark in ("#", "...", ". . .", "…")] for value in values]


@ALL
@given(st.lists(st.text(alphabet="thebTHE ñ的", max_size=30), min_size=1, max_size=4))
def test_words_of_a_list_are_counted_by_language(values: list[str]) -> None:
    lists = [["the", "be", "的"], ["h", "ñ"]]
    asked = view(values)
    which = np.arange(len(values)) % 3 - 1
    every, distinct = (
        hits(asked.text.data, scans.words(asked), asked.rows, which, vocabulary(lists), lower=False, distinct=once)
        for once in (False, True)
    )
    for i, value in enumerate(values):
        met = [word for word in value.split() if which[i] >= 0 and word in lists[which[i]]]
        assert (every[i], distinct[i]) == (len(met), len(set(met)))


@ALL
@given(st.lists(st.text("aAéБ@[`{", min_size=1, max_size=14), max_size=30), st.booleans())
def test_words_of_a_list_are_found_whatever_they_begin_with(words: list[str], lower: bool) -> None:
    def folded(word: str) -> str:
        return word.replace("A", "a") if lower else word

    listed = tuple(dict.fromkeys(["aaaaaaaab", "aaaaaaaaé", "`", *map(folded, words[::2])]))
    asked = view([" ".join([*words, "aaaaaaaab", "aaaaaaaac", "aaaaaaaa"])])
    known, which = vocabulary([listed]), np.array([0])
    counts = [
        hits(asked.text.data, scans.words(asked), asked.rows, which, known, lower=lower, distinct=distinct).item()
        for distinct in (False, True)
    ]
    met = [word for word in map(folded, [*words, "aaaaaaaab"]) if word in listed]
    assert counts == [len(met), len(set(met))]


def drafted(values: list[str]) -> Draft:
    asked = view(values)
    return Draft.of(asked.text.data, scans.lines(asked), asked.rows)


@ALL
@given(texts)
def test_texts_are_stripped_as_str_strip_does(values: list[str]) -> None:
    draft = drafted(values)
    draft.strip_texts()
    assert draft.texts(pa.array(values)).to_pylist() == [value.strip() for value in values]


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("3 likes", True),
        ("★ 1,234.5K Views!", True),
        ("٣ shares", True),
        ("12likes", False),
        ("3 likes and more", False),
        ("likes", False),
        ("5kk views", False),
        ("", False),
    ],
)
def test_counters_are_recognised(line: str, is_one: bool) -> None:
    draft = drafted([line])
    found = counters(draft.data, draft.starts, draft.stops, flag.characters(), *COUNTED)
    assert found.tolist() == [is_one]


@ALL
@given(texts)
def test_shares_of_capitals_and_digits_are_exact(values: list[str]) -> None:
    values = ["".join(char for char in value if ord(char) < 0x3000) for value in values]
    draft = drafted(values)
    lines = [line for value in values for line in value.split("\n")]
    upper = shares(draft.data, draft.starts, draft.stops, flag.UPPER, flag.characters())
    digits = shares(draft.data, draft.starts, draft.stops, flag.DIGIT, flag.characters())
    assert upper.tolist() == [sum(map(str.isupper, line)) / max(len(line), 1) for line in lines]
    assert digits.tolist() == [sum(map(str.isdigit, line)) / max(len(line), 1) for line in lines]


def test_broken_utf8_is_read_without_leaving_the_text() -> None:
    broken = [b"\xe2\x80", b"abc\xf0\x9f", b"\xc2", b"\xff\xfe x", b"\x80\x80", b"ok \xe3\x81"]
    whole = pa.array(broken, pa.large_binary())
    text = flat(whole)
    rows = np.arange(len(broken))
    asked = View(pa.record_batch({"text": whole}))
    for scan in (scans.words, scans.tokens, scans.unicode_words, scans.segments, scans.lines, scans.all_lines):
        found = scan(asked)
        assert (found.starts <= found.stops).all()
        assert (found.stops <= len(text.data)).all()
    assert word_counts(text.data, scans.tokens(asked), rows).words.sum() > 0
