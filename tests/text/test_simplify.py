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
from gristmill.text.simplify import simplified

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


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_bytes_that_are_no_utf8_do_no_harm(data: bytes) -> None:
    view = flat(pa.array([data], pa.large_binary()))
    found, _ = simplified(view.data, view.offsets, np.arange(1))
    assert len(found) <= len(data)
