"""Gristmill turns raw sources into training data, and can say of every record what became of it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gristmill.errors import GristmillError
    from gristmill.recipe.dump import dump
    from gristmill.recipe.lint import lint
    from gristmill.recipe.load import load, loads
    from gristmill.recipe.model import Recipe, lines
    from gristmill.recipe.plan import make_plan
    from gristmill.running import run

__version__ = "0.1.0"

__all__ = ["GristmillError", "Recipe", "__version__", "dump", "lines", "lint", "load", "loads", "make_plan", "run"]

_HOME = {
    "GristmillError": "gristmill.errors",
    "Recipe": "gristmill.recipe.model",
    "dump": "gristmill.recipe.dump",
    "lines": "gristmill.recipe.model",
    "lint": "gristmill.recipe.lint",
    "load": "gristmill.recipe.load",
    "loads": "gristmill.recipe.load",
    "make_plan": "gristmill.recipe.plan",
    "run": "gristmill.running",
}
"""Where each public name lives: importing the package must not cost the import of numba, duckdb or pyarrow."""


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
