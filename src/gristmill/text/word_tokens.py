"""The tokens of one word: the rules of spaCy's English tokenizer, for what lies between white space.

Marks are peeled off both ends until an exception (`don't`, `Mr.`, `:)`) or a bare word is left; a URL is kept whole;
and what remains is cut at inner marks. The classes of characters are in `characters`, the exceptions and units in
tokens.npz (tools/make_characters.py). Words of scripts without spaces are those of `words_of_any_script`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gristmill.text.affixes import Known, inner_mark, is_digit, peel_back, peel_front, special_piece
from gristmill.text.characters import (
    COMPLEX,
    HAN,
    HIRAGANA,
    SPACE,
    TOKEN_BREAK,
    Table,
    decode,
    flags_at,
    previous,
)
from gristmill.text.flat import Bytes
from gristmill.text.jit import part, small_part
from gristmill.text.segments import unspaced_end
from gristmill.text.web_address import is_address

Spans = npt.NDArray[np.int64]
"""Two rows: where tokens begin and where they end."""


@small_part
def write_token(start: int, stop: int, spans: Spans, at: int) -> int:
    spans[0, np.uint64(at)] = start
    spans[1, np.uint64(at)] = stop
    return at + 1


@part
def _cut_inside(data: Bytes, start: int, stop: int, spans: Spans, found: int, table: Table) -> int:
    """Write what lies between inner marks, and the marks. Returns the new count of tokens."""
    piece = at = start
    while at < stop:
        flags, then = flags_at(data, at, stop, table)
        if flags & TOKEN_BREAK and not is_digit(data[at]):
            before = 0
            after_digit = False
            if at > start:
                before = flags_at(data, previous(data, at, start), at, table)[0]
                after_digit = is_digit(data[at - 1])
            width = inner_mark(data, at, stop, before, after_digit, table)
            if width:
                then = at + width
                if at > piece:
                    found = write_token(piece, at, spans, found)
                    found = write_token(at, then, spans, found)
                    piece = then
        at = then
    if piece < stop:
        found = write_token(piece, stop, spans, found)
    return found


@part
def _write_core(data: Bytes, start: int, stop: int, special: int, spans: Spans, found: int, table: Table) -> int:
    """Write what is left when both ends are peeled: an exception, an address, or words and inner marks."""
    if start >= stop:
        return found
    if not special:
        if is_address(data, start, stop, table):
            return write_token(start, stop, spans, found)
        return _cut_inside(data, start, stop, spans, found, table)
    begin = start
    for n in range(2):
        cut = start + ((special >> 8 * n) & 255)
        if begin < cut < stop:
            found = write_token(begin, cut, spans, found)
            begin = cut
    return write_token(begin, stop, spans, found)


@part
def _split(data: Bytes, start: int, stop: int, spans: Spans, found: int, table: Table, known: Known) -> int:
    """Write the tokens of a stretch without white space. Returns the new count of tokens."""
    shelf = spans.shape[1]  # endings wait at the far end of the room, the last one first
    special = 0
    digits = 0
    for at in range(start, stop):
        digits += is_digit(data[at])
    if digits == stop - start:
        return write_token(start, stop, spans, found)
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
            found = write_token(start, start + front, spans, found)
            start += front
        if back:
            shelf -= 1
            write_token(stop - back, stop, spans, shelf)
            stop -= back
    found = _write_core(data, start, stop, special, spans, found, table)
    for at in range(shelf, spans.shape[1]):
        found = write_token(spans[0, at], spans[1, at], spans, found)
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
        found = write_token(at, end, spans, found)
        piece = at = end
    return _split(data, piece, stop, spans, found, table, known) if piece < stop else found


@small_part
def _word_end(data: Bytes, at: int, stop: int, table: Table) -> tuple[int, int]:
    """Where the word that begins at `at` ends, and the flags of all its characters."""
    seen = 0
    while at < stop:
        flags, then = flags_at(data, at, stop, table)
        if flags & SPACE:
            break
        seen |= flags
        at = then
    return at, seen


@part
def add_word(data: Bytes, at: int, stop: int, spans: Spans, found: int, table: Table, known: Known) -> tuple[int, int]:
    """Write the tokens of the word that begins at `at`. Returns where it ends, and the new count of tokens."""
    end, seen = _word_end(data, at, stop, table)
    if not seen & TOKEN_BREAK and not special_piece(data, at, end, table, known):
        found = write_token(at, end, spans, found)
    elif seen & (HAN | HIRAGANA | COMPLEX):
        found = _split_mixed(data, at, end, spans, found, table, known)
    else:
        found = _split(data, at, end, spans, found, table, known)
    return end, found
