"""Tasks of a meeting that hold new rows against indexes: ties to indexed records, and what those stand for.

Only what new rows have keys for is read: keys lie sorted in a file that is mapped, and are found by bisection.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from gristmill.build.part_groups import PART_SHIFT
from gristmill.build.standing_task import STANDING
from gristmill.contracts.indexes import Index, check_file
from gristmill.engine.exchange import TIES
from gristmill.engine.protocol import Context, Keys, Refs
from gristmill.engine.shuffle import Shuffle, spread
from gristmill.text.clusters import ascending

FIRST = 1 << 30
"""The ordinal of the first unit of the first index: above those of all parts of the build."""

KEYS, RECORDS = "keys.bin", "records.bin"
ROWS = pa.schema([("rid", pa.string()), ("evidence", pa.large_list(pa.uint64()))])

_MOST_PER_KEY = 8
"""Indexed records of a key that a new row is tied to: near-copies share other keys too, and a flood stays bounded."""


def unit_path(folder: str | Path, unit: int) -> Path:
    """The file of the records of a unit of an index, one batch after another, as `ROWS`."""
    return Path(folder) / f"unit-{unit:06d}.arrow"


@dataclass(frozen=True, slots=True)
class AgainstJob:
    """A partition of keys of new rows; its ties to indexed records are written to `target` by `writer`."""

    indexes: tuple[Index, ...]
    keys: Shuffle
    partition: int
    target: Shuffle
    writer: int


@dataclass(frozen=True, slots=True)
class IndexedJob:
    """The indexed nodes that were tied, which lie in one group of `nodes`."""

    indexes: tuple[Index, ...]
    nodes: Shuffle
    group: int
    target: Shuffle


def is_indexed(nodes: Refs) -> np.ndarray:
    """Which nodes are records of an index."""
    out: np.ndarray = nodes >= FIRST << PART_SHIFT
    return out


def index_of(nodes: Refs, indexes: Sequence[Index]) -> Refs:
    """Which index each of some nodes is of, -1 for rows of the build."""
    return np.searchsorted(_firsts(indexes), nodes >> PART_SHIFT, side="right") - 1


def _firsts(indexes: Sequence[Index]) -> Refs:
    """The ordinal of the first unit of each index."""
    units = np.array([0, *(index.units for index in indexes)], np.int64)
    return FIRST + np.cumsum(units)[:-1]


@dataclass(frozen=True, slots=True)
class CheckJob:
    index: Index
    file: str


def check_jobs(indexes: Sequence[Index]) -> list[CheckJob]:
    """The files whose every byte matters to what is found: keys, and whose they are. The others are known by size."""
    return [CheckJob(index, file) for index in indexes for file in (KEYS, RECORDS)]


def check_index_file(job: CheckJob, context: Context) -> None:
    """InputError where the file is damaged."""
    check_file(job.index, job.file)


def tie_to_indexes(job: AgainstJob, context: Context) -> None:
    """Each new row of a partition, and the indexed records that it has a key in common with."""
    batches = list(job.keys.gathered(job.partition))
    with job.target.scatter(job.writer, TIES) as out:
        for first, index in zip(_firsts(job.indexes), job.indexes, strict=True):
            if not index.keys:
                continue
            known = np.memmap(Path(index.folder) / KEYS, np.uint64, "r")
            records = np.memmap(Path(index.folder) / RECORDS, np.int64, "r")
            for batch in batches:
                context.tick(0, 0)
                low, high = _ties(batch.column(0).to_numpy(), batch.column(1).to_numpy(), known, records)
                high += int(first) << PART_SHIFT
                out.add([low, high], spread(high, job.target.partitions))


def _ties(keys: Keys, rows: Refs, known: Keys, records: Refs) -> tuple[Refs, Refs]:
    """Pairs of a row and a record whose keys are equal; `known` ascends."""
    order = np.argsort(keys, kind="stable")  # neighbours are looked up near each other
    keys, rows = keys[order], rows[order]
    begins = np.searchsorted(known, keys, "left")
    counts = np.zeros(len(keys), np.int64)
    met = begins < len(known)
    met[met] = known[begins[met]] == keys[met]
    counts[met] = np.searchsorted(known, keys[met], "right") - begins[met]
    counts = np.minimum(counts, _MOST_PER_KEY)
    at = np.repeat(begins, counts) + np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(rows, counts), np.asarray(records[at], np.int64).copy()


def shuffle_indexed(job: IndexedJob, context: Context) -> None:
    """The rid and the evidence of indexed nodes, to the batch that each settles in. Nothing is worth more."""
    found = list(job.nodes.gathered(job.group))
    nodes = np.concatenate([np.empty(0, np.int64), *(batch.column(0).to_numpy() for batch in found)])
    batches = np.concatenate([np.empty(0, np.int64), *(batch.column(1).to_numpy() for batch in found)])
    order = np.argsort(nodes)
    nodes, batches = nodes[order], batches[order]
    firsts = _firsts(job.indexes)
    with job.target.scatter(job.group, STANDING) as out:
        for ordinal in ascending(nodes >> PART_SHIFT).tolist():
            context.tick(0, 0)
            index = int(np.searchsorted(firsts, ordinal, side="right")) - 1
            path = unit_path(job.indexes[index].folder, ordinal - int(firsts[index]))
            first, last = (int(np.searchsorted(nodes, one << PART_SHIFT)) for one in (ordinal, ordinal + 1))
            for mine, rows in _of_unit(path, nodes[first:last] & 0xFFFFFFFF):
                at = slice(first + mine.start, first + mine.stop)
                worth = np.full(mine.stop - mine.start, np.inf)
                out.add([nodes[at], rows.column("rid"), worth, rows.column("evidence")], batches[at])


def _of_unit(path: Path, wanted: Refs) -> Iterator[tuple[slice, pa.RecordBatch]]:
    """Rows of a unit of an index, ascending, batch by batch: which of those wanted, and the rows."""
    with pa.memory_map(os.fspath(path)) as source:
        file = pa.ipc.open_file(source)
        start = 0
        for number in range(file.num_record_batches):
            batch = file.get_batch(number)
            first, last = (int(np.searchsorted(wanted, at)) for at in (start, start + len(batch)))
            if first < last:
                yield slice(first, last), batch.take(pa.array(wanted[first:last] - start))
            start += len(batch)
