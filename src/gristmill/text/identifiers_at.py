"""Takes down what stands at one place of a text: a number, an address, what a word announces.

`first` and `stop` are where the text begins and ends in `data`; `seen` is where the last word of each family ended; of
what is found, `out` has a column each, and `total` is how many there are.
"""

from __future__ import annotations

from gristmill.text.address_shapes import email, handle, url
from gristmill.text.ascii import COLON, DASH, DOT, OPEN_PAREN, PLUS, SPACE, is_alphanumeric, is_letter
from gristmill.text.device_shapes import colons, dashed_pairs, dotted_fours
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.found_identifiers import (
    ASSIGNED,
    BLOCK,
    BORN,
    EMAIL,
    EXTENDED,
    FAR,
    HANDLE,
    HARDWARE,
    INNER,
    JOINED,
    LUHN,
    NETWORK,
    NUMBER,
    PLACE,
    QUIET,
    SPELT_EMAIL,
    SUFFIX,
    URL,
    WITH_PLUS,
    keep,
    said_after,
)
from gristmill.text.identifier_lists import AT_WORD, BIRTH, DOT_WORD, NAMED, SECRET
from gristmill.text.jit import part
from gristmill.text.number_shapes import (
    BY_BRACKET,
    BY_DOT,
    BY_SPACE,
    WIDE,
    coordinates,
    extension,
    number,
    passes_luhn,
    spaced_out,
)
from gristmill.text.secret_shapes import assigned, key_block
from gristmill.text.word_bytes import is_word

_JOINS = tuple(b"._-@#")
_IS_WITHIN = tuple(b"/=#&\\$")
_BEFORE_NAME = tuple(b"._-/@")  # beside letters and digits, where an @ begins no user's name
_OPENS = tuple(b"([{<")


@part
def number_at(
    out: Offsets, total: int, row: int, data: Bytes, begin: int, first: int, stop: int, quiet: bool, seen: Offsets
) -> tuple[int, int]:
    """Take down the number whose first digit is at `begin`: the total then, and where it ends."""
    end = coordinates(data, begin, stop)
    if end > 0 and not quiet and (end == stop or not is_word(data[end])):
        start = begin - 1 if begin > first and data[begin - 1] == DASH else begin
        return keep(out, total, row, start, end, PLACE, 0, seen), end
    end, digits, groups, bits = number(data, begin, stop)
    if digits < 6 and not (groups == 4 and bits == BY_DOT):  # but 8.8.8.8 may be an address
        last, wide = spaced_out(data, begin, stop)
        if not wide:
            return total, end
        end, digits, groups, bits = last, wide, wide // 3, BY_SPACE | WIDE
    detail = digits | groups << 8 | bits << 16
    start = begin
    if start > first and data[start - 1] == OPEN_PAREN:
        start -= 1
    if start > first and data[start - 1] == PLUS:
        start -= 1
        detail |= WITH_PLUS
        if start > first and data[start - 1] == OPEN_PAREN:
            start -= 1
    if start == begin - 1 and data[start] == OPEN_PAREN and not bits & BY_BRACKET:
        start = begin  # the number as a whole stands in brackets
    before = data[start - 1] if start > first else SPACE
    if before in _JOINS and start - 1 > first and is_alphanumeric(data[start - 2]):
        detail |= JOINED
    if before in _IS_WITHIN:
        detail |= INNER
    if quiet:
        detail |= QUIET
    extended = extension(data, end, stop)
    if extended > end:
        detail |= EXTENDED
        end = extended
    if end < stop and is_word(data[end]):
        return total, end  # a word goes on: the token is no number
    lettered = end + 1 < stop and data[end] == DASH and is_letter(data[end + 1])
    if lettered and (end + 2 == stop or not is_word(data[end + 2])):
        end += 2
        detail |= SUFFIX
    if digits >= 12 and passes_luhn(data, begin, end):
        detail |= LUHN
    return keep(out, total, row, start, end, NUMBER, detail, seen), end


@part
def sign_at(
    data: Bytes, at: int, first: int, stop: int, row: int, quiet: bool, seen: Offsets, out: Offsets, total: int
) -> tuple[int, int]:
    """Take down the address or name around the `@` at `at`: the total then, and where to go on."""
    start, end = email(data, first, at, stop)
    if start < end:
        return keep(out, total, row, start, end, EMAIL, 0, seen), end
    end = handle(data, at + 1, stop)
    bare = at == first or not (is_alphanumeric(data[at - 1]) or data[at - 1] in _BEFORE_NAME)
    if bare and end - at > 2 and not quiet:
        total = keep(out, total, row, at, end, HANDLE, 0, seen)
    return total, at + 1


@part
def hardware_at(
    data: Bytes, begin: int, first: int, stop: int, row: int, size: int, seen: Offsets, out: Offsets, total: int
) -> tuple[int, int]:
    """Take down the MAC or IPv6 address that begins at `begin`: the total then, and where it ends; -1 without one."""
    before = data[begin - 1] if begin > first else SPACE
    if is_alphanumeric(before) or before in (COLON, DASH, DOT):
        return total, -1
    if data[begin + size] == DOT:
        if size == 4 and dotted_fours(data, begin, stop):
            return keep(out, total, row, begin, begin + 14, HARDWARE, 0, seen), begin + 14
        return total, -1
    end, count, double, pairs = colons(data, begin, stop)
    fits = end == stop or not is_word(data[end])
    if size == 2 and ((fits and count == 5 and pairs and not double) or dashed_pairs(data, begin, stop)):
        return keep(out, total, row, begin, begin + 17, HARDWARE, 0, seen), begin + 17
    if fits and count <= 7 and (count == 7 or double):
        return keep(out, total, row, begin, end, NETWORK, count, seen), end
    return total, -1


@part
def word_at(
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
    if family == DOT_WORD and 2 < begin - seen[AT_WORD] < 48:
        total = keep(out, total, row, seen[AT_WORD], min(stop, end + 48), SPELT_EMAIL, 0, seen)
        seen[AT_WORD] = FAR
    elif family == AT_WORD and begin > first and data[begin - 1] in _OPENS:
        total = keep(out, total, row, end, min(stop, end + 96), SPELT_EMAIL, 0, seen)
    elif family == BIRTH:
        total = keep(out, total, row, end, min(stop, end + 64), BORN, 0, seen)
    elif family in (SECRET, NAMED):
        start, to = assigned(data, end, stop)
        if start < to:
            total = keep(out, total, row, start, to, ASSIGNED, start - begin, seen)
    seen[family] = end
    said_after(out, total, row, begin, family)
    return total


@part
def url_at(
    data: Bytes, token: int, at: int, stop: int, row: int, seen: Offsets, out: Offsets, total: int
) -> tuple[int, int]:
    """Take down the url whose `://` is at `at`, if it has what may be an identifier: the total then, where it ends."""
    end, has = url(data, at + 3, stop)
    if has:
        total = keep(out, total, row, token, end, URL, has, seen)
    return total, end


@part
def block_at(data: Bytes, at: int, stop: int, row: int, seen: Offsets, out: Offsets, total: int) -> tuple[int, int]:
    """Take down the private key whose first line may begin at `at`: the total then, and where to go on."""
    end = key_block(data, at, stop)
    if end > 0:
        total = keep(out, total, row, at, end, BLOCK, 0, seen)
    return total, max(end, at + 1)
