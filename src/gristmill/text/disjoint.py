"""Stretches of texts of which none lies over another."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gristmill.text.jit import kernel
from gristmill.text.radix import Order, ascending_order

Numbers = npt.NDArray[np.int64]


class Stretches(NamedTuple):
    """Bytes `[starts[k], stops[k])` of the text of `rows[k]`, which stand from `there[k]` on in that of `twins[k]`."""

    rows: Numbers
    starts: Numbers
    stops: Numbers
    twins: Numbers
    there: Numbers


@kernel
def _disjoint(found: Stretches, order: Order, out: Stretches) -> int:
    count = 0
    row = reach = np.int64(-1)
    at = 0
    while at < len(order):
        k = order[at]
        at += 1
        while at < len(order):
            n = order[at]
            if found.rows[n] != found.rows[k] or found.starts[n] != found.starts[k]:
                break
            further = found.stops[n] - found.stops[k]
            earlier = found.twins[k] - found.twins[n]
            if further > 0 or (further == 0 and (earlier > 0 or (earlier == 0 and found.there[n] < found.there[k]))):
                k = n
            at += 1
        if found.rows[k] != row:
            row, reach = found.rows[k], np.int64(0)
        start = max(found.starts[k], reach)
        if start < found.stops[k]:
            out.rows[count] = row
            out.starts[count] = start
            out.stops[count] = found.stops[k]
            out.twins[count] = found.twins[k]
            out.there[count] = found.there[k] + start - found.starts[k]
            count += 1
            reach = found.stops[k]
    return count


def disjoint(found: Stretches) -> Stretches:
    """The same bytes by row and start, none over another: what an earlier one has is left out of a later one.

    Of those that begin in one place the longest is taken, of equal ones that with the lowest twin.
    """
    width = int(found.starts.max(initial=0)).bit_length()
    order = ascending_order(found.rows << width | found.starts)
    out = Stretches(*(np.empty(len(order), np.int64) for _ in Stretches._fields))
    count = _disjoint(Stretches(*map(np.ascontiguousarray, found)), order, out) if len(order) else 0
    return Stretches(*(column[:count] for column in out))
