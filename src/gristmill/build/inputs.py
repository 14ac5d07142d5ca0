"""What a build reads: the units of all inputs in one order, and the print that tells a build from another."""

from __future__ import annotations

from dataclasses import dataclass

from gristmill.build.fingerprint import LAYOUT, PassPrints, fingerprint, pass_prints, settings, sink_settings, unit_key
from gristmill.build.folder import holds
from gristmill.contracts.reader import Reader, Unit
from gristmill.errors import InputError
from gristmill.recipe.model import Recipe
from gristmill.recipe.plan import Plan, make_plan


@dataclass(frozen=True, slots=True)
class SourceUnit:
    reader: Reader
    unit: Unit
    key: str
    prints: list[PassPrints]


def source_units(recipe: Recipe, plan: Plan) -> list[SourceUnit]:
    """All units of all inputs, in the order of their names, so that the order of inputs does not matter."""
    found: dict[tuple[str, int], SourceUnit] = {}
    taken: set[str] = set()
    for reader in recipe.inputs:
        prints = pass_prints(plan, reader, recipe.limits.seconds_per_record)
        mine: set[str] = set()
        for unit in reader.units(str(recipe.root)):
            found[unit.members[0].source, unit.start] = SourceUnit(reader, unit, unit_key(unit), prints)
            mine.update(member.source for member in unit.members)
        if twice := sorted(taken & mine):
            raise InputError(twice[0], "is named by two inputs of the recipe; name it in one of them")
        taken |= mine
    sources = {member.path: member.source for one in found.values() for member in one.unit.members}
    for path in holds(recipe.folder, (path for path in sources if "://" not in path)):
        raise InputError(
            sources[path], f"lies in the build folder {recipe.folder}, which this build writes; name other inputs"
        )
    return [found[place] for place in sorted(found)]


def pinned(sources: list[SourceUnit]) -> list[str]:
    """What was read where a recipe's words for it may come to mean something else, as the commit of a branch."""
    return sorted({pin for source in sources if (pin := source.reader.pins(source.unit))})


def print_of(recipe: Recipe, sources: list[SourceUnit]) -> str:
    """What tells a build from another: the settings, and the inputs as they are now."""
    return fingerprint(
        LAYOUT,
        [[source.key, source.prints[0].texts, source.prints[0].verdicts] for source in sources],
        [[line.name, settings(line.step)] for line in recipe.steps],
        [sink_settings(sink) for sink in recipe.outputs],
        recipe.dropped.model_dump(mode="json"),
        recipe.name,
    )


def what_is_read(recipe: Recipe) -> tuple[str, list[tuple[Reader, list[Unit]]]]:
    """The print that a build of the recipe would have, and the units of each input."""
    sources = source_units(recipe, make_plan(recipe))
    units = [(reader, [one.unit for one in sources if one.reader is reader]) for reader in recipe.inputs]
    return print_of(recipe, sources), units
