"""What the scan for identifiers takes down: what may be one, its shape, and which words stand around it."""

from __future__ import annotations

from typing import NamedTuple

from gristmill.text.flat import Offsets
from gristmill.text.identifier_lists import FAMILIES
from gristmill.text.jit import part

EMAIL, SPELT_EMAIL, HANDLE, NUMBER, MIXED, HARDWARE, NETWORK, ACCOUNT, PLACE, URL, BORN, PREFIXED, ASSIGNED, BLOCK = (
    range(14)
)
"""Shapes of what is found. The detail of a NUMBER is told by `digits_of` and its neighbours and by flags, that of
MIXED is its digits; that of PREFIXED the entry of the list, of URL what it has (`address_shapes`), of
ASSIGNED the bytes from where its name begins."""

WINDOW = 60
"""Bytes before an identifier in which a word counts as its context; a quarter of them after it."""

FAR = -(1 << 40)
"""Where a word of a family was last seen that was not seen yet."""


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
    """How many digits numbers have."""
    return details & 0xFF


def groups_of(details: Offsets) -> Offsets:
    """How many groups of digits."""
    return details >> 8 & 0xFF


def separators_of(details: Offsets) -> Offsets:
    """Bits of `number_shapes` for what stands between the groups."""
    return details >> 16 & 0xFF


WITH_PLUS, LUHN, JOINED, INNER, QUIET, SUFFIX, EXTENDED = (1 << bit for bit in range(24, 31))
"""Flags in the detail of a NUMBER: a plus stands before it; it passes Luhn's test; `.`, `_`, `-`, `@` or `#` and a word
stand before it; `/`, `=`, `#` or the like does; it is in a url; a dash and a letter end it; an extension does
(x123)."""


@part
def _context(seen: Offsets, at: int) -> int:
    context = 0
    for family in range(FAMILIES):
        if at - seen[family] <= WINDOW:
            context |= 1 << family
    return context


@part
def keep(out: Offsets, total: int, row: int, start: int, stop: int, shape: int, detail: int, seen: Offsets) -> int:
    """Take down one that begins at `start`, where there is room; `seen` is where each family's last word ended."""
    if total < out.shape[1]:
        out[0, total] = row
        out[1, total] = start
        out[2, total] = stop
        out[3, total] = shape
        out[4, total] = detail
        out[5, total] = _context(seen, start)
    return total + 1


@part
def said_after(out: Offsets, total: int, row: int, at: int, family: int) -> None:
    """A word of a family begins at `at`: it is context of what ended a little before."""
    for k in range(min(total, out.shape[1]) - 1, max(total - 4, 0) - 1, -1):
        if out[0, k] != row or at - out[2, k] > WINDOW // 4:
            break
        out[5, k] |= 1 << family
