"""The LaTeX that formulas of a page carry: in `alttext` of `math`, in an annotation, in a script of type `math/tex`."""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Bytes
from gristmill.text.html_layout import LOOKED_AHEAD, PENDING, Room
from gristmill.text.html_markup import GREATER, LESS, SLASH, next_byte
from gristmill.text.html_text import add_character, add_text
from gristmill.text.inline_style import hashed_name, name_of, over_space
from gristmill.text.jit import part

FARTHEST = 16_384
"""Bytes behind a `math` in which its annotation is looked for; all together at most the size of the page."""

_DOLLAR = ord("$")
_MATH, _ANNOTATION = map(name_of, (b"math", b"annotation"))
_TEX = np.frombuffer(b"tex", np.uint8)
_MATH_TEX = np.frombuffer(b"math/tex", np.uint8)


@part
def _holds(data: Bytes, at: int, stop: int, word: Bytes) -> bool:
    """Whether `data[at:stop]` has a word that is in lower case."""
    for begin in range(at, stop - len(word) + 1):
        same = True
        for k in range(len(word)):
            byte = data[begin + k]
            same = same and (byte | 0x20 if byte >= 0x41 else byte) == word[k]
        if same:
            return True
    return False


@part
def is_tex_script(data: Bytes, at: int, stop: int) -> bool:
    """Whether the attributes `data[at:stop]` of a script say that it is a formula."""
    return _holds(data, at, stop, _MATH_TEX)


@part
def annotation(room: Room, data: Bytes, at: int, stop: int) -> tuple[int, int]:
    """The content of the TeX annotation in the `math` whose start tag ends at `at`; an empty stretch without one."""
    begin = at
    most = min(stop, at + FARTHEST) if room.state[LOOKED_AHEAD] < stop else at
    found = end = at
    while at < most:
        at = next_byte(data, at, most, LESS)
        closing = at + 1 < most and data[at + 1] == SLASH
        name, behind = hashed_name(data, min(at + 1 + closing, most), most)
        if closing and name == _MATH:
            break
        if name == _ANNOTATION and not closing:
            inside = next_byte(data, behind, most, GREATER)
            if _holds(data, behind, inside, _TEX):
                found = min(inside + 1, most)
                end = next_byte(data, found, most, LESS)
                break
        at += 1
    room.state[LOOKED_AHEAD] += at - begin
    return found, end


@part
def add_formula(room: Room, data: Bytes, at: int, stop: int, element: int) -> None:
    """Add the LaTeX `data[at:stop]` between dollar signs."""
    at = over_space(data, at, stop)
    if at < stop:
        add_character(room, data, _DOLLAR, element)
        add_text(room, data, at, stop, element)
        room.state[PENDING] = 0
        add_character(room, data, _DOLLAR, element)
