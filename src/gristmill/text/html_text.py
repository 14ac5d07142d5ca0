"""Text between the tags of a page, written out block by block with white space collapsed, and counted."""

from __future__ import annotations

import numpy as np

from gristmill.text.affixes import FNV_OFFSET, FNV_PRIME
from gristmill.text.characters import decode, encode
from gristmill.text.flat import Bytes
from gristmill.text.html_layout import (
    BLOCKS,
    BREAKS,
    CAPITALS,
    CHARACTERS,
    COMMAS,
    DIGITS,
    END,
    FINAL,
    HASH,
    HOLDER,
    IMAGES,
    IMAGES_SEEN,
    IN_WORD,
    INITIAL,
    INPUTS,
    INPUTS_SEEN,
    LINE_BREAKS,
    LINK_WORDS,
    LINKED,
    OPEN,
    OUT,
    PENDING,
    SOLID,
    START,
    STATE,
    STOPS,
    UNSEEN_HERE,
    UNSPACED,
    VERBATIM,
    WORD,
    WORDS,
    WORDS_END,
    WORDS_USED,
    Room,
    Table,
)
from gristmill.text.html_references import reference
from gristmill.text.jit import part, small_part

WORD_HASHES = 1 << 18

_OFFSET, _PRIME, _MASK = np.uint64(FNV_OFFSET), np.uint64(FNV_PRIME), np.uint64(WORD_HASHES - 1)
_LF, _CR, _SPACE, _AMPERSAND = 10, 13, 32, ord("&")


@small_part
def _is_space(code: int) -> bool:
    """White space, also that which keeps words together or has no width."""
    if code <= 0x20:
        return True
    return code in (0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF) or 0x2000 <= code <= 0x200B


@small_part
def _is_unspaced(code: int) -> bool:
    """A letter of a script that puts no spaces between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese."""
    if code < 0x0E00:
        return False
    return (
        0x3040 <= code <= 0x30FF
        or 0x3400 <= code <= 0x9FFF
        or 0x0E00 <= code <= 0x0EFF
        or 0x1780 <= code <= 0x17FF
        or 0x1000 <= code <= 0x109F
        or 0x20000 <= code <= 0x3FFFF
    )


@small_part
def _is_of_word(code: int) -> bool:
    """A letter or digit, or any other character beyond ASCII that is no common punctuation."""
    if code < 0x80:
        return 0x30 <= code <= 0x39 or 0x61 <= code | 0x20 <= 0x7A
    return code >= 0xC0 and not (0x2000 <= code <= 0x2BFF or 0x3000 <= code <= 0x303F or 0xFF00 <= code <= 0xFF0F)


@small_part
def _counted(row: Table, code: int) -> None:
    row[CHARACTERS] += 1
    row[FINAL] = code
    if code < 0x80:
        row[CAPITALS] += 0x41 <= code <= 0x5A
        row[DIGITS] += 0x30 <= code <= 0x39
        row[COMMAS] += code == 0x2C
        row[STOPS] += code in (0x2E, 0x21, 0x3F)
    elif code >= 0x600:
        row[UNSPACED] += _is_unspaced(code)
        row[COMMAS] += code in (0x60C, 0x3001, 0xFF0C)
        row[STOPS] += code in (0x61F, 0x6D4, 0x964, 0x3002, 0xFF01, 0xFF1F)


@part
def _end_word(room: Room) -> None:
    state = room.state
    if state[IN_WORD]:
        room.words[state[WORDS_USED]] = np.uint32(np.uint64(state[HASH]) & _MASK)
        state[WORDS_USED] += 1
        state[IN_WORD] = 0


@part
def _begin_block(room: Room, element: int) -> None:
    state = room.state
    row = room.blocks[state[BLOCKS]]
    row[:] = 0
    row[START] = state[OUT]
    row[HOLDER] = element
    row[BREAKS] = min(state[LINE_BREAKS], 9)
    row[IMAGES], row[INPUTS] = state[IMAGES_SEEN], state[INPUTS_SEEN]
    row[WORD] = state[WORDS_USED]
    state[OPEN], state[PENDING], state[LINE_BREAKS] = 1, 0, 0
    state[IMAGES_SEEN] = state[INPUTS_SEEN] = 0


@part
def end_block(room: Room) -> None:
    """End the block that is open; one without a visible character is none."""
    state = room.state
    state[PENDING] = state[LINE_BREAKS] = 0
    if not state[OPEN]:
        return
    state[OPEN] = 0
    row = room.blocks[state[BLOCKS]]
    if row[CHARACTERS] == 0:
        state[OUT] = row[START]
        return
    _end_word(room)
    row[END] = state[OUT] = state[SOLID]
    row[WORDS_END] = state[WORDS_USED]
    state[BLOCKS] += 1


@part
def line_break(room: Room, verbatim: bool) -> None:
    """A `<br>`: a new line, two of them a new block, in `pre` a line feed."""
    state = room.state
    if verbatim and state[OPEN]:
        _end_word(room)
        room.out[state[OUT]] = _LF
        state[OUT] += 1
        return
    state[LINE_BREAKS] += 1
    if state[LINE_BREAKS] >= 2 and state[OPEN]:
        end_block(room)
        state[LINE_BREAKS] = 2


