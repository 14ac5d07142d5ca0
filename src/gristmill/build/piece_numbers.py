"""Pieces of texts as numbers: which part and row each is of, and where their records and bounds are stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from gristmill.build.chunk import piece_store
from gristmill.build.key_lists import PIECE_STARTS, PIECE_STOPS
from gristmill.build.parts import ChunkStored, PartRef, PartStores
from gristmill.contracts.pieces import PIECE_BITS, Texts, row_of
from gristmill.engine.protocol import Refs
from gristmill.recipe.plan import CutLine
from gristmill.text.flat import flat

ROW_BITS = 17
"""Rows of a part have as many bits, twice as many as 64 chunks of 1,024 rows need. Above are 21 for its ordinal."""

_NUMBER = (1 << PIECE_BITS) - 1
ROW_MASK = (1 << ROW_BITS) - 1
PIECE_SHIFT = PIECE_BITS + ROW_BITS

TWINS = pa.schema([("row", pa.int64()), ("rid", pa.string()), ("text", pa.large_string())])
"""Texts only where they are compared."""


def group_of(pieces: Refs, ordinals: Sequence[int]) -> Refs:
    """The group that the part of each piece is in."""
    return np.searchsorted(np.array(ordinals), pieces >> PIECE_SHIFT, side="right") - 1


def by_part(parts: Sequence[PartRef], pieces: Refs) -> Iterator[tuple[PartRef, int, int]]:
    """The parts that have any of the pieces, which are in the order of parts, and where theirs begin and end."""
    for part in parts:
        first, last = np.searchsorted(pieces >> PIECE_SHIFT, [part.ordinal, part.ordinal + 1])
        if first < last:
            yield part, int(first), int(last)


def _chunks(part: PartRef, rows: Refs) -> Iterator[tuple[ChunkStored, Refs, slice]]:
    """The chunks of a part that have any of its rows, which ascend: those in the chunk, and which of all they are."""
    stores = PartStores(part.place, part.part)
    start = done = 0
    for chunk in range(part.chunks):
        stored = ChunkStored(stores, chunk)
        base = stored.batch("base", ["_done"])
        start, begin = start + (len(base) if base is not None else 0), start
        last = int(np.searchsorted(rows, start))
        if last > done:
            yield stored, rows[done:last] - begin, slice(done, last)
        done = last


def spans_of(line: CutLine, part: PartRef, pieces: Refs) -> np.ndarray:
    """Where pieces of one part, ascending, begin and end in their texts: two rows."""
    out = np.empty((2, len(pieces)), np.int64)
    for stored, rows, mine in _chunks(part, row_of(pieces) & ROW_MASK):
        batch = stored.batch(piece_store(line), [PIECE_STARTS, PIECE_STOPS])
        if batch is None:
            raise FileNotFoundError(part.place.path(piece_store(line), part.part))
        offsets = batch.column(0).offsets.to_numpy()
        at = offsets[rows] - offsets[0] + (pieces[mine] & _NUMBER)
        for k in range(2):
            out[k, mine] = batch.column(k).flatten().to_numpy()[at]
    return out


def records_of(part: PartRef, rows: Refs, store: str | None) -> Iterator[pa.RecordBatch]:
    """Rows of one part, as `TWINS` has them; texts from a store, if any."""
    for stored, here, mine in _chunks(part, rows & ROW_MASK):
        base = stored.batch("base", ["rid"])
        text = stored.batch(store, ["text"]) if store else None
        if base is None:
            raise FileNotFoundError(part.place.path("base", part.part))
        wanted = pa.array(here)
        texts = pa.nulls(len(here), pa.large_string()) if text is None else text.column(0).take(wanted)
        yield pa.record_batch(
            [pa.array(rows[mine]), base.column(0).take(wanted).cast(pa.string()), texts], schema=TWINS
        )


def texts_of(part: PartRef, rows: Refs, store: str) -> Texts:
    """The texts of rows of one part."""
    texts = pa.chunked_array([batch.column("text") for batch in records_of(part, rows, store)], pa.large_string())
    return Texts(rows, *flat(texts))
