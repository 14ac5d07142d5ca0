"""One thing that may be an identifier, as a validator sees it."""

from __future__ import annotations

import re
from typing import NamedTuple

from gristmill.text.flat import Bytes


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
        return any(self.context >> family & 1 for family in families)

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


def digits(raw: str) -> str:
    """The ASCII digits of a text."""
    return "".join(char for char in raw if "0" <= char <= "9")


def digit_groups(raw: str) -> list[str]:
    """The stretches of ASCII digits of a text."""
    return re.findall(r"[0-9]+", raw)
