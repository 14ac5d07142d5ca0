"""The kernel that tidies texts against plain Python, on random and awkward text."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.text.characters import HAN, PICTOGRAPHIC, characters, flags_of
from gristmill.text.flat import flat
from gristmill.text.tidy import BIDI, CONTROL, TAG, ZERO_WIDTH, Tidied, tidied

ODD = (
    "ab é \t\n\r\x0b\x0c\x00\x1c\x7f\x85\x9f\xa0\xad\u0301\u034f\u061c\u115f\u180b\u180e\u2003\u200b\u200c\u200d\u200e"
)
ODD += "\u2028\u2029\u202e\u202f\u2060\u2066\u206a\u3000\u3164\ufdd0\ufe0f\ufeff\uffa0\ufff9\ufffc\ufffd\uffff"
ODD += "می क्ष한葛1#🏴👩🚀🏽\U0001d173\U000e0001\U000e0067\U000e0062\U000e0065\U000e006e\U000e007f\U000e0100\U0010ffff"
text = st.one_of(st.text(alphabet=ODD, max_size=60), st.text(max_size=40))
ALL = settings(max_examples=300, deadline=None)

SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
BIDI_CONTROL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TAGS = re.compile("[\U000e0000-\U000e007f]")
IGNORABLE = re.compile(
    "[\xad\u034f\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0080-\U000e00ff\U000e01f0-\U000e0fff]"
)
FLAG = re.compile("[\U000e0061-\U000e007a\U000e0030-\U000e0039]{3,6}\U000e007f")


def has(char: str, flag: int) -> bool:
    return bool(char) and flags_of(ord(char), characters()) & flag != 0


def shapes(char: str, before: str, after: str) -> bool:
    """Whether a joiner or selector shapes the character before it."""
    if char in "\u200c\u200d":
        if "\u0600" <= before <= "\u18af" and unicodedata.category(before)[0] in "LM":
            return True
        drawn = has(before, PICTOGRAPHIC) or before == "\ufe0f" or "\U0001f3fb" <= before <= "\U0001f3ff"
        return char == "\u200d" and drawn and has(after, PICTOGRAPHIC)
    if char >= "\U000e0100":
        return has(before, HAN)
    return bool(before) and (before in "0123456789#*" or (before > "\xa0" and invisible(before) is None))


def invisible(char: str) -> int | None:
    """The kind of an invisible character, where it has no right to be there."""
    code = ord(char)
    if (unicodedata.category(char) == "Cc" and char != "\t") or char in "\ufff9\ufffa\ufffb\ufffc":
        return CONTROL
    if 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE:
        return CONTROL
    if BIDI_CONTROL.match(char):
        return BIDI
    if TAGS.match(char):
        return TAG
    return ZERO_WIDTH if IGNORABLE.match(char) or SELECTORS.match(char) or char in "\u200c\u200d" else None


def plain(value: str, strip: bool, most_blank: int) -> tuple[str, list[int]]:
    """The same in plain Python."""
    counts = [0, 0, 0, 0]
    value = value.replace("\r\n", "\n").replace("\u2029", "\n\n")
    value = re.sub("[\r\x0b\x0c\x85\u2028]", "\n", value)
    lines = []
    for raw in value.split("\n"):
        line = ""
        at = 0
        while at < len(raw):
            char = raw[at]
            at += 1
            if char in "\xa0\u202f\u205f" or "\u2000" <= char <= "\u200a":
                char = " "
            kind = invisible(char)
            if kind == TAG and line.endswith("\U0001f3f4") and (flag := FLAG.match(raw, at - 1)):
                line += flag.group()
                at = flag.end()
                continue
            following = raw[at : at + 1]
            if char in "\u200c\u200d" or SELECTORS.match(char):
                kind = None if shapes(char, line[-1:], following) else ZERO_WIDTH
            if kind is not None:
                counts[kind] += 1
                if strip:
                    continue
            line += char
        lines.append(line.rstrip(" \t"))
    out: list[str] = []
    blank = 0
    for line in lines:
        blank = 0 if line else blank + 1
        if line or (out and blank <= most_blank):
            out.append(line)
    while out and not out[-1]:
        out.pop()
    return "\n".join(out), counts


def tidy(values: list[str], strip: bool = True, most_blank: int = 1) -> tuple[list[str], Tidied]:
    whole = flat(pa.array(values, pa.large_string()))
    rows = np.arange(len(values), dtype=np.int64)
    found = tidied(whole.data, whole.offsets, rows, strip=strip, most_blank=most_blank)
    data = found.data.tobytes()
    bounds = found.offsets.tolist()
    return [data[a:b].decode() for a, b in pairwise(bounds)], found


@ALL
@given(st.lists(text, min_size=1, max_size=4), st.booleans(), st.integers(0, 2))
def test_it_says_what_plain_python_says(values: list[str], strip: bool, most_blank: int) -> None:
    texts, found = tidy(values, strip, most_blank)
    assert [(one, counts) for one, counts in zip(texts, found.removed.tolist(), strict=True)] == [
        plain(value, strip, most_blank) for value in values
    ]


@ALL
@given(text)
def test_it_knows_which_texts_it_changed_and_which_form_nfc_may_change(value: str) -> None:
    (after,), found = tidy([value])
    assert found.changed.tolist() == [after != value]
    assert found.recomposes[0] or unicodedata.is_normalized("NFC", after)


@ALL
@given(text)
def test_a_tidy_text_is_left_as_it_is(value: str) -> None:
    once, _ = tidy([value])
    assert tidy(once)[0] == once


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian: the parts of a word that do not join
        ("क्\u200dष", "क्\u200dष"),  # Devanagari: a half form
        ("👩🏽\u200d🚀", "👩🏽\u200d🚀"),  # one emoji of two
        ("❤\ufe0f and 1\ufe0f\u20e3", "❤\ufe0f and 1\ufe0f\u20e3"),
        (
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        ),
        ("葛\U000e0100飾", "葛\U000e0100飾"),  # an ideographic variant
        ("in\u200cvisible\u200d ink", "invisible ink"),
        ("a\ufe01\ufe02b", "ab"),  # a message in selectors
        ("👍\ufe0f\ufe0e\ufe0f", "👍\ufe0f"),
        ("go\U000e0068\U000e0069", "go"),  # a message in tags
        ("user\u202etxt.exe", "usertxt.exe"),
        ("a\r\nb\rc\x0bd\x85e\u2028f\u2029g", "a\nb\nc\nd\ne\nf\n\ng"),
        ("  def f():  \n\treturn\xa01\t\n", "  def f():\n\treturn 1"),
        ("a\n\n \n\n\nb", "a\n\nb"),
        ("\ufeff\n \n", ""),
    ],
)
def test_what_shapes_a_character_stays_and_what_hides_goes(before: str, after: str) -> None:
    assert tidy([before])[0] == [after]


def test_rows_that_are_not_asked_are_not_looked_at() -> None:
    whole = flat(pa.array(["a\x00", "b ", "c\u200b"], pa.large_string()))
    found = tidied(whole.data, whole.offsets, np.array([0, 2]), strip=True, most_blank=1)
    assert found.data.tobytes() == b"ac"
    assert found.removed.tolist() == [[1, 0, 0, 0], [0, 1, 0, 0]]
