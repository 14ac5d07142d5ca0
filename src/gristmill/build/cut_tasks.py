"""Tasks of the line that cuts texts: pieces by key, pairs by text, stretches by text."""

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
from gristmill.build.key_lists import KEYS, PIECE_SIZES, PIECE_STARTS
from gristmill.build.part_groups import KeysJob, PartGroup, alive_rows
from gristmill.build.parts import PartRef
from gristmill.build.piece_numbers import ROW_BITS, ROW_MASK, by_part, group_of, texts_of
from gristmill.build.state import start_store
from gristmill.build.twin_task import WANTED, twins_of
from gristmill.contracts.pieces import PIECE_BITS, Pieces, Texts, row_of
from gristmill.engine.exchange import KEYS as KEY_ROWS
from gristmill.engine.exchange import ROWS
from gristmill.engine.groups import whole_groups
from gristmill.engine.protocol import Context, Keys, Refs
from gristmill.engine.shuffle import Shuffle, spread
from gristmill.recipe.plan import CutLine
from gristmill.text.disjoint import Stretches, disjoint
from gristmill.text.flat import flat
from gristmill.text.radix import ascending_order, once_each

PIECES = pa.schema([("key", pa.uint64()), ("piece", pa.int64()), ("start", pa.int32()), ("size", pa.int32())])
PAIRS = pa.schema(
    [
        ("row", pa.int64()),  # of the text that is cut: (ordinal of its part << ROW_BITS | row in the part)
        ("start", pa.int32()),  # of its piece
        ("size", pa.int32()),
        ("twin", pa.int64()),  # the row of the text that stays; -1 where a piece goes in favour of none
        ("twin_start", pa.int32()),
    ]
)

_COMPARED = 500_000
"""Pairs of pieces whose texts are compared at once, about: some hundred bytes each."""

Columns = tuple[Refs, ...]
"""Those of `PAIRS`."""


@dataclass(frozen=True, slots=True)
class LinkJob:
    """One partition of keys; pairs go to the groups of what is cut, the rows of twins to their own."""

    line: CutLine
    partition: int
    keys: Shuffle
    pairs: Shuffle
    wanted: Shuffle
    ordinals: tuple[int, ...]  # the first part of each group


@dataclass(frozen=True, slots=True)
class CutJob:
    """The pairs of which a group has what is cut."""

    group: PartGroup[CutLine]
    pairs: Shuffle
    twins: str
    ordinals: tuple[int, ...]
    folder: str  # of what is found


def shuffle_pieces(job: KeysJob[CutLine], context: Context) -> None:
    """Key, piece and place of every piece of the rows that are still there, to the partitions of the keys."""
    group = job.group
    with job.target.scatter(group.number, PIECES) as out:
        for part in group.parts:
            for stored, start, alive in alive_rows(group, part):
                context.tick(stored.chunk, stored.chunk + 1)
                batch = stored.batch(piece_store(group.line), [KEYS, PIECE_STARTS, PIECE_SIZES])
                if batch is None or not alive.any():
                    continue
                if not alive.all():
                    batch = batch.filter(pa.array(alive))
                counts = pc.list_value_length(batch.column(0)).to_numpy()
                rows = (np.flatnonzero(alive) + start + (part.ordinal << ROW_BITS)) << PIECE_BITS
                numbers = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
                keys, starts, sizes = (column.flatten() for column in batch.columns)
                to = spread(keys.to_numpy(), job.target.partitions)
                out.add([keys, np.repeat(rows, counts) + numbers, starts, sizes], to)


def link_pieces(job: LinkJob, context: Context) -> None:
    """What is to be cut in favour of what, or to be compared, by the keys of a partition."""
    batches = list(job.keys.gathered(job.partition))
    if batches:
        piece, start, size = (_joined(batches, name) for name in PIECES.names[1:])
    bounds = np.cumsum([0, *map(len, batches)])
    # Groups are told by where their pieces stand in these columns: in the order of pieces, as the writers' files are.
    numbered = [
        pa.record_batch([batch.column(0), pa.array(np.arange(first, last))], schema=KEY_ROWS)
        for batch, (first, last) in zip(batches, pairwise(bounds.tolist()), strict=True)
    ]
    rows = np.empty(0, np.int64)
    with job.pairs.scatter(job.partition, PAIRS) as out:
        for keys, places in unsplit(whole_groups(numbered, ROWS)):
            cut, twin = (places[side] for side in job.line.step.link(keys, piece[places]))
            alone = cut == twin
            row, twin_row = row_of(piece[cut]), row_of(piece[twin])
            twin_row[alone] = -1
            out.add([row, start[cut], size[cut], twin_row, start[twin]], group_of(row, job.ordinals))
            rows = once_each(np.concatenate([rows, twin_row[~alone] if alone.any() else twin_row]))
    with job.wanted.scatter(job.partition, WANTED) as out:
        out.add([rows], group_of(rows, job.ordinals))


