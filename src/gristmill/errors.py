"""Every error the user can meet.

GristmillError
├── RecipeError            the recipe is wrong; carries file and line, or several faults that do
├── InputError             a source cannot be read at all; carries its uri and what to do
├── OutputError            the build cannot be written (disk full, folder taken, path outside)
├── MissingExtra           an optional package is not installed; carries the command that installs it
├── BuildError             the build could not be done (too many errors, books do not balance)
│   └── Interrupted        the user stopped it; carries how to go on
└── RecordNotFoundError    explain was asked for a record that no build knows

A bad *record* is no error here: it is a `Problem` (records/chunk.py), kept in quarantine.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


class GristmillError(Exception):
    """Base of all the errors below; `str()` is one sentence for people."""

    exit_code = 1


@dataclass(frozen=True)
class Place:
    """Where in a recipe something is wrong."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


class RecipeError(GristmillError):
    """The recipe cannot be run as written. `faults` are all of them, this one where it stands alone."""

    exit_code = 2

    def __init__(self, message: str, place: Place | None = None, faults: tuple[RecipeError, ...] = ()) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.message = message
        self.place = place
        self.faults = faults or (self,)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.place, () if self.faults == (self,) else self.faults)

    @classmethod
    def together(cls, faults: Sequence[RecipeError]) -> RecipeError:
        """One error that reports them all, a line each; of one it is that one."""
        if len(faults) == 1:
            return faults[0]
        return cls("\n".join(str(fault) for fault in faults), None, tuple(faults))


class InputError(GristmillError):
    """A source cannot be read at all."""

    exit_code = 3

    def __init__(self, uri: str, message: str) -> None:
        super().__init__(f"{uri}: {message}")
        self.uri = uri
        self.message = message

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.uri, self.message)


class OutputError(GristmillError):
    """The build cannot be written."""

    exit_code = 4


class MissingExtra(GristmillError):
    """An optional package is not installed."""

    exit_code = 5

    def __init__(self, wanted_by: str, package: str, extra: str) -> None:
        super().__init__(f"{wanted_by} needs the package {package!r}: pip install 'gristmill[{extra}]'")
        self.wanted_by = wanted_by
        self.package = package
        self.extra = extra

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.wanted_by, self.package, self.extra)


class BuildError(GristmillError):
    """The build could not be done."""

    exit_code = 1


class Interrupted(BuildError):
    """The user stopped the build; what was finished is kept."""

    exit_code = 130


class RecordNotFoundError(GristmillError):
    """No record of the build answers to what was asked."""

    exit_code = 6


_MOST_NAMED, _SOME = 120, 8


def near_miss(word: str, known: Iterable[str]) -> str:
    """A closing half-sentence for a name that does not exist: the nearest one, or all of them, or some of very many."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    if len(names) > _MOST_NAMED:
        return f"there are {len(names)}, such as {', '.join(names[:: len(names) // _SOME])}"
    return f"there are: {', '.join(names)}" if names else "there are none"
