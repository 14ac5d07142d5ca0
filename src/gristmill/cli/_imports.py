"""Imports the module of a command without pandas, which Arrow else imports at its first value to know its types.

That is a third of what all imports take, and no command uses it. A plug-in that does imports it, and Arrow then looks
once more.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType

_LATER = "pandas"


class _Later:
    """A finder before all others: the package is not there while Arrow looks, and is shown to Arrow once it is."""

    def __init__(self) -> None:
        self.looks = True

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != _LATER:
            return None
        if self.looks:
            raise ModuleNotFoundError(f"{name} is not imported yet", name=name)
        sys.meta_path.remove(self)
        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def load_and_show(module: ModuleType) -> None:
                load(module)
                sys.modules["pyarrow"].table({}).to_pandas()

            spec.loader.exec_module = load_and_show  # type: ignore[method-assign]
        return spec


def imported(name: str) -> ModuleType:
    """The module, and all that it imports but pandas."""
    if _LATER in sys.modules:
        return import_module(name)
    finder = _Later()
    sys.meta_path.insert(0, finder)
    module = import_module(name)
    if (arrow := sys.modules.get("pyarrow")) is None:
        sys.meta_path.remove(finder)
    else:
        arrow.scalar(0)  # it has looked from here on
        finder.looks = False
    return module
