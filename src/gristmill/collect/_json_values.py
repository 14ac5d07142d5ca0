"""The objects of a JSON file one after another, in bounded memory: of an array, or simply in a row.

An object that wraps the rows (`{"data": [...]}`) is read whole and unwrapped.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator

from gristmill.collect._compressed import Block

WRAPPERS = ("data", "rows", "examples", "instances", "questions", "records", "samples")
"""Keys under which files keep their rows, where they are one object."""

_SPACE = " \t\n\r\ufeff"
_GROWTH = 1 << 16


class Unread(str):
    """Why a value could not be read; it is no value."""


def json_values(blocks: Iterable[Block], limit: int) -> Iterator[tuple[int, object]]:
    """Raw bytes used so far and each value, in order; the last may be `Unread`, after which nothing comes.

    The values of an array, where the file is one; else values that follow each other. A value longer than `limit`
    bytes ends the file.
    """
    text = _Text(blocks)
    text.skip(_SPACE)
    for value in _of_array(text, limit) if text.take("[") else _in_a_row(text, limit):
        yield text.raw, value
        if isinstance(value, Unread):
            return


def _in_a_row(text: _Text, limit: int) -> Iterator[object]:
    while True:
        text.skip(_SPACE + ",")  # some tools put a comma at the end of each line
        if text.ended:
            if text.damage:
                yield Unread(text.damage)
            return
        yield text.value(limit)


def _of_array(text: _Text, limit: int) -> Iterator[object]:
    text.skip(_SPACE)
    if text.take("]"):
        return
    while not text.ended:
        yield text.value(limit)
        text.skip(_SPACE)
        if text.take("]"):
            return
        if not text.take(",") and not text.ended:
            yield Unread(f"a comma is missing after this row: {text.near()!r} stands there")
            return
        text.skip(_SPACE)
    yield Unread(text.damage or "the array is not closed: the file is cut off here")


class _Text:
    """Text of the file as far as it has been read, less what was used of it."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._blocks = iter(blocks)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._scan = json.JSONDecoder().raw_decode
        self._text = ""
        self._at = 0
        self._whole = False
        self._begins = self._ends = 0
        self.damage = ""

    @property
    def raw(self) -> int:
        """Raw bytes of what was used, to within what a character takes."""
        return self._begins + (self._ends - self._begins) * self._at // max(len(self._text), 1)

    @property
    def ended(self) -> bool:
        """Whether all was used."""
        while self._at >= len(self._text) and self._more():
            pass
        return self._at >= len(self._text)

    def skip(self, letters: str) -> None:
        while not self.ended:
            while self._at < len(self._text) and self._text[self._at] in letters:
                self._at += 1
            if self._at < len(self._text):
                return

    def take(self, letter: str) -> bool:
        if not self.ended and self._text[self._at] == letter:
            self._at += 1
            return True
        return False

    def near(self) -> str:
        return self._text[self._at : self._at + 30]

    def value(self, limit: int) -> object:
        """The value that begins here, or why there is none."""
        while True:
            try:
                value, end = self._scan(self._text, self._at)
            except RecursionError:
                return Unread("a row is nested too deeply")
            except ValueError as error:
                if len(self._text) - self._at > limit:
                    return Unread(f"a row is longer than max_record_bytes ({limit} bytes), or not JSON")
                # Twice as much each time, so that a long value is not scanned from its beginning for every block.
                if not self._more(2 * (len(self._text) - self._at) + _GROWTH):
                    return Unread(self.damage or _why(error))
                continue
            if end == len(self._text) and isinstance(value, int | float) and self._more():
                continue  # a number may go on in the next block
            self._at = min(end, len(self._text))
            return value

    def _more(self, wanted: int = 1) -> bool:
        """Read on until so many characters are there; False where nothing more came."""
        self._begins = self.raw
        self._text, self._at = self._text[self._at :], 0
        before = len(self._text)
        parts = [self._text]
        size = before
        while not self._whole and size < max(wanted, before + 1):
            block = next(self._blocks, None)
            data = b"" if block is None else block.data
            if block is not None:
                self._ends = block.raw
            if block is None or block.damage:
                self._whole = True
                self.damage = (block.damage if block else None) or ""
            try:
                parts.append(self._decoder.decode(data, final=self._whole and not self.damage))
            except UnicodeDecodeError as error:
                parts.append(data[: error.start].decode("utf-8", "ignore"))
                self._whole, self.damage = True, "what follows is not UTF-8"
            size += len(parts[-1])
        self._text = "".join(parts)
        return len(self._text) > before


def _why(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"what follows is not JSON: {error.msg[0].lower()}{error.msg[1:]}"
    return f"what follows is not JSON: {error}"
