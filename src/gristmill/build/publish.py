"""The last task: from the stores and verdicts of a part to records, dropped records and ledger."""

from __future__ import annotations

import errno
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from gristmill.build.chunk import ALIVE, WORDS
from gristmill.build.copies import labels
from gristmill.build.cuts import Cuts
from gristmill.build.fates import Fates
from gristmill.build.part_counts import PartCounts
from gristmill.build.part_files import DROPPED, PartFiles
from gristmill.build.part_ledger import BASE, PartLedger, Places
from gristmill.build.parts import ChunkStored, PartRef, PartStores
from gristmill.build.selected import Selected
from gristmill.build.settled import Settled
from gristmill.build.shape import Shape
from gristmill.build.split_rows import SplitRows
from gristmill.build.state import state_before, text_at
from gristmill.build.store import read_json, write_json
from gristmill.build.unit import Progress
from gristmill.contracts.sink import Sink, output_folders
from gristmill.engine.files import unfinished
from gristmill.engine.protocol import Context
from gristmill.recipe.model import Line
from gristmill.recipe.plan import Plan
from gristmill.records.kinds import COLUMNS, KIND_KEY

DELIVERING = "deliver records"
"""What the time of this task is counted under; no line can have that name."""


@dataclass(frozen=True, slots=True)
class PublishJob:
    """One part to be delivered. `folder` takes its files; `print` says what they depend on."""

    ref: PartRef
    plan: Plan
    lines: tuple[Line, ...]
    sinks: tuple[Sink, ...]
    dropped: bool  # whether dropped records keep their text
    settled: tuple[str | None, ...]  # for each pass, the table of the meeting after it, ...
    cuts: tuple[str | None, ...]  # ... and what it found to be cut out of texts
    folder: str
    print: str
    name: str  # of the part's files in the build: part-00000


def publish(job: PublishJob, context: Context) -> str:
    """Write the part's files, unless they are there; a `done.json` beside them counts what they hold. They appear
    all at once."""
    began = time.perf_counter()
    folder = Path(job.folder)
    if not is_published(job):
        written = unfinished(folder)
        written.mkdir(parents=True)
        counts = _Publication(job, written, context).run()
        write_json(written / "done.json", {"print": job.print, **counts})
        _replace(folder, written)
    context.report(Progress(0, 0, {}, {DELIVERING: time.perf_counter() - began}))
    return job.folder


def is_published(job: PublishJob) -> bool:
    """Whether the part's files are there."""
    known = read_json(Path(job.folder) / "done.json")
    return known is not None and known["print"] == job.print and "told" in known


