"""Answers that stop in the middle of a sentence, by signs that leave little doubt.

That a full stop is missing says nothing: titles, lists, signatures and Chinese answers end without one. A sentence that
ends in an article, a comma or an open bracket has not ended. One that stops between two content words is missed, unless
it is the end of a paragraph of whole sentences.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from gristmill.converse._code_lines import is_code

_LEAST = 40
"""Characters of an answer that can be told to be cut."""

_LAST = 400
"""Characters of its end that are looked at."""

# No word that may end a relative clause: `someone to connect with`.
_ENGLISH = """
the a an and or nor but of from into than because although while whereas if whether their its our your my his whose such
per via between among including during towards upon to at
"""
_OTHERS = "der dem den einem einer eines und oder weil dass les des du une et ou los las del una pero que"
_OPEN_WORDS = frozenset((*_ENGLISH.split(), *_OTHERS.split()))
_OPENING = frozenset("(（[“„«，、")
_CURRENCY = frozenset("$€£¥")
_LONGER_THAN_VERSE = 12
"""Words of a last line, from which on a comma at its end is none of a poem or a greeting."""

_SIGN_OFF = re.compile(
    r"(?i)sincerely|regards|yours|\bbest\b|\blove\b|\bhope\b|\bthank|cheers|faithfully|source|author|^[-–—~]"
)
_BETWEEN = re.compile(r"(?<=[a-z\d)”\"][.!?])  ?(?=[A-Z“\"])")
"""Between two sentences: one space, or two."""

_NAMES = frozenset("@#_/\\{}=<>|*•·\t")
_PARAGRAPH = 2
"""Whole sentences in a row, from which on a paragraph is prose that would end with a mark."""


def cut_off(texts: pa.Array) -> list[str | None]:
    """How each answer ends, where that is in the middle of a sentence."""
    bare = pc.utf8_rtrim(texts, characters=" \t\r\n\u200b\u00a0\ufeff")
    ends = pc.utf8_slice_codeunits(bare, -_LAST).to_pylist()
    cut = [row for row, end in enumerate(ends) if end is not None and len(end) >= _LEAST and _is_cut(end)]
    found: list[str | None] = [None] * len(texts)
    for row, code in zip(cut, is_code(texts.take(pa.array(cut, pa.int64()))).to_pylist(), strict=True):
        if not code:
            found[row] = "... " + ends[row][-60:]
    return found


def _is_cut(end: str) -> bool:
    line = end.rpartition("\n")[2]
    words = line.split()
    last = end[-1]
    if len(words) < 3:  # a title, a name, a total; or a line of a script that knows no spaces
        return last in _OPENING and last > "\u2e7f"
    if last in _OPENING:
        return words[-1][:1] not in ":;"  # `:(` is a face
    if last in _CURRENCY:
        return len(words[-1]) == 1  # an amount is missing; `90$` and `[a-z]$` have ended
    if last == ",":
        return len(words) >= _LONGER_THAN_VERSE
    if last.isdigit():
        return _clipped_year(words)
    return last.isalpha() and (_open_word(words) or _open_bracket(line) or _stops_in_paragraph(line))


def _clipped_year(words: list[str]) -> bool:
    """`in 20`, `December 14th, 20`, `2014-20`: half of a year."""
    whole = words[-1]
    if whole not in ("19", "20"):
        return len(whole) == 7 and whole[4] in "-–" and whole[:4].isdigit() and whole[5:] in ("19", "20")
    before = words[-2]
    dated = before[-1] == "," and (before[:-1].rstrip("stndrh").isdigit() or before[:-1] in _MONTHS)
    return dated or before.lower() in _BEFORE_YEARS or before in _MONTHS


_CALENDAR = "January February March April May June July August September October November December"
_MONTHS = frozenset(_CALENDAR.split())
_YEAR_FOLLOWS = "in since until by during from to of and through early late mid around"
_BEFORE_YEARS = frozenset(_YEAR_FOLLOWS.split())


def _open_word(words: list[str]) -> bool:
    last, before = words[-1], words[-2]
    if last in _OPEN_WORDS:
        return True
    return len(last) == 1 and last.isupper() and last not in "AI" and before in ("the", "and", "of", "in", "by")


def _open_bracket(line: str) -> bool:
    """Whether a bracket is open in the last line, with some words in it and none closed behind it."""
    at = line.rfind("(")
    return at >= 0 and ")" not in line[at:] and line[at + 1 : at + 2].isalpha() and line[at - 1 : at] == " "


def _stops_in_paragraph(line: str) -> bool:
    """Whether some words follow whole sentences in one paragraph, and are no signature, source or list of tags."""
    sentences = _BETWEEN.split(line)
    if len(sentences) <= _PARAGRAPH or not all(len(one.split()) >= 4 for one in sentences):
        return False
    tail = sentences[-1]
    return not _NAMES.intersection(tail) and not _SIGN_OFF.search(tail) and tail[-1].islower()
