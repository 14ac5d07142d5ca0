"""Hashes of the simplified characters of texts, with one space between words."""

from __future__ import annotations

import numpy as np

from gristmill.text.characters import decode, flags_of
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel, part
from gristmill.text.mixing import GOLDEN, Hashes, mixed
from gristmill.text.simplified_table import (
    DIGIT,
    KIND,
    NOTHING,
    SPACE,
    Entries,
    Tables,
    after_number,
    put_simplified,
    simplified_tables,
)


@part
def _characters(data: Bytes, at: int, stop: int, tables: Tables, codes: Entries, out: Hashes, found: int) -> int:
    """Put the hashes of the characters of one text into `out` from `found` on; returns where they end."""
    first = found
    space = mixed(GOLDEN)
    while at < stop:
        code, at = decode(data, at, stop)
        entry = flags_of(code, tables.table)
        kind = entry & KIND
        if kind == SPACE:
            if found > first and out[found - 1] != space:
                out[found] = space
                found += 1
        elif kind != NOTHING:
            if kind == DIGIT:
                at = after_number(data, at, stop, tables.table)
            state = GOLDEN
            for k in range(put_simplified(code, entry, tables.sequences, codes, 0)):
                state = (state ^ np.uint64(codes[k])) * GOLDEN
            out[found] = mixed(state)
            found += 1
    return found - (found > first and out[found - 1] == space)


@kernel
def _characters_of_texts(
    data: Bytes, offsets: Offsets, rows: Offsets, tables: Tables, out: Hashes, bounds: Offsets
) -> None:
    codes = np.empty(len(tables.sequences), np.uint32)
    found = bounds[0]  # a plain 0 would have Numba compile the callee once more, for the constant
    for k in range(len(rows)):
        found = _characters(data, offsets[rows[k]], offsets[rows[k] + 1], tables, codes, out, found)
        bounds[k + 1] = found


def characters_of_texts(data: Bytes, offsets: Offsets, rows: Offsets) -> tuple[Hashes, Offsets]:
    """The hashes of the characters of each row."""
    bounds = np.zeros(len(rows) + 1, np.int64)
    # No character takes less than a byte, and pages that are not written to take no memory.
    out = np.empty(int((offsets[rows + 1] - offsets[rows]).sum()), np.uint64)
    if len(rows):
        _characters_of_texts(data, offsets, rows, simplified_tables(), out, bounds)
    return out[: bounds[-1]], bounds
