"""What to cut out of a line that stays: citations, and phrases of carts and buttons."""

from __future__ import annotations

import numpy as np

from gristmill.text.characters import DECIMAL, Table, characters, decode, flags_of, previous
from gristmill.text.draft import Cuts, Draft, Mask
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part, small_part
from gristmill.text.lines import close_lines
from gristmill.text.many_bytes import WIDE, bits_of, block_of, first_set, how_many_set, where, wide_enough
from gristmill.text.measures import pieces, stands_at
from gristmill.text.words import space_width

CITATIONS = pieces("[edit]", "[citation needed]")
ITEMS_IN_CART = pieces("items in cart")
READ_MORE = pieces("read more")  # and any three characters: the published pattern does not escape its dots
SIGN_IN = pieces("sign-in")


@part
def _citation(data: Bytes, at: int, stop: int, table: Table, wanted: Bytes, bounds: Offsets) -> int:
    """How many bytes at `at` are one of the pieces, or digits of any script (or none) in square brackets."""
    for n in range(len(bounds) - 1):
        size = bounds[n + 1] - bounds[n]
        same = size <= stop - at
        for k in range(size if same else 0):
            same = same and data[at + k] == wanted[bounds[n] + k]  # in this case alone
        if same:
            return int(size)
    end = at + 1
    while end < stop:
        code, then = decode(data, end, stop)
        if not flags_of(code, table) & DECIMAL:
            break
        end = then
    return end - at + 1 if end < stop and data[end] == 0x5D else 0


@small_part
def _brackets(data: Bytes, at: int, stop: int) -> np.uint64:
    block = block_of(data, at)
    return bits_of(where(data, block, 0x5B), block, at, stop)


@kernel
def _citations(
    data: Bytes, starts: Offsets, stops: Offsets, alive: Mask, table: Table, wanted: Bytes, bounds: Offsets
) -> Cuts:
    room = first = 0
    while first < len(starts):
        behind = close_lines(starts, stops, first)
        for block in range(starts[first], stops[behind - 1], WIDE):
            room += how_many_set(_brackets(data, block, stops[behind - 1]))
        first = behind
    cuts = np.empty((3, room), np.int64)
    found = first = 0
    while first < len(starts) and room:
        behind = close_lines(starts, stops, first)
        line = first
        for block in range(starts[first], stops[behind - 1], WIDE):
            marks = _brackets(data, block, stops[behind - 1])
            while marks:
                at = block + first_set(marks)
                marks &= marks - np.uint64(1)
                while stops[line] <= at:
                    line += 1
                inside = alive[line] and starts[line] <= at
                width = _citation(data, at, stops[line], table, wanted, bounds) if inside else 0
                if width:  # no citation has a bracket inside
                    cuts[0, found] = line
                    cuts[1, found] = at
                    cuts[2, found] = at + width
                    found += 1
        first = behind
    return cuts[:, :found]


@part
def _space_before(data: Bytes, at: int, start: int) -> int:
    """Where the character before `at` begins if it is white space, else `at`."""
    if at == start:
        return at
    before = previous(data, at, start)
    return before if space_width(data, before, at) else at


@kernel
def _phrases_in(data: Bytes, starts: Offsets, stops: Offsets, where: Mask, wanted: Bytes) -> Cuts:
    size = len(wanted)
    room = 0
    for k in range(len(starts)):
        room += (stops[k] - starts[k]) // size if where[k] else 0
    cuts = np.empty((3, room), np.int64)
    found = 0
    for k in range(len(starts)):
        at = free = starts[k]
        while where[k] and at + size <= stops[k]:
            if stands_at(data, at, stops[k], wanted, 0, size):
                cuts[0, found] = k
                cuts[1, found] = _space_before(data, at, free)
                cuts[2, found] = at + size
                found += 1
                at = free = at + size
            else:
                at += 1
    return cuts[:, :found]


@kernel
def _read_more(data: Bytes, starts: Offsets, stops: Offsets, where: Mask, wanted: Bytes) -> Cuts:
    cuts = np.empty((3, len(starts)), np.int64)
    found = 0
    for k in range(len(starts)):
        at = stops[k]
        for _ in range(3):
            at = previous(data, at, starts[k]) if at > starts[k] else starts[k] - 1
        at -= len(wanted)
        if where[k] and at >= starts[k] and stands_at(data, at, stops[k], wanted, 0, len(wanted)):
            cuts[0, found] = k
            cuts[1, found] = _space_before(data, at, starts[k])
            cuts[2, found] = stops[k]
            found += 1
    return cuts[:, :found]


@kernel
def _sign_in(data: Bytes, starts: Offsets, stops: Offsets, where: Mask, wanted: Bytes) -> Cuts:
    cuts = np.empty((3, len(starts)), np.int64)
    found = 0
    for k in range(len(starts)):
        if where[k] and stands_at(data, starts[k], stops[k], wanted, 0, len(wanted)):
            end = starts[k] + len(wanted)
            cuts[0, found] = k
            cuts[1, found] = starts[k]
            cuts[2, found] = end + (space_width(data, end, stops[k]) if end < stops[k] else 0)
            found += 1
    return cuts[:, :found]


def citations(draft: Draft) -> Cuts:
    """`[12]`, `[]`, `[edit]` and `[citation needed]` in the lines that stay."""
    return _citations(wide_enough(draft.data), draft.starts, draft.stops, draft.alive, characters(), *CITATIONS)


def items_in_cart(draft: Draft, where: Mask) -> Cuts:
    """`items in cart` and the space before it, wherever it stands in the lines of the mask."""
    return _phrases_in(draft.data, draft.starts, draft.stops, where, ITEMS_IN_CART.data)


def read_more(draft: Draft, where: Mask) -> Cuts:
    """`Read more` and three characters more at the end of the lines of the mask, and the space before it."""
    return _read_more(draft.data, draft.starts, draft.stops, where, READ_MORE.data)


def sign_in(draft: Draft, where: Mask) -> Cuts:
    """`Sign-in` at the beginning of the lines of the mask, and the space after it."""
    return _sign_in(draft.data, draft.starts, draft.stops, where, SIGN_IN.data)
