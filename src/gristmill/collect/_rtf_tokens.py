"""RTF cut into control words, groups and bytes of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?"  # a control word, with a number, and the space that ends it
    rb"|\\'([0-9a-fA-F]{2})"  # a byte of text
    rb"|\\([^a-zA-Z])"  # a control symbol
    rb"|([{}])"
    rb"|[\r\n\x00]+"  # stand for nothing
    rb"|([^\\{}\r\n\x00]+)"
    rb"|\\"
)
"""Each alternative begins with another byte and none repeats within another, so that matching takes linear time."""


class Token(NamedTuple):
    """One of: a control word (with its number, if any), a brace, a control symbol, bytes of text."""

    kind: str  # "word", "brace", "symbol", "text"
    value: bytes
    number: int | None = None


def tokens(data: bytes) -> Iterator[Token]:
    """The tokens of a file. Binary data (`\\bin`) is passed over."""
    at = 0
    while at < len(data):
        match = _TOKEN.match(data, at)
        if match is None:
            return
        at = match.end()
        word, number, byte, symbol, brace, text = match.groups()
        if word:
            value = int(number) if number else None
            if word == b"bin":
                at += max(value or 0, 0)
            else:
                yield Token("word", word, value)
        elif text:
            yield Token("text", text)
        elif byte:
            yield Token("text", bytes.fromhex(byte.decode()), 1)
        elif brace:
            yield Token("brace", brace)
        elif symbol:
            yield Token("symbol", symbol)
