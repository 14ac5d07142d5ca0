"""Kernels are compiled to what Numba's own compiler makes of them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from operator import attrgetter
from typing import Any

import numba
import numpy as np
import pytest
from numba.core import types
from numba.core.errors import TypingError
from numba.core.registry import cpu_target

from gristmill.text.quick_compiler import _ARITHMETIC, KernelCompiler, _Typing

_NUMBAS: Any = cpu_target.typing_context
_NUMBAS.refresh()
_KINDS: list[Any] = [
    types.uint8,
    types.int64,
    types.uint64,
    types.float64,
    types.boolean,
    *map(types.literal, (0, -3, 2, 1 << 63)),
]


def _resolved(context: Any, function: Any, args: tuple[Any, ...]) -> tuple[Any, Any] | None:
    try:
        signature = context.resolve_function_type(function, args, {})
    except (TypingError, ValueError, AssertionError):  # not for these, or not for so many
        return None
    return signature and (signature.return_type, signature.args)


@pytest.mark.parametrize("function", sorted(filter(_NUMBAS._lookup_global, _ARITHMETIC), key=attrgetter("__name__")))
def test_what_an_operator_comes_to_is_what_numba_says(function: Any) -> None:
    named, remembering = _NUMBAS.resolve_value_type(function), _Typing(_NUMBAS)
    for count in (1, 2):
        for args in product(_KINDS, repeat=count):
            for _ in range(2):
                assert _resolved(remembering, named, args) == _resolved(_NUMBAS, named, args)


@pytest.mark.parametrize("number", [types.uint8, types.int64, types.uint64, types.float64])
def test_what_a_number_is_made_of_is_what_numba_says(number: Any) -> None:
    for kind in _KINDS:
        named = types.NumberClass(number)
        assert _resolved(_Typing(_NUMBAS), named, (kind,)) == _resolved(_NUMBAS, named, (kind,))


def test_what_is_remembered_is_known_as_numbas_own() -> None:
    assert _Typing(_NUMBAS) == _NUMBAS == _Typing(_NUMBAS)
    assert len({_Typing(_NUMBAS), _Typing(_NUMBAS)}) == 1


def _sums(values: Any, pair: Any) -> tuple[Any, Any]:
    total = np.uint64(0)
    some = np.zeros(len(values), np.bool_)
    for k in range(len(values)):
        if values[k] < 0:
            raise ValueError("less than nothing")
        some[k] = bool(values[k] & 1) or values[k] in (4, 8)
        total += np.uint64(values[k]) << np.uint64(pair[1])
    return total + np.uint64(pair[0]), some[some]


def _meeting(values: Any, pair: Any) -> tuple[Any, Any]:
    low, high = 0, len(values) - 1
    while low < high:
        if values[low] + values[high] < pair[0]:
            low += 1
        elif values[low] + values[high] > pair[0]:
            high -= 1
        else:
            break
    return low, values[low:high].copy()


@pytest.mark.parametrize("function", [_sums, _meeting])
@pytest.mark.parametrize("pair", [(3, 2), (8.5, 1)])
def test_a_kernel_answers_what_numba_would_have_it_answer(function: Callable[..., Any], pair: tuple[Any, int]) -> None:
    ours, numbas = numba.njit(function, pipeline_class=KernelCompiler), numba.njit(function)
    values = np.array([1, 2, 4, 7, 8])
    for compiled in (ours, numbas):
        first, last = compiled(values, pair)
        plain_first, plain_last = function(values, pair)
        assert first == plain_first
        assert last.tolist() == plain_last.tolist()


def test_what_a_kernel_raises_comes_through() -> None:
    with pytest.raises(ValueError, match="less than nothing"):
        numba.njit(_sums, pipeline_class=KernelCompiler)(np.array([-1]), (0, 0))
