"""Texts without some of their stretches."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.contracts.view import View
from gristmill.text.flat import Offsets
from gristmill.text.stretches import cut_out


def without(view: View, rows: Offsets, starts: Offsets, stops: Offsets) -> pa.Array:
    """The asked texts without the stretches `starts[k]:stops[k]` of the batch's data; null where there was none.

    `rows[k]` is an index into the asked rows; stretches ascend, and none overlaps another. One that is all of its line
    takes the line feed with it.
    """
    before = pc.cast(view.column("text"), pa.large_string())
    touched = np.unique(rows)
    if not len(touched):
        return before
    data, offsets = view.text
    bounds = np.searchsorted(rows, np.append(touched, len(view)))
    out, sizes = cut_out(data, offsets, view.rows[touched], starts, stops, bounds)
    anew = pa.Array.from_buffers(pa.large_string(), len(touched), [None, pa.py_buffer(sizes), pa.py_buffer(out)])
    mask = np.zeros(len(view), np.bool_)
    mask[touched] = True
    return pc.replace_with_mask(before, pa.array(mask), anew)
