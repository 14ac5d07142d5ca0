"""What cannot work, or hardly was meant, in a line that splits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gristmill.contracts.splitting import SplitStep
from gristmill.errors import near_miss
from gristmill.recipe.findings import Finding, all_signals, at, columns_of
from gristmill.recipe.model import Recipe
from gristmill.records.kinds import COLUMNS

if TYPE_CHECKING:
    from gristmill.arrange.split import Split

_DERIVED = ("near", "overlap", "host", "prompt", "length", "label")
"""Fields that records are grouped or dealt out by and that are no columns."""


def splits(recipe: Recipe) -> Iterator[Finding]:
    """A line that splits is the last one, and goes by what is measured and known."""
    if not any(isinstance(line.step, SplitStep) for line in recipe.steps):
        return
    from gristmill.arrange.split import Split  # only here, as few recipes have such a line

    for index, line in enumerate(recipe.steps):
        step = line.step
        if not isinstance(step, Split):
            continue
        if index != len(recipe.steps) - 1:
            message = f"{line.name} must be the last step: what later steps drop or edit would no longer be split so"
            yield Finding("error", message, at(recipe, index))
        if step.previous_folder is not None and step.previous_folder.resolve() == recipe.folder.resolve():
            message = f"previous of {line.name} is this very build: copy or rename the earlier one first"
            yield Finding("error", message, at(recipe, index, "previous"))
        yield from _unknown(recipe, index, line.name, step)
        for option, message in _hardly_meant(recipe, step):
            yield Finding("warning", f"{line.name} {message}", at(recipe, index, option))


def _unknown(recipe: Recipe, index: int, name: str, step: Split) -> Iterator[Finding]:
    """Fields that no record has, and measures that no step gives."""
    numbers = {full for _, full, signal in all_signals(recipe) if signal.kind not in ("label", "spans")}
    measures = ["records", "words", "bytes", *sorted(numbers)]
    if step.measure not in measures:
        message = f"measure of {name}: {near_miss(step.measure, measures)}"
        yield Finding("error", message, at(recipe, index, "measure"))
    known = {*COLUMNS[recipe.kind].names, *columns_of(recipe), *_DERIVED}
    for option, fields in (("groups", step.groups), ("stratify", step.stratify)):
        for field in fields:
            if not field.startswith("metadata.") and field not in known:
                message = f"{option} of {name}: no record has {field!r}: {near_miss(field, known)}"
                message += f"; a field of your own is metadata.{field}"
                yield Finding("error", message, at(recipe, index, option))


def _hardly_meant(recipe: Recipe, step: Split) -> Iterator[tuple[str, str]]:
    """The option, and what is to be said of it."""
    if not step.groups:
        yield "groups", "groups by nothing: copies of a record may be in several splits"
    if recipe.kind == "document" and "prompt" in step.groups and "groups" in step.model_fields_set:
        yield "groups", "groups by prompt, and documents have none"
    if step.assign == "stable" and step.stratify:
        yield "stratify", "has assign: stable, so that the strata have their shares on average only"
    if step.assign == "stable" and "overlap" in step.groups and "groups" in step.model_fields_set:
        yield "groups", "has assign: stable, with which overlap ties nothing"
    if step.from_time is None and (step.gap_days or "undated" in step.model_fields_set):
        yield "", "gives gap_days or undated, which say nothing without from_time"
    if "near" in step.groups and step.check_similarity > step.similarity:
        yield "check_similarity", "checks from a higher similarity than it groups by: the check sees less"