@part
def _white(room: Room, code: int, element: int, verbatim: bool) -> None:
    state = room.state
    _end_word(room)
    if not verbatim:
        state[PENDING] = 1
        return
    if code == _CR:
        return
    if not state[OPEN]:
        if code == _LF:
            return
        _begin_block(room, element)
    room.out[state[OUT]] = code if code in (9, _LF) else _SPACE
    state[OUT] += 1


@part
def _visible(room: Room, data: Bytes, at: int, end: int, code: int, other: int, element: int, linked: bool) -> None:
    """One character as it stands in `data[at:end]`, or as a reference gave it (`other` is -1 for the former)."""
    state = room.state
    out = room.out
    if not state[OPEN]:
        _begin_block(room, element)
    row = room.blocks[state[BLOCKS]]
    to = state[OUT]
    if row[CHARACTERS] == 0:
        row[INITIAL] = code
        row[HOLDER] = element
    elif state[LINE_BREAKS] or state[PENDING]:
        _end_word(room)
        out[to] = _LF if state[LINE_BREAKS] else _SPACE
        row[BREAKS] += state[LINE_BREAKS]
        to += 1
    state[PENDING] = state[LINE_BREAKS] = 0
    if other >= 0:
        to = encode(code, out, to)
        to = encode(other, out, to) if other else to
    else:
        for k in range(at, end):
            out[to] = data[k]
            to += 1
    state[OUT] = state[SOLID] = to
    _counted(row, code)
    if _is_of_word(code):
        if not state[IN_WORD]:
            state[IN_WORD] = 1
            state[HASH] = np.int64(_OFFSET)
            row[WORDS] += 1
            row[LINK_WORDS] += linked
        lower = code | 0x20 if 0x41 <= code <= 0x5A else code
        hashed = (np.uint64(state[HASH]) ^ np.uint64(lower)) * _PRIME
        state[HASH] = np.int64(hashed ^ hashed >> np.uint64(29))


@part
def add_character(room: Room, data: Bytes, code: int, element: int) -> None:
    """Add a character that does not stand on the page."""
    _visible(room, data, 0, 0, code, 0, element, room.elements[element, STATE] & LINKED != 0)


@small_part
def _goes_on(room: Room) -> bool:
    """Whether the open block has a character already, and what comes is on the same line."""
    state = room.state
    return bool(state[OPEN] and not state[LINE_BREAKS] and room.blocks[state[BLOCKS], CHARACTERS])


@part
def _add_ascii(room: Room, data: Bytes, at: int, stop: int, linked: bool) -> int:
    """Add ASCII without references to a block that has begun: where it ends. `_white` and `_visible`, in registers."""
    state, out, words = room.state, room.out, room.words
    row = room.blocks[state[BLOCKS]]
    to, used = state[OUT], state[WORDS_USED]
    pending, in_word, hashed = state[PENDING] != 0, state[IN_WORD] != 0, np.uint64(state[HASH])
    characters = begun = capitals = digits = commas = stops = 0
    final = row[FINAL]
    while at < stop and data[at] < 0x7F and data[at] != _AMPERSAND:
        code = data[at]
        at += 1
        if code <= _SPACE:
            if in_word:
                words[used] = np.uint32(hashed & _MASK)
                used += 1
            in_word, pending = False, True
            continue
        if pending:
            if in_word:  # a tag has parted what stood behind the word from it
                words[used] = np.uint32(hashed & _MASK)
                used += 1
                in_word = False
            out[to] = _SPACE
            to += 1
            pending = False
        out[to] = code
        to += 1
        characters += 1
        final = code
        capital = 0x41 <= code <= 0x5A
        digit = 0x30 <= code <= 0x39
        if capital or digit or 0x61 <= code <= 0x7A:
            if not in_word:
                in_word, hashed = True, _OFFSET
                begun += 1
            hashed = (hashed ^ np.uint64(code | 0x20 if capital else code)) * _PRIME
            hashed ^= hashed >> np.uint64(29)
            capitals += capital
            digits += digit
        else:
            commas += code == 0x2C
            stops += code in (0x2E, 0x21, 0x3F)
    row[CHARACTERS] += characters
    row[WORDS] += begun
    row[LINK_WORDS] += begun if linked else 0
    row[CAPITALS] += capitals
    row[DIGITS] += digits
    row[COMMAS] += commas
    row[STOPS] += stops
    row[FINAL] = final
    state[OUT], state[WORDS_USED] = to, used
    if characters:
        state[SOLID] = to
    state[PENDING], state[IN_WORD], state[HASH] = pending, in_word, np.int64(hashed)
    return at


@part
def add_text(room: Room, data: Bytes, at: int, stop: int, element: int) -> None:
    """Add the text `data[at:stop]`, which stands in an element."""
    flags = room.elements[element, STATE]
    if flags & UNSEEN_HERE:
        return
    verbatim, linked = flags & VERBATIM != 0, flags & LINKED != 0
    pair = room.own[6:]
    while at < stop:
        if data[at] < 0x7F and data[at] != _AMPERSAND and not verbatim and _goes_on(room):
            at = _add_ascii(room, data, at, stop, linked)
            continue
        code, end = decode(data, at, stop)
        other = -1
        if code == _AMPERSAND:
            told = reference(data, at, stop, pair)
            if told >= 0:
                end, code, other = told, pair[0], pair[1]
        if _is_space(code):
            _white(room, code, element, verbatim)
        else:
            _visible(room, data, at, end, code, other, element, linked)
        at = end
