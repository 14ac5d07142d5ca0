"""The task that writes the records of twins to files, and how these are read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from gristmill.build.part_groups import PartGroup
from gristmill.build.piece_numbers import by_part, group_of, records_of
from gristmill.build.state import start_store
from gristmill.contracts.pieces import Texts
from gristmill.engine.files import unfinished
from gristmill.engine.protocol import Context, Refs
from gristmill.engine.shuffle import Shuffle
from gristmill.recipe.plan import CutLine
from gristmill.text.flat import flat
from gristmill.text.radix import once_each

WANTED = pa.schema([("row", pa.int64())])
TWINS = pa.schema([("row", pa.int64()), ("rid", pa.string()), ("size", pa.int64())])
"""The records of twins in a group, ascending: in one batch, so that they are gone through as one. The `size` bytes of
each are in a file beside it, one text after the other, to be mapped as they are."""

_PLACES = 4
"""For each row that is looked for: up to so many, a table of where rows stand takes less time than to search."""


@dataclass(frozen=True, slots=True)
class TwinJob:
    """The rows of a group in which twins stand; their records go to a file."""

    group: PartGroup[CutLine]
    wanted: Shuffle  # WANTED, by group
    twins: str


@dataclass(frozen=True, slots=True)
class Twins:
    """The twins of a group: the row of each, ascending, and its record."""

    path: Path
    rows: Refs
    rids: pa.Array
    sizes: Refs

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
        offsets = np.concatenate([[0], np.cumsum(self.sizes)])
        size = int(offsets[-1])
        data = np.memmap(self.path, np.uint8, "r", shape=(size,)) if size else np.empty(0, np.uint8)
        return Texts(self.rows, np.asarray(data), offsets)


def look_up_twins(job: TwinJob, context: Context) -> None:
    """Files with the records of twins; with their texts, where these are compared."""
    line = job.group.line
    rows = np.empty(0, np.int64)
    for batch in job.wanted.gathered(job.group.number):
        rows = once_each(np.concatenate([rows, batch.column(0).to_numpy()]))
    if not len(rows):
        return
    store = start_store(job.group.plan, job.group.pass_number + 1) if line.step.compares else None
    path, texts = _paths(job.twins, job.group.number)
    temporary, other = unfinished(path), unfinished(texts)
    found = []
    with other.open("wb") as out:
        for part, first, last in by_part(job.group.parts, rows):
            for own, rids, text in records_of(part, rows[first:last], store):
                context.tick(0, 0)
                data, offsets = flat(text)
                out.write(data[offsets[0] : offsets[-1]].data)
                found.append(pa.record_batch([pa.array(own), rids, pa.array(np.diff(offsets))], schema=TWINS))
    with pa.ipc.new_file(os.fspath(temporary), TWINS) as file:
        file.write_batch(pa.concat_batches(found))
    other.replace(texts)
    temporary.replace(path)


def _paths(stem: str, group: int) -> tuple[Path, Path]:
    return Path(f"{stem}-{group:05d}.arrow"), Path(f"{stem}-{group:05d}.texts")


def twins_of(stem: str, ordinals: Sequence[int], rows: Refs) -> Iterator[tuple[Twins, int, int]]:
    """The twins in these rows, whose groups ascend, group by group, and where the rows of each begin and end."""
    groups = group_of(rows, ordinals)
    for group in groups[np.flatnonzero(np.diff(groups, prepend=-1))].tolist():
        first, last = np.searchsorted(groups, [group, group + 1])
        path, texts = _paths(stem, group)
        with pa.memory_map(os.fspath(path)) as source:
            batch = pa.ipc.open_file(source).get_batch(0)
        sizes = batch.column("size").to_numpy()
        yield Twins(texts, batch.column("row").to_numpy(), batch.column("rid"), sizes), int(first), int(last)
