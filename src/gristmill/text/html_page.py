"""Reads a page of HTML, bytes of UTF-8, into flat arrays in one pass: no tree of objects, no step per node in Python.

It follows the rules of browsers where pages depend on them (implied ends, raw text, references, tables and lists as
barriers) and leaves out those that move content. Every loop is bounded by the page's size.
"""

from __future__ import annotations

import numpy as np

from gristmill.text.flat import Bytes
from gristmill.text.html_attributes import CLOSED, FLAGS, FROM, TO, read_attributes
from gristmill.text.html_layout import (
    BLOCKS,
    DEPTH,
    ELEMENT,
    ELEMENTS,
    FOLLOWED,
    HOLDER,
    IMAGES_SEEN,
    INPUTS_SEEN,
    LINKS,
    OPEN,
    OVER,
    PARENT,
    PENDING,
    STATE,
    TAG,
    TITLE,
    TITLE_END,
    TOKENS_USED,
    UNSEEN_HERE,
    VERBATIM,
    Room,
)
from gristmill.text.html_markup import (
    BANG,
    GREATER,
    LESS,
    QUESTION,
    SLASH,
    behind_declaration,
    is_letter,
    next_byte,
    raw_end,
)
from gristmill.text.html_maths import add_formula, annotation, is_tex_script
from gristmill.text.html_names import FLAGS as KINDS
from gristmill.text.html_names import NUMBERS, RAW, UNSEEN, VOID, number_of
from gristmill.text.html_text import add_text, end_block, line_break
from gristmill.text.html_tree import close_to, implied_end, is_inline, open_element, opened, top
from gristmill.text.inline_style import hashed_name
from gristmill.text.jit import kernel, part

_BR, _HR, _IMG, _INPUT, _TITLE, _BODY, _HTML, _A, _MATH, _SCRIPT = (
    NUMBERS[name] for name in ("br", "hr", "img", "input", "title", "body", "html", "a", "math", "script")
)


@part
def _tag_name(data: Bytes, at: int, stop: int) -> tuple[np.uint64, int]:
    """The hash of a tag's name and where it ends; a name with other marks than letters, digits, `-` is no known one."""
    name, end = hashed_name(data, at, stop)
    while end < stop and data[end] > 0x20 and data[end] != GREATER and data[end] != SLASH:
        name = name * np.uint64(31) + np.uint64(data[end])
        end += 1
    return name, end


@part
def _void(room: Room, tag: int) -> None:
    state = room.state
    flags = room.elements[top(room), STATE]
    if flags & UNSEEN_HERE:
        return
    if tag == _BR:
        line_break(room, flags & VERBATIM != 0)
    elif tag == _HR:
        end_block(room)
        depth = implied_end(room, tag)
        if depth:
            close_to(room, depth)
    elif tag == _IMG:
        state[IMAGES_SEEN] += 1
    elif tag == _INPUT:
        state[INPUTS_SEEN] += 1


@part
def _only_once(room: Room, tag: int) -> bool:
    """Whether this is a second `html` or `body`, which opens nothing. Both are open while the page lasts."""
    depth = 1
    while depth < min(room.state[DEPTH], 4):
        if room.elements[room.stack[depth], TAG] == tag:
            return True
        depth += 1
    return False


@part
def _maths(room: Room, data: Bytes, at: int, stop: int) -> None:
    """A `math` whose tag ends at `at`: where it carries LaTeX that is read instead."""
    own = room.own
    if own[TO] <= own[FROM]:
        own[FROM], own[TO] = annotation(room, data, at, stop)
    if own[TO] > own[FROM]:
        add_formula(room, data, own[FROM], own[TO], top(room))
        own[FLAGS] |= UNSEEN_HERE


