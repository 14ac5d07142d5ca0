"""Finds in texts what may be an identifier or a secret, and which words around speak of one: one look at each byte."""

from __future__ import annotations

import string
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.address_shapes import email, handle, url
from gristmill.text.bit_set import is_set
from gristmill.text.eight_bytes import (
    HIGH,
    SPACES,
    ascii_only,
    at_least,
    equal,
    first_bytes,
    first_of,
    how_many,
    letters_in,
    numerals_in,
)
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.hash_index import BEGIN, place, taken_in
from gristmill.text.identifier_lists import (
    AT,
    BIRTH,
    DOT,
    FAMILIES,
    NAMED,
    SECRET,
    Prefixes,
    Words,
    bucket_of,
    sets_of_characters,
    sketch,
)
from gristmill.text.identifier_shapes import DOT as QUAD
from gristmill.text.identifier_shapes import (
    SPACE,
    WIDE,
    account,
    assigned,
    colons,
    coordinates,
    dashed_pairs,
    dotted_fours,
    extension,
    is_ascii_word,
    is_digit,
    is_letter,
    is_word,
    key_block,
    number,
    spaced_out,
)
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.mixing import mixed, up_to_eight

EMAIL, SPELT_EMAIL, HANDLE, NUMBER, MIXED, HARDWARE, NETWORK, ACCOUNT, PLACE, URL, BORN, PREFIXED, ASSIGNED, BLOCK = (
    range(14)
)
"""Shapes of what is found. The detail of a NUMBER is told by `digits_of` and its neighbours and by flags, that of
MIXED is its digits; that of PREFIXED the entry of the list, of URL what it has (`address_shapes`), of
ASSIGNED the bytes from where its name begins."""

WINDOW = 60
"""Bytes before an identifier in which a word counts as its context; a quarter of them after it."""

_ROOM = 4096
_FAR = -(1 << 40)
_IDEOGRAPH, _LOOK, _WORD = 5, 6, 7
"""In `_KINDS`, beside how many bytes to pass over: an ideograph, kana or Hangul begins; a sign; a byte of a word."""
_LONGEST = 40  # bytes of a word that can be in a list
_LONGEST_MIXED = 128  # bytes of a token of letters and digits that can be an identifier


class KeyLines(NamedTuple):
    """What the lines around a private key begin with and hold."""

    begin: Bytes
    private: Bytes
    end: Bytes


_LINES = KeyLines(*(np.frombuffer(line, np.uint8) for line in (b"-----BEGIN ", b"PRIVATE KEY", b"-----END ")))


class Found(NamedTuple):
    """Text `rows[k]` may have an identifier of `shapes[k]` at `data[starts[k]:stops[k]]`; rows ascend.

    Bit `f` of `contexts[k]` is set where a word of family `f` stands around it.
    """

    rows: Offsets
    starts: Offsets
    stops: Offsets
    shapes: Offsets
    details: Offsets
    contexts: Offsets


def digits_of(details: Offsets) -> Offsets:
    return details & 0xFF


def groups_of(details: Offsets) -> Offsets:
    return details >> 8 & 0xFF


def separators_of(details: Offsets) -> Offsets:
    return details >> 16 & 0xFF


PLUS, LUHN, JOINED, INNER, QUIET, SUFFIX, EXTENDED = (1 << bit for bit in range(24, 31))
"""Flags in the detail of a NUMBER: a plus stands before it; it passes Luhn's test; `.`, `_`, `-`, `@` or `#` and a word
stand before it; `/`, `=`, `#` or the like does; it is in a url; a dash and a letter end it; an extension does
(x123)."""


@small_part
def _lower(byte: int) -> int:
    return byte | 0x20 if 0x41 <= byte <= 0x5A else byte


@part
def _luhn(data: Bytes, start: int, stop: int) -> bool:
    """Luhn's test (ISO/IEC 7812-1, annex B) of the digits from `start` to `stop`."""
    total = 0
    doubled = False
    for at in range(stop - 1, start - 1, -1):
        if is_digit(data[at]):
            value = int(data[at]) - 0x30
            if doubled:
                value = value * 2 - 9 if value > 4 else value * 2
            total += value
            doubled = not doubled
    return total % 10 == 0


@part
def _context(seen: Offsets, at: int) -> int:
    context = 0
    for family in range(FAMILIES):
        if at - seen[family] <= WINDOW:
            context |= 1 << family
    return context


