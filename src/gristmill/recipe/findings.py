"""What a check of a recipe finds, and the part of the recipe that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from gristmill.contracts.rules import Signal
from gristmill.contracts.step import RowStep
from gristmill.recipe.model import Recipe

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a recipe, and the part of it that it is about: keys and list positions."""

    grade: Literal["error", "warning"]
    message: str
    path: Path


def at(recipe: Recipe, index: int, option: str = "") -> Path:
    """A line of a recipe, or one of its options."""
    path: Path = ("steps", index, recipe.steps[index].step.name())
    return (*path, option) if option else path


def all_signals(recipe: Recipe) -> Iterator[tuple[int, str, Signal]]:
    """Every signal of the lines that look at rows: the line's place, the full name (step.signal), the signal."""
    for index, line in enumerate(recipe.steps):
        if isinstance(line.step, RowStep):
            for signal in line.step.signals():
                yield index, f"{line.name}.{signal.name}", signal


def columns_of(recipe: Recipe) -> set[str]:
    """Columns that steps add to records."""
    rows = [line.step for line in recipe.steps if isinstance(line.step, RowStep)]
    return {name for step in rows for name in (*step.adds, *(s.name for s in step.signals() if s.column))}
