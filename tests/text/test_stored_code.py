"""Kernels loaded from disk, without what only a compiler needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_CODE = """
import sys
import numpy as np
from numba.core import event
from gristmill.text.jit import kernel, part

@part
def root(value):
    return np.sqrt(value)

@kernel
def roots(values):
    made = np.empty(len(values))
    for k in range(len(values)):
        if values[k] < 0:
            raise ValueError("below nothing")
        made[k] = root(values[k])
    return made

@kernel
def total(values):
    return roots(values).sum()

with event.install_recorder("numba:compile") as seen:
    for name in sys.argv[1:]:
        print(globals()[name](np.array([4.0, 9.0])))
    try:
        roots(np.array([-1.0]))
    except ValueError as error:
        print(error)
compiled = {one.data["dispatcher"].py_func for _, one in seen.buffer}
print(*sorted(one.__name__ for one in compiled if one.__module__ == "__main__"))
print("numba.np.linalg" in sys.modules)
"""


def _run(folder: Path, *names: str) -> list[str]:
    source = folder / "roots.py"
    source.write_text(_CODE)
    env = os.environ | {"NUMBA_CACHE_DIR": str(folder)}
    command = [sys.executable, str(source), *names]
    return subprocess.run(command, capture_output=True, text=True, env=env, check=True).stdout.splitlines()


def test_a_kernel_from_disk_answers_the_same_without_the_compiler(tmp_path: Path) -> None:
    assert _run(tmp_path, "roots") == ["[2. 3.]", "below nothing", "root roots", "True"]
    assert _run(tmp_path, "roots") == ["[2. 3.]", "below nothing", "", "False"]


def test_a_kernel_that_is_compiled_takes_in_one_from_disk(tmp_path: Path) -> None:
    _run(tmp_path, "roots")
    assert _run(tmp_path, "roots", "total") == ["[2. 3.]", "5.0", "below nothing", "total", "True"]
    assert _run(tmp_path, "total", "roots") == ["5.0", "[2. 3.]", "below nothing", "", "False"]
