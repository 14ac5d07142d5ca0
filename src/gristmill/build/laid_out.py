"""Texts of chosen rows laid end to end in one file, so that any of them can be compared with any other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from gristmill.build.meet import PartRef, Refs
from gristmill.build.parts import ChunkStored, PartStores
from gristmill.text.flat import Bytes, Offsets, flat


@dataclass(frozen=True, slots=True)
class Texts:
    """The text of `rows[i]`, ascending, is `data[offsets[i]:offsets[i + 1]]`; `data` is mapped, not read."""

    rows: Refs
    data: Bytes
    offsets: Offsets

    def at(self, rows: Refs) -> Refs:
        """The places of rows among the chosen ones."""
        return np.searchsorted(self.rows, rows)


@contextmanager
def laid_out(wanted: Sequence[tuple[PartRef, Refs]], store: str, row_bits: int, folder: Path) -> Iterator[Texts]:
    """The texts that a store of the parts has for rows of them; the file goes when it is done with.

    A row is known as (ordinal of its part << row_bits | row in the part).
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"texts-{os.getpid()}.u8"
    try:
        with path.open("wb") as out:
            sizes = [size for part, rows in wanted for size in _write(part, rows, store, out)]
        offsets = np.concatenate([[0], *sizes]).cumsum().astype(np.int64)
        data = np.memmap(path, np.uint8, "r") if offsets[-1] else np.empty(0, np.uint8)
        chosen = [rows + (part.ordinal << row_bits) for part, rows in wanted]
        yield Texts(np.concatenate(chosen) if chosen else np.empty(0, np.int64), np.asarray(data), offsets)
    finally:
        path.unlink(missing_ok=True)


def _write(part: PartRef, rows: Refs, store: str, out: BinaryIO) -> Iterator[Offsets]:
    """Write the texts of rows of a part, chunk by chunk; their sizes."""
    stores = PartStores(part.place, part.part)
    start = done = 0
    for chunk in range(part.chunks):
        stored = ChunkStored(stores, chunk)
        base = stored.batch("base", ["_done"])
        length = len(base) if base is not None else 0
        last = int(np.searchsorted(rows, start + length))
        if last > done:
            batch = stored.batch(store, ["text"])
            if batch is None:
                raise FileNotFoundError(stores[store].path)
            text = flat(batch.column(0))
            mine = rows[done:last] - start
            for row in mine.tolist():
                out.write(text.data[text.offsets[row] : text.offsets[row + 1]].tobytes())
            yield text.offsets[mine + 1] - text.offsets[mine]
        start += length
        done = last
