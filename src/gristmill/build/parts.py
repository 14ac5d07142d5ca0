"""The stores of one part by name, and what is known of a part as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyarrow as pa

from gristmill.build.edited_texts import GONE, WHOLE, as_edited
from gristmill.build.store import Part, PartWriter, Store, read_json, write_json

BASE, TEXT = "base", "text"
"""The kinds of the stores that have texts: as they were read, and as a stretch left them."""

_TEXT = pa.field("text", pa.large_string())
_LARGE = frozenset(("text", WHOLE))  # columns that have most of a store's bytes

PIECES = "pieces"
"""The kind of the stores of pieces: keys, which are random, most of all. LZ4 takes its time to make nothing of them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where each store of a unit's parts lies: store name -> (kind of file, fingerprint), as they follow on the way."""

    store: Store
    unit: str
    prints: Mapping[str, tuple[str, str]]

    def path(self, name: str, part: int) -> Path:
        kind, fingerprint = self.prints[name]
        return self.store.path(kind, fingerprint, self.unit, part)

    def before(self, name: str) -> str:
        """The store of the texts that those of this store were made of."""
        texts = [other for other, (kind, _) in self.prints.items() if kind in (BASE, TEXT)]
        return texts[texts.index(name) - 1]


@dataclass(frozen=True, slots=True)
class PartInfo:
    """A part as its reader gave it: how far into the unit it reaches, and what was read for it."""

    chunks: int
    rows: int
    seen: int  # records of the unit up to and with this part
    last: bool  # the unit ends here
    raw_bytes: int
    skipped: dict[str, int]

    @classmethod
    def load(cls, place: Place, part: int) -> PartInfo | None:
        """What is known of a part, or None where it was never read to its end."""
        value = read_json(place.path("base", part).with_suffix(".json"))
        return None if value is None else cls(**value)

    def save(self, place: Place, part: int) -> None:
        """Mark the part as read. Comes after its base is in place."""
        write_json(place.path("base", part).with_suffix(".json"), asdict(self))


@dataclass(frozen=True, slots=True)
class PartRef:
    """A part of the build: its place, its number in its unit, and its ordinal among all parts."""

    place: Place
    part: int
    ordinal: int
    chunks: int


class PartStores:
    """All stores of one part, opened when first asked for."""

    def __init__(self, place: Place, part: int, *, empty: bool = False) -> None:
        self.place = place
        self.part = part
        self._empty = empty  # a part that was never finished: what lies there is not to be trusted
        self._open: dict[str, Part] = {}

    def __contains__(self, name: str) -> bool:
        return not self._empty and name in self.place.prints

    def __getitem__(self, name: str) -> Part:
        if name not in self._open:
            self._open[name] = Part(self.place.path(name, self.part))
        return self._open[name]


@dataclass(slots=True)
class ChunkStored:
    """The stored batches of one chunk of a part, or of some of its rows. Each column is decompressed once.

    A store of texts has a column `text` for whoever asks for it, which is made when it is wanted (`edited_texts`).
    """

    stores: PartStores
    chunk: int
    rows: slice | None = None
    _columns: dict[tuple[str, str], pa.Array] = field(default_factory=dict)

    def batch(self, store: str, columns: list[str] | None = None) -> pa.RecordBatch | None:
        """A batch of the named store, or None where the store has no such part. Without names, as it is stored."""
        if store not in self.stores or not self.stores[store]:
            return None
        part = self.stores[store]
        names = part.schema.names if columns is None else columns
        if "text" in names and store != BASE and (store, "text") not in self._columns:
            text = self._edited(store)
            if text is None:
                return None
            self._columns[store, "text"] = text
        missing = [name for name in names if (store, name) not in self._columns]
        if missing:
            # To read some columns, Arrow makes room for all of them, and not in the memory that a worker keeps for its
            # next batch (engine/allocation.py). Where most is asked for and nothing is decompressed, all are read.
            whole = not self.stores.place.store.compressed and not _LARGE.isdisjoint(missing)
            batch = part.batch(self.chunk, None if whole else missing)
            if self.rows is not None:
                batch = batch.slice(self.rows.start, self.rows.stop - self.rows.start)
            self._columns |= {(store, name): batch.column(name) for name in batch.schema.names}
        fields = [_TEXT if name == "text" and store != BASE else part.schema.field(name) for name in names]
        return pa.RecordBatch.from_arrays([self._columns[store, name] for name in names], schema=pa.schema(fields))

    def _edited(self, store: str) -> pa.Array | None:
        """The texts that a stretch left, made of those before it."""
        before, told = self.batch(self.stores.place.before(store), ["text"]), self.batch(store, [GONE, WHOLE])
        return None if before is None or told is None else as_edited(before.column(0), *told.columns)


class PartWriters:
    """Writers for the stores of one part; they appear when all are whole, the verdicts last."""

    def __init__(self, place: Place, part: int, names: list[str]) -> None:
        self._writers = {
            name: PartWriter(
                place.path(name, part), compressed=place.store.compressed and place.prints[name][0] != PIECES
            )
            for name in names
        }

    def add(self, made: Mapping[str, pa.RecordBatch]) -> None:
        """The stores of the next chunk: those in `made` are new, the others as they were."""
        for name, writer in self._writers.items():
            if name in made:
                writer.write(made[name])
            else:
                writer.keep()

    def commit(self) -> None:
        for writer in self._writers.values():
            writer.commit()

    def abort(self) -> None:
        for writer in self._writers.values():
            writer.abort()
