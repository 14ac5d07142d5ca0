"""Texts of rows of a part where they lie in its stored file: mapped, and copied only where they do not lie there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from gristmill.build.edited_texts import GONE, WHOLE
from gristmill.build.parts import ChunkStored, PartRef, PartStores
from gristmill.build.piece_numbers import ROW_MASK
from gristmill.contracts.pieces import Texts
from gristmill.engine.protocol import Refs
from gristmill.text.flat import Bytes, flat, unwritten


def mapped(path: Path) -> Bytes:
    """The bytes of a file, mapped into memory."""
    with pa.memory_map(os.fspath(path)) as source:
        return unwritten(np.frombuffer(source.read_buffer(), np.uint8))


def texts_of(part: PartRef, rows: Refs, store: str) -> tuple[Texts, Path | None]:
    """The texts of rows of one part, ascending, and the file whose bytes they are given in; None where they are a copy:
    of a compressed file, and where any is told by what went out of the text before.

    No row is asked for whose text is null.
    """
    path = part.place.path(store, part.part)
    data = mapped(path)
    starts, stops = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
    file = pa.ipc.open_file(pa.py_buffer(data))  # all columns: of some alone Arrow makes copies
    for texts, wanted, at in _by_chunk(lambda index: _lying(file.get_batch(index)), rows):
        _, offsets, values = texts.buffers()
        first = values.address - data.ctypes.data if values else -1
        if not 0 <= first <= len(data) - values.size:
            return _copied(part, rows, store), None
        bounds = np.frombuffer(offsets, np.int64)[texts.offset :] + first
        starts[at], stops[at] = bounds[wanted], bounds[wanted + 1]
    return Texts(rows, data, starts, stops), path


def _lying(batch: pa.RecordBatch) -> pa.Array:
    """The texts of a stored batch, of no bytes where they are not all in it."""
    if "text" in batch.schema.names:
        return batch.column("text")
    lie_there = batch.column(GONE).null_count == len(batch)
    return batch.column(WHOLE) if lie_there else pa.nulls(len(batch), pa.large_string())


def _copied(part: PartRef, rows: Refs, store: str) -> Texts:
    stores = PartStores(part.place, part.part)

    def texts_of_chunk(index: int) -> pa.Array:
        batch = ChunkStored(stores, index).batch(store, ["text"])
        if batch is None:
            raise FileNotFoundError(part.place.path(store, part.part))
        return batch.column(0)

    found = [texts.take(pa.array(wanted)) for texts, wanted, _ in _by_chunk(texts_of_chunk, rows)]
    values, offsets = flat(pa.chunked_array(found, pa.large_string()))
    return Texts(rows, values, offsets[:-1], offsets[1:])


def rids_of(part: PartRef, rows: Refs) -> pa.Array:
    """The ids of the records in rows of one part, ascending."""
    file = _column(mapped(part.place.path("base", part.part)), "rid")
    chunks = _by_chunk(lambda index: file.get_batch(index).column(0), rows)
    found = [rids.take(pa.array(wanted)) for rids, wanted, _ in chunks]
    return pa.chunked_array(found, pa.string()).combine_chunks()


def _column(data: Bytes, name: str) -> pa.RecordBatchFileReader:
    """A reader of one column of a stored file, which decompresses no other."""
    wanted = [pa.ipc.open_file(pa.py_buffer(data)).schema.get_field_index(name)]
    options = pa.ipc.IpcReadOptions(included_fields=wanted, use_threads=False)
    return pa.ipc.open_file(pa.py_buffer(data), options=options)


def _by_chunk(of_chunk: Callable[[int], pa.Array], rows: Refs) -> Iterator[tuple[pa.Array, Refs, slice]]:
    """A column of each chunk of a stored file that has any of the rows: which of the chunk, and of those asked."""
    numbers = rows & ROW_MASK
    start = done = index = 0
    while done < len(rows):
        column = of_chunk(index)
        last = int(np.searchsorted(numbers, start + len(column)))
        if last > done:
            yield column, numbers[done:last] - start, slice(done, last)
        start, done, index = start + len(column), last, index + 1
