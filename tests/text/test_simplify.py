from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.flat import flat
from gristmill.text.simplified_table import (
    CODE,
    DIGIT,
    HANGUL,
    KIND,
    LETTER,
    LETTERS,
    LONE,
    NUMBER_SEPARATOR,
    SHIFT,
    SPACE,
    simplified_tables,
)
from gristmill.text.simplify import simplified, simplified_and_lone

GOLDEN = Path(__file__).parents[1] / "golden" / "simplified.json"
PUNCTUATION = "!/—”:％１〈&(、━\\【#%「」，】；+^]~“《„';’{|∶´[=-`*．（–？！：$～«〉,><》)?）。…@_.\"}►»"
MASK = (1 << 64) - 1
GOLDEN_RATIO = 0x9E3779B97F4A7C15


def plain_hash(word: str) -> int:
    state = GOLDEN_RATIO
    for char in word:
        state = (state ^ ord(char)) * GOLDEN_RATIO & MASK
    state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & MASK
    state = (state ^ state >> 27) * 0x94D049BB133111EB & MASK
    return state ^ state >> 31


def plain_words(text: str) -> list[str]:
    """datatrove's simplify_text, split at white space; final sigma is made a sigma first."""
    text = "".join(char.lower() for char in text).replace("ς", "σ")
    text = re.sub(r"\d+(?:[.,،٫⎖⎗⎘]\d+)?", "0", text)
    text = "".join(" " if c in PUNCTUATION or ord(c) < 32 or 127 <= ord(c) < 160 else c for c in text)
    words = (
        "".join(c for c in unicodedata.normalize("NFD", w) if unicodedata.category(c) != "Mn") for w in text.split()
    )
    return [word for word in words if word]


def hashes(text: str | None, by_character: bool = False) -> list[int]:
    view = flat(pa.array([text], pa.large_string()))
    found, bounds = simplified(view.data, view.offsets, np.arange(1), by_character)
    assert bounds.tolist() == [0, len(found)]
    return [int(value) for value in found]


def plain_hashes(words: list[str]) -> list[int]:
    return [plain_hash(word) for word in words]


# Scripts with spaces between words, whose marks stay where they are in the canonical order.
SPACED = st.text(
    st.one_of(
        st.sampled_from("aAbé É1٣.,،-_ \n\t\u00a0ςΣŁİß½ªﬁ각１$€№ёЙ\u200b\u0301"),
        st.characters(max_codepoint=0x24FF, categories=["L", "Nd", "P", "S", "Zs", "Cc", "No"]).filter(
            lambda c: not 0x0E00 <= ord(c) < 0x10A0 and not 0x1780 <= ord(c) < 0x1AB0 and ord(c) != 0x037E
        ),
    ),
    max_size=60,
)


@settings(max_examples=500, deadline=None)
@given(SPACED)
def test_words_are_those_of_the_plain_reading(text: str) -> None:
    assert hashes(text) == plain_hashes(plain_words(text))


@pytest.mark.parametrize("case", json.loads(GOLDEN.read_text(encoding="utf-8")), ids=lambda case: case["text"][:20])
def test_words_are_those_that_datatrove_leaves(case: dict[str, str]) -> None:
    assert hashes(case["text"]) == plain_hashes(case["simplified"].split())


def test_each_letter_of_a_script_without_spaces_is_a_word() -> None:
    assert hashes("我爱 ABC12。") == plain_hashes(["我", "爱", "abc0"])
    assert hashes("かガ、ｶー") == plain_hashes(["か", "カ", "ｶ", "ー"])
    assert hashes("ข้าวดี") == plain_hashes(["ข", "า", "ว", "ด"])
    assert hashes("བོད་ཡིག") == plain_hashes(["བད", "ཡག"])


def test_greek_agrees_in_upper_and_lower_case() -> None:
    assert hashes("ΟΔΥΣΣΕΥΣ") == hashes("Οδυσσεύς")


def test_characters_have_one_space_between_words_and_none_at_the_ends() -> None:
    letters = {char: plain_hash(char) for char in "abc0"}
    space = hashes("a b", by_character=True)[1]
    assert hashes("  A.. b\n\nç 3.5 ", by_character=True) == [
        letters["a"],
        space,
        letters["b"],
        space,
        letters["c"],
        space,
        letters["0"],
    ]
    assert hashes(" ... ", by_character=True) == []


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=30)), max_size=6), st.booleans())
def test_rows_stand_by_themselves(texts: list[str | None], by_character: bool) -> None:
    view = flat(pa.array(["x", *texts], pa.large_string()).slice(1))
    found, bounds = simplified(view.data, view.offsets, np.arange(len(texts)), by_character)
    for k, text in enumerate(texts):
        assert found[bounds[k] : bounds[k + 1]].tolist() == hashes(text, by_character)


