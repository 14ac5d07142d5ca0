"""The ledger of one part: a row for every record, its signals, and what was cut, named and ranked in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.chunk import ALIVE, BYTES_READ, READ, WORKER, line_store
from gristmill.build.cuts import within
from gristmill.build.fates import Fates
from gristmill.build.ledger import CUT_PIECES, DROPPED, EXCERPT, FATES, KEPT, MERGED, QUARANTINED, RECORDS, SPANS_FOUND
from gristmill.build.part_files import LEDGER, PartFiles
from gristmill.build.parts import ChunkStored
from gristmill.build.selected import Selected
from gristmill.build.split_rows import SplitRows
from gristmill.build.state import start_store
from gristmill.contracts.rules import SPANS
from gristmill.recipe.plan import Plan
from gristmill.text.cutting import excerpts
from gristmill.text.flat import flat

BASE = ["rid", "id", "source", "position", "url", "time", BYTES_READ]
"""Columns of the records that the ledger tells."""


class Places:
    """The file that each record of a chunk is in, by its number among `names`, and its row there; -1 for none."""

    def __init__(self, length: int) -> None:
        self._names: list[str] = []
        self._file = np.full(length, -1)
        self.row = np.full(length, -1)

    def put(self, records: np.ndarray, name: str, rows: int) -> None:
        """These records are the last of the rows that a file has by now."""
        self._file[records] = len(self._names)
        self._names.append(name)
        self.row[records] = np.arange(rows - np.count_nonzero(records), rows)

    def files(self) -> pa.Array:
        """Their names, null for none."""
        return pa.array(self._names, pa.string()).take(pa.array(self._file, mask=self._file < 0))


class PartLedger:
    """Tables of the ledger, chunk by chunk. `cuts` is by pass: what its meeting found to be cut out of the part."""

    def __init__(
        self,
        plan: Plan,
        name: str,
        files: PartFiles,
        cuts: Mapping[int, pa.RecordBatch | None],
        selected: Sequence[Selected],
        splits: SplitRows | None,
    ) -> None:
        self._plan, self._name, self._files = plan, name, files
        self._cuts, self._selected, self._splits = cuts, selected, splits
        self._lines = {line.index: line.name for one in plan.passes for line in one.counted}
        self._lines |= {READ: "read", WORKER: "worker"}

    def add(self, stored: ChunkStored, base: pa.RecordBatch, fates: Fates, places: Places, start: int) -> None:
        """The rows of a chunk, which begins at row `start` of the part."""
        self._write("records", self._records(base, fates, places, start))
        if self._splits:
            self._write("splits", self._splits.ledger(base.column("rid"), start))
        self._write("signals", self._signals(stored, base, fates))
        self._add_cuts(stored, base, fates, start)
        self._add_spans(stored, base, fates)
        for selected in self._selected:
            for rows in selected.ledger(base.column("rid"), start):
                self._write("selection", rows)

    def _write(self, table: str, rows: pa.RecordBatch) -> None:
        self._files.write(f"ledger/{table}/{self._name}.parquet", LEDGER, rows)

    def _records(self, base: pa.RecordBatch, fates: Fates, places: Places, start: int) -> pa.RecordBatch:
        ended, row = fates.ended, places.row
        fate = np.full(len(base), FATES.index(DROPPED))
        fate[ended == ALIVE] = FATES.index(KEPT)
        fate[(ended == READ) | (ended == WORKER) | fates.failed_to_run] = FATES.index(QUARANTINED)
        fate[fates.merged] = FATES.index(MERGED)
        columns = {
            "rid": base.column("rid"),
            "id": base.column("id"),
            "source": base.column("source"),
            "position": base.column("position"),
            "url": base.column("url"),
            "time": base.column("time"),
            "fate": pa.array(FATES, pa.string()).take(pa.array(fate)),
            "step": self._names_of(ended),
            "reasons": fates.failed,
            "edits": fates.edits,
            "twin": fates.twin,
            "twin_index": fates.twin_index,
            "similarity": fates.similarity,
            "cluster": fates.cluster,
            "cluster_size": fates.cluster_size,
            "clustered_by": self._names_of(fates.clustered_by),
            "split": self._split_names(len(base), start, ended),
            "error": fates.error,
            "bytes": pa.array(fates.bytes),
            "words": pa.array(fates.words),
            "bytes_read": base.column(BYTES_READ),
            "file": places.files(),
            "row": pa.array(row, mask=row < 0),
        }
        return pa.record_batch([columns[f.name].cast(f.type) for f in RECORDS], schema=RECORDS)

    def _names_of(self, lines: np.ndarray) -> pa.Array:
        """The names of the lines with these indices, null for whatever is none."""
        known = np.array(sorted(self._lines), np.int64)
        at = np.minimum(np.searchsorted(known, lines), len(known) - 1)
        names = pa.array([self._lines[int(index)] for index in known], pa.string())
        return names.take(pa.array(at, mask=known[at] != lines))

    def _split_names(self, length: int, start: int, ended: np.ndarray) -> pa.Array:
        if not self._splits:
            return pa.nulls(length, pa.string())
        return self._splits.names(np.where(ended == ALIVE, self._splits.numbers(start, length), -1))

    def _signals(self, stored: ChunkStored, base: pa.RecordBatch, fates: Fates) -> pa.RecordBatch:
        """Every signal of the lines that a record came to; an earlier threshold may have had others computed too."""
        columns = {"rid": base.column("rid")}
        for one in self._plan.passes:
            for line in one.lines:
                signals = [signal for signal in line.signals if signal.kind != "spans"]
                names = [signal.name for signal in signals]
                batch = stored.batch(line_store(line), names) if names else None
                for signal in signals:
                    values = pa.nulls(len(base), signal.arrow_type) if batch is None else batch.column(signal.name)
                    came = pa.array(fates.came_to(line.index) | (fates.ended == WORKER))
                    columns[f"{line.name}.{signal.name}"] = pc.if_else(came, values, pa.scalar(None, values.type))
        return pa.RecordBatch.from_pydict(columns)

    def _add_cuts(self, stored: ChunkStored, base: pa.RecordBatch, fates: Fates, start: int) -> None:
        """What was cut out of the texts of rows that came so far, and where else it stands."""
        for number, found in self._cuts.items():
            line = self._plan.passes[number].cut
            if found is None or line is None:
                continue
            mine = within(found, start, len(base))
            rows = mine.column("row").to_numpy().astype(np.int64) - start
            came = fates.came_to(line.index)[rows]
            text = stored.batch(start_store(self._plan, number + 1), ["text"])
            if text is None or not came.any():
                continue
            mine, rows = mine.filter(pa.array(came)), rows[came]
            starts, stops = (mine.column(name).to_numpy().astype(np.int64) for name in ("start", "stop"))
            columns = {
                "rid": base.column("rid").take(pa.array(rows)),
                "step": pa.repeat(pa.scalar(line.name), len(rows)),
                "text": excerpts(flat(text.column(0)), rows, starts, stops, EXCERPT),
                **{name: mine.column(name) for name in ("start", "stop", "twin", "twin_start")},
            }
            batch = pa.record_batch([columns[f.name].cast(f.type) for f in CUT_PIECES], schema=CUT_PIECES)
            self._write("cuts", batch)

    def _add_spans(self, stored: ChunkStored, base: pa.RecordBatch, fates: Fates) -> None:
        """The stretches that lines have named in the texts of rows that came so far."""
        lines = [line for one in self._plan.passes for line in one.lines]
        naming = [(line, signal.name) for line in lines for signal in line.signals if signal.kind == "spans"]
        for line, name in naming:
            batch = stored.batch(line_store(line), [name])
            if batch is None:
                continue
            lists = pc.if_else(pa.array(fates.came_to(line.index)), batch.column(0), pa.scalar(None, SPANS))
            found = lists.flatten()
            if len(found):
                told = dict(zip(found.type.names, found.flatten(), strict=True))
                told["rid"] = base.column("rid").take(pc.list_parent_indices(lists))
                told["step"] = pa.repeat(pa.scalar(line.name), len(found))
                columns = [told[f.name].cast(f.type) for f in SPANS_FOUND]
                rows = pa.record_batch(columns, schema=SPANS_FOUND)
                self._write("spans", rows)