@part
def _keep(out: Offsets, total: int, row: int, start: int, stop: int, shape: int, detail: int, seen: Offsets) -> int:
    if total < out.shape[1]:
        out[0, total] = row
        out[1, total] = start
        out[2, total] = stop
        out[3, total] = shape
        out[4, total] = detail
        out[5, total] = _context(seen, start)
    return total + 1


@part
def _said_after(out: Offsets, total: int, row: int, at: int, family: int) -> None:
    """A word of a family begins at `at`: it is context of what ended a little before."""
    for k in range(min(total, out.shape[1]) - 1, max(total - 4, 0) - 1, -1):
        if out[0, k] != row or at - out[2, k] > WINDOW // 4:
            break
        out[5, k] |= 1 << family


@part
def _prefixed(
    data: Bytes, at: int, stop: int, bucket: np.uint64, known: Prefixes, sets: npt.NDArray[np.uint16]
) -> tuple[int, int]:
    """The entry of a bucket that a token at `at` begins with, and where its rest ends; -1 where there is none."""
    for k in range(known.first[bucket], known.first[bucket + np.uint64(1)]):
        entry = known.entries[k]
        begin, end = known.bounds[entry], known.bounds[entry + 1]
        if at + end - begin > stop:
            continue
        same = True
        for j in range(begin, end):
            same &= data[at + j - begin] == known.data[j]
        if not same:
            continue
        rest = at + end - begin
        tail = rest
        most = min(stop, rest + known.high[entry] + 1)
        while tail < most and sets[data[tail]] & known.sets[entry]:
            tail += 1
        if known.low[entry] <= tail - rest <= known.high[entry]:
            return entry, tail
    return -1, at


@part
def _number_at(
    out: Offsets, total: int, row: int, data: Bytes, begin: int, first: int, stop: int, quiet: bool, seen: Offsets
) -> tuple[int, int]:
    """Take down the number whose first digit is at `begin`: the total then, and where it ends."""
    end = coordinates(data, begin, stop)
    if end > 0 and not quiet and (end == stop or not is_word(data[end])):
        start = begin - 1 if begin > first and data[begin - 1] == 0x2D else begin
        return _keep(out, total, row, start, end, PLACE, 0, seen), end
    end, digits, groups, bits = number(data, begin, stop)
    if digits < 6 and not (groups == 4 and bits == QUAD):  # but 8.8.8.8 may be an address
        last, wide = spaced_out(data, begin, stop)
        if not wide:
            return total, end
        end, digits, groups, bits = last, wide, wide // 3, SPACE | WIDE
    detail = digits | groups << 8 | bits << 16
    start = begin
    if start > first and data[start - 1] == 0x28:
        start -= 1
    if start > first and data[start - 1] == 0x2B:
        start -= 1
        detail |= PLUS
        if start > first and data[start - 1] == 0x28:
            start -= 1
    if start == begin - 1 and data[start] == 0x28 and not bits & 16:
        start = begin  # the number as a whole stands in brackets
    before = data[start - 1] if start > first else 0x20
    if before in (0x2E, 0x5F, 0x2D, 0x40, 0x23) and start - 1 > first and is_ascii_word(data[start - 2]):
        detail |= JOINED
    if before in (0x2F, 0x3D, 0x23, 0x26, 0x5C, 0x24):
        detail |= INNER
    if quiet:
        detail |= QUIET
    extended = extension(data, end, stop)
    if extended > end:
        detail |= EXTENDED
        end = extended
    if end < stop and is_word(data[end]):
        return total, end  # a word goes on: the token is no number
    lettered = end + 1 < stop and data[end] == 0x2D and is_letter(data[end + 1])
    if lettered and (end + 2 == stop or not is_word(data[end + 2])):
        end += 2
        detail |= SUFFIX
    if digits >= 12 and _luhn(data, begin, end):
        detail |= LUHN
    return _keep(out, total, row, start, end, NUMBER, detail, seen), end


@part
def _sign_at(
    data: Bytes, at: int, first: int, stop: int, row: int, quiet: bool, seen: Offsets, out: Offsets, total: int
) -> tuple[int, int]:
    """Take down the address or name around the `@` at `at`: the total then, and where to go on."""
    start, end = email(data, first, at, stop)
    if start < end:
        return _keep(out, total, row, start, end, EMAIL, 0, seen), end
    end = handle(data, at + 1, stop)
    bare = at == first or not (is_ascii_word(data[at - 1]) or data[at - 1] in (0x2E, 0x5F, 0x2D, 0x2F, 0x40))
    if bare and end - at > 2 and not quiet:
        total = _keep(out, total, row, at, end, HANDLE, 0, seen)
    return total, at + 1


