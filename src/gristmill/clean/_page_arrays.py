"""A page as the flat arrays that its features are computed from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gristmill.text.flat import Bytes
from gristmill.text.html_layout import (
    BLOCKS,
    ELEMENTS,
    END,
    OUT,
    START,
    TOKENS_USED,
    WORDS_USED,
    Hashes,
    Room,
    Table,
    Tokens,
    room_for,
)
from gristmill.text.html_page import read_page, tags_in


class PageArrays(NamedTuple):
    """Elements, blocks and their text; `title` is the row of the title, a block that is none of the page's.

    The text of the title stands in `out` behind that of the blocks.
    """

    out: Bytes
    elements: Table
    paths: Hashes
    blocks: Table
    tokens: Tokens
    words: Tokens
    title: Table

    def texts(self) -> list[str]:
        """The text of each block."""
        whole = self.out.tobytes()
        bounds = self.blocks[:, [START, END]].tolist()
        return [whole[start:end].decode("utf-8", "replace") for start, end in bounds]

    def title_text(self) -> str:
        start, end = self.title[[START, END]].tolist()
        return self.out[start:end].tobytes().decode("utf-8", "replace")


class Reader:
    """Reads one page after the other into the same room, which grows with the largest."""

    def __init__(self) -> None:
        self._size = self._tags = 0
        self._room: Room = room_for(0, 0)

    def read(self, page: bytes) -> PageArrays:
        """The arrays of a page in UTF-8; they hold until the next page is read."""
        data = np.frombuffer(page, np.uint8)
        tags = tags_in(data)
        if len(data) > self._size or tags > self._tags:
            self._size, self._tags = max(self._size, len(data)), max(self._tags, tags)
            self._room = room_for(self._size, self._tags)
        room = self._room
        read_page(data, room)
        state = room.state
        blocks, elements = state[BLOCKS], state[ELEMENTS]
        return PageArrays(
            room.out[: state[OUT]],
            room.elements[:elements],
            room.paths[:elements],
            room.blocks[:blocks],
            room.tokens[: state[TOKENS_USED]],
            room.words[: state[WORDS_USED]],
            room.blocks[blocks],
        )


def read_arrays(page: bytes) -> PageArrays:
    """The arrays of one page, for keeping."""
    read = Reader().read(page)
    return read._replace(**{name: array.copy() for name, array in read._asdict().items()})
