"""Memory asked for before it is needed: what a kernel will read at places known long before, far apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.extending import intrinsic

from gristmill.text.flat import Bytes
from gristmill.text.jit import small_part

LINE = 64
"""Bytes that are brought at a time."""


@intrinsic
def _asking(typing: Any, data: Any, at: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, index = arguments
        place = builder.gep(context.make_array(signature.args[0])(context, builder, array).data, [index])
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [place.type, number, number, number])
        name = "llvm.prefetch.p0"
        ask = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
        builder.call(ask, [place, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(data, types.uint64), generate


_ask = cast(Callable[[Bytes, np.uint64], None], _asking)


@small_part
def ask_for(data: Bytes, at: int) -> None:
    """Have the line of `data[at]` brought into the fast memory, while other work goes on. It need not exist."""
    _ask(data, np.uint64(at))
