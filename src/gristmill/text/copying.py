"""Stretches of arrays that kernels copy."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from gristmill.text.flat import Bytes
from gristmill.text.jit import part, small_part
from gristmill.text.many_bytes import WIDE, copy_wide

T = TypeVar("T", bound=np.generic)


@part
def copied(source: npt.NDArray[T], begin: int, stop: int, to: npt.NDArray[T], at: int) -> int:
    """Copy `source[begin:stop]` to `to[at:]`: where it ends there.

    An assignment of slices takes two seconds to compile, for the messages that it could fail with.
    """
    some, room = source[begin:stop], to[at : at + stop - begin]
    for k in range(len(some)):
        room[k] = some[k]
    return at + stop - begin


@small_part
def copied_wide(source: Bytes, begin: int, stop: int, to: Bytes, at: int) -> int:
    """`copied` for texts: sixty-four bytes at a time where there are so many, with what is behind them.

    What is written behind the end is not meant; `to` has room for it, or it is not written.
    """
    if stop + WIDE > len(source) or at + stop - begin + WIDE > len(to):
        return copied(source, begin, stop, to, at)
    for k in range(0, stop - begin, WIDE):
        copy_wide(source, begin + k, to, at + k)
    return at + stop - begin
