"""What cannot work, or hardly was meant, in a line that selects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gristmill.contracts.pieces import PieceStep
from gristmill.contracts.selecting import SelectStep
from gristmill.contracts.step import RowStep
from gristmill.errors import near_miss
from gristmill.recipe.findings import Finding, all_signals, at, columns_of
from gristmill.recipe.model import Recipe
from gristmill.records.kinds import COLUMNS

if TYPE_CHECKING:
    from gristmill.arrange.select import Select

_FIELDS = ("host", "length", "label")
"""Fields that records have beside their columns; see `arrange/_fields.py`."""


def selections(recipe: Recipe) -> Iterator[Finding]:
    """A line that selects ranks by what is known by then, and keeps what later lines leave alone."""
    if not any(isinstance(line.step, SelectStep) for line in recipe.steps):
        return
    from gristmill.arrange.select import Select  # only here, as few recipes have such a line

    for index, line in enumerate(recipe.steps):
        step = line.step
        if not isinstance(step, Select):
            continue
        if step.count is None and step.share is None and isinstance(step.quotas, str) and step.diversity != "distance":
            message = f"{line.name} keeps every record: give count, share or quotas"
            yield Finding("error", message, at(recipe, index))
        yield from _unknown(recipe, index, line.name, step)
        for option, message in _hardly_meant(step):
            yield Finding("warning", f"{line.name} {message}", at(recipe, index, option))
        for later in recipe.steps[index + 1 :]:
            drops = isinstance(later.step, RowStep) and later.step.rules() and not isinstance(later.step, PieceStep)
            if drops:
                message = f"{later.name} drops records after {line.name} has selected: move {line.name} below it"
                yield Finding("warning", message, at(recipe, index))
                break


def _unknown(recipe: Recipe, index: int, name: str, step: Select) -> Iterator[Finding]:
    """Scores and strata that no record has by then, and labels in place of numbers."""
    signals = {full: (place, signal) for place, full, signal in all_signals(recipe)}
    known = {*COLUMNS[recipe.kind].names, *columns_of(recipe), *_FIELDS}
    numbers = [full for full, (_, signal) in signals.items() if signal.kind not in ("label", "spans")]
    for score in step.by:
        path = at(recipe, index, "by")
        if score in signals:
            place, signal = signals[score]
            if place > index:
                yield Finding("error", f"{score!r} is measured after {name}, which ranks by it", path)
            elif signal.kind in ("label", "spans"):
                yield Finding("error", f"{score!r} is a {signal.kind}, and has no highest", path)
        elif not score.startswith("metadata.") and score not in known:
            message = f"no step measures {score!r}: {near_miss(score, numbers)}"
            own = "" if "." in score else f"; a field of your own is metadata.{score}"
            yield Finding("error", message + own, path)
    for field in step.stratify:
        if not field.startswith("metadata.") and field not in known:
            message = f"stratify of {name}: no record has {field!r}: {near_miss(field, known)}"
            message += f"; a field of your own is metadata.{field}"
            yield Finding("error", message, at(recipe, index, "stratify"))


def _hardly_meant(step: Select) -> Iterator[tuple[str, str]]:
    """The option, and what is to be said of it."""
    from gristmill.arrange.select import WORDS

    given = step.model_fields_set
    if "distance" in given and step.diversity != "distance":
        yield "distance", f"gives a distance, which says nothing with diversity: {step.diversity}"
    if "clusters" in given and step.diversity != "clusters":
        yield "clusters", f"gives clusters, which say nothing with diversity: {step.diversity}"
    if step.vectors != WORDS and step.diversity == "none":
        yield "vectors", "names vectors, which say nothing with diversity: none"
    if "quotas" in given and not step.stratify:
        yield "quotas", "gives quotas, which say nothing without stratify"
    if "prefer" in given and not step.by:
        yield "prefer", "gives prefer, which says nothing without a score in by"
