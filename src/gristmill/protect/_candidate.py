"""One thing that may be an identifier, as a validator sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from gristmill.text.flat import Bytes, Flat, Offsets
from gristmill.text.found_identifiers import Found

_DIGITS, _OTHERS = re.compile(r"[0-9]+"), re.compile(r"[^0-9]+")


class Candidate(NamedTuple):
    """`raw` stands at `data[start:stop]` of a text from `first` to `last`, with words of some families around."""

    raw: str
    detail: int
    context: int
    data: Bytes
    start: int
    stop: int
    first: int
    last: int

    def near(self, *families: int) -> bool:
        """Whether a word of one of these families stands around."""
        for family in families:  # noqa: SIM110 (called for every candidate; a generator takes twice as long)
            if self.context >> family & 1:
                return True
        return False

    def before(self, most: int) -> str:
        """The text right before it, `most` bytes at most."""
        return self.data[max(self.first, self.start - most) : self.start].tobytes().decode("utf-8", "replace")

    def after(self, most: int) -> str:
        """The text right after it, `most` bytes at most."""
        return self.data[self.stop : min(self.last, self.stop + most)].tobytes().decode("utf-8", "replace")


class Judged(NamedTuple):
    """What a candidate is, and the bytes of it, counted from where the data begins."""

    kind: str
    start: int
    stop: int


def candidates(text: Flat, found: Found, keep: Offsets) -> Iterator[tuple[int, int, Candidate]]:
    """Some of what was found in texts, places counted from where each begins: row, shape, and what a validator sees."""
    row, start, stop, shape, detail, context = (column[keep] for column in found)
    first, last = text.offsets[row], text.offsets[row + 1]
    columns = (row, shape, detail, context, first + start, first + stop, first, last)
    for at, form, one, around, begin, end, least, most in zip(*(column.tolist() for column in columns), strict=True):
        raw = text.data[begin:end].tobytes().decode("utf-8", "replace")
        yield at, form, Candidate(raw, one, around, text.data, begin, end, least, most)


def digits(raw: str) -> str:
    """The ASCII digits of a text."""
    return _OTHERS.sub("", raw)


TRUNK = "(0)"
"""The prefix of calls within a country, as it is often written behind the country's code."""


def is_international(phone: str) -> bool:
    return phone.lstrip("(").startswith("+")


def phone_digits(raw: str) -> str:
    """The digits of a phone number, without a prefix that is not dialled behind the country's code."""
    return digits(raw.replace(TRUNK, "") if is_international(raw) else raw)


def digit_groups(raw: str) -> list[str]:
    """The stretches of ASCII digits of a text."""
    return _DIGITS.findall(raw)
