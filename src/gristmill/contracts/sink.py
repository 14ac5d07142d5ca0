"""What a sink owes: write batches of records into one file that common tools open."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Protocol

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from gristmill.records.kinds import KINDS, Kind


class Writer(Protocol):
    """An open file of a sink. The same batches, however cut, give the same bytes."""

    def write(self, batch: pa.RecordBatch) -> None: ...

    def close(self) -> Mapping[str, int] | None:
        """End the file. What is to be told of it, as counts that can be added up over files: `left out: REASON` for
        records that it has no line of, and whatever the format knows (tokens, rows)."""


class Sink(BaseModel):
    """An output of a recipe. The kind is the file's name; the fields are the keys in the recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: ClassVar[int] = 1

    takes: ClassVar[tuple[Kind, ...]] = KINDS
    """The kinds of record that it can write."""

    keeps_records: ClassVar[bool] = False
    """True where each record is a row of its own and whole, so that it can be read again from there."""

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
