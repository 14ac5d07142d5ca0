"""What a sink owes: write batches of records into one file that common tools open."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol, Self, runtime_checkable

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from gristmill.records.kinds import KINDS, Kind


class Writer(Protocol):
    """An open file of a sink. The same batches, however cut, give the same bytes."""

    def write(self, batch: pa.RecordBatch) -> None: ...

    def close(self) -> Mapping[str, int] | None:
        """End the file. What is to be told of it, as counts that can be added up over files: `left out: REASON` for
        records that it has no line of, and whatever the format knows (tokens, rows)."""


@runtime_checkable
class DigestingWriter(Writer, Protocol):
    """A writer that knows the digest of what it wrote once it is closed. The files of others are read again for it."""

    @property
    def sha256(self) -> str: ...


TRAIN = "train"
"""What the files of an output are called by others where no step splits them."""


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file of an output, written and closed. `told` is what its writer told when it was closed."""

    path: Path
    split: str | None
    records: int
    told: Mapping[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """What it holds: a format may have left out records."""
        return self.told.get("rows", self.records)


@dataclass(frozen=True, slots=True)
class Delivered:
    """An output once all its files are written: those of a split stand together, in the order of the recipe."""

    recipe: str
    kind: Kind
    files: tuple[OutputFile, ...]

    def splits(self) -> dict[str, tuple[OutputFile, ...]]:
        """The files of each split that has any; of `train` where none is split."""
        found: dict[str, list[OutputFile]] = {}
        for file in self.files:
            found.setdefault(file.split or TRAIN, []).append(file)
        return {name: tuple(files) for name, files in found.items()}


@dataclass(frozen=True, slots=True)
class Ready:
    """A folder in which an output lies as another program takes it, and what speaks against its being taken.

    Each file by its path in the folder: what is written there, or files of the output, linked or joined end to end.
    """

    files: Mapping[str, bytes | tuple[OutputFile, ...]]
    warnings: tuple[str, ...] = ()


class Sink(BaseModel):
    """An output of a recipe. The kind is the file's name; the fields are the keys in the recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: ClassVar[int] = 1

    takes: ClassVar[tuple[Kind, ...]] = KINDS
    """The kinds of record that it can write."""

    keeps_records: ClassVar[bool] = False
    """True where each record is a row of its own and whole, so that it can be read again from there."""

    def __eq__(self, other: object) -> bool:
        """Outputs are equal where their settings are, whichever folder they are used in."""
        return type(self) is type(other) and self.__dict__ == other.__dict__

    @classmethod
    def name(cls) -> str:
        return cls.__module__.rpartition(".")[2]

    @property
    @abstractmethod
    def suffix(self) -> str:
        """The ending of its files, with the dot."""

    @abstractmethod
    def open(self, path: Path, schema: pa.Schema) -> Writer:
        """Begin a file for records of this schema."""

    @classmethod
    def warm(cls) -> None:
        """Have the kernels that write compiled, or loaded, where it cannot be opened without settings of a recipe."""

    def at(self, root: Path) -> Self:
        """The same sink, its relative paths beginning at `root`. The recipe calls it with its own folder."""
        return self

    def reads(self) -> Mapping[str, str | None]:
        """Digests of files and versions of packages that it writes by: with others, records are delivered anew."""
        return {}

    def faults(self) -> Mapping[str, str]:
        """What outside the recipe keeps it from writing: an option, and one sentence on its files."""
        return {}

    def ready(self, delivered: Delivered) -> Ready | None:
        """The folder as another program takes it, made once for all files of the output; None where none is needed."""
        return None


def output_names(sinks: Sequence[Sink]) -> tuple[str, ...]:
    """What each of several outputs is called: by its kind, with a number from the second of a kind on."""
    seen: dict[str, int] = {}
    names = []
    for sink in sinks:
        count = seen[sink.name()] = seen.get(sink.name(), 0) + 1
        names.append(sink.name() if count == 1 else f"{sink.name()}-{count}")
    return tuple(names)


def output_folders(sinks: Sequence[Sink]) -> tuple[str, ...]:
    """Where the files of each of several outputs lie: in `data/`, or below it where another one's end alike."""
    taken: set[str] = set()
    folders = []
    for sink, name in zip(sinks, output_names(sinks), strict=True):
        folders.append(f"data/{name}/" if sink.suffix in taken else "data/")
        taken.add(sink.suffix)
    return tuple(folders)
