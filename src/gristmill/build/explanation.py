"""What `explain` answers: the way of a record, the values beside their rules, and the record it was merged into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from gristmill.build.spoken import Spoken
from gristmill.build.textdiff import Diff


class Version(Protocol):
    """The text of a record before and after a step that edits."""

    @property
    def step(self) -> str: ...
    @property
    def text_before(self) -> str: ...
    @property
    def text_after(self) -> str: ...


Replay = Callable[[Path, str, str, int], Sequence[Version]]
"""Reads a record (build, rid, source, position) again and gives every version of its text."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A rule beside a value. The margin is how far inside the nearest bound the value lies; negative is outside."""

    reason: str
    bound: str
    margin: float | None
    broken: bool
    source: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A signal of the record and the rules that bound it. The value is None where it was not measured."""

    signal: str
    value: float | int | str | None
    description: str
    bounds: tuple[Bound, ...]

    @property
    def found_nothing(self) -> bool:
        """Whether it is a check of a linter, and there was nothing to find."""
        return self.description.startswith(("error: ", "warning: ")) and self.value == 0


@dataclass(frozen=True, slots=True)
class Cut:
    """Bytes of the text as it came to a step, cut because the twin has the same; where there is one."""

    start: int
    stop: int
    text: str
    twin: str | None
    twin_start: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """What a step did to the text; without a diff where the texts could not be had."""

    bytes_before: int
    bytes_after: int
    diff: Diff | None
    cuts: tuple[Cut, ...] = ()


@dataclass(frozen=True, slots=True)
class Station:
    """A step on the record's way, the last one included."""

    step: str
    ended: bool
    change: Change | None
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Twin:
    """The record it was merged into, or is a copy of, and how the two differ (left is the record itself)."""

    rid: str
    id: str | None
    url: str | None
    source: str
    position: int
    similarity: float | None
    file: str | None
    row: int | None
    diff: Diff | None


@dataclass(frozen=True, slots=True)
class Explanation:
    rid: str
    id: str | None
    url: str | None
    time: datetime | None
    source: str
    position: int
    fate: str
    sentence: str
    selection: tuple[str, ...]  # a sentence for each line that ranked it: where it stood, and beside whom
    split: str | None  # which split it is in and why; None where the build makes none
    bytes_read: int | None
    bytes: int | None
    words: int | None
    stations: tuple[Station, ...]
    twin: Twin | None
    merged_into_it: int
    merged_rids: tuple[str, ...]
    cluster: str | None
    cluster_size: int | None
    file: str | None
    row: int | None
    text: str | None
    turns: tuple[Spoken, ...]  # of a record of several texts
    notes: tuple[str, ...]