def read_one_by_one(text: str) -> tuple[list[int], list[bool]]:
    """The words by the table, a code point at a time, and which are letters of scripts without spaces."""
    table, sequences, _ = (array.tolist() for array in simplified_tables())
    entries = [table[table[ord(c) >> 8] + (ord(c) & 255)] for c in text]
    words: list[tuple[list[int], bool]] = [([], False)]
    at = 0
    while at < len(text):
        kind, code = entries[at] & KIND, ord(text[at])
        if kind in (SPACE, LONE):
            words.append(([], kind == LONE))
        if kind in (LETTER, LONE):
            words[-1][0].append((code + (entries[at] >> SHIFT)) & CODE)
        if kind == LONE:
            words.append(([], False))
        if kind == HANGUL:
            words[-1][0].extend(map(ord, unicodedata.normalize("NFD", text[at])))
        if kind == LETTERS:
            begin = entries[at] >> SHIFT
            words[-1][0].extend(sequences[begin : sequences.index(0, begin)])
        at += 1
        if kind == DIGIT:
            words[-1][0].append(ord("0"))
            separated = False
            while at < len(text):
                if entries[at] & KIND != DIGIT:
                    then_digit = at + 1 < len(text) and entries[at + 1] & KIND == DIGIT
                    if separated or not entries[at] & NUMBER_SEPARATOR or not then_digit:
                        break
                    separated = True
                at += 1
    left = [(word, lone) for word, lone in words if word]
    return plain_hashes(["".join(map(chr, word)) for word, _ in left]), [lone for _, lone in left]


# Long words and runs of each script, so that blocks of 64 bytes end anywhere in them.
MANY_SCRIPTS = st.lists(
    st.one_of(
        st.text("abcXYZ", min_size=1, max_size=150),
        st.text("абвгдёЖЙ", min_size=1, max_size=40),
        st.text("éßœłÜ", max_size=9),
        st.text("हिन्दीकृ", max_size=20),
        st.text("한국어각와", max_size=20),
        st.text("我爱かがガ。", max_size=30),
        st.text("ข้าวดี", max_size=20),
        st.text("\u0301\u200b\u0483", max_size=3),
        st.text("𝔘😀𠀀𑂚", max_size=3),
        st.text("0123456789.,٣،", max_size=8),
        st.sampled_from([" ", "  ", "\n", ". ", " – ", "”", "\u00a0", ""]),
        st.characters(),
    ),
    max_size=40,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(MANY_SCRIPTS, st.integers(0, 70))
def test_blocks_of_a_long_text_say_what_its_code_points_do(text: str, behind: int) -> None:
    text = text.encode("utf-8", "replace").decode()
    view = flat(pa.array([text, "x" * behind], pa.large_string()))
    found, bounds, lone = simplified_and_lone(view.data, view.offsets, np.arange(1))
    assert (found.tolist(), lone.tolist()) == read_one_by_one(text)
    assert bounds.tolist() == [0, len(found)]
    assert simplified(view.data, view.offsets, np.arange(1))[0].tolist() == found.tolist()


@pytest.mark.parametrize("word", ["a", "é", "ж", "한", "𝔘", "a😀", "\u0301", "一"])
@pytest.mark.parametrize("times", [7, 8, 9, 63, 64, 65, 1000, 1024, 1025, 5000])
def test_words_may_be_longer_than_what_is_held_at_once(word: str, times: int) -> None:
    text = f"so {word * times} it is, " * 2 + " " * 70
    assert hashes(text) == read_one_by_one(text)[0]


@pytest.mark.parametrize("piece", ["1 ", "1,2,3,4 ", "😀 so 😀😀 ", "a中", "中a", "٣ 4x", "𐌰𐌱 ", "ǆ1", "é9é "])
def test_where_blocks_give_little_words_are_the_same(piece: str) -> None:
    text = "It begins with words, " + piece * 200 + " and ends with " + "them " * 40
    found, _, lone = simplified_and_lone(*flat(pa.array([text], pa.large_string())), np.arange(1))
    assert (found.tolist(), lone.tolist()) == read_one_by_one(text)


@settings(deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_broken_bytes_are_read_alike_in_blocks_and_at_the_end(data: bytes, behind: bytes) -> None:
    last = flat(pa.array([data[:60]], pa.large_binary()))
    first = flat(pa.array([data[:60], behind + bytes(70)], pa.large_binary()))
    found = [simplified(view.data, view.offsets, np.arange(1))[0].tolist() for view in (last, first)]
    assert found[0] == found[1]


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_bytes_that_are_no_utf8_do_no_harm(data: bytes) -> None:
    view = flat(pa.array([data], pa.large_binary()))
    found, _ = simplified(view.data, view.offsets, np.arange(1))
    assert len(found) <= len(data)