class _Publication:
    def __init__(self, job: PublishJob, folder: Path, context: Context) -> None:
        self.job, self.folder, self.context = job, folder, context
        self.stores = PartStores(job.ref.place, job.ref.part)
        self.tables = {
            number: Settled.load(path).of(job.ref.ordinal) for number, path in enumerate(job.settled) if path
        }
        self.selected = Selected.all_of(job.plan, job.settled, job.ref.ordinal)
        self.splits = SplitRows.of(job.plan, job.settled[-1], job.ref.ordinal)
        self.sinks = tuple(zip(output_folders(job.sinks), job.sinks, strict=True))
        self.whole = next((one for one in self.sinks if one[1].keeps_records), None)
        self.shape = Shape()
        self.files = PartFiles(folder)
        self.counts = PartCounts(job.plan)
        found = {number: Cuts.load(path) for number, path in enumerate(job.cuts) if path}
        cuts = {number: cuts.of(job.ref.ordinal) for number, cuts in found.items() if cuts}
        self.ledger = PartLedger(job.plan, job.name, self.files, cuts, self.selected, self.splits)

    def run(self) -> dict[str, object]:
        start = 0
        try:
            for chunk in range(self.job.ref.chunks):
                self.context.tick(chunk, chunk + 1)
                start += self._chunk(chunk, start)
        finally:
            told = self.files.close()
        return {**self.files.counted(), **self.counts.as_json(), "told": told, "shape": self.shape.as_json()}

    def _chunk(self, chunk: int, start: int) -> int:
        stored = ChunkStored(self.stores, chunk)
        base = stored.batch("base", [*BASE, WORDS])
        if base is None:
            raise FileNotFoundError(self.stores["base"].path)
        fates = Fates(len(base))
        for number in range(len(self.job.plan.passes)):
            verdict = stored.batch(f"verdicts{number}")
            if verdict is not None:
                fates.take_verdicts(verdict)
            if number in self.tables:
                fates.take_settled(self.tables[number], start)
            for selected in self.selected:
                if selected.pass_number == number:
                    selected.tell(fates, start)
        if self.splits:
            self.splits.take_out(fates, start)
        self.counts.add(stored, base, fates)
        places = Places(len(base))
        self._write_kept(stored, fates.ended == ALIVE, start, places)
        self._write_dropped(stored, fates, places)
        self.ledger.add(stored, base, fates, places, start)
        self.context.report(("published", len(base)))
        return len(base)

    def _write_kept(self, stored: ChunkStored, kept: np.ndarray, start: int, places: Places) -> None:
        if kept.any():
            batch = state_before(self.job.plan, len(self.job.plan.passes), stored)
            if self.job.plan.kind != "document":
                self.shape.add(batch.filter(pa.array(kept)))
            for name, values in self._labels(batch.column("rid"), start).items():
                batch = batch.append_column(name, values)
            for name, some in self._files(kept, start):
                if self.splits:
                    column = self.splits.names(np.full(len(kept), self.splits.step.names.index(name)))
                    batch = with_column(batch, self.splits.step.column, column)
                self._write_file(name, self._of_kind(batch if some.all() else batch.filter(pa.array(some))))
                if self.whole is not None:
                    folder, whole = self.whole
                    first = f"{folder}{self._file(name)}{whole.suffix}"
                    places.put(some, first, self.files.rows[first])

    def _of_kind(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch with a schema that says what kind its records are, where a sink cannot else know."""
        kind = self.job.plan.kind
        return batch if kind == "document" else batch.replace_schema_metadata({KIND_KEY: kind})

    def _files(self, kept: np.ndarray, start: int) -> list[tuple[str, np.ndarray]]:
        """The rows of each file that the kept records of a chunk go to: one for all, or one for each split."""
        if not self.splits:
            return [(_PART, kept)]
        numbers = self.splits.numbers(start, len(kept))
        named = [(name, kept & (numbers == number)) for number, name in enumerate(self.splits.step.names)]
        return [(name, rows) for name, rows in named if rows.any()]

    def _file(self, name: str) -> str:
        """The name of a file of this part: part-00000, or of a split train-00000."""
        return self.job.name.replace(_PART, name, 1)

    def _write_file(self, name: str, batch: pa.RecordBatch) -> None:
        for folder, sink in self.sinks:
            self.files.write(f"{folder}{self._file(name)}{sink.suffix}", sink, batch)

    def _labels(self, rids: pa.Array, start: int) -> dict[str, pa.Array]:
        """The columns that corpus lines add to the records of a chunk."""
        found: dict[str, pa.Array] = {}
        for number, one in enumerate(self.job.plan.passes):
            for line in one.corpus:
                found |= labels(line.step, line.index, self.tables[number], start, rids)
        return found

    def _write_dropped(self, stored: ChunkStored, fates: Fates, places: Places) -> None:
        """Dropped and merged records by step, with the text they had when they went."""
        if not self.job.dropped:
            return
        for number, one in enumerate(self.job.plan.passes):
            for line in one.counted:
                gone = (fates.ended == line.index) & ~fates.failed_to_run
                if not gone.any():
                    continue
                batch = self._as_dropped(stored, number, line.index).filter(pa.array(gone))
                reasons = fates.reason_names().filter(pa.array(gone))
                batch = self._of_kind(batch.append_column("reasons", reasons))
                name = f"dropped/{line.name}/{self.job.name}.parquet"
                self.files.write(name, DROPPED, batch)
                places.put(gone, name, self.files.rows[name])

    def _as_dropped(self, stored: ChunkStored, number: int, line: int) -> pa.RecordBatch:
        """The records as they were in the stretch of that line: base columns and the text of that time."""
        base = stored.batch("base", [name for name in COLUMNS[self.job.plan.kind].names if name != "text"])
        store = text_at(self.job.plan, number, line)
        text = stored.batch(store, ["text"])
        if base is None or text is None:
            raise FileNotFoundError(self.stores["base"].path)
        return base.append_column("text", text.column("text"))


def with_column(batch: pa.RecordBatch, name: str, values: pa.Array) -> pa.RecordBatch:
    """The batch with a column, in the place of one of that name."""
    at = batch.schema.get_field_index(name)
    return batch.append_column(name, values) if at < 0 else batch.set_column(at, name, values)


_PART = "part"


def _replace(folder: Path, written: Path) -> None:
    """Put a folder in the place of one of earlier settings."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        written.replace(folder)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        shutil.rmtree(written)  # another machine, taken for dead, has put the same there just now
