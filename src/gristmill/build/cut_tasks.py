"""The task that finds what is cut out of texts: of pairs of places, the stretches that are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.chunk import piece_store
from gristmill.build.cuts import CUTS, write_cuts
from gristmill.build.key_lists import PIECE_SIZES, PIECE_STARTS
from gristmill.build.part_groups import PartGroup
from gristmill.build.parts import ChunkStored, PartRef, PartStores
from gristmill.build.piece_numbers import ROW_BITS, ROW_MASK, by_part
from gristmill.build.state import start_store
from gristmill.build.stored_texts import texts_of
from gristmill.build.twin_task import twins_of
from gristmill.contracts.pieces import Pieces
from gristmill.engine.protocol import Context, Refs
from gristmill.engine.shuffle import Shuffle
from gristmill.recipe.plan import CutLine
from gristmill.text.disjoint import Stretches, disjoint
from gristmill.text.radix import ascending_order, once_each
from gristmill.text.runs_of_pairs import in_order_of_place, merged_pairs

_COMPARED = 1_000_000
"""Pairs of pieces whose texts are compared at once, about: some hundred bytes each."""


@dataclass(frozen=True, slots=True)
class CutJob:
    """The pairs of which a group has what is cut."""

    group: PartGroup[CutLine]
    pairs: Shuffle
    twins: str
    ordinals: tuple[int, ...]
    folder: str  # of what is found
    bits: int  # of a place, that say where in its text it is


class _Pairs(NamedTuple):
    """Pairs of places of which the first are in one part: there the texts are alike from `starts` to `stops`, known so
    far. `twins` is the row of the second place, -1 where there is none."""

    rows: Refs
    starts: Refs
    stops: Refs
    twins: Refs
    there: Refs

    def taken(self, order: Refs | slice) -> _Pairs:
        return _Pairs(*(column[order] for column in self))


def cut_parts(job: CutJob, context: Context) -> list[tuple[int, str]]:
    """Write what is cut out of the texts of a group; a digest of it for each part that has any."""
    batches = list(job.pairs.gathered(job.group.number))
    if not batches:
        return []
    place, twin = (np.concatenate([batch.column(at).to_numpy() for batch in batches]) for at in (0, 1))
    del batches
    if len(job.group.parts) > 1:
        order = ascending_order(place >> job.bits + ROW_BITS)
        place, twin = place[order], twin[order]
    rows = place >> job.bits + ROW_BITS << ROW_BITS  # of the first row of each part
    parts: dict[int, pa.RecordBatch] = {}
    for part, first, last in by_part(job.group.parts, rows):
        context.tick(0, 0)
        pairs = _pairs(job, part, place[first:last], twin[first:last])
        batch = pa.concat_batches([_cuts(job, part, pairs.taken(some)) for some in _some_rows(pairs.rows)])
        if len(batch):
            parts[part.ordinal] = batch
    if parts:
        write_cuts(parts, Path(job.folder) / f"{job.ordinals[job.group.number]:08d}.arrow")
    return [(ordinal, _digest(batch)) for ordinal, batch in parts.items()]


def _pairs(job: CutJob, part: PartRef, place: Refs, twin: Refs) -> _Pairs:
    """The pairs of a part in the order of their places, those that follow each other alike as one."""
    within = (1 << job.bits) - 1
    place, twin = in_order_of_place(place, twin, job.bits)
    step = job.group.line.step
    if step.compares:
        first, stop = merged_pairs(place, twin, step.alike())
        place, twin = place[first], twin[first]
        size = stop - place
    else:
        size = _sizes(job, part, place)
    start = place & within
    return _Pairs(place >> job.bits, start, start + size, twin >> job.bits, np.where(twin < 0, 0, twin & within))


def _sizes(job: CutJob, part: PartRef, places: Refs) -> Refs:
    """The bytes of the pieces in these places, which ascend."""
    stores = PartStores(part.place, part.part)
    found = [np.empty(0, np.int64)]
    row = part.ordinal << ROW_BITS
    first = 0
    for chunk in range(part.chunks):
        batch = ChunkStored(stores, chunk).batch(piece_store(job.group.line), [PIECE_STARTS, PIECE_SIZES])
        if batch is None:
            raise FileNotFoundError(stores[piece_store(job.group.line)].path)
        last = int(np.searchsorted(places, row + len(batch) << job.bits))
        if first < last:
            starts, sizes = (column.flatten().to_numpy() for column in batch.columns)
            rows = np.arange(row, row + len(batch)) << job.bits
            there = np.repeat(rows, pc.list_value_length(batch.column(0)).to_numpy()) + starts
            found.append(sizes[np.searchsorted(there, places[first:last])].astype(np.int64))
        row, first = row + len(batch), last
    return np.concatenate(found)


def _some_rows(rows: Refs) -> Iterator[slice]:
    """Which pairs to take at once, whose rows ascend: all pairs of a row together, few enough to compare."""
    count = -(-len(rows) // _COMPARED)
    edges = [np.searchsorted(rows, rows[len(rows) * k // count]) for k in range(1, count)]
    for first, last in pairwise(once_each(np.array([0, *edges, len(rows)])).tolist()):
        yield slice(first, last)


def _cuts(job: CutJob, part: PartRef, pairs: _Pairs) -> pa.RecordBatch:
    """The stretches of some rows of one part, sorted, none over another."""
    found = disjoint(_compared(job, part, pairs) if job.group.line.step.compares else Stretches(*pairs))
    alone = found.twins < 0
    columns = [
        pa.array(found.rows & ROW_MASK, pa.int32()),
        pa.array(found.starts, pa.int32()),
        pa.array(found.stops, pa.int32()),
        _rids(job, found.twins),
        pa.array(found.there, pa.int32(), mask=alone),
    ]
    return pa.record_batch(columns, schema=CUTS)


def _compared(job: CutJob, part: PartRef, pairs: _Pairs) -> Stretches:
    """The stretches that the texts of the pairs have in common."""
    # In a part they stay by place, those of one place by twin, as keys have them: so stretches are looked for.
    pairs = pairs.taken(ascending_order(pairs.twins >> ROW_BITS))
    step = job.group.line.step
    there_too = np.zeros(1 << ROW_BITS, np.bool_)
    there_too[pairs.rows & ROW_MASK] = True
    rows = np.flatnonzero(there_too)
    store = start_store(job.group.plan, job.group.pass_number + 1)
    own, _ = texts_of(part, rows + (part.ordinal << ROW_BITS), store)
    at = (np.cumsum(there_too) - 1)[pairs.rows & ROW_MASK]
    nothing = np.empty(0, np.uint64)
    all_found = []
    for twins, first, last in twins_of(job.twins, pairs.twins):
        mine = pairs.taken(slice(first, last))
        found = step.extend(
            own,
            Pieces(at[first:last], nothing, mine.starts, mine.stops),
            twins.texts(),
            Pieces(twins.at(mine.twins), nothing, mine.there, mine.there + mine.stops - mine.starts),
        )
        pair = found.pair
        all_found.append((mine.rows[pair], found.starts, found.stops, mine.twins[pair], found.twins))
    return Stretches(*(np.concatenate(column) for column in zip(*all_found, strict=True)))


def _rids(job: CutJob, rows: Refs) -> pa.Array:
    """The ids of the records in these rows, null for -1."""
    order = ascending_order(rows + 1)
    ascend = rows[order]
    alone = int(np.searchsorted(ascend, 0))
    found = [pa.nulls(alone, pa.string())]
    for twins, first, last in twins_of(job.twins, ascend[alone:]):
        found.append(twins.rids.take(pa.array(twins.at(ascend[alone + first : alone + last]))))
    places = np.empty(len(rows), np.int64)
    places[order] = np.arange(len(rows))
    return pa.concat_arrays(found).take(pa.array(places))


def _digest(batch: pa.RecordBatch) -> str:
    """Of what goes; where else it stands changes no text."""
    where = np.stack([batch.column(name).to_numpy() for name in ("row", "start", "stop")])
    return hashlib.blake2b(where.tobytes(), digest_size=16).hexdigest()
