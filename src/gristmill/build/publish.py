"""The last task: from the stores and verdicts of a part to records, dropped records and ledger."""

from __future__ import annotations

import errno
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.chunk import ALIVE, BYTES, BYTES_READ, READ, WORDS, WORKER, line_store, text_store
from gristmill.build.copies import labels
from gristmill.build.cuts import Cuts, within
from gristmill.build.fates import Fates
from gristmill.build.funnel import Funnel
from gristmill.build.ledger import CUT_PIECES, DROPPED, EXCERPT, KEPT, MERGED, QUARANTINED, RECORDS, SPANS_FOUND
from gristmill.build.parts import ChunkStored, PartRef, PartStores
from gristmill.build.selected import Selected
from gristmill.build.settled import Settled
from gristmill.build.shape import Shape
from gristmill.build.split_rows import SplitRows
from gristmill.build.store import read_json, sha256, write_json
from gristmill.build.unit import Progress, start_store, state_before
from gristmill.contracts.rules import SPANS
from gristmill.contracts.sink import Sink, Writer, output_folders
from gristmill.deliver.parquet import Parquet
from gristmill.engine.files import unfinished
from gristmill.engine.protocol import Context
from gristmill.recipe.model import Line
from gristmill.recipe.plan import CorpusLine, Pass, Plan, RowLine
from gristmill.records.kinds import COLUMNS, KIND_KEY
from gristmill.text.cutting import excerpts
from gristmill.text.flat import flat

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
    known = read_json(folder / "done.json")
    if known is None or known["print"] != job.print or "told" not in known:
        written = unfinished(folder)
        written.mkdir(parents=True)
        counts = _Publication(job, written, context).run()
        write_json(written / "done.json", {"print": job.print, **counts})
        _replace(folder, written)
    context.report(Progress(0, 0, {}, {DELIVERING: time.perf_counter() - began}))
    return job.folder