@part
def _hardware_at(
    data: Bytes, begin: int, first: int, stop: int, row: int, size: int, seen: Offsets, out: Offsets, total: int
) -> tuple[int, int]:
    """Take down the MAC or IPv6 address that begins at `begin`: the total then, and where it ends; -1 without one."""
    before = data[begin - 1] if begin > first else 0x20
    if is_ascii_word(before) or before in (0x3A, 0x2D, 0x2E):
        return total, -1
    if data[begin + size] == 0x2E:
        if size == 4 and dotted_fours(data, begin, stop):
            return _keep(out, total, row, begin, begin + 14, HARDWARE, 0, seen), begin + 14
        return total, -1
    end, count, double, pairs = colons(data, begin, stop)
    fits = end == stop or not is_word(data[end])
    if size == 2 and ((fits and count == 5 and pairs and not double) or dashed_pairs(data, begin, stop)):
        return _keep(out, total, row, begin, begin + 17, HARDWARE, 0, seen), begin + 17
    if fits and count <= 7 and (count == 7 or double):
        return _keep(out, total, row, begin, end, NETWORK, count, seen), end
    return total, -1


@small_part
def _marks(data: Bytes, begin: int, end: int, first: int, stop: int) -> bool:
    """Whether a word stands in a placeholder, as <PHONE> and [BIRTH_DATE]: it says what was there, not what follows."""
    after = data[end] if end < stop else 0x20
    before = data[begin - 1] if begin > first else 0x20
    return after in (0x3E, 0x5D, 0x7C) or (after == 0x5F and before in (0x3C, 0x5B, 0x7C))


@part
def _taken_in(state: np.uint64, data: Bytes, begin: int, end: int) -> np.uint64:
    for at in range(begin, end):
        state = taken_in(state, _lower(data[at]))
    return state


@part
def _word_at(
    data: Bytes,
    begin: int,
    end: int,
    first: int,
    stop: int,
    row: int,
    family: int,
    seen: Offsets,
    out: Offsets,
    total: int,
) -> int:
    """Take down what the word of a family between `begin` and `end` announces."""
    if family == DOT and 2 < begin - seen[AT] < 48:
        total = _keep(out, total, row, seen[AT], min(stop, end + 48), SPELT_EMAIL, 0, seen)
        seen[AT] = _FAR
    elif family == AT and begin > first and data[begin - 1] in (0x28, 0x5B, 0x7B, 0x3C):
        total = _keep(out, total, row, end, min(stop, end + 96), SPELT_EMAIL, 0, seen)
    elif family == BIRTH:
        total = _keep(out, total, row, end, min(stop, end + 64), BORN, 0, seen)
    elif family in (SECRET, NAMED):
        start, to = assigned(data, end, stop)
        if start < to:
            total = _keep(out, total, row, start, to, ASSIGNED, start - begin, seen)
    seen[family] = end
    _said_after(out, total, row, begin, family)
    return total


@small_part
def _letters_of(word: np.uint64) -> tuple[int, np.uint64, np.uint64]:
    """How many of eight bytes are of one word from the first on, marks of the digits, and of what no hexadecimal number
    has."""
    numerals, letters = numerals_in(word), letters_in(word)
    others = letters & at_least(word | SPACES, 0x67)
    of_word = numerals | letters
    if not ascii_only(word):
        beyond = word & ~(at_least(word, 0x62) | equal(word, 0xC2)) & HIGH
        of_word |= beyond
        others |= beyond
    size = first_of(~of_word & HIGH)
    within = first_bytes(size)
    return size, numerals & within, others & within


