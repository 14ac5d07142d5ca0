"""What a start tag says of its element: whether it is seen, and the words of its class, id and role, as hashes."""

from __future__ import annotations

import numpy as np

from gristmill.text.affixes import FNV_OFFSET, FNV_PRIME
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.html_layout import (
    ARIA_HIDDEN,
    HAS_ITEM,
    HAS_ROLE,
    HIDDEN,
    LINKED,
    MOST_TOKENS,
    TOKENS_USED,
    Room,
    Tokens,
)
from gristmill.text.html_markup import EQUALS, GREATER, SLASH, name_end, value_bounds
from gristmill.text.html_names import NUMBERS
from gristmill.text.inline_style import hashed_name, name_of, over_space
from gristmill.text.jit import part, small_part

TOKEN_HASHES = 1 << 18

FLAGS, CLASSES, FROM, TO, CLOSED = range(5)
"""Of the tag that is being read: flags of the element, a hash of its class, the bytes of its one attribute that is
kept, and whether the tag ends in a slash."""

_OFFSET, _PRIME, _MASK = np.uint64(FNV_OFFSET), np.uint64(FNV_PRIME), np.uint64(TOKEN_HASHES - 1)
_CLASS, _ID, _ROLE, _ITEM, _ITEM_TYPE, _LABEL, _TEST_ID, _STYLE, _HIDDEN, _ARIA_HIDDEN, _HREF, _START, _TRUE = map(
    name_of,
    (
        b"class", b"id", b"role", b"itemprop", b"itemtype", b"aria-label", b"data-testid", b"style", b"hidden",
        b"aria-hidden", b"href", b"start", b"true",
    ),
)  # fmt: skip
_DISPLAY, _VISIBILITY, _NONE, _GONE = map(name_of, (b"display", b"visibility", b"none", b"hidden"))
_COLON = ord(":")
_ALT_TEXT = name_of(b"alttext")
_A, _CODE, _PRE, _OL, _MATH = (NUMBERS[name] for name in ("a", "code", "pre", "ol", "math"))


@small_part
def _is_named(byte: int) -> bool:
    return bool(0x61 <= byte | 0x20 <= 0x7A or byte >= 0x80)


@small_part
def _mixed(hashed: np.uint64) -> np.uint32:
    mixed = hashed ^ hashed >> np.uint64(17)
    return np.uint32((mixed ^ mixed >> np.uint64(31)) & _MASK)


@part
def _tokens(data: Bytes, at: int, stop: int, salt: np.uint64, tokens: Tokens, used: int) -> int:
    """The words of a value, cut where no letter stands and before a capital (`navBar`): how many tokens there are.

    A name that is cut (`related-posts`) is a token as a whole, too, digits and marks aside.
    """
    most = used + MOST_TOKENS
    length = parts = 0
    hashed = whole = _OFFSET ^ salt
    before_lower = False
    while at <= stop and used < most:
        byte = data[at] if at < stop else 0x20
        letter = _is_named(byte)
        capital = 0x41 <= byte <= 0x5A
        if not letter or (capital and before_lower):
            if length > 1:
                tokens[used] = _mixed(hashed)
                used += 1
                parts += 1
                whole = (whole ^ hashed) * _PRIME
            hashed, length = _OFFSET ^ salt, 0
            if byte <= 0x20:
                if parts > 1 and used < most:
                    tokens[used] = _mixed(whole)
                    used += 1
                whole, parts = _OFFSET ^ salt, 0
        if letter:
            lower = byte | 0x20 if capital else byte
            hashed = (hashed ^ np.uint64(lower)) * _PRIME
            length += 1
        before_lower = 0x61 <= byte <= 0x7A
        at += 1
    return used


def token_hash(word: str) -> int:
    """The hash that `_tokens` gives a word of a class or an id, in lower case."""
    hashed = FNV_OFFSET
    for byte in word.encode():
        hashed = (hashed ^ byte) * FNV_PRIME & (1 << 64) - 1
    mixed = hashed ^ hashed >> 17
    return (mixed ^ mixed >> 31) % TOKEN_HASHES


@part
def _class_hash(data: Bytes, at: int, stop: int) -> np.int64:
    """A hash of a class attribute without its digits, which number the members of a list."""
    hashed = _OFFSET
    while at < stop:
        if not 0x30 <= data[at] <= 0x39:
            hashed = (hashed ^ np.uint64(data[at])) * _PRIME
        at += 1
    return np.int64(hashed)


@part
def _kept(name: np.uint64, tag: int) -> bool:
    """Whether this is the attribute that an element of this kind is read for."""
    if tag == _A:
        return bool(name == _HREF)
    if tag == _MATH:
        return bool(name == _ALT_TEXT)
    return bool(name == _START if tag == _OL else name == _CLASS and tag in (_CODE, _PRE))


@part
def _hides(data: Bytes, at: int, stop: int) -> bool:
    """Whether an inline style says `display: none` or `visibility: hidden`."""
    while at < stop:
        name, end = hashed_name(data, at, stop)
        at = max(end, at + 1)
        if name in (_DISPLAY, _VISIBILITY):
            at = over_space(data, at, stop)
            if at < stop and data[at] == _COLON:
                value, at = hashed_name(data, over_space(data, at + 1, stop), stop)
                if value == (_NONE if name == _DISPLAY else _GONE):
                    return True
    return False


@part
def _attribute(data: Bytes, name: np.uint64, at: int, stop: int, tag: int, room: Room) -> None:
    own = room.own
    if name == _STYLE:
        own[FLAGS] |= HIDDEN if _hides(data, at, stop) else 0
    elif name == _HIDDEN:
        own[FLAGS] |= HIDDEN
    elif name == _ARIA_HIDDEN:
        own[FLAGS] |= ARIA_HIDDEN if hashed_name(data, at, stop)[0] == _TRUE else 0
    elif name in (_CLASS, _ID, _ROLE, _ITEM, _ITEM_TYPE, _LABEL, _TEST_ID):
        salt = np.uint64(0)
        if name == _ROLE:
            salt = np.uint64(77)
            own[FLAGS] |= HAS_ROLE
        elif name in (_ITEM, _ITEM_TYPE):
            salt = np.uint64(99)
            own[FLAGS] |= HAS_ITEM
        elif name == _CLASS:
            own[CLASSES] = _class_hash(data, at, stop)
        room.state[TOKENS_USED] = _tokens(data, at, stop, salt, room.tokens, room.state[TOKENS_USED])
    if _kept(name, tag):
        own[FROM], own[TO] = at, stop
        own[FLAGS] |= LINKED if name == _HREF else 0


@part
def read_attributes(data: Bytes, at: int, stop: int, tag: int, room: Room) -> int:
    """Read the attributes of a start tag from `at` on into `room.own`: where the tag ends."""
    own: Offsets = room.own
    own[:] = 0
    while at < stop and data[at] != GREATER:
        if data[at] <= 0x20 or data[at] == SLASH:
            own[CLOSED] = data[at] == SLASH
            at += 1
            continue
        own[CLOSED] = 0
        end = name_end(data, at, stop)
        name, ended = hashed_name(data, at, end)
        at = over_space(data, end, stop)
        begin = last = at
        if at < stop and data[at] == EQUALS:
            begin, last, at = value_bounds(data, over_space(data, at + 1, stop), stop)
        if ended == end and tag >= 0:
            _attribute(data, name, begin, last, tag, room)
    return min(at + 1, stop)
