"""Whether Arrow knows objects of pandas: it imports pandas to tell them from others, which takes as long as Numba."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.abc import MetaPathFinder
from types import ModuleType

import numpy as np
import pyarrow as pa

_passed_over = False


class _NotThere(MetaPathFinder):
    """Finds no pandas."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname, name=fullname)


def pass_over_pandas() -> None:
    """Have Arrow not look for pandas: nothing of ours hands it such objects. What asks for pandas still has it."""
    global _passed_over  # as what Arrow knows is of the process
    if "pandas" in sys.modules:
        return
    finder = _NotThere()
    sys.meta_path.insert(0, finder)
    try:
        pa.scalar(0)  # Arrow looks for it once, at the first value
    finally:
        sys.meta_path.remove(finder)
    _passed_over = True


def look_for_pandas() -> None:
    """Have Arrow know them again, for code that is not ours."""
    if _passed_over:
        with suppress(ImportError):
            pa.array(np.zeros(0)).to_pandas()
