"""Finds in texts what may be an identifier or a secret, and which words around speak of one: one look at each byte."""

from __future__ import annotations

import string

import numpy as np
import numpy.typing as npt

from gristmill.text.ascii import (
    AT_SIGN,
    CLOSE_BRACKET,
    COLON,
    DASH,
    DOT,
    GREATER,
    LESS,
    OPEN_BRACKET,
    PIPE,
    SLASH,
    SPACE,
    UNDERSCORE,
)
from gristmill.text.bit_set import is_set
from gristmill.text.eight_bytes import how_many
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.found_identifiers import ACCOUNT, FAR, MIXED, PREFIXED, WINDOW, Found, keep
from gristmill.text.hash_index import BEGIN, place
from gristmill.text.identifier_lists import (
    AT_WORD,
    DOT_WORD,
    FAMILIES,
    Prefixes,
    Words,
    bucket_of,
    sets_of_characters,
    sketch,
)
from gristmill.text.identifiers_at import block_at, hardware_at, number_at, sign_at, url_at, word_at
from gristmill.text.jit import kernel, small_part
from gristmill.text.mixing import mixed, up_to_eight
from gristmill.text.number_shapes import account
from gristmill.text.secret_shapes import prefixed
from gristmill.text.word_bytes import letters_of, rest_of_word, word_taken_in

_ROOM = 4096
_IDEOGRAPH, _LOOK, _WORD = 5, 6, 7
"""In `_KINDS`, beside how many bytes to pass over: an ideograph, kana or Hangul begins; a sign; a byte of a word."""
_LONGEST = 40  # bytes of a word that can be in a list
_LONGEST_MIXED = 128  # bytes of a token of letters and digits that can be an identifier


def _kinds() -> Offsets:
    """What the scan does at each byte."""
    kinds = np.ones(256, np.int64)
    kinds[list(b"@:-")] = _LOOK
    kinds[[*(string.digits + string.ascii_letters).encode(), *range(0x80, 0xE2)]] = _WORD
    kinds[0xC2], kinds[0xE2], kinds[0xE3:0xEE], kinds[0xEE:0xF0], kinds[0xF0:] = 2, 3, _IDEOGRAPH, 3, 4
    return kinds


_KINDS = _kinds()


@small_part
def _is_placeholder(data: Bytes, begin: int, end: int, first: int, stop: int) -> bool:
    """Whether a word stands in one, as <PHONE> and [BIRTH_DATE]: it says what was there, not what follows."""
    after = data[end] if end < stop else SPACE
    before = data[begin - 1] if begin > first else SPACE
    return after in (GREATER, CLOSE_BRACKET, PIPE) or (after == UNDERSCORE and before in (LESS, OPEN_BRACKET, PIPE))


@small_part
def _entry_of(state: np.uint64, data: Bytes, begin: int, end: int, words: Words) -> tuple[int, np.uint64]:
    """The entry of the words hashed into `state` and the one at `begin`, -1 where they are none; and their state."""
    hashes, buckets, shift = words.table
    state = word_taken_in(state, data, begin, end)
    return place(mixed(state), hashes, buckets, shift), state


