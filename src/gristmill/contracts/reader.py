"""What a reader owes: cut its inputs into units, and read a unit from any record on."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from gristmill.contracts.libraries import versions
from gristmill.records.chunk import Chunk
from gristmill.records.kinds import Kind


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a unit: the name it goes by in record ids and the ledger, where to open it, what it is."""

    source: str  # as the recipe spells it: relative stays relative, so ids survive a move of the project
    path: str  # what fsspec opens
    size: int  # bytes
    identity: str  # changes when the file does: size and mtime, or an etag
    checksum: str = ""  # `sha256:` and hex digits, where the recipe's list of files tells one


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of a source that one worker reads by itself.

    `start` and `stop` bound the piece in the reader's own terms (byte offsets, row groups); `stop` None
    is the end. A unit of many small files has many members and no bounds; one of a file with a checksum has none
    either, for the file is checked whole.
    """

    members: tuple[Member, ...]
    start: int = 0
    stop: int | None = None

    @property
    def size(self) -> int:
        """Bytes to read, for progress."""
        return sum(member.size for member in self.members)


class Reader(BaseModel):
    """An input of a recipe: what to read, and how. `FilesReader` in the room of readers is for what lies in files.

    The kind of reader is the name of the file it stands in; the fields are the keys of the recipe's input.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: ClassVar[int] = 1
    """Raise it when the same file would give other records; it is part of the fingerprint."""

    suffixes: ClassVar[tuple[str, ...]] = ()
    """File name endings this reader takes from a folder, compression suffix included: `.jsonl.gz`; of what lies in no
    files, none."""

    chooses: ClassVar[frozenset[str]] = frozenset()
    """Fields that choose the units and change no record: they are no part of the fingerprint."""

    gives_payload: ClassVar[bool] = False
    """True where records are pages (payload, content_type) that need `extract`, not texts."""

    gives: ClassVar[Kind] = "document"
    """The kind of record it gives."""

    @classmethod
    def name(cls) -> str:
        return cls.__module__.rpartition(".")[2]

    @property
    def kind(self) -> Kind:
        """The kind of its records."""
        return self.gives

    @property
    def reads(self) -> tuple[str, ...]:
        """What it reads, for people, in the words of the recipe; never a password."""
        return ()

    @classmethod
    def recognises(cls, head: bytes) -> bool:
        """Whether a file that begins so is for this reader; asked where several readers take files of its ending."""
        return True

    @classmethod
    def ready(cls) -> None:
        """Have the kernels that read compiled, or loaded; nothing where it has none."""

    def libraries(self) -> tuple[str, ...]:
        """Packages that the records come out of: with another version of one, units are read anew."""
        return ()

    def computing_settings(self) -> dict[str, Any]:
        """What changes the records of a unit; what chooses the units does not."""
        left = set(self.chooses)
        own = {"reader": self.name(), "version": self.version, **self.model_dump(mode="json", exclude=left)}
        return own | ({"libraries": versions(self.libraries())} if self.libraries() else {})

    @abstractmethod
    def units(self, root: str) -> list[Unit]:
        """All units, sorted by source and start. `root` is the folder that relative paths begin at.

        Raises InputError, in one sentence, where nothing matches or a file cannot be opened or has not the
        columns that the settings name.
        """

    def pins(self, unit: Unit) -> str | None:
        """What the unit was read from, where the recipe's words for it may come to mean something else: a commit."""
        return None

    def pieces(self, unit: Unit, count: int, size: int) -> list[Unit]:
        """Stretches that lie evenly apart in the unit, for a sample: up to `count`, of about `size` bytes each.

        The unit itself where it is no larger, or cannot be read but from its beginning.
        """
        if len(unit.members) == 1 or unit.size <= count * size:
            return [unit]
        wanted = max(len(unit.members) * count * size // unit.size, 1)
        places = ((2 * at + 1) * len(unit.members) // (2 * wanted) for at in range(wanted))
        return [Unit(tuple(unit.members[place] for place in places))]

    @abstractmethod
    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        """The records of a unit in order, from the `skip`-th on, with bounded memory.

        A record that cannot be read is a problem in its chunk. Where the rest of the unit is lost (a
        truncated archive), what came before is given, then one problem that says so.
        """
