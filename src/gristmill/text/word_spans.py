"""Where the words that `simplify` hashes begin and end, for the few texts whose words must be shown or cut."""

from __future__ import annotations

import numpy as np

from gristmill.text.characters import decode, flags_of
from gristmill.text.flat import Bytes, Offsets
from gristmill.text.jit import kernel
from gristmill.text.simplified_table import DIGIT, KIND, LONE, NOTHING, SPACE, Entries, after_number, simplified_tables
from gristmill.text.words import Words


@kernel
def _spans(
    data: Bytes, offsets: Offsets, rows: Offsets, table: Entries, starts: Offsets, stops: Offsets, bounds: Offsets
) -> int:
    found = 0
    for k in range(len(rows)):
        at, stop = offsets[rows[k]], offsets[rows[k] + 1]
        inside = False
        while at < stop:
            code, after = decode(data, at, stop)
            kind = flags_of(code, table) & KIND
            if inside and kind in (SPACE, LONE):
                found += 1
                inside = False
            if not inside and kind not in (SPACE, NOTHING):
                starts[found] = at
                inside = True
            if kind == DIGIT:
                after = after_number(data, after, stop, table)
            if inside:
                stops[found] = after
            if kind == LONE:
                found += 1
                inside = False
            at = after
        found += inside
        bounds[k + 1] = found
    return found


def simplified_words(data: Bytes, offsets: Offsets, rows: Offsets) -> Words:
    """The words that `simplified` gives hashes of, as they stand: row `rows[k]` has those from `bounds[k]` on."""
    room = int((offsets[rows + 1] - offsets[rows]).sum())
    starts, stops = np.empty(room, np.int64), np.empty(room, np.int64)
    bounds = np.zeros(len(rows) + 1, np.int64)
    found = _spans(data, offsets, rows, simplified_tables().table, starts, stops, bounds)
    return Words(starts[:found], stops[:found], bounds)
