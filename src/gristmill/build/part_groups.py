"""Groups of parts, which a task of a meeting reads the stores of: their keys, who is still there, and the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.chunk import ALIVE, line_store
from gristmill.build.key_lists import KEYS
from gristmill.build.parts import ChunkStored, PartRef, PartStores
from gristmill.build.settled import Settled
from gristmill.build.state import state_before
from gristmill.contracts.step import Evidence
from gristmill.contracts.turnwise import seen_by
from gristmill.contracts.view import View
from gristmill.engine.exchange import KEYS as KEY_ROWS
from gristmill.engine.protocol import Context, Refs
from gristmill.engine.shuffle import Shuffle, spread
from gristmill.errors import BuildError
from gristmill.recipe.plan import CorpusLine, CutLine, Plan, RowLine
from gristmill.text.distinct import distinct_values

L = TypeVar("L", bound=CorpusLine | CutLine)

PART_SHIFT = 32
"""A row of the corpus is (ordinal of its part << 32 | row in the part): parts in order of source, so rows too."""

_CHUNKS = 64
_MOST_HELD = 16 << 20  # hashes, of 8 bytes: about twice what as many nodes have as settle at once
_MOST_GROUPS = 2048


@dataclass(frozen=True, slots=True)
class PartGroup(Generic[L]):
    """Parts that follow each other, and a line that brings their rows together after a pass."""

    number: int  # among the groups
    parts: tuple[PartRef, ...]
    plan: Plan
    pass_number: int
    line: L
    before: str | None  # what the meetings before this pass decided
    earlier: tuple[Shuffle, ...]  # tables of the lines before this one, shuffled by group


@dataclass(frozen=True, slots=True)
class KeysJob(Generic[L]):
    group: PartGroup[L]
    target: Shuffle


def grouped(parts: Sequence[PartRef], chunks: int | None = None) -> list[tuple[PartRef, ...]]:
    """Parts in order, in groups of `chunks` (64), larger ones where the build is so large that these are too many."""
    most = max(chunks or _CHUNKS, -(-sum(part.chunks for part in parts) // _MOST_GROUPS))
    groups: list[list[PartRef]] = []
    held = most
    for part in parts:
        if held + part.chunks > most:
            groups.append([])
            held = 0
        groups[-1].append(part)
        held += part.chunks
    return [tuple(group) for group in groups]


def estimate_keys(group: PartGroup[CorpusLine], context: Context) -> int:
    """About how many keys the group has: as many in each chunk of a part as in its first."""
    keys = 0
    for part in group.parts:
        batch = ChunkStored(PartStores(part.place, part.part), 0).batch(line_store(group.line), [KEYS])
        if batch is not None:
            keys += len(batch.column(0).flatten()) * part.chunks
    return keys


def shuffle_keys(job: KeysJob[CorpusLine], context: Context) -> None:
    """(key, row) of every row that is still there, to the partitions of the keys."""
    group = job.group
    with job.target.scatter(group.number, KEY_ROWS) as out:
        for part in group.parts:
            for stored, start, alive in alive_rows(group, part):
                batch = stored.batch(line_store(group.line), [KEYS])
                if batch is not None and alive.any():
                    lists = batch.column(0).filter(pa.array(alive))
                    counts = pc.list_value_length(lists).to_numpy()
                    rows = np.repeat(np.flatnonzero(alive) + start, counts) + (part.ordinal << PART_SHIFT)
                    keys = lists.flatten().to_numpy()
                    out.add([keys, rows], spread(keys, job.target.partitions))


def alive_rows(group: PartGroup[L], part: PartRef) -> Iterator[tuple[ChunkStored, int, npt.NDArray[np.bool_]]]:
    """Of each chunk of a part: its stores, its first row in the part, and which of its rows are still there."""
    gone = _gone(group, part.ordinal)
    stores = PartStores(part.place, part.part)
    start = 0
    for chunk in range(part.chunks):
        stored = ChunkStored(stores, chunk)
        batch = stored.batch(f"verdicts{group.pass_number}", ["ended"])
        if batch is None:
            raise BuildError(f"part {part.ordinal} has no verdicts; delete the build's .work folder and build again")
        alive: npt.NDArray[np.bool_] = batch.column(0).to_numpy() == ALIVE
        alive[gone[(gone >= start) & (gone < start + len(alive))] - start] = False
        yield stored, start, alive
        start += len(alive)


def _gone(group: PartGroup[L], ordinal: int) -> Refs:
    """Rows of a part that went in meetings before, or in favour of others in a line before."""
    gone = [Settled.load(group.before).lost(ordinal)] if group.before else []
    for batch in (batch for table in group.earlier for batch in table.gathered(group.number)):
        lost = batch.filter(pc.and_(batch.column("lost"), pc.equal(batch.column("part"), ordinal)))
        gone.append(lost.column("row").to_numpy().astype(np.int64))
    return distinct_values(np.concatenate(gone)) if gone else np.empty(0, np.int64)


def signal_values(group: PartGroup[CorpusLine], name: str, stored: ChunkStored, length: int) -> pa.Array:
    """A signal (step.signal) of the rows of a chunk, as numbers; null where it was not measured."""
    line_name, _, signal = name.rpartition(".")
    for line in _lines_before(group):
        if line.name == line_name:
            batch = stored.batch(line_store(line), [signal])
            if batch is not None:
                return batch.column(0).cast(pa.float64(), safe=False)
    return pa.nulls(length, pa.float64())


def is_signal(group: PartGroup[CorpusLine], name: str) -> bool:
    """Whether a line before this one measures it."""
    line_name, _, signal = name.rpartition(".")
    return any(
        line.name == line_name and any(one.name == signal for one in line.signals) for line in _lines_before(group)
    )


def _lines_before(group: PartGroup[CorpusLine]) -> Iterator[RowLine]:
    for one in group.plan.passes[: group.pass_number + 1]:
        yield from one.lines


def evidence_of(group: PartGroup[CorpusLine], stored: ChunkStored, rows: Refs) -> pa.Array:
    """What the step compares of the rows, a list of hashes for each."""
    view = View(state_before(group.plan, group.pass_number + 1, stored), rows)
    values, offsets = group.line.step.evidence(seen_by(group.line.step, group.line.of, view))
    return pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), pa.array(values, pa.uint64()))


def end_to_end(batches: Sequence[pa.RecordBatch], target: Path, nodes: int) -> Evidence:
    """The evidence of all nodes together: in memory, or where it is much, in a file that is mapped into it."""
    offsets = np.zeros(nodes + 1, np.int64)
    node = total = 0
    pieces = []
    for batch in batches:
        lists = batch.column("evidence")
        pieces.append(lists.flatten().to_numpy())
        offsets[node + 1 : node + 1 + len(lists)] = total + np.cumsum(pc.list_value_length(lists).to_numpy())
        node += len(lists)
        total += len(pieces[-1])
    if total <= _MOST_HELD:
        return Evidence(np.concatenate([np.empty(0, np.uint64), *pieces]), offsets)
    with target.open("wb") as out:
        for values in pieces:
            out.write(np.ascontiguousarray(values).data)
    return Evidence(np.asarray(np.memmap(target, np.uint64, "r", shape=(total,))), offsets)
