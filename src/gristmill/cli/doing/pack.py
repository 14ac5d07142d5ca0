"""`gristmill pack`: benchmarks as a pack of hashes, for the step `decontaminate`."""

from __future__ import annotations

from pathlib import Path

from gristmill.cli import terminal
from gristmill.cli.figures import count, several, size
from gristmill.decontaminate._pack import find
from gristmill.decontaminate._packing import Packed, make_pack, packed
from gristmill.errors import OutputError
from gristmill.recipe.benchmarks import load_benchmarks


def pack(benchmarks: Path, to: Path, force: bool) -> None:
    """Make a pack of the BENCHMARKS that a YAML file names: hashes of their n-grams and ids of their items, no text."""
    asked = load_benchmarks(benchmarks)
    if to.exists() and not force:
        raise OutputError(f"{to} is there already: name another with --to, or write over it with --force")
    if asked.common_in:
        terminal.say("Counting which n-grams are common ...")
    try:
        make_pack(asked.benchmarks, asked.words, asked.common_in, asked.root, to)
    except OSError as error:
        raise OutputError(f"{to} cannot be written: {error.strerror}") from error
    made = packed(find(Path(), str(to)), asked.words[0])
    _tell(made)
    terminal.say()
    terminal.say(f"wrote {to} ({size(to.stat().st_size)}); next, in a recipe: - decontaminate: {{packs: [{to.name}]}}")


def _tell(made: list[Packed]) -> None:
    terminal.table(
        ("benchmark", "items", "can be found", "with a short answer", "common n-grams"),
        [
            (
                one.benchmark,
                count(one.items),
                count(one.findable),
                count(one.answered),
                count(one.common),
            )
            for one in made
        ],
        right=("items", "can be found", "with a short answer", "common n-grams"),
    )
    lost = sum(one.items - one.findable for one in made)
    if lost:
        terminal.warn(
            f"{several(lost, 'item')} cannot be found: too short, or nothing in them is their own; "
            "the report counts them apart"
        )
