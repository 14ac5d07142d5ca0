"""Which elements are open while a page is read: those that a tag opens, ends, or implies the end of, as browsers do."""

from __future__ import annotations

import numpy as np

from gristmill.text.affixes import FNV_PRIME
from gristmill.text.html_attributes import CLASSES, FLAGS, FROM, TO
from gristmill.text.html_layout import (
    BLOCKS,
    DEEPEST,
    DEPTH,
    ELEMENTS,
    FIRST,
    INHERITED,
    LAST,
    NAME,
    OPEN,
    OUT,
    OVER,
    PARENT,
    SHOWN,
    SHOWN_END,
    STATE,
    TAG,
    TOKEN,
    TOKENS_END,
    TOKENS_USED,
    UNSEEN_HERE,
    VALUE,
    VALUE_END,
    VERBATIM,
    Room,
)
from gristmill.text.html_names import ENDS_PARAGRAPH, INLINE, NUMBERS, UNSEEN
from gristmill.text.html_names import FLAGS as KINDS
from gristmill.text.jit import part, small_part

SEARCHED = 256
"""Open elements that an end tag, or one that implies an end, is looked for in: a bound for pages made to be slow."""

_PRIME = np.uint64(FNV_PRIME)
_NAME_BITS = np.uint64(0x7FFFFFFF)


def _numbers(names: str) -> np.ndarray:
    return np.array([NUMBERS[name] for name in names.split()], np.int64)


_A, _P, _LI, _TABLE, _BODY, _HTML, _PRE, _BUTTON, _SVG, _MATH = _numbers("a p li table body html pre button svg math")
_DEFINED, _CELLS, _ROWS, _GROUPS = map(_numbers, ("dt dd", "td th", "tr", "tbody thead tfoot"))
_LISTS, _AROUND_CELL = map(_numbers, ("ul ol menu", "tr table tbody thead tfoot body html"))
_LIST_STOPS = _numbers("ul ol menu table td th div section article")
_DEFINITION_STOPS, _TABLES = _numbers("dl table div td th"), _numbers("table")


@small_part
def _among(tag: int, tags: np.ndarray) -> bool:
    found = False
    for k in range(len(tags)):
        found |= tags[k] == tag
    return found


@small_part
def is_inline(tag: int) -> bool:
    return bool(KINDS[tag] & INLINE != 0)


@small_part
def top(room: Room) -> int:
    """The innermost open element."""
    return int(room.stack[room.state[DEPTH] - 1])


@part
def close_to(room: Room, depth: int) -> None:
    """Close elements until so many are open."""
    state = room.state
    blocks = state[BLOCKS] + state[OPEN]
    while state[DEPTH] > depth:
        state[DEPTH] -= 1
        row = room.elements[room.stack[state[DEPTH]]]
        row[LAST], row[SHOWN_END] = blocks, state[OUT]


@part
def _bars(open_tag: int, tag: int, inline: bool) -> bool:
    """Whether an end tag does not reach past an open element: inline ones stay in a block, others in a cell."""
    if inline and not is_inline(open_tag):
        return True
    if KINDS[open_tag] & UNSEEN:
        return not _among(tag, _AROUND_CELL)
    if _among(open_tag, _CELLS):
        return not _among(tag, _AROUND_CELL)
    if open_tag == _TABLE:
        return bool(tag in (_P, _LI, _A))
    return bool(tag == _LI and _among(open_tag, _LISTS))


@part
def opened(room: Room, tag: int, name: np.uint64) -> int:
    """The depth at which the element stands that an end tag closes; 0 where none does."""
    state = room.state
    inline = is_inline(tag)
    short = np.int64(name & _NAME_BITS)
    depth = state[DEPTH]
    least = max(1, depth - SEARCHED)
    while depth > least:
        depth -= 1
        element = room.stack[depth]
        open_tag = room.elements[element, TAG]
        if open_tag == tag and (tag != 0 or room.elements[element, NAME] == short):
            return int(depth)
        if _bars(open_tag, tag, inline):
            return 0
    return 0


@part
def _nearest(room: Room, tags: np.ndarray, stops: np.ndarray) -> int:
    """The depth of the innermost open element among `tags` that none of `stops` is around; 0 where there is none."""
    depth = room.state[DEPTH]
    least = max(1, depth - SEARCHED)
    while depth > least:
        depth -= 1
        tag = room.elements[room.stack[depth], TAG]
        if _among(tag, tags):
            return int(depth)
        if _among(tag, stops):
            return 0
    return 0


@part
def _open_paragraph(room: Room, wanted: int) -> int:
    """The depth of an open `p` or `a` with nothing but inline elements in it; 0 where there is none."""
    depth = room.state[DEPTH]
    least = max(1, depth - SEARCHED)
    while depth > least:
        depth -= 1
        tag = room.elements[room.stack[depth], TAG]
        if tag == wanted:
            return int(depth)
        if not is_inline(tag):
            return 0
    return 0


@part
def implied_end(room: Room, tag: int) -> int:
    """The depth to close to before an element opens, as HTML leaves out end tags; 0 where none is implied."""
    if KINDS[tag] & ENDS_PARAGRAPH:
        return _open_paragraph(room, _P)
    if tag == _A:
        return _open_paragraph(room, _A)
    if tag == _LI:
        return _nearest(room, _LI_ALONE, _LIST_STOPS)
    if _among(tag, _DEFINED):
        return _nearest(room, _DEFINED, _DEFINITION_STOPS)
    if _among(tag, _CELLS):
        return _nearest(room, _CELLS, _ROW_STOPS)
    if _among(tag, _ROWS):
        return _nearest(room, _ROWS, _TABLES)
    if _among(tag, _GROUPS):
        depth = _nearest(room, _GROUPS, _TABLES)
        return depth if depth else _nearest(room, _ROWS, _TABLES)
    return 0


_LI_ALONE, _ROW_STOPS = _numbers("li"), _numbers("tr table")


@part
def open_element(room: Room, tag: int, name: np.uint64, tokens: int) -> bool:
    """Open an element whose attributes were read, its tokens from `tokens` on; whether there was room for it."""
    state, own = room.state, room.own
    depth, element = state[DEPTH], state[ELEMENTS]
    if depth >= DEEPEST or element >= len(room.elements):
        state[OVER] += 1
        return False
    parent = room.stack[depth - 1]
    row = room.elements[element]
    row[TAG], row[PARENT] = tag, parent
    row[FIRST] = row[LAST] = state[BLOCKS]
    row[SHOWN] = row[SHOWN_END] = state[OUT]
    row[TOKEN], row[TOKENS_END] = tokens, state[TOKENS_USED]
    row[STATE] = own[FLAGS] | (room.elements[parent, STATE] & INHERITED)
    row[STATE] |= (UNSEEN_HERE if KINDS[tag] & UNSEEN else 0) | (VERBATIM if tag == _PRE else 0)
    row[VALUE], row[VALUE_END] = own[FROM], own[TO]
    row[NAME] = np.int64(name & _NAME_BITS)
    mixed = ((room.paths[parent] ^ name) * _PRIME ^ np.uint64(own[CLASSES])) * _PRIME
    room.paths[element] = mixed ^ mixed >> np.uint64(29)
    room.stack[depth] = element
    state[DEPTH] += 1
    state[ELEMENTS] += 1
    return True
