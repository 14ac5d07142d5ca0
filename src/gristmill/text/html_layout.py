"""The flat arrays that a page is read into: its elements, its blocks of text, and the room for them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Bytes, Offsets

Table = npt.NDArray[np.int32]
Hashes = npt.NDArray[np.uint64]
Tokens = npt.NDArray[np.uint32]

(
    TAG, PARENT, FIRST, LAST, TOKEN, TOKENS_END, STATE, VALUE, VALUE_END, NAME, SHOWN, SHOWN_END,
) = range(12)  # fmt: skip
"""Of an element: its number, the element it is in, the blocks `[FIRST, LAST)` in it, its class tokens, flags, the bytes
of the one attribute that its kind is read for (`href`, the class of code, the start of a list), its name's hash, and
the bytes `[SHOWN, SHOWN_END)` of the output that were written in it, which may begin or end with white space."""

HIDDEN, ARIA_HIDDEN, UNSEEN_HERE, LINKED, VERBATIM = 1, 2, 4, 8, 16
"""Flags of an element that those in it share: not shown, kept from screen readers, no text, in a link, in `pre`."""

HAS_ROLE, HAS_ITEM = 32, 64
"""Flags of its own: it has a `role`, it has an `itemprop` or `itemtype`."""

INHERITED = HIDDEN | ARIA_HIDDEN | UNSEEN_HERE | LINKED | VERBATIM

(
    START, END, ELEMENT, HOLDER, WORDS, LINK_WORDS, LINKS, COMMAS, STOPS, CAPITALS, DIGITS, BREAKS, IMAGES, INPUTS,
    CHARACTERS, UNSPACED, INITIAL, FINAL, WORD, WORDS_END,
) = range(20)  # fmt: skip
"""Of a block: its bytes `[START, END)` of the output, the innermost element and the nearest that is no inline one,
counts, its first and last character, and its words `[WORD, WORDS_END)`."""

(
    OUT, ELEMENTS, BLOCKS, TOKENS_USED, WORDS_USED, DEPTH, OVER, OPEN, PENDING, IN_WORD, HASH, LINE_BREAKS,
    IMAGES_SEEN, INPUTS_SEEN, SOLID, TITLE, TITLE_END, LOOKED_AHEAD, COUNT,
) = range(19)  # fmt: skip
"""Where the reading stands: how much of each array is used, and what waits for the next character. OVER: elements too
deep to be kept; OPEN: a block has begun; PENDING: a space is due; SOLID: where the last visible character ended."""

DEEPEST = 1024
"""Elements open at once; what is nested deeper counts to the deepest."""

FOLLOWED = 64
"""Elements around a block that are looked at, from the innermost outward: a bound for pages made to be slow."""

MOST_TOKENS = 60
"""Tokens read of one attribute."""


class Room(NamedTuple):
    """Arrays for one page, used again for the next."""

    out: Bytes
    elements: Table
    paths: Hashes  # of each element: of the names and classes from the root to it
    blocks: Table
    tokens: Tokens  # of classes, ids, roles: hashes of 18 bits
    words: Tokens  # of texts
    stack: Offsets
    state: Offsets
    own: Offsets  # of the tag that is being read; the last two are the characters of a reference


def room_for(size: int, tags: int) -> Room:
    """Room for a page of so many bytes and so many `<`.

    Each tag makes at most one element and ends at most one block. A word has a byte that parts it from the next, a
    token has two bytes, and one in three is the whole of two others. No reference is longer as a character than 6 / 5
    of its bytes.
    """
    return Room(
        np.empty(size + size // 4 + 64, np.uint8),
        np.empty((tags + 2, 12), np.int32),
        np.empty(tags + 2, np.uint64),
        np.empty((tags + 2, 20), np.int32),
        np.empty(size - size // 4 + 64, np.uint32),
        np.empty(size // 2 + 64, np.uint32),
        np.empty(DEEPEST, np.int64),
        np.zeros(COUNT, np.int64),
        np.zeros(8, np.int64),
    )
