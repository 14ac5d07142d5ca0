"""What a tagger of names says of texts, what the labels of its model mean, and the pieces that it sees texts in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

_PIECE = 800
"""Characters that are tagged together: they end at a line's end, else at a space. Models see 512 tokens or fewer."""

_KIND_OF = (
    ("address", re.compile(r"ADDRESS|STREET|BUILDING|CITY|STATE$|ZIP|POST_?CODE|LOC(?:ATION)?$|GPE$|^FAC$", re.I)),
    ("organisation", re.compile(r"(?:^|_)(?:ORG|ORGANI[SZ]ATION|COMPANY)(?:_NAME)?$", re.I)),
    (
        "person",
        re.compile(r"(?:^|_)(?:PER|PERSON|SURNAME|(?:GIVEN|FIRST|MIDDLE|LAST|FULL|FAMILY)_?NAME)$|^NAME$", re.I),
    ),
)
"""What a label means, by its name behind B- and I-."""
_NO_ADDRESS = re.compile(r"(?:E?MAIL|IP|MAC|URL|WEB|COIN|ETHEREUM|WALLET)_?ADDRESS", re.I)


class Tagged(NamedTuple):
    """Characters `start` to `stop` of a text, and how sure the tagger is of the kind, from 0 to 1."""

    kind: str
    start: int
    stop: int
    score: float


class Tagger(Protocol):
    """A model that lies on this machine, on one core."""

    def __call__(self, texts: Sequence[str]) -> list[list[Tagged]]:
        """Of each text what is a name, an address or an organisation, in order; never by what else is in `texts`."""


def kind_of(label: str) -> str:
    """The kind of personal data that a label stands for; empty where it is none that a tagger finds."""
    name = label.removeprefix("B-").removeprefix("I-")
    if _NO_ADDRESS.search(name):
        return ""
    return next((kind for kind, pattern in _KIND_OF if pattern.search(name)), "")


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """The text in pieces, and where each begins."""
    begin = 0
    while begin < len(text):
        end = min(begin + _PIECE, len(text))
        if end < len(text):
            cut = max(text.rfind("\n", begin + _PIECE // 2, end), text.rfind(". ", begin + _PIECE // 2, end) + 1)
            end = cut if cut > begin else max(text.rfind(" ", begin + 1, end), begin) or end
            end = end if end > begin else min(begin + _PIECE, len(text))
        yield begin, text[begin:end]
        begin = end
