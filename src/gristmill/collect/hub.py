"""Datasets of the Hugging Face Hub, read as a stream, or from the local cache where one is offline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from pydantic import Field, field_validator

from gristmill.collect._columns import MAX_RECORD_BYTES
from gristmill.collect._files_reader import FilesReader
from gristmill.collect._hub_files import FAMILIES, Config, DataFile, configs_of, data_files
from gristmill.collect._hub_repository import commit_of, missing_shards, repository
from gristmill.collect._json_rows import JsonRows
from gristmill.collect.conversations import Conversations
from gristmill.collect.csv import Csv
from gristmill.collect.examples import Examples
from gristmill.collect.parquet import Parquet
from gristmill.collect.preferences import Preferences
from gristmill.collect.text import Text
from gristmill.contracts.reader import Reader, Unit
from gristmill.errors import InputError, near_miss
from gristmill.records.chunk import Chunk
from gristmill.records.kinds import Kind

_OF_ROWS = {"conversations": Conversations, "preferences": Preferences, "examples": Examples}
_OF_FILES: dict[str, type[FilesReader]] = {"parquet": Parquet, "json": JsonRows, "csv": Csv, "text": Text}
_COLUMNS = ("text", "id", "url", "time")


class Hub(Reader):
    """A dataset of the Hugging Face Hub. Nothing is downloaded whole; HF_TOKEN is used and never stored.

    Its files are found as the Hub finds them: by the `configs` of its README, else by the names of folders and files. A
    branch is pinned to its commit, which is in the manifest. With HF_HUB_OFFLINE set, the local cache is read instead.
    """

    chooses = frozenset({"dataset", "config", "split", "revision", "files"})

    dataset: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}$",
        description="The dataset, as owner/name.",
    )
    config: str | None = Field(None, min_length=1, description="One of its configs; needed where it has several.")
    split: str | None = Field(None, min_length=1, description="One of its splits; all of them unless given.")
    revision: str = Field(
        "main", pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$", description="A branch, tag or commit."
    )
    files: tuple[str, ...] = Field((), description="Globs of files in the dataset, in place of its own configs.")
    records: Literal["documents", "conversations", "preferences", "examples"] = Field(
        "documents", description="What its rows are."
    )
    text: str = Field("text", min_length=1, description="The column that holds the text of documents.")
    id: str = Field("id", min_length=1, description="The column that holds the own id of documents.")
    url: str = Field("url", min_length=1, description="The column that holds the url of documents.")
    time: str = Field("time", min_length=1, description="The column that holds the time of documents.")
    per: Literal["line", "paragraph", "file"] = Field("line", description="What one record of a text file is.")
    format: str | None = Field(None, min_length=1, description="The format of rows that are no documents.")
    mapping: dict[str, Any] | None = Field(None, description="Where the parts of rows stand that are no documents.")
    max_record_bytes: int = Field(
        MAX_RECORD_BYTES, ge=1, le=1 << 31, description="A longer record is quarantined, not read into memory."
    )

    @field_validator("revision")
    @classmethod
    def _stays_inside(cls, revision: str) -> str:
        if ".." in revision:
            raise ValueError("a revision has no two dots in a row")
        return revision

    @property
    def kind(self) -> Kind:
        return "document" if self.records == "documents" else _OF_ROWS[self.records].gives

    @property
    def reads(self) -> tuple[str, ...]:
        named = "/".join(part for part in (self.config, self.split) if part)
        return (f"{self.dataset} {named}".strip(),)

    def computing_settings(self) -> dict[str, Any]:
        versions = {name: reader.version for name, reader in (_OF_FILES | _OF_ROWS).items()}
        return super().computing_settings() | {"readers": versions}

    def libraries(self) -> tuple[str, ...]:
        return Text(paths=()).libraries()

    def pins(self, unit: Unit) -> str | None:
        commit = commit_of(unit.members[0])
        return commit and f"hf://datasets/{self.dataset}@{commit}"

    def units(self, root: str) -> list[Unit]:
        held = repository(self.dataset, self.revision)
        source = f"hf://datasets/{self.dataset}"
        configs: Sequence[Config] = [Config("default", (("train", self.files),))] if self.files else []
        found = data_files(
            source,
            [path for path, member in held.files.items() if member.size],
            configs or configs_of(source, held.readme()),
            None if self.files else self.config,
        )
        wanted = [file for file in found if self.split in (None, file.split)]
        if not wanted:
            splits = dict.fromkeys(file.split for file in found)
            raise InputError(source, f"it has no split {self.split!r}: {near_miss(str(self.split), splits)}")
        lost = [] if held.whole or self.files else missing_shards([file.path for file in wanted])
        if lost:
            more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
            raise InputError(source, f"the cache has a part of it: {lost[0]}{more} is not there")
        units = self._inner(wanted[0]).units_of([held.files[file.path] for file in wanted])
        return sorted(units, key=lambda unit: (unit.members[0].source, unit.start))

    def pieces(self, unit: Unit, count: int, size: int) -> list[Unit]:
        return self._inner_of(unit).pieces(unit, count, size)

    def read(self, unit: Unit, skip: int = 0) -> Iterator[Chunk]:
        return self._inner_of(unit).read(unit, skip)

    def _inner_of(self, unit: Unit) -> FilesReader:
        name = unit.members[0].source.lower()
        family = next(family for family, endings in FAMILIES.items() if name.endswith(endings))
        return self._inner(DataFile(name, "", family))

    def _inner(self, file: DataFile) -> FilesReader:
        """The reader of such files, with our settings."""
        given: dict[str, Any] = {"max_record_bytes": self.max_record_bytes}
        if self.records != "documents":
            return _OF_ROWS[self.records].model_validate(given | {"format": self.format, "mapping": self.mapping})
        if file.family == "text":
            return Text.model_validate(given | {"split": self.per})
        return _OF_FILES[file.family].model_validate(given | {name: getattr(self, name) for name in _COLUMNS})