def _joined(batches: list[pa.RecordBatch], name: str) -> Refs:
    joined: Refs = np.concatenate([batch.column(name).to_numpy() for batch in batches])
    return joined


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
    batches = list(job.pairs.gathered(job.group.number))
    if not batches:
        return []
    pairs = tuple(_joined(batches, name) for name in PAIRS.names)
    del batches
    if len(job.group.parts) > 1:
        pairs = _taken(pairs, ascending_order(pairs[0] >> ROW_BITS))
    parts: dict[int, pa.RecordBatch] = {}
    for part, first, last in by_part(job.group.parts, _whole_parts(pairs[0])):
        context.tick(0, 0)
        mine = tuple(column[first:last] for column in pairs)
        batch = pa.concat_batches([_cuts(job, part, _taken(mine, some)) for some in _some_rows(mine[0])])
        if len(batch):
            parts[part.ordinal] = batch
    if parts:
        write_cuts(parts, Path(job.folder) / f"{job.ordinals[job.group.number]:08d}.arrow")
    return [(ordinal, _digest(batch)) for ordinal, batch in parts.items()]


def _taken(pairs: Columns, order: Refs) -> Columns:
    return tuple(column[order] for column in pairs)


def _whole_parts(rows: Refs) -> Refs:
    """The first row of the part of each."""
    return rows >> ROW_BITS << ROW_BITS


def _some_rows(rows: Refs) -> Iterator[Refs]:
    """Which pairs to take at once, some rows after the others: all pairs of a row together, few enough to compare."""
    low = int(rows.min())
    counts = np.bincount(rows - low)
    upto = np.cumsum(counts)
    count = -(-len(rows) // _COMPARED)
    edges = np.searchsorted(upto, np.arange(1, count) * len(rows) // count) + 1
    bounds = once_each(np.concatenate([[0], edges, [len(counts)]])) + low
    for first, last in pairwise(bounds.tolist()):
        some = np.flatnonzero((rows >= first) & (rows < last)) if count > 1 else np.arange(len(rows))
        if len(some):
            yield some


def _cuts(job: CutJob, part: PartRef, pairs: Columns) -> pa.RecordBatch:
    """The stretches of some rows of one part, sorted, none over another."""
    row, start, size, twin, there = pairs
    found = disjoint(
        _compared(job, part, pairs)
        if job.group.line.step.compares
        else Stretches(row, start.astype(np.int64), start.astype(np.int64) + size, twin, there.astype(np.int64))
    )
    alone = found.twins < 0
    columns = [
        pa.array(found.rows & ROW_MASK, pa.int32()),
        pa.array(found.starts, pa.int32()),
        pa.array(found.stops, pa.int32()),
        _rids(job, found.twins),
        pa.array(found.there, pa.int32(), mask=alone),
    ]
    return pa.record_batch(columns, schema=CUTS)


def _compared(job: CutJob, part: PartRef, pairs: Columns) -> Stretches:
    """The stretches that the texts of the pairs have in common."""
    row, start, size, twin, there = _taken(pairs, ascending_order(pairs[3]))
    step = job.group.line.step
    there_too = np.zeros(1 << ROW_BITS, np.bool_)
    there_too[row & ROW_MASK] = True
    rows = np.flatnonzero(there_too)
    own = texts_of(part, rows + (part.ordinal << ROW_BITS), start_store(job.group.plan, job.group.pass_number + 1))
    at = (np.cumsum(there_too) - 1)[row & ROW_MASK]
    nothing = np.empty(0, np.uint64)
    start, there = start.astype(np.int64), there.astype(np.int64)
    stops = start + size, there + size
    all_found = []
    for twins, first, last in twins_of(job.twins, job.ordinals, twin):
        mine = slice(first, last)
        twin_at = np.searchsorted(twins.column("row").to_numpy(), twin[mine])
        found = step.extend(
            own,
            Pieces(at[mine], nothing, start[mine], stops[0][mine]),
            Texts(np.empty(0, np.int64), *flat(twins.column("text"))),
            Pieces(twin_at, nothing, there[mine], stops[1][mine]),
        )
        pair = found.pair + first
        all_found.append((row[pair], found.starts, found.stops, twin[pair], found.twins))
    return Stretches(*(np.concatenate(column) for column in zip(*all_found, strict=True)))


def _rids(job: CutJob, rows: Refs) -> pa.Array:
    """The ids of the records in these rows, null for -1."""
    order = ascending_order(rows + 1)
    ascend = rows[order]
    alone = int(np.searchsorted(ascend, 0))
    found = [pa.nulls(alone, pa.string())]
    for twins, first, last in twins_of(job.twins, job.ordinals, ascend[alone:]):
        at = np.searchsorted(twins.column("row").to_numpy(), ascend[alone + first : alone + last])
        found.append(twins.column("rid").take(pa.array(at)))
    places = np.empty(len(rows), np.int64)
    places[order] = np.arange(len(rows))
    return pa.concat_arrays(found).take(pa.array(places))


def _digest(batch: pa.RecordBatch) -> str:
    """Of what goes; where else it stands changes no text."""
    where = np.stack([batch.column(name).to_numpy() for name in ("row", "start", "stop")])
    return hashlib.blake2b(where.tobytes(), digest_size=16).hexdigest()
