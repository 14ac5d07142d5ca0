"""Tasks of the line that cuts texts: pieces by key, and pairs of them by text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.chunk import piece_store
from gristmill.build.key_lists import KEYS, PIECE_STARTS
from gristmill.build.part_groups import PartGroup, alive_rows
from gristmill.build.piece_numbers import ROW_BITS, group_of
from gristmill.build.twin_task import WANTED
from gristmill.engine.exchange import KEYS as PIECES
from gristmill.engine.exchange import ROWS
from gristmill.engine.groups import whole_groups
from gristmill.engine.protocol import Context, Keys, Refs
from gristmill.engine.shuffle import Shuffle, spread
from gristmill.recipe.plan import CutLine
from gristmill.text.radix import once_each

PAIRS = pa.schema([("place", pa.int64()), ("twin", pa.int64())])
"""Where a piece is that is cut, and where that one is in favour of which it goes; -1 where there is none."""


@dataclass(frozen=True, slots=True)
class PiecesJob:
    """The pieces of a group; `bits` of a place say where in its text it is."""

    group: PartGroup[CutLine]
    target: Shuffle
    bits: int


@dataclass(frozen=True, slots=True)
class LinkJob:
    """One partition of keys; pairs go to the groups of what is cut, the rows of twins to their own."""

    line: CutLine
    partition: int
    keys: Shuffle
    pairs: Shuffle
    wanted: Shuffle
    ordinals: tuple[int, ...]  # the first part of each group
    bits: int


def shuffle_pieces(job: PiecesJob, context: Context) -> None:
    """Key and place of every piece of the rows that are still there, to the partitions of the keys."""
    group = job.group
    with job.target.scatter(group.number, PIECES) as out:
        for part in group.parts:
            for stored, start, alive in alive_rows(group, part):
                context.tick(stored.chunk, stored.chunk + 1)
                batch = stored.batch(piece_store(group.line), [KEYS, PIECE_STARTS])
                if batch is None or not alive.any():
                    continue
                if not alive.all():
                    batch = batch.filter(pa.array(alive))
                counts = pc.list_value_length(batch.column(0)).to_numpy()
                rows = (np.flatnonzero(alive) + start + (part.ordinal << ROW_BITS)) << job.bits
                keys, starts = (column.flatten().to_numpy() for column in batch.columns)
                if starts.max(initial=0) >> job.bits:
                    raise ValueError(f"of {part.ordinal} parts no text may have more than {1 << job.bits} bytes")
                out.add([keys, np.repeat(rows, counts) + starts], spread(keys, job.target.partitions))


def link_pieces(job: LinkJob, context: Context) -> None:
    """What is to be cut in favour of what, or to be compared, by the keys of a partition."""
    wanted: list[Refs] = []
    with job.pairs.scatter(job.partition, PAIRS) as out:
        for keys, places in unsplit(whole_groups(list(job.keys.gathered(job.partition)), ROWS)):
            cut, other = job.line.step.link(keys, places >> job.bits)
            place, twin = places[cut], places[other]
            alone = cut == other
            if alone.any():
                twin[alone] = -1
            out.add([place, twin], group_of(place >> job.bits, job.ordinals))
            wanted.append(once_each(twin[~alone] >> job.bits))
            if sum(map(len, wanted)) > ROWS:
                wanted = [once_each(np.concatenate(wanted))]
    rows = once_each(np.concatenate([*wanted, np.empty(0, np.int64)]))
    with job.wanted.scatter(job.partition, WANTED) as out:
        out.add([rows], group_of(rows, job.ordinals))


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