class _Publication:
    def __init__(self, job: PublishJob, folder: Path, context: Context) -> None:
        self.job, self.folder, self.context = job, folder, context
        self.stores = PartStores(job.ref.place, job.ref.part)
        self.names = {line.index: line.name for one in job.plan.passes for line in all_lines(one)}
        self.names |= {READ: "read", WORKER: "worker"}
        self.tables = {
            number: Settled.load(path).of(job.ref.ordinal) for number, path in enumerate(job.settled) if path
        }
        found = {number: Cuts.load(path) for number, path in enumerate(job.cuts) if path}
        self.cuts = {number: cuts.of(job.ref.ordinal) for number, cuts in found.items() if cuts}
        self.selected = Selected.all_of(job.plan, job.settled, job.ref.ordinal)
        self.splits = SplitRows.of(job.plan, job.settled[-1], job.ref.ordinal)
        self.sinks = tuple(zip(output_folders(job.sinks), job.sinks, strict=True))
        self.whole = next((one for one in self.sinks if one[1].keeps_records), None)
        self.funnel = Funnel()
        self.shape = Shape()
        self.rules: dict[tuple[str, str, str], list[int]] = {}
        self._writers: dict[str, Writer] = {}
        self._rows: dict[str, int] = {}
        self._bytes: dict[str, int] = {}

    def run(self) -> dict[str, object]:
        start = 0
        try:
            for chunk in range(self.job.ref.chunks):
                self.context.tick(chunk, chunk + 1)
                start += self._chunk(chunk, start)
        finally:
            told = {name: dict(writer.close() or {}) for name, writer in self._writers.items()}
        digests = {name: sha256(self.folder / name) for name in self._writers}
        counted = {"funnel": self.funnel.as_json(), "rules": [[*rule, *counts] for rule, counts in self.rules.items()]}
        counted["told"] = {name: counts for name, counts in told.items() if counts}
        counted["shape"] = self.shape.as_json()
        return {"rows": self._rows, "bytes": self._bytes, "sha256": digests, **counted}

    def _chunk(self, chunk: int, start: int) -> int:
        stored = ChunkStored(self.stores, chunk)
        base = stored.batch("base", ["rid", "id", "source", "position", "url", "time", BYTES_READ, WORDS])
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
        self._count(stored, base, fates)
        self._count_rules(stored, fates)
        kept = fates.ended == ALIVE
        file, row = self._write_kept(stored, kept, start)
        self._write_dropped(stored, fates, file, row)
        self._write_ledger(base, fates, file, row, start)
        self._write_signals(stored, base, fates)
        self._write_cuts(stored, base, fates, start)
        self._write_spans(stored, base, fates)
        self._write_selection(base, start)
        self.context.report(("published", len(base)))
        return len(base)

    def _count(self, stored: ChunkStored, base: pa.RecordBatch, fates: Fates) -> None:
        """How many records, bytes and words come out of each line."""
        unread = (fates.ended == READ) | (fates.ended == WORKER)
        sizes: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        size, words = (int(pc.sum(base.column(name)).as_py() or 0) for name in (BYTES_READ, WORDS))
        self.funnel.read(len(base), size, words, int(unread.sum()))
        alive = ~unread
        for number, one in enumerate(self.job.plan.passes):
            for line in all_lines(one):
                gone = fates.ended == line.index
                alive &= ~gone
                store = _text_at(self.job.plan, number, line.index)
                if store not in sizes:
                    batch = stored.batch(store, [BYTES, WORDS])
                    columns = (
                        [np.zeros(len(base), np.int64)] * 2
                        if batch is None
                        else [pc.fill_null(column, 0).to_numpy(zero_copy_only=False) for column in batch.columns]
                    )
                    sizes[store] = (columns[0], columns[1])
                failed = int((gone & fates.failed_to_run).sum())
                merged = int((gone & fates.merged).sum())
                self.funnel.line(
                    line.name,
                    int(alive.sum()),
                    int(sizes[store][0][alive].sum()),
                    int(sizes[store][1][alive].sum()),
                    dropped=int(gone.sum()) - failed - merged,
                    merged=merged,
                    quarantined=failed,
                )

    def _count_rules(self, stored: ChunkStored, fates: Fates) -> None:
        """How many records each rule was asked of, and how many broke it."""
        for line in (line for one in self.job.plan.passes for line in one.lines if line.step.rules()):
            rules = line.step.rules()
            came = fates.came_to(line.index)
            signals = stored.batch(line_store(line), sorted({rule.signal for rule in rules}))
            broken = fates.failed.filter(pa.array(fates.ended == line.index)).flatten()
            reasons, bounded = broken.field("reason"), broken.field("signal")
            for rule in rules:
                counts = self.rules.setdefault((line.name, rule.reason, rule.signal), [0, 0])
                if signals is not None:
                    measured = pc.is_valid(signals.column(rule.signal)).to_numpy(zero_copy_only=False)
                    counts[0] += int((measured & came).sum())
                same = pc.and_(pc.equal(reasons, rule.reason), pc.equal(bounded, f"{line.name}.{rule.signal}"))
                counts[1] += int(pc.sum(same).as_py() or 0)

    def _write_kept(self, stored: ChunkStored, kept: np.ndarray, start: int) -> tuple[np.ndarray, np.ndarray]:
        files = np.full(len(kept), None, dtype=object)
        rows = np.full(len(kept), -1, np.int64)
        count = int(kept.sum())
        if count:
            batch = state_before(self.job.plan, len(self.job.plan.passes), stored)
            if self.job.plan.kind != "document":
                self.shape.add(batch.filter(pa.array(kept)))
            for name, values in self._labels(batch.column("rid"), start).items():
                batch = batch.append_column(name, values)
            for name, some in self._files(kept, start):
                if self.splits:
                    column = self.splits.names(np.full(len(kept), self.splits.step.names.index(name)))
                    batch = with_column(batch, self.splits.step.column, column)
                self._write_file(name, self._of_kind(batch.filter(pa.array(some))))
                if self.whole is not None:
                    folder, whole = self.whole
                    first = f"{folder}{self._file(name)}{whole.suffix}"
                    files[some] = first
                    rows[some] = np.arange(self._rows[first] - int(some.sum()), self._rows[first])
        return files, rows

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
            self._write(f"{folder}{self._file(name)}{sink.suffix}", sink, batch)

    def _labels(self, rids: pa.Array, start: int) -> dict[str, pa.Array]:
        """The columns that corpus lines add to the records of a chunk."""
        found: dict[str, pa.Array] = {}
        for number, one in enumerate(self.job.plan.passes):
            for line in one.corpus:
                found |= labels(line.step, line.index, self.tables[number], start, rids)
        return found

    def _write_dropped(self, stored: ChunkStored, fates: Fates, file: np.ndarray, row: np.ndarray) -> None:
        """Dropped and merged records by step, with the text they had when they went."""
        if not self.job.dropped:
            return
        for number, one in enumerate(self.job.plan.passes):
            for line in all_lines(one):
                gone = (fates.ended == line.index) & ~fates.failed_to_run
                if not gone.any():
                    continue
                batch = self._as_dropped(stored, number, line.index).filter(pa.array(gone))
                reasons = fates.reason_names().filter(pa.array(gone))
                batch = self._of_kind(batch.append_column("reasons", reasons))
                name = f"dropped/{line.name}/{self.job.name}.parquet"
                self._write(name, _DROPPED, batch)
                file[gone] = name
                row[gone] = np.arange(self._rows[name] - int(gone.sum()), self._rows[name])

    def _as_dropped(self, stored: ChunkStored, number: int, line: int) -> pa.RecordBatch:
        """The records as they were in the stretch of that line: base columns and the text of that time."""
        base = stored.batch("base", [name for name in COLUMNS[self.job.plan.kind].names if name != "text"])
        store = _text_at(self.job.plan, number, line)
        text = stored.batch(store, ["text"])
        if base is None or text is None:
            raise FileNotFoundError(self.stores["base"].path)
        return base.append_column("text", text.column("text"))

    def _write_ledger(self, base: pa.RecordBatch, fates: Fates, file: np.ndarray, row: np.ndarray, start: int) -> None:
        ended = fates.ended
        fate = np.full(len(base), DROPPED, dtype=object)
        fate[ended == ALIVE] = KEPT
        fate[(ended == READ) | (ended == WORKER) | fates.failed_to_run] = QUARANTINED
        fate[fates.merged] = MERGED
        step = pa.array([self.names.get(int(value)) for value in ended], pa.string())
        columns = {
            "rid": base.column("rid"),
            "id": base.column("id"),
            "source": base.column("source"),
            "position": base.column("position"),
            "url": base.column("url"),
            "time": base.column("time"),
            "fate": pa.array(fate, pa.string()),
            "step": step,
            "reasons": fates.failed,
            "edits": fates.edits,
            "twin": fates.twin,
            "twin_index": fates.twin_index,
            "similarity": fates.similarity,
            "cluster": fates.cluster,
            "cluster_size": fates.cluster_size,
            "clustered_by": pa.array([self.names.get(int(line)) for line in fates.clustered_by], pa.string()),
            "split": self._split_names(len(base), start, ended),
            "error": fates.error,
            "bytes": pa.array(fates.bytes),
            "words": pa.array(fates.words),
            "bytes_read": base.column(BYTES_READ),
            "file": pa.array(file, pa.string()),
            "row": pa.array(row, mask=row < 0),
        }
        batch = pa.record_batch([columns[f.name].cast(f.type) for f in RECORDS], schema=RECORDS)
        self._write(f"ledger/records/{self.job.name}.parquet", _LEDGER, batch)
        if self.splits:
            rows = self.splits.ledger(base.column("rid"), start)
            self._write(f"ledger/splits/{self.job.name}.parquet", _LEDGER, rows)

    def _split_names(self, length: int, start: int, ended: np.ndarray) -> pa.Array:
        if not self.splits:
            return pa.nulls(length, pa.string())
        return self.splits.names(np.where(ended == ALIVE, self.splits.numbers(start, length), -1))

    def _write_signals(self, stored: ChunkStored, base: pa.RecordBatch, fates: Fates) -> None:
        """Every signal of the lines that a record came to; an earlier threshold may have had others computed too."""
        columns = {"rid": base.column("rid")}
        for one in self.job.plan.passes:
            for line in one.lines:
                signals = [signal for signal in line.step.signals() if signal.kind != "spans"]
                names = [signal.name for signal in signals]
                batch = stored.batch(line_store(line), names) if names else None
                for signal in signals:
                    values = pa.nulls(len(base), signal.arrow_type) if batch is None else batch.column(signal.name)
                    came = pa.array(fates.came_to(line.index) | (fates.ended == WORKER))
                    columns[f"{line.name}.{signal.name}"] = pc.if_else(came, values, pa.scalar(None, values.type))
        self._write(f"ledger/signals/{self.job.name}.parquet", _LEDGER, pa.RecordBatch.from_pydict(columns))

    def _write_spans(self, stored: ChunkStored, base: pa.RecordBatch, fates: Fates) -> None:
        """The stretches that lines have named in the texts of rows that came so far."""
        lines = [line for one in self.job.plan.passes for line in one.lines]
        naming = [(line, signal.name) for line in lines for signal in line.step.signals() if signal.kind == "spans"]
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
                self._write(f"ledger/spans/{self.job.name}.parquet", _LEDGER, rows)

    def _write_selection(self, base: pa.RecordBatch, start: int) -> None:
        """What each line that selects said of the rows that came so far."""
        for selected in self.selected:
            for rows in selected.ledger(base.column("rid"), start):
                self._write(f"ledger/selection/{self.job.name}.parquet", _LEDGER, rows)

    def _write_cuts(self, stored: ChunkStored, base: pa.RecordBatch, fates: Fates, start: int) -> None:
        """What was cut out of the texts of rows that came so far, and where else it stands."""
        for number, found in self.cuts.items():
            line = self.job.plan.passes[number].cut
            if found is None or line is None:
                continue
            mine = within(found, start, len(base))
            rows = mine.column("row").to_numpy().astype(np.int64) - start
            came = fates.came_to(line.index)[rows]
            text = stored.batch(start_store(self.job.plan, number + 1), ["text"])
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
            self._write(f"ledger/cuts/{self.job.name}.parquet", _LEDGER, batch)

    def _write(self, name: str, sink: Sink, batch: pa.RecordBatch) -> None:
        if name not in self._writers:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writers[name] = sink.open(path, batch.schema)
            self._rows[name] = self._bytes[name] = 0
        self._writers[name].write(batch)
        self._rows[name] += len(batch)
        if "text" in batch.schema.names and not name.startswith("ledger/"):
            self._bytes[name] += int(pc.sum(pc.binary_length(batch.column("text"))).as_py() or 0)


def all_lines(one: Pass) -> list[RowLine | CorpusLine]:
    """The row-wise lines of a pass, then its corpus lines."""
    return [*one.lines, *one.corpus]


def with_column(batch: pa.RecordBatch, name: str, values: pa.Array) -> pa.RecordBatch:
    """The batch with a column, in the place of one of that name."""
    at = batch.schema.get_field_index(name)
    return batch.append_column(name, values) if at < 0 else batch.set_column(at, name, values)


_PART = "part"
_DROPPED = Parquet(compression="zstd", level=1)  # kept to be looked at, hardly ever read as a whole
_LEDGER = Parquet(compression="zstd", level=3)


def _text_at(plan: Plan, number: int, line: int) -> str:
    """The store of the text as a line of a pass saw it; a corpus line sees what its pass left."""
    store = start_store(plan, number)
    for index, stretch in enumerate(plan.passes[number].stretches):
        if stretch.edits:
            store = text_store(number, index)
        if any(one.index == line for one in stretch.lines):
            return store
    return store


def _replace(folder: Path, written: Path) -> None:
    """Put a folder in the place of one of earlier settings."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        written.replace(folder)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        shutil.rmtree(written)  # another machine, taken for dead, has put the same there just now
