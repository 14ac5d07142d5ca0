"""The elements of HTML by number, and what a reader of pages must know of each."""

from __future__ import annotations

import numpy as np

from gristmill.text.inline_style import name_of
from gristmill.text.jit import small_part

INLINE, VOID, RAW, UNSEEN, ENDS_PARAGRAPH = 1, 2, 4, 8, 16
"""Flags of an element: runs within a line, has no end tag, holds no markup, shows no text, ends a `p`."""

_INLINE = """noscript a span b i em strong u s small big sub sup font code kbd samp var abbr acronym cite q mark time
ins del label tt strike picture nobr bdi bdo ruby rb rt rp data dfn output math mi mo mn mrow msup msub msubsup mfrac
msqrt mroot mtext mover munder munderover mspace semantics mstyle mtable mtr mtd mpadded menclose mfenced annotation
svg object select canvas audio video template datalist"""
_VOID = "br img hr input meta link source wbr area base col embed param track"
_RAW = "script style textarea title iframe noembed noframes"
_UNSEEN = "template svg object select datalist canvas audio video annotation"
_ENDS_PARAGRAPH = """div p section article main header footer nav aside ul ol dl table h1 h2 h3 h4 h5 h6 blockquote pre
figure figcaption form fieldset address details center hgroup menu hr dialog summary search"""
_OTHER = """html head body li dt dd thead tbody tfoot tr td th caption colgroup legend button option optgroup map"""

NAMES = tuple(dict.fromkeys(" ".join((_INLINE, _VOID, _RAW, _UNSEEN, _ENDS_PARAGRAPH, _OTHER)).split()))
"""The known elements. Number 0 is any other; `NAMES[k]` has the number k + 1."""

NUMBERS = {name: number for number, name in enumerate(NAMES, 1)}

KNOWN = len(NAMES) + 1
"""How many numbers there are."""

_SLOTS = 1024


def _flags() -> np.ndarray:
    flags = np.zeros(KNOWN, np.int64)
    flagged = ((INLINE, _INLINE), (VOID, _VOID), (RAW, _RAW), (UNSEEN, _UNSEEN), (ENDS_PARAGRAPH, _ENDS_PARAGRAPH))
    for flag, names in flagged:
        flags[[NUMBERS[name] for name in names.split()]] |= flag
    return flags


def _table() -> tuple[np.ndarray, np.ndarray]:
    hashes, numbers = np.zeros(_SLOTS, np.uint64), np.zeros(_SLOTS, np.int64)
    for name, number in NUMBERS.items():
        hashed = name_of(name.encode())
        slot = int(hashed) % _SLOTS
        while numbers[slot]:
            slot = (slot + 1) % _SLOTS
        hashes[slot], numbers[slot] = hashed, number
    return hashes, numbers


FLAGS = _flags()
"""The flags of each number."""

_HASHES, _NUMBERS = _table()


@small_part
def number_of(name: np.uint64) -> int:
    """The number of the element whose name `hashed_name` gives this hash; 0 of one that is not known."""
    slot = np.int64(name % np.uint64(_SLOTS))
    while _NUMBERS[slot] != 0:
        if _HASHES[slot] == name:
            return int(_NUMBERS[slot])
        slot = (slot + 1) % _SLOTS
    return 0