@part
def _rest_of_word(data: Bytes, at: int, stop: int) -> tuple[int, int, bool]:
    """Where the word ends that `at` is in, the digits from there on, whether all else is of a hexadecimal number."""
    digits = 0
    is_hex = True
    size = 8
    while at < stop and size == 8:
        size, numerals, others = _letters_of(up_to_eight(data, at, stop))
        digits += how_many(numerals)
        is_hex &= others == 0
        at += size
    return at, digits, is_hex


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
    lines: KeyLines,
    out: Offsets,
) -> int:
    hashes, buckets, shift = words.table
    seen = np.empty(FAMILIES, np.int64)
    total = 0
    for row in range(len(rows)):
        first, stop = offsets[rows[row]], offsets[rows[row] + 1]
        seen[:] = _FAR
        at = first
        latest = _FAR  # where the last word of a family ends
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
                        found = place(mixed(_taken_in(BEGIN, data, at, at + 6)), hashes, buckets, shift)
                        if found >= 0 and words.families[found] >= 0:
                            latest = at + 6
                            total = _word_at(
                                data, at, latest, first, stop, row, words.families[found], seen, out, total
                            )
                    at += 3
                elif byte == 0x40:
                    total, at = _sign_at(data, at, first, stop, row, at < quiet, seen, out, total)
                elif byte == 0x3A and at + 2 < stop and data[at + 1] == 0x2F and data[at + 2] == 0x2F:
                    if token_end == at and at > token and at >= quiet:
                        end, has = url(data, at + 3, stop)
                        if has:
                            total = _keep(out, total, row, token, end, URL, has, seen)
                        quiet = max(quiet, end)
                    at += 3
                elif byte == 0x2D and at + 10 < stop and data[at + 4] == 0x2D:
                    end = key_block(data, at, stop, lines.begin, lines.private, lines.end)
                    if end > 0:
                        total = _keep(out, total, row, at, end, BLOCK, 0, seen)
                    at = max(end, at + 1)
                else:
                    at += 1
                continue
            begin = at
            word = up_to_eight(data, at, stop)
            if at + 3 < stop and is_set(known.likely, bucket_of(word)):
                entry, end = _prefixed(data, begin, stop, bucket_of(word), known, sets)
                if entry >= 0:
                    total = _keep(out, total, row, begin, end, PREFIXED, entry, seen)
                    at = token_end = end
                    token, opens = begin, False
                    continue
            size, numerals, others = _letters_of(word)
            at += size
            digits = how_many(numerals)
            is_hex = others == 0
            if size == 8:
                at, more, rest_is_hex = _rest_of_word(data, at, stop)
                digits += more
                is_hex &= rest_is_hex
                size = at - begin
            follows = opens and begin - token_end <= 1
            token, token_end, opens = begin, at, False
            if is_hex and size <= 4 and at < stop and data[at] in (0x3A, 0x2D, 0x2E):
                total, end = _hardware_at(data, begin, first, stop, row, size, seen, out, total)
                if end > 0:
                    at = token_end = end
                    continue
            if digits == 0 and size <= _LONGEST:
                found = -1
                if follows:
                    phrase = _taken_in(phrase, data, begin, at)
                    found = place(mixed(phrase), hashes, buckets, shift)
                if found < 0 and is_set(words.likely, sketch(word, size)):
                    phrase = _taken_in(BEGIN, data, begin, at)
                    found = place(mixed(phrase), hashes, buckets, shift)
                if found >= 0:
                    opens = words.firsts[found]
                    family = words.families[found]
                    if family >= 0 and not (_marks(data, begin, at, first, stop) and family not in (AT, DOT)):
                        latest = at
                        total = _word_at(data, begin, at, first, stop, row, family, seen, out, total)
            elif digits == size:
                total, at = _number_at(out, total, row, data, begin, first, stop, begin < quiet, seen)
                token_end = at
            elif digits and begin >= quiet:
                end = account(data, begin, stop, lengths)
                if end > 0:
                    total = _keep(out, total, row, begin, end, ACCOUNT, 0, seen)
                    at = token_end = end
                elif 5 <= size <= _LONGEST_MIXED and (digits > 3 or size > 19 or begin - latest <= WINDOW):
                    total = _keep(out, total, row, begin, at, MIXED, digits, seen)
    return total


def _kinds() -> Offsets:
    """What the scan does at each byte."""
    kinds = np.ones(256, np.int64)
    kinds[[0x40, 0x3A, 0x2D]] = _LOOK
    kinds[[*(string.digits + string.ascii_letters).encode(), *range(0x80, 0xE2)]] = _WORD
    kinds[0xC2], kinds[0xE2], kinds[0xE3:0xEE], kinds[0xEE:0xF0], kinds[0xF0:] = 2, 3, _IDEOGRAPH, 3, 4
    return kinds


_KINDS = _kinds()


def identifiers(data: Bytes, offsets: Offsets, rows: Offsets, words: Words, known: Prefixes, lengths: Offsets) -> Found:
    """What may be an identifier or a secret in the asked rows; see `Found`. Where two overlap, both are told."""
    room = _ROOM
    sets = sets_of_characters()
    while True:
        out = np.empty((6, room), np.int64)
        total = _find(data, offsets, rows, words, known, sets, _KINDS, lengths, _LINES, out)
        if total <= room:
            return Found(*out[:, :total])
        room = total
