"""Blocks of bytes as stretches of whole lines, in one room, bounded in memory however long a line is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from gristmill.collect._compressed import BLOCK, Block
from gristmill.text.flat import Bytes
from gristmill.text.json_records import BEFORE
from gristmill.text.many_bytes import WIDE


class Stretch(NamedTuple):
    """Whole lines: `data[BEFORE:stop]`, each with its newline but perhaps the last; `data[stop]` is one as well.

    The data holds until the next stretch is asked for. `raw` is how many raw bytes of the file were read.
    """

    data: Bytes
    stop: int
    raw: int


class Gap(NamedTuple):
    """A line that is too long, or data that is damaged: its bytes with the line's end, and why it was not read."""

    size: int
    raw: int
    error: str


def stretches(blocks: Iterable[Block], limit: int) -> Iterator[Stretch | Gap]:
    """The lines of blocks, in order. What is longer than `limit` may be a gap; damage is one, and the last."""
    room = _Room()
    too_long = f"the line is longer than max_record_bytes ({limit} bytes)"
    begun = raw = 0  # bytes of the line that is not at its end yet; they are in the room, or too many
    for block in blocks:
        data, raw = block.data, block.raw
        if block.damage:
            yield Gap(begun, raw, f"{block.damage}; the rest of the file is lost")
            return
        start, stop = 0, data.rfind(b"\n") + 1
        if stop and begun > limit:
            start = data.find(b"\n") + 1
            yield Gap(begun + start, raw, too_long)
        if stop > start:
            room.add(data, start, stop)
            yield Stretch(room.data, room.stop, raw)
        if stop:
            room.clear()
            begun = 0
        begun += len(data) - stop
        if begun <= limit:
            room.add(data, stop, len(data))
        else:
            room.clear()
    if begun > limit:
        yield Gap(begun, raw, too_long)
    elif begun:
        yield Stretch(room.data, room.stop, raw)


class _Room:
    """Bytes one after another, from `BEFORE` to `stop`, and a newline."""

    def __init__(self) -> None:
        self.data = np.full(BEFORE + 2 * BLOCK, 0x0A, np.uint8)
        self.clear()

    def clear(self) -> None:
        self.stop = BEFORE

    def add(self, data: bytes, start: int, stop: int) -> None:
        size = self.stop + stop - start
        if size + 2 * WIDE > len(self.data):
            larger = np.empty(2 * size + 2 * WIDE, np.uint8)
            larger[: self.stop] = self.data[: self.stop]
            self.data = larger
        self.data[self.stop : size] = np.frombuffer(data, np.uint8)[start:stop]
        self.stop = size
        self.data[size] = 0x0A
