"""Words and punctuation marks split from each other, by the rules of spaCy's English tokenizer.

spaCy (MIT licence) cuts a text at white space; peels marks off both ends of each piece until an exception
(`don't`, `Mr.`, `:)`) or a bare word is left; keeps a URL whole; and cuts what remains at inner marks. The
classes of characters are in `characters`, the exceptions and units in tokens.npz (tools/make_characters.py).
Words of scripts without spaces are those of `words_of_any_script`.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.affixes import Known, flags_at, inner_mark, is_digit, peel_back, peel_front, special_piece
from gristmill.text.characters import (
    ASCII,
    COMPLEX,
    HAN,
    HIRAGANA,
    SPACE,
    TOKEN_BREAK,
    Table,
    characters,
    decode,
    flags_of,
    previous,
)
from gristmill.text.eight_bytes import HIGH, eight, first_of, letters_in
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.segments import unspaced_end
from gristmill.text.web_address import is_address
from gristmill.text.words import Words, space_width

Spans = npt.NDArray[np.int64]
"""Two rows: where tokens begin and where they end."""


class Rules(NamedTuple):
    """The table of characters, followed by two of lengths; and the known pieces.

    The tables of lengths are by the first two bytes of a piece and by its last two: where bit n is set in both, an
    exception of n bytes may begin and end so.
    """

    table: Table
    known: Known


@cache
def rules() -> Rules:
    """The tables, read once a process."""
    with (files("gristmill.text") / "tokens.npz").open("rb") as file, np.load(file) as arrays:
        return Rules(np.concatenate([characters(), arrays["lengths"]]), arrays["known"])


@small_part
def _write(start: int, stop: int, spans: Spans, at: int) -> int:
    spans[0, at] = start
    spans[1, at] = stop
    return at + 1


@part
def _cut_inside(data: Bytes, start: int, stop: int, spans: Spans, found: int, table: Table) -> int:
    """Write what lies between inner marks, and the marks. Returns the new count of tokens."""
    piece = at = start
    while at < stop:
        then = at + 1
        if data[at] < 0x80:
            flags = int(table[ASCII + data[at]])
        else:
            code, then = decode(data, at, stop)
            flags = flags_of(code, table)
        if flags & TOKEN_BREAK and not is_digit(data[at]):
            before = 0
            after_digit = False
            if at > start:
                before = flags_at(data, previous(data, at, start), at, table)
                after_digit = is_digit(data[at - 1])
            width = inner_mark(data, at, stop, before, after_digit, table)
            if width:
                then = at + width
                if at > piece:
                    found = _write(piece, at, spans, found)
                    found = _write(at, then, spans, found)
                    piece = then
        at = then
    if piece < stop:
        found = _write(piece, stop, spans, found)
    return found


@part
def _write_core(data: Bytes, start: int, stop: int, special: int, spans: Spans, found: int, table: Table) -> int:
    """Write what is left when both ends are peeled: an exception, an address, or words and inner marks."""
    if start >= stop:
        return found
    if not special:
        if is_address(data, start, stop, table):
            return _write(start, stop, spans, found)
        return _cut_inside(data, start, stop, spans, found, table)
    begin = start
    for n in range(2):
        cut = start + ((special >> 8 * n) & 255)
        if begin < cut < stop:
            found = _write(begin, cut, spans, found)
            begin = cut
    return _write(begin, stop, spans, found)


@part
def _split(data: Bytes, start: int, stop: int, spans: Spans, found: int, table: Table, known: Known) -> int:
    """Write the tokens of a stretch without white space. Returns the new count of tokens."""
    shelf = spans.shape[1]  # endings wait at the far end of the room, the last one first
    special = 0
    digits = 0
    for at in range(start, stop):
        digits += is_digit(data[at])
    if digits == stop - start:
        return _write(start, stop, spans, found)
    digit = digits > 0
    while start < stop:
        special = special_piece(data, start, stop, table, known)
        if special:
            break
        front = peel_front(data, start, stop, table)
        if front and special_piece(data, start + front, stop, table, known):
            back = 0
        else:
            back = peel_back(data, start + front, stop, digit, table, known) if start + front < stop else 0
            if back and special_piece(data, start, stop - back, table, known):
                front = 0
        if not front and not back:
            break
        if front:
            found = _write(start, start + front, spans, found)
            start += front
        if back:
            shelf -= 1
            _write(stop - back, stop, spans, shelf)
            stop -= back
    found = _write_core(data, start, stop, special, spans, found, table)
    for at in range(shelf, spans.shape[1]):
        found = _write(spans[0, at], spans[1, at], spans, found)
    return found


@part
def _split_mixed(data: Bytes, start: int, stop: int, spans: Spans, found: int, table: Table, known: Known) -> int:
    """`_split` for a stretch with scripts that use no spaces: their words are taken out first."""
    piece = at = start
    while at < stop:
        end = unspaced_end(data, at, stop, table)
        if end < 0:
            at = decode(data, at, stop)[1]
            continue
        if at > piece:
            found = _split(data, piece, at, spans, found, table, known)
        found = _write(at, end, spans, found)
        piece = at = end
    return _split(data, piece, stop, spans, found, table, known) if piece < stop else found


@small_part
def _is_plain_ending(data: Bytes, start: int, stop: int, table: Table, known: Known) -> bool:
    """Whether a word whose last byte is its only mark is just that, a word and a mark: most are, so it is fast."""
    mark = data[stop - 1]
    if mark == 0x2E:  # .
        if not 0x61 <= data[stop - 2] <= 0x7A:
            return False
    elif mark != 0x2C and mark != 0x3A and mark != 0x3B and mark != 0x29 and mark != 0x21 and mark != 0x3F:  # ,:;)!?
        return False
    return not special_piece(data, start, stop, table, known) and not special_piece(data, start, stop - 1, table, known)


@small_part
def _word_end(data: Bytes, at: int, stop: int, table: Table) -> tuple[int, int, int]:
    """Where the word that begins at `at` ends, the flags of all its characters, and where its first mark is."""
    seen = 0
    mark = stop
    letters = 8  # most words begin with letters of ASCII, of whose flags nobody asks: they are leapt over
    while letters == 8 and at + 8 <= stop:
        letters = first_of(~letters_in(eight(data, at)) & HIGH)
        at += letters
    while at < stop:
        then = at + 1
        if data[at] < 0x80:
            flags = int(table[ASCII + data[at]])
        else:
            code, then = decode(data, at, stop)
            flags = flags_of(code, table)
        if flags & (SPACE | TOKEN_BREAK):
            if flags & SPACE:
                break
            mark = min(mark, at)
        seen |= flags
        at = then
    return at, seen, mark


@part
def tokens_into(data: Bytes, at: int, stop: int, spans: Spans, found: int, table: Table, known: Known) -> int:
    """Write the tokens of a stretch of text from index `found` on. Returns the new count.

    There is room for `found` and as many more as the stretch has bytes.
    """
    while at < stop:
        width = space_width(data, at, stop)
        if width:
            at += width
            continue
        end, seen, mark = _word_end(data, at, stop, table)
        if not seen & TOKEN_BREAK and not special_piece(data, at, end, table, known):
            found = _write(at, end, spans, found)
        elif at < mark == end - 1 and _is_plain_ending(data, at, end, table, known):
            found = _write(at, mark, spans, found)
            found = _write(mark, end, spans, found)
        elif seen & (HAN | HIRAGANA | COMPLEX):
            found = _split_mixed(data, at, end, spans, found, table, known)
        else:
            found = _split(data, at, end, spans, found, table, known)
        at = end
    return found


@kernel
def _tokens(data: Bytes, offsets: Offsets, rows: Offsets, table: Table, known: Known) -> tuple[Spans, Offsets]:
    total = 0
    for row in rows:
        total += offsets[row + 1] - offsets[row]
    spans = np.empty((2, total), np.int64)
    bounds = np.zeros(len(offsets), np.int64)
    found = 0
    done = 0
    for row in rows:
        bounds[done : row + 1] = found
        done = row + 1
        found = tokens_into(data, offsets[row], offsets[row + 1], spans, found, table, known)
    bounds[done:] = found
    return spans[:, :found], bounds


def split_tokens(data: Bytes, offsets: Offsets, rows: Offsets) -> Words:
    """Words and marks as spaCy's blank English pipeline gives them, white space left out. `rows` ascend."""
    spans, bounds = _tokens(data, offsets, rows, *rules())
    return Words(spans[0], spans[1], bounds)
