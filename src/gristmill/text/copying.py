"""Stretches of arrays that kernels copy."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from gristmill.text.jit import part

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
