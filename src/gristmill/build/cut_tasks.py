"""Tasks of the line that cuts texts: pieces by key, pairs by twin, stretches by text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.chunk import piece_store
from gristmill.build.cuts import CUTS, write_cuts
from gristmill.build.key_lists import KEYS
from gristmill.build.part_groups import KeysJob, PartGroup, alive_rows
from gristmill.build.parts import PartRef
from gristmill.build.piece_numbers import (
    PIECE_SHIFT,
    ROW_BITS,
    ROW_MASK,
    by_part,
    group_of,
    spans_of,
    texts_of,
)
from gristmill.build.state import start_store
from gristmill.build.twin_task import PAIRS, PLACED, columns_of, twins_of
from gristmill.contracts.pieces import PIECE_BITS, Pieces, PieceStep, Texts, row_of
from gristmill.engine.exchange import KEYS as KEY_ROWS
from gristmill.engine.exchange import ROWS
from gristmill.engine.groups import whole_groups
from gristmill.engine.protocol import Context, Keys, Refs
from gristmill.engine.shuffle import Shuffle, spread
from gristmill.recipe.plan import CutLine
from gristmill.text.flat import flat

_COMPARED = 500_000
"""Pairs of pieces whose texts are compared at once, about: some hundred bytes each."""


@dataclass(frozen=True, slots=True)
class LinkJob:
    """One partition of keys; pairs go to the groups of their twins."""

    line: CutLine
    partition: int
    keys: Shuffle
    target: Shuffle
    ordinals: tuple[int, ...]  # the first part of each group


@dataclass(frozen=True, slots=True)
class CutJob:
    """The pairs of which a group has what is cut."""

    group: PartGroup[CutLine]
    placed: Shuffle
    twins: str
    ordinals: tuple[int, ...]
    folder: str  # of what is found


def shuffle_pieces(job: KeysJob[CutLine], context: Context) -> None:
    """(key, piece) of every row that is still there, to the partitions of the keys."""
    group = job.group
    with job.target.scatter(group.number, KEY_ROWS) as out:
        for part in group.parts:
            for stored, start, alive in alive_rows(group, part):
                context.tick(stored.chunk, stored.chunk + 1)
                batch = stored.batch(piece_store(group.line), [KEYS])
                if batch is None or not alive.any():
                    continue
                lists = batch.column(0).filter(pa.array(alive))
                counts = pc.list_value_length(lists).to_numpy()
                rows = (np.flatnonzero(alive) + start + (part.ordinal << ROW_BITS)) << PIECE_BITS
                numbers = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
                keys = lists.flatten().to_numpy()
                out.add([keys, np.repeat(rows, counts) + numbers], spread(keys, job.target.partitions))


def link_pieces(job: LinkJob, context: Context) -> None:
    """What is to be cut in favour of what, or to be compared, by the keys of a partition."""
    with job.target.scatter(job.partition, PAIRS) as out:
        for keys, pieces in unsplit(whole_groups(list(job.keys.gathered(job.partition)), ROWS)):
            cut, twin = job.line.step.link(keys, pieces)
            out.add([cut, twin], group_of(twin, job.ordinals))


def unsplit(groups: Iterable[tuple[Keys, Refs]]) -> Iterator[tuple[Keys, Refs]]:
    """The same groups, and those whole that came in pieces: how many copies stay is counted over all of them.

    A piece but the first begins with the first and the last one of those before it.
    """
    held: list[tuple[Keys, Refs]] = []  # the group that came last, which may go on
    for keys, pieces in groups:
        goes_on = len(held) > 0 and keys[0] == held[0][0][0]
        begin = 2 if goes_on else 0
        end = int(np.searchsorted(keys, keys[-1]))
        if end == 0 and goes_on:
            held.append((keys[begin:], pieces[begin:]))
            continue
        done = [*held, (keys[begin:end], pieces[begin:end])]
        held = [(keys[end:], pieces[end:])]
        if any(len(some) for some, _ in done):
            yield np.concatenate([one for one, _ in done]), np.concatenate([other for _, other in done])
    if held:
        yield np.concatenate([one for one, _ in held]), np.concatenate([other for _, other in held])


def cut_parts(job: CutJob, context: Context) -> list[tuple[int, str]]:
    """Write what is cut out of the texts of a group; a digest of it for each part that has any."""
    cut, twin, starts, stops = columns_of(list(job.placed.gathered(job.group.number)), PLACED)
    order = np.lexsort((twin, cut >> PIECE_SHIFT))
    cut, twin, starts, stops = cut[order], twin[order], starts[order], stops[order]
    parts: dict[int, pa.RecordBatch] = {}
    for part, first, last in by_part(job.group.parts, cut):
        context.tick(0, 0)
        found = []
        for some in _some_rows(row_of(cut[first:last])):
            mine = some + first
            found.append(_stretches(job, part, cut[mine], twin[mine], np.stack([starts[mine], stops[mine]])))
        batch = pa.concat_batches(found)
        if len(batch):
            parts[part.ordinal] = batch
    if parts:
        write_cuts(parts, Path(job.folder) / f"{job.ordinals[job.group.number]:08d}.arrow")
    return [(ordinal, _digest(batch)) for ordinal, batch in parts.items()]


def _some_rows(rows: Refs) -> Iterator[Refs]:
    """Which pairs to take at once, some rows after the others: all pairs of a row together, few enough to compare."""
    count = -(-len(rows) // _COMPARED)
    edges = np.unique(np.sort(rows)[np.arange(1, count) * len(rows) // count]) if count > 1 else rows[:0]
    bounds = [int(rows.min()), *edges.tolist(), int(rows.max()) + 1]
    for low, high in pairwise(bounds):
        some = np.flatnonzero((rows >= low) & (rows < high))
        if len(some):
            yield some


def _stretches(job: CutJob, part: PartRef, cut: Refs, twin: Refs, twin_spans: np.ndarray) -> pa.RecordBatch:
    """The stretches of one part, sorted, none over another. The pairs are in the order of their twins."""
    line = job.group.line
    order = np.argsort(cut, kind="stable")
    spans = np.empty_like(twin_spans)
    spans[:, order] = spans_of(line, part, cut[order])
    rows = row_of(cut)
    if line.step.compares:
        own = texts_of(part, np.unique(rows), start_store(job.group.plan, job.group.pass_number + 1))
    found = []
    for twins, first, last in twins_of(job.twins, job.ordinals, twin):
        mine = slice(first, last)
        at = np.searchsorted(twins.column("row").to_numpy(), row_of(twin[mine]))
        if line.step.compares:
            pair, begin, end, there = _compared(
                line.step, own, (rows[mine], spans[:, mine]), flat(twins.column("text")), (at, twin_spans[:, mine])
            )
            rids = twins.column("rid").take(pa.array(at[pair]))
            found.append((rows[mine][pair], begin, end, there, rids))
        else:
            alone = cut[mine] == twin[mine]
            rids = twins.column("rid").take(pa.array(at, mask=alone))
            found.append((rows[mine], spans[0, mine], spans[1, mine], twin_spans[0, mine], rids))
    return _sorted(*(list(column) for column in zip(*found, strict=True)))


def _compared(
    step: PieceStep,
    own: Texts,
    one: tuple[Refs, np.ndarray],
    texts: tuple[np.ndarray, np.ndarray],
    other: tuple[Refs, np.ndarray],
) -> tuple[Refs, np.ndarray, np.ndarray, np.ndarray]:
    nothing = np.empty(0, np.uint64)
    found = step.extend(
        own,
        Pieces(own.at(one[0]), nothing, one[1][0].astype(np.int64, copy=False), one[1][1].astype(np.int64, copy=False)),
        Texts(np.empty(0, np.int64), *texts),
        Pieces(other[0], nothing, other[1][0].astype(np.int64, copy=False), other[1][1].astype(np.int64, copy=False)),
    )
    return found.pair, found.starts, found.stops, found.twins


def _sorted(
    rows: list[Refs], starts: list[Refs], stops: list[Refs], twin_starts: list[Refs], rids: list[pa.Array]
) -> pa.RecordBatch:
    """By row and start, none over another: what an earlier one has taken is left out of a later one."""
    row, start, stop, there = (np.concatenate(one).astype(np.int64) for one in (rows, starts, stops, twin_starts))
    rid = pa.concat_arrays([one.cast(pa.string()) for one in rids])
    order = np.lexsort((there, -stop, start, row))
    row, start, stop, there = row[order], start[order], stop[order], there[order]
    beyond = _reach_before(row, stop)
    there = there + np.maximum(beyond - start, 0)
    start = np.maximum(start, beyond)
    some = start < stop
    rid = rid.take(pa.array(order[some]))
    columns = [
        pa.array(row[some] & ROW_MASK, pa.int32()),
        pa.array(start[some], pa.int32()),
        pa.array(stop[some], pa.int32()),
        rid,
        pa.array(there[some], pa.int32(), mask=rid.is_null().to_numpy(zero_copy_only=False)),
    ]
    return pa.record_batch(columns, schema=CUTS)


def _reach_before(rows: Refs, stops: np.ndarray) -> np.ndarray:
    """For stretches sorted by row and start: how far those before it in its row reach at most."""
    if not len(rows):
        return np.empty(0, np.int64)
    # A running maximum that starts anew with each row: rows are lifted above one another.
    lifted = np.cumsum(np.diff(rows, prepend=rows[0]) != 0) * (int(stops.max()) + 1)
    reach = np.maximum.accumulate(lifted + stops) - lifted
    out = np.concatenate([[0], reach[:-1]])
    out[np.diff(rows, prepend=-1) != 0] = 0
    return out


def _digest(batch: pa.RecordBatch) -> str:
    """Of what goes; where else it stands changes no text."""
    where = np.stack([batch.column(name).to_numpy() for name in ("row", "start", "stop")])
    return hashlib.blake2b(where.tobytes(), digest_size=16).hexdigest()
