"""`gristmill steps`: every step, or one in full."""

from __future__ import annotations

import click

from gristmill.cli import terminal
from gristmill.cli.doing.rules import show_rules
from gristmill.contracts import catalog
from gristmill.errors import near_miss
from gristmill.recipe.describe import Kind, kind, kinds

_TITLES: dict[catalog.Family, str] = {"readers": "Inputs", "steps": "Steps", "sinks": "Outputs"}


def steps(name: str | None) -> None:
    """List the steps, inputs and outputs, or show NAME with its options, signals and rules."""
    if name is None:
        for family, title in _TITLES.items():
            terminal.heading(title)
            terminal.table(("name", "kind", "what it does"), [(k.name, k.shape, k.summary) for k in kinds(family)])
        return
    for family in _TITLES:
        if name in catalog.names(family):
            _show(kind(family, name))
            return
    known = dict.fromkeys(known for family in _TITLES for known in catalog.names(family))
    raise click.UsageError(f"there is no step, input or output {name!r}: {near_miss(name, known)}")


def _show(one: Kind) -> None:
    terminal.say(f"{one.name} ({one.room}, {one.shape}): {one.summary}")
    for line in one.about.splitlines():
        terminal.say(line)
    terminal.heading("Options")
    terminal.table(
        ("option", "type", "default", "description"),
        [(option.name, option.type, option.default, option.description) for option in one.options],
    )
    if one.signals:
        terminal.heading("Signals")
        terminal.table(("signal", "kind", "description"), [(s.name, s.kind, s.description) for s in one.signals])
    for variant, rules in one.rules.items():
        if rules:
            show_rules(f"Rules ({variant})" if variant else "Rules", rules)
