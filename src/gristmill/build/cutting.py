"""Runs the corpus line that cuts texts: pieces meet, and what goes out of which text is written down."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.chunk import KEYS, PIECE_STARTS, PIECE_STOPS, piece_store
from gristmill.build.cuts import CUTS, Cuts
from gristmill.build.laid_out import Texts, laid_out
from gristmill.build.meet import PartRef, Refs
from gristmill.build.parts import ChunkStored, PartStores
from gristmill.build.unit import start_store
from gristmill.contracts.pieces import PIECE_BITS, Pieces, row_of
from gristmill.engine.protocol import Engine
from gristmill.recipe.plan import CutLine, Plan

ROW_BITS = 17
"""Rows of a part have as many bits, twice as many as 64 chunks of 1,024 rows need. Above are 21 for its ordinal."""

_NUMBER = (1 << PIECE_BITS) - 1
_ROW = (1 << ROW_BITS) - 1
_NOTHING = np.empty(0, np.int64)

Alive = Callable[[PartRef, ChunkStored, int], np.ndarray]
"""Which rows of a chunk, the first of them being a row of the part, are still there."""


class Cutting:
    """The line that cuts behind a pass, over all parts of a build."""

    def __init__(
        self,
        engine: Engine,
        plan: Plan,
        number: int,
        line: CutLine,
        parts: Sequence[PartRef],
        folder: Path,
    ) -> None:
        self.engine, self.plan, self.number, self.line, self.parts = engine, plan, number, line, parts
        self.folder = folder

    def run(self, alive: Alive, path: Path) -> Cuts:
        """Bring the pieces of all rows that are there together and store what is to be cut."""
        pairs = list(self.engine.exchange(self._rows(alive), self.line.step.link))
        cut = np.concatenate([one for one, _ in pairs]) if pairs else _NOTHING
        twin = np.concatenate([other for _, other in pairs]) if pairs else _NOTHING
        prints: dict[str, str] = {}
        return Cuts.save(path, self._parts(cut, twin, prints), prints)

    def _rows(self, alive: Alive) -> Iterator[pa.RecordBatch]:
        """(key, piece) of every row that is still there."""
        for part in self.parts:
            stores = PartStores(part.place, part.part)
            start = 0
            for chunk in range(part.chunks):
                stored = ChunkStored(stores, chunk)
                there = alive(part, stored, start)
                batch = stored.batch(piece_store(self.line), [KEYS])
                if batch is not None and there.any():
                    lists = batch.column(0).filter(pa.array(there))
                    counts = pc.list_value_length(lists).to_numpy()
                    rows = (np.flatnonzero(there) + start + (part.ordinal << ROW_BITS)) << PIECE_BITS
                    numbers = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
                    pieces = np.repeat(rows, counts) + numbers
                    yield pa.record_batch([lists.flatten(), pa.array(pieces, pa.int64())], ["key", "row"])
                start += len(there)

    def _parts(self, cut: Refs, twin: Refs, prints: dict[str, str]) -> Iterator[tuple[int, pa.RecordBatch]]:
        """What is to be cut out of each part that has any; digests of it by unit, filled in as they come."""
        seen = {part.place.unit: hashlib.blake2b(digest_size=16) for part in self.parts}
        twins = np.unique(twin)
        twin_spans, twin_rids = self._places(twins)
        store = start_store(self.plan, self.number + 1)
        with laid_out(self._texts_wanted(cut, twin), store, ROW_BITS, self.folder) as texts:
            for part in self.parts:
                first, last = np.searchsorted(cut, [_first_of(part.ordinal), _first_of(part.ordinal + 1)])
                if first == last:
                    continue
                at = np.searchsorted(twins, twin[first:last])
                spans = self._spans(part, cut[first:last])
                batch = self._table(cut[first:last], spans, twins[at], twin_spans[:, at], at, twin_rids, texts)
                if len(batch):
                    where = np.stack([batch.column(name).to_numpy() for name in ("row", "start", "stop")])
                    seen[part.place.unit].update(f"{part.part}:".encode() + where.tobytes())
                    yield part.ordinal, batch
        prints |= {unit: digest.hexdigest() for unit, digest in seen.items()}

    def _texts_wanted(self, cut: Refs, twin: Refs) -> list[tuple[PartRef, Refs]]:
        """The rows whose texts are to be compared, by part."""
        if not self.line.step.compares:
            return []
        rows = np.union1d(row_of(cut), row_of(twin))
        return [
            (part, rows[first:last] & _ROW)
            for part in self.parts
            for first, last in [np.searchsorted(rows, [part.ordinal << ROW_BITS, (part.ordinal + 1) << ROW_BITS])]
            if first < last
        ]

    def _spans(self, part: PartRef, pieces: Refs) -> np.ndarray:
        """Where pieces of one part, ascending, begin and end in their texts: two rows."""
        stores = PartStores(part.place, part.part)
        rows, numbers = row_of(pieces) & _ROW, pieces & _NUMBER
        out = np.empty((2, len(pieces)), np.int64)
        start = done = 0
        for chunk in range(part.chunks):
            batch = ChunkStored(stores, chunk).batch(piece_store(self.line), [PIECE_STARTS, PIECE_STOPS])
            length = batch.num_rows if batch is not None else 0
            last = int(np.searchsorted(rows, start + length))
            if batch is not None and last > done:
                bounds = batch.column(0).offsets.to_numpy() - batch.column(0).offsets[0].as_py()
                at = bounds[rows[done:last] - start] + numbers[done:last]
                for k in range(2):
                    out[k, done:last] = batch.column(k).flatten().to_numpy()[at]
            start += length
            done = last
        return out

    def _places(self, pieces: Refs) -> tuple[np.ndarray, pa.Array]:
        """Spans and rids of pieces of any part, ascending."""
        spans, rids = [np.empty((2, 0), np.int64)], [pa.array([], pa.string())]
        for part in self.parts:
            first, last = np.searchsorted(pieces, [_first_of(part.ordinal), _first_of(part.ordinal + 1)])
            if first == last:
                continue
            spans.append(self._spans(part, pieces[first:last]))
            stores = PartStores(part.place, part.part)
            every = pa.concat_arrays([stores["base"].batch(chunk, ["rid"]).column(0) for chunk in range(part.chunks)])
            rids.append(every.take(pa.array(row_of(pieces[first:last]) & _ROW)).cast(pa.string()))
        return np.concatenate(spans, axis=1), pa.concat_arrays(rids)

    def _table(
        self,
        cut: Refs,
        spans: np.ndarray,
        twin: Refs,
        twin_spans: np.ndarray,
        twin_at: np.ndarray,
        rids: pa.Array,
        texts: Texts,
    ) -> pa.RecordBatch:
        """The stretches of one part, sorted, none over another."""
        rows = row_of(cut)
        starts, stops, twin_starts = spans[0], spans[1], twin_spans[0]
        alone = cut == twin
        if self.line.step.compares:
            nothing = np.empty(0, np.uint64)
            found = self.line.step.extend(
                texts.data,
                texts.offsets,
                Pieces(texts.at(rows), nothing, *spans),
                Pieces(texts.at(row_of(twin)), nothing, *twin_spans),
            )
            order = np.lexsort((-found.stops, found.starts, rows[found.pair]))
            rows, twin_at, alone = rows[found.pair][order], twin_at[found.pair][order], alone[found.pair][order]
            starts, stops, twin_starts = found.starts[order], found.stops[order], found.twins[order]
            beyond = _taken_before(rows, stops)
            twin_starts = twin_starts + np.maximum(beyond - starts, 0)
            starts = np.maximum(starts, beyond)
            some = starts < stops
            rows, starts, stops, twin_starts = rows[some], starts[some], stops[some], twin_starts[some]
            twin_at, alone = twin_at[some], alone[some]
        columns = [
            pa.array(rows & _ROW, pa.int32()),
            pa.array(starts, pa.int32()),
            pa.array(stops, pa.int32()),
            rids.take(pa.array(twin_at, mask=alone)),
            pa.array(twin_starts, pa.int32(), mask=alone),
        ]
        return pa.record_batch(columns, schema=CUTS)


def _first_of(ordinal: int) -> int:
    """The least number that a piece of a part can have."""
    return ordinal << (ROW_BITS + PIECE_BITS)


def _taken_before(rows: Refs, stops: np.ndarray) -> np.ndarray:
    """For stretches sorted by row and start: how far those before it in its row reach at most."""
    if not len(rows):
        return np.empty(0, np.int64)
    # Reach within a row is a running maximum that starts anew with each row: rows are lifted above one another.
    lifted = np.cumsum(np.diff(rows, prepend=rows[0]) != 0) * (int(stops.max()) + 1)
    reach = np.maximum.accumulate(lifted + stops) - lifted
    out = np.concatenate([[0], reach[:-1]])
    out[np.diff(rows, prepend=-1) != 0] = 0
    return out
