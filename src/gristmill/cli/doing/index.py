"""`gristmill index`: an earlier corpus boiled down to what one step compares, for its option `against`."""

from __future__ import annotations

from pathlib import Path

from gristmill.build.index_making import make_index
from gristmill.cli import terminal
from gristmill.cli._interrupts import heard
from gristmill.cli.figures import count, several, size
from gristmill.contracts import catalog
from gristmill.contracts.step import CorpusStep, Step
from gristmill.errors import InputError, near_miss
from gristmill.recipe.load import read
from gristmill.recipe.sources import sources_of

_KINDS = ("parquet", "jsonl", "csv", "text")


def index(sources: tuple[str, ...], name: str, recipe: Path | None, to: Path, workers: int | None) -> None:
    """Make an index of SOURCES: finished builds, or files, folders and globs of texts."""
    step = _step(name, recipe)
    found = sources_of(sources, Path.cwd(), {kind: {} for kind in _KINDS})
    with heard():
        made = make_index(step, found, Path.cwd(), to, workers=workers)
    if made.unread:
        terminal.warn(f"{several(made.unread, 'record')} could not be read and are not in the index")
    terminal.say(f"wrote {to} ({count(made.records)} records, {count(made.keys)} keys, {size(made.bytes)})")
    terminal.say(f"next, in a recipe: - {name}: {{against: [{to.name}]}}")


def _step(name: str, recipe: Path | None) -> CorpusStep:
    """The step of a recipe, or the one with its own options."""
    if recipe is not None:
        own = [line.step for line in read(recipe).recipe.steps if line.name == name or line.step.name() == name]
        if not own:
            raise InputError(str(recipe), f"has no step {name}")
        step: Step = own[0]
    else:
        known = catalog.names("steps")
        if name not in known:
            raise InputError(f"--step {name}", f"there is no such step: {near_miss(name, known)}")
        step = catalog.step(name)()
    if not isinstance(step, CorpusStep):
        raise InputError(f"--step {name}", "looks at records one by one and has no use for an index")
    return step
