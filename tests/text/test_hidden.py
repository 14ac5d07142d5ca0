"""The kernel that counts hiding characters against plain Python, on random and awkward text."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.characters import flags_of
from gristmill.text.flat import flat
from gristmill.text.hidden import (
    EMBEDDINGS,
    HOMOGLYPHS,
    KINDS,
    OVERRIDES,
    SELECTORS,
    TAGS,
    ZERO_WIDTH,
    ZERO_WIDTH_RUN,
    hidden,
)
from gristmill.text.scripts import CYRILLIC, ELSE, GREEK, LATIN, OTHER, PLACE_SHIFT, SCRIPT, script_table

LIKE_LATIN = "аеорсухіјѕԛԝһԁӏАВЕКМНОРСТУХІЈЅԚԜӀαιϊίκνορυϋχγητωϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ"
LIKE_CYRILLIC = "aceijlopsxydhqwABCEHIJKMOPSTXYQW"
LIKE_GREEK = "aiknopuvxytwcjABEHIKMNOPTXYZCJ"

ODD = "ab cdeEOoxX\n1#é\u0301аоеЖЁcОхαονχΑΟωשاกက中한\u034f\u115f\u180e\u200b\u200c\u200d\u200e\u2060\u3164\ufeff\uffa0"
ODD += "\ufe00\ufe0f\U000e0100\U000e01ef\u202a\u202b\u202d\u202e\u2066\u2067\u2069🏴👩🚀\U000e0001\U000e0067\U000e0062"
ODD += "\U000e0065\U000e007f"
text = st.one_of(
    st.text(alphabet=ODD, max_size=40), st.text(alphabet="abcEO аоеЕαοΑ", max_size=30), st.text(max_size=30)
)

FLAG = re.compile("[\U000e0061-\U000e007a\U000e0030-\U000e0039]{3,6}\U000e007f")
ZERO = "\u034f\u115f\u1160\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\u3164\ufeff\uffa0"
SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
NO_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


def script(char: str) -> str:
    """L, G or C by the name; M for marks, empty for all other."""
    category = unicodedata.category(char)
    if category[0] == "M":
        return "" if char == "\u034f" or SELECTOR.match(char) else "M"
    name = unicodedata.name(char, "").removeprefix("FULLWIDTH ").removeprefix("MODIFIER LETTER ")
    if category[0] != "L" or "MATHEMATICAL" in name or char in "µªº":
        return ""
    return {"LATIN": "L", "GREEK": "G", "CYRILLIC": "C"}.get(name.split(" ")[0], "")


def mixed(word: str) -> bool:
    """Whether a word without marks is of letters that stand for others."""
    scripts = "".join(map(script, word))
    latin = [c for c in word if script(c) == "L"]
    others = [c for c in word if script(c) != "L"]
    if not latin or not others or len(word) < 3:
        return False
    changes = [k for k in range(1, len(word)) if scripts[k] != scripts[k - 1]]
    cased = [k for k in changes if word[k].isupper() != word[k - 1].isupper() and (k > 1 or not word[0].isupper())]
    if len(changes) == 1:
        if cased:
            return False
        if scripts.count("G") == 1 and len(others) == 1 and not others[0].isupper() and others[0] != "ο":
            return False
    if all(c in LIKE_LATIN for c in others):
        return True
    alike = LIKE_CYRILLIC if "C" in scripts else LIKE_GREEK
    return len(latin) < len(others) and all(c in alike for c in latin)


def plain(value: str) -> list[int]:
    """The same in plain Python."""
    counts = [0] * KINDS
    at = 0
    while at < len(value):
        char, before = value[at], value[at - 1] if at else ""
        if "\U000e0000" <= char <= "\U000e007f":
            flag = FLAG.match(value, at) if before == "🏴" else None
            if flag:
                at = flag.end()
                continue
            counts[TAGS] += 1
        elif char in ZERO:
            used = char in "\u200e\u200f\u115f\u1160" or (char in "\u200c\u200d" and before > "\x7f")
            counts[ZERO_WIDTH] += not (used or (char == "\u200b" and bool(NO_SPACES.match(before))))
        elif SELECTOR.match(char):
            counts[SELECTORS] += bool(SELECTOR.match(before) or re.match("[a-zA-Z ]", before))
        elif char in "\u202d\u202e":
            counts[OVERRIDES] += 1
        at += 1
    counts[ZERO_WIDTH_RUN] = max(map(len, re.findall(f"[{ZERO}]+", value)), default=0)
    for line in value.split("\n"):
        if not RIGHT_TO_LEFT.search(line):
            counts[EMBEDDINGS] += line.count("\u202b") + line.count("\u2067")
    letters = "".join(c if script(c) else " " for c in value)
    words = ("".join(c for c in word if script(c) != "M") for word in letters.split(" "))
    counts[HOMOGLYPHS] = sum(map(mixed, words))
    return counts


def counted(*texts: str) -> list[list[int]]:
    data, offsets = flat(pa.array(texts, pa.large_string()))
    found = hidden(data, offsets, np.arange(len(texts)))
    assert ((found.first >= 0) == (found.counts > 0)).all()
    counts: list[list[int]] = found.counts.tolist()
    return counts


@given(st.lists(text, min_size=1, max_size=3))
@settings(max_examples=500, deadline=None)
def test_the_kernel_counts_as_plain_python_does(texts: list[str]) -> None:
    assert counted(*texts) == list(map(plain, texts))


@pytest.mark.parametrize(
    ("word", "is_mixed"),
    [
        ("pаypal", True),
        ("Аmazon", True),
        ("gοοgle", True),
        ("cпасибо", True),
        ("Украiна", True),
        ("paypal", False),
        ("спасибо", False),
        ("SMSка", False),
        ("νmax", False),
        ("μmol", False),
        ("Δt", False),
        ("USB-кабель", False),
        ("αβγ", False),
        ("ǅенга", False),
    ],
)
def test_a_word_of_two_scripts_counts_where_one_stands_for_the_other(word: str, is_mixed: bool) -> None:
    assert counted(f"see {word} here")[0][HOMOGLYPHS] == int(is_mixed)


@pytest.mark.parametrize(
    ("char", "kind", "place"),
    [
        ("é", LATIN, 5),
        ("Ł", LATIN, 12),
        ("ß", LATIN, ELSE),
        ("ς", GREEK, 18),
        ("Ё", CYRILLIC, 6),
        ("ї", CYRILLIC, ELSE),
        ("中", OTHER, 0),
        ("µ", 0, 0),
        ("7", 0, 0),
        ("𝐚", 0, 0),
    ],
)
def test_the_table_knows_scripts_and_alphabets(char: str, kind: int, place: int) -> None:
    entry = flags_of(ord(char), script_table())
    assert (entry & SCRIPT, entry >> PLACE_SHIFT) == (kind, place)
