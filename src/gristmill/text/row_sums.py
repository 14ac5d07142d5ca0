"""Rows of a table of numbers added up in order, sixteen columns at once by the vector instructions of the processor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.extending import intrinsic

from gristmill.text.jit import part

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int32]

LANES = 16
_VECTOR = ir.VectorType(ir.FloatType(), LANES)
_FLOAT = 4  # bytes


@intrinsic
def _adding(typing: Any, table: Any, rows: Any, count: Any, total: Any, begin: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = signature.args
        table = context.make_array(kinds[0])(context, builder, arguments[0])
        rows = context.make_array(kinds[1])(context, builder, arguments[1])
        total = context.make_array(kinds[3])(context, builder, arguments[3])
        count, begin = arguments[2], arguments[4]
        columns = builder.extract_value(table.shape, 1)

        def place(data: Any, at: Any) -> Any:
            return builder.bitcast(builder.gep(data, [at]), _VECTOR.as_pointer())

        sums = cgutils.alloca_once_value(builder, builder.load(place(total.data, begin), align=_FLOAT))
        with cgutils.for_range(builder, count) as loop:
            row = builder.zext(builder.load(builder.gep(rows.data, [loop.index])), columns.type)
            numbers = builder.load(place(table.data, builder.add(builder.mul(row, columns), begin)), align=_FLOAT)
            builder.store(builder.fadd(builder.load(sums), numbers), sums)
        builder.store(builder.load(sums), place(total.data, begin), align=_FLOAT)
        return context.get_dummy_value()

    return types.void(table, rows, types.int64, total, types.int64), generate


_add_lanes = cast(Callable[[Floats, Rows, int, Floats, int], None], _adding)


@part
def add_rows(table: Floats, rows: Rows, count: int, total: Floats) -> None:
    """Add the rows `table[rows[:count]]`, one after another, to the total."""
    for k in range(count):  # nothing where bounds are not checked
        table[rows[k], len(total) - 1]
    begin = 0
    while begin + LANES <= len(total):
        _add_lanes(table, rows, count, total, begin)
        begin += LANES
    for i in range(begin, len(total)):
        for k in range(count):
            total[i] += table[rows[k], i]
