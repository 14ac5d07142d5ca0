"""`gristmill rules`: every rule of a recipe, or of all steps and their variants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from gristmill.cli import terminal
from gristmill.contracts.rules import Rule
from gristmill.contracts.step import RowStep
from gristmill.recipe.describe import kinds
from gristmill.recipe.load import load


def rules(recipe: Path | None) -> None:
    """List every rule of RECIPE, or of all steps and their variants, with its bound and its source."""
    none = True
    for title, found in _of_all_steps() if recipe is None else _of(recipe):
        if found:
            show_rules(title, found)
            none = False
    if none:
        terminal.say("no rules")


def show_rules(title: str, rules: Sequence[Rule]) -> None:
    """The rules of one step under a heading, which names their sources once."""
    terminal.heading(title)
    for source in dict.fromkeys(rule.source for rule in rules if rule.source):
        terminal.say(f"after {source}")
    terminal.table(("reason", "signal", "stays where"), [(rule.reason, rule.signal, rule.bound) for rule in rules])


def _of_all_steps() -> Iterator[tuple[str, Sequence[Rule]]]:
    for kind in kinds("steps"):
        for variant, found in kind.rules.items():
            yield f"{kind.name} ({variant})" if variant else kind.name, found


def _of(recipe: Path) -> Iterator[tuple[str, Sequence[Rule]]]:
    for line in load(recipe).steps:
        if isinstance(line.step, RowStep):
            yield line.name, line.step.rules()
