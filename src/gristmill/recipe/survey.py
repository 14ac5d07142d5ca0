"""What the inputs of a recipe are made of: files, units and bytes; nothing of them is read but what listing needs."""

from __future__ import annotations

from dataclasses import dataclass

from gristmill.contracts.reader import Reader
from gristmill.errors import InputError
from gristmill.recipe.model import Recipe


@dataclass(frozen=True, slots=True)
class Surveyed:
    """An input: how many files it has, in how many units, and their size on disk."""

    reader: str
    reads: tuple[str, ...]  # in the words of the recipe
    files: int
    units: int
    bytes: int


def survey(recipe: Recipe) -> tuple[list[Surveyed], list[InputError]]:
    """Every input that can be listed, and an error for each that cannot, or that is read by another already."""
    found: list[Surveyed] = []
    errors: list[InputError] = []
    owner: dict[str, str] = {}
    for reader in recipe.inputs:
        try:
            one, sources = _one(reader, str(recipe.root))
        except InputError as error:
            errors.append(error)
            continue
        found.append(one)
        shared = sorted(sources & owner.keys())
        if shared:
            errors.append(InputError(shared[0], f"is read by two inputs, {owner[shared[0]]} and {one.reader}"))
        owner.update(dict.fromkeys(sources, one.reader))
    return found, errors


def _one(reader: Reader, root: str) -> tuple[Surveyed, set[str]]:
    units = reader.units(root)
    sources = {member.source for unit in units for member in unit.members}
    return Surveyed(reader.name(), reader.reads, len(sources), len(units), sum(unit.size for unit in units)), sources
