"""Imports the module of a command, and of what others import for themselves only what a command is in need of.

Arrow imports pandas at its first value, to know its types, and Numba imports SciPy before its first kernel, to multiply
matrices: more than a third of what all imports take, and no command uses them. A plug-in that does still can.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

_ARROW, _FRAMES = "pyarrow", "pandas"
_COMPILER, _ALGEBRA = "numba", "scipy"


class _Later:
    """A finder before all others. It finds neither package while it `hides` them; pandas is shown to Arrow once it is
    imported, while SciPy is looked for by Numba again for each kernel that would use it."""

    def __init__(self) -> None:
        self.hides = True

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if self.hides and name in (_FRAMES, _ALGEBRA):
            raise ModuleNotFoundError(f"{name} is not imported yet", name=name)
        return self._shown() if name == _FRAMES else None

    def _shown(self) -> ModuleSpec | None:
        sys.meta_path.remove(self)
        spec = find_spec(_FRAMES)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def load_and_show(module: ModuleType) -> None:
                load(module)
                sys.modules[_ARROW].table({}).to_pandas()

            spec.loader.exec_module = load_and_show  # type: ignore[method-assign]
        return spec


def imported(name: str) -> ModuleType:
    """The module, and what it needs. What came is there to stay: no collection goes through it."""
    finder = _Later()
    sys.meta_path.insert(0, finder)
    try:
        with uncollected():
            module = import_module(name)
            _let_look()
    finally:
        finder.hides = False
        if _ARROW not in sys.modules or _FRAMES in sys.modules:
            sys.meta_path.remove(finder)
    return module


def _let_look() -> None:
    """Have Arrow and Numba look for the packages while they are hidden: they do it once."""
    if (arrow := sys.modules.get(_ARROW)) is not None:
        arrow.scalar(0)
    if _COMPILER in sys.modules:
        with suppress(ImportError):
            import_module(f"{_COMPILER}.np.arraymath")


@contextmanager
def uncollected() -> Iterator[None]:
    """Objects that are made to stay, thousands at a time, do not have those before them looked through again."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if collects:
            gc.enable()