@part
def _start(room: Room, data: Bytes, at: int, stop: int) -> int:
    """A start tag whose name begins at `at`: where to go on."""
    state = room.state
    name, at = _tag_name(data, at, stop)
    tag = number_of(name)
    kind = KINDS[tag]
    tokens = state[TOKENS_USED]
    unseen = room.elements[top(room), STATE] & UNSEEN_HERE
    skipped = kind & (VOID | RAW) or (unseen and not kind & UNSEEN)
    begin = at
    at = read_attributes(data, at, stop, -1 if skipped else tag, room)
    if kind & RAW:
        end = raw_end(data, at, stop, name)
        if tag == _SCRIPT and not unseen and is_tex_script(data, begin, at):
            add_formula(room, data, at, end, top(room))
        if tag == _TITLE and state[TITLE_END] == 0 and not unseen:
            state[TITLE], state[TITLE_END] = at, end
        return min(next_byte(data, end, stop, GREATER) + 1, stop)
    if kind & VOID:
        _void(room, tag)
        return at
    if skipped:
        return at
    if not is_inline(tag):
        end_block(room)
    elif kind & UNSEEN and not unseen:
        state[PENDING] = 1
    elif tag == _MATH:
        _maths(room, data, at, stop)
    if ((tag in (_BODY, _HTML)) and _only_once(room, tag)) or (room.own[CLOSED] and (tag == 0 or kind & UNSEEN)):
        state[TOKENS_USED] = tokens
        return at
    if tag == _BODY:
        close_to(room, 2 if state[DEPTH] > 1 and room.elements[room.stack[1], TAG] == _HTML else 1)
    depth = implied_end(room, tag)
    if depth:
        close_to(room, depth)
    if open_element(room, tag, name, tokens) and tag == _A and state[OPEN]:
        room.blocks[state[BLOCKS], LINKS] += 1
    return at


@part
def _end(room: Room, data: Bytes, at: int, stop: int) -> int:
    """An end tag whose name begins at `at`: where to go on."""
    state = room.state
    name, at = _tag_name(data, at, stop)
    at = read_attributes(data, at, stop, -1, room)
    tag = number_of(name)
    if tag == _BR:
        _void(room, tag)
    if state[OVER]:
        state[OVER] -= 1
        return at
    depth = opened(room, tag, name)
    if depth:
        if not is_inline(tag):
            end_block(room)
        close_to(room, depth)
    return at


@part
def _markup(room: Room, data: Bytes, at: int, stop: int) -> int:
    """What begins with the `<` at `at`: where to go on."""
    if is_letter(data, at + 1, stop):
        return _start(room, data, at + 1, stop)
    following = data[at + 1] if at + 1 < stop else 0
    if following == SLASH:
        if is_letter(data, at + 2, stop):
            return _end(room, data, at + 2, stop)
        return min(next_byte(data, at + 1, stop, GREATER) + 1, stop)
    if following in (BANG, QUESTION):
        return behind_declaration(data, at, stop)
    add_text(room, data, at, at + 1, top(room))
    return at + 1


@part
def _name_holders(room: Room) -> None:
    """Give each block the nearest element around it that is no inline one."""
    for k in range(room.state[BLOCKS]):
        element, depth = room.blocks[k, HOLDER], 0
        while element > 0 and depth < FOLLOWED and is_inline(room.elements[element, TAG]):
            depth += 1
            element = room.elements[element, PARENT]
        room.blocks[k, ELEMENT] = element


@part
def _add_title(room: Room, data: Bytes) -> None:
    state = room.state
    blocks = state[BLOCKS]
    room.blocks[blocks, :] = 0
    room.elements[0, STATE] = 0
    add_text(room, data, state[TITLE], state[TITLE_END], 0)
    end_block(room)
    state[BLOCKS] = blocks


@kernel
def read_page(data: Bytes, room: Room) -> None:
    """Read a page into the room made for it. Element 0 is around all others. The row behind the blocks is the title."""
    state = room.state
    state[:] = 0
    room.elements[0, :] = 0
    room.elements[0, PARENT] = -1
    room.paths[0] = np.uint64(1)
    room.stack[0] = 0
    state[DEPTH] = state[ELEMENTS] = 1
    at, stop = 0, len(data)
    while at < stop:
        end = next_byte(data, at, stop, LESS)
        if end > at:
            add_text(room, data, at, end, top(room))
        at = _markup(room, data, end, stop) if end < stop else stop
    end_block(room)
    close_to(room, 0)
    _name_holders(room)
    _add_title(room, data)


@kernel
def tags_in(data: Bytes) -> int:
    """How many `<` a page has."""
    found = 0
    for k in range(len(data)):
        found += data[k] == LESS
    return found
