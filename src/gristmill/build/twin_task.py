"""The task that says where the records of twins are, and how these are read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from gristmill.build.part_groups import PartGroup
from gristmill.build.parts import PartRef
from gristmill.build.piece_numbers import ROW_BITS, by_part
from gristmill.build.state import start_store
from gristmill.build.store import write_whole
from gristmill.build.stored_texts import mapped, rids_of, texts_of
from gristmill.contracts.pieces import Texts
from gristmill.engine.files import unfinished
from gristmill.engine.protocol import Context, Refs
from gristmill.engine.shuffle import Shuffle
from gristmill.recipe.plan import CutLine
from gristmill.text.radix import once_each

WANTED = pa.schema([("row", pa.int64())])
TWINS = pa.schema([("row", pa.int64()), ("rid", pa.string()), ("start", pa.int64()), ("stop", pa.int64())])
"""The records of twins in a part, ascending, in one batch: of each, which bytes of a file its text is. That file is the
stored one of the part; where it is compressed, one beside this one. Its metadata name it."""

_TEXTS = b"texts"

_PLACES = 4
"""For each row that is looked for: up to so many, a table of where rows stand takes less time than to search."""


@dataclass(frozen=True, slots=True)
class TwinJob:
    """The rows of a group in which twins stand; their records go to files."""

    group: PartGroup[CutLine]
    wanted: Shuffle  # WANTED, by group
    twins: str


@dataclass(frozen=True, slots=True)
class Twins:
    """The twins of a part: the row of each, ascending, and its record."""

    path: str
    rows: Refs
    rids: pa.Array
    starts: Refs
    stops: Refs

    def at(self, rows: Refs) -> Refs:
        """Where rows, which are all among these, stand."""
        low, high = int(self.rows[0]), int(self.rows[-1])
        if high - low > _PLACES * len(rows):
            return np.searchsorted(self.rows, rows)
        places = np.empty(high - low + 1, np.int64)
        places[self.rows - low] = np.arange(len(self.rows))
        found: Refs = places[rows - low]
        return found

    def texts(self) -> Texts:
        """Their texts, mapped into memory."""
        return Texts(self.rows, mapped(Path(self.path)), self.starts, self.stops)


def look_up_twins(job: TwinJob, context: Context) -> None:
    """Files with the records of twins, one for each part; with where their texts are, where these are compared."""
    line = job.group.line
    rows = np.empty(0, np.int64)
    for batch in job.wanted.gathered(job.group.number):
        rows = once_each(np.concatenate([rows, batch.column(0).to_numpy()]))
    store = start_store(job.group.plan, job.group.pass_number + 1) if line.step.compares else None
    for part, first, last in by_part(job.group.parts, rows):
        context.tick(0, 0)
        _write_twins(part, rows[first:last], store, _path(job.twins, part.ordinal))


def _write_twins(part: PartRef, rows: Refs, store: str | None, path: Path) -> None:
    starts = stops = np.zeros(len(rows), np.int64)
    file = None
    if store:
        texts, file = texts_of(part, rows, store)
        starts, stops = texts.starts, texts.stops
        if file is None:
            file = path.with_suffix(".texts")
            write_whole(file, texts.data.tobytes())
    temporary = unfinished(path)
    batch = pa.record_batch([rows, rids_of(part, rows), starts, stops], schema=TWINS)
    with pa.ipc.new_file(os.fspath(temporary), TWINS.with_metadata({_TEXTS: os.fsencode(file or "")})) as out:
        out.write_batch(batch)
    temporary.replace(path)


def _path(stem: str, ordinal: int) -> Path:
    return Path(f"{stem}-{ordinal:08d}.arrow")


def twins_of(stem: str, rows: Refs) -> Iterator[tuple[Twins, int, int]]:
    """The twins in these rows, whose parts ascend, part by part, and where the rows of each begin and end."""
    parts = rows >> ROW_BITS
    firsts = np.flatnonzero(np.diff(parts, prepend=-1))
    for first, last in pairwise([*firsts.tolist(), len(rows)]):
        with pa.memory_map(os.fspath(_path(stem, int(parts[first])))) as source:
            file = pa.ipc.open_file(source)
            batch = file.get_batch(0)
        starts, stops = (batch.column(name).to_numpy() for name in ("start", "stop"))
        texts = os.fsdecode(file.schema.metadata[_TEXTS])
        yield Twins(texts, batch.column("row").to_numpy(), batch.column("rid"), starts, stops), first, last
