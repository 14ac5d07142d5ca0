"""How kernels are compiled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from numba.core.compiler import Flags

from gristmill.text.jit import _QuickFlags, kernel, part

_CODE = """
import numpy as np
from numba.core import event
from gristmill.text.jit import kernel, part

@part
def kept(total, value):
    return total + value

@kernel
def summed(times):
    total = 0
    for k in range(times):
        total = kept(total, 1)
        total = kept(total, 2)
        total = kept(total, k)
    return total

with event.install_recorder("numba:compile") as seen:
    assert summed(4) == 18
named = [one.data["dispatcher"].py_func.__name__ for _, one in seen.buffer if one.is_start]
print(named.count("kept"))
"""


def test_a_function_is_compiled_once_whatever_literals_it_is_called_with(tmp_path: Path) -> None:
    source = tmp_path / "counts.py"
    source.write_text(_CODE)
    env = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, str(source)], capture_output=True, text=True, env=env, check=True)
    assert done.stdout == "1\n"


def test_flags_that_are_compared_at_once_are_equal_where_those_of_numba_are() -> None:
    made = [Flags(), Flags(), Flags()]
    made[1].release_gil = True
    made[2].release_gil = False
    for one in made:
        for other in made:
            assert (_QuickFlags(one) == _QuickFlags(other)) is (one == other) is (_QuickFlags(one) == other)
        assert _QuickFlags(one).values() == one.values()


@part
def half(value: int) -> int:
    return value // 2


@kernel
def quarter(value: int) -> int:
    return half(half(value))


def test_a_part_that_python_calls_is_compiled_for_that_too() -> None:
    assert (quarter(9), half(9)) == (2, 4)