@kernel
def _find(
    data: Bytes,
    offsets: Offsets,
    rows: Offsets,
    words: Words,
    known: Prefixes,
    sets: npt.NDArray[np.uint16],
    kinds: Offsets,
    lengths: Offsets,
    out: Offsets,
) -> int:
    seen = np.empty(FAMILIES, np.int64)
    total = 0
    for row in range(len(rows)):
        first, stop = offsets[rows[row]], offsets[rows[row] + 1]
        seen[:] = FAR
        at = first
        latest = FAR  # where the last word of a family ends
        quiet = first  # where the url that we are in ends
        token = token_end = first  # the token before
        phrase = BEGIN  # the state of a hash of the words before, ...
        opens = False  # ... which may be the beginning of a phrase
        while at < stop:
            byte = data[at]
            kind = kinds[byte]
            if kind != _WORD:
                if kind == 1:
                    at += 1  # a guess of the processor's that it need not wait for, as for what it would add
                elif kind < _IDEOGRAPH:
                    at += kind
                elif kind == _IDEOGRAPH:
                    if at + 6 <= stop:
                        found, _ = _entry_of(BEGIN, data, at, at + 6, words)
                        if found >= 0 and words.families[found] >= 0:
                            latest = at + 6
                            family = words.families[found]
                            total = word_at(data, at, latest, first, stop, row, family, seen, out, total)
                    at += 3
                elif byte == AT_SIGN:
                    total, at = sign_at(data, at, first, stop, row, at < quiet, seen, out, total)
                elif byte == COLON and at + 2 < stop and data[at + 1] == SLASH and data[at + 2] == SLASH:
                    if token_end == at and at > token and at >= quiet:
                        total, quiet = url_at(data, token, at, stop, row, seen, out, total)
                    at += 3
                elif byte == DASH and at + 10 < stop and data[at + 4] == DASH:
                    total, at = block_at(data, at, stop, row, seen, out, total)
                else:
                    at += 1
                continue
            begin = at
            word = up_to_eight(data, at, stop)
            if at + 3 < stop and is_set(known.likely, bucket_of(word)):
                entry, end = prefixed(data, begin, stop, bucket_of(word), known, sets)
                if entry >= 0:
                    total = keep(out, total, row, begin, end, PREFIXED, entry, seen)
                    at = token_end = end
                    token, opens = begin, False
                    continue
            size, numerals, others = letters_of(word)
            at += size
            digits = how_many(numerals)
            is_hex = others == 0
            if size == 8:
                at, more, rest_is_hex = rest_of_word(data, at, stop)
                digits += more
                is_hex &= rest_is_hex
                size = at - begin
            follows = opens and begin - token_end <= 1
            token, token_end, opens = begin, at, False
            if is_hex and size <= 4 and at < stop and data[at] in (COLON, DASH, DOT):
                total, end = hardware_at(data, begin, first, stop, row, size, seen, out, total)
                if end > 0:
                    at = token_end = end
                    continue
            if digits == 0 and size <= _LONGEST:
                found = -1
                if follows:
                    found, phrase = _entry_of(phrase, data, begin, at, words)
                if found < 0 and is_set(words.likely, sketch(word, size)):
                    found, phrase = _entry_of(BEGIN, data, begin, at, words)
                if found >= 0:
                    opens = words.firsts[found]
                    family = words.families[found]
                    speaks = family in (AT_WORD, DOT_WORD) or not _is_placeholder(data, begin, at, first, stop)
                    if family >= 0 and speaks:
                        latest = at
                        total = word_at(data, begin, at, first, stop, row, family, seen, out, total)
            elif digits == size:
                total, at = number_at(out, total, row, data, begin, first, stop, begin < quiet, seen)
                token_end = at
            elif digits and begin >= quiet:
                end = account(data, begin, stop, lengths)
                if end > 0:
                    total = keep(out, total, row, begin, end, ACCOUNT, 0, seen)
                    at = token_end = end
                elif 5 <= size <= _LONGEST_MIXED and (digits > 3 or size > 19 or begin - latest <= WINDOW):
                    total = keep(out, total, row, begin, at, MIXED, digits, seen)
    return total


def identifiers(data: Bytes, offsets: Offsets, rows: Offsets, words: Words, known: Prefixes, lengths: Offsets) -> Found:
    """What may be an identifier or a secret in the asked rows; see `Found`. Where two overlap, both are told."""
    room = _ROOM
    sets = sets_of_characters()
    while True:
        out = np.empty((6, room), np.int64)
        total = _find(data, offsets, rows, words, known, sets, _KINDS, lengths, out)
        if total <= room:
            return Found(*out[:, :total])
        room = total
