"""The task of a pass: one unit, part by part, each part written whole and never computed twice."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from gristmill.build.chunk import (
    ALIVE,
    ERROR,
    GONE,
    READ,
    WORKER,
    NeedsSourceError,
    line_store,
    piece_store,
    text_store,
)
from gristmill.build.chunk_run import ChunkRun
from gristmill.build.cuts import Cuts, columns
from gristmill.build.parts import ChunkStored, PartInfo, PartStores, PartWriters, Place
from gristmill.build.settled import Settled
from gristmill.build.source import Source, stored_base, with_problems
from gristmill.build.state import columns_before, start_store
from gristmill.build.store import DONE
from gristmill.build.verdicts import verdicts
from gristmill.contracts.reader import Reader, Unit
from gristmill.engine.protocol import Context
from gristmill.recipe.plan import Pass, Plan

READING, STORING = "read", "write stores"
"""What the time beside that of the lines is counted under; the one is no name for a line, the other cannot be."""

PART_BYTES = 64 << 20
PART_CHUNKS = 64


@dataclass(frozen=True, slots=True)
class UnitJob:
    """One unit in one pass. `suspect` and `poison` come in after workers died over records of it."""

    reader: Reader
    unit: Unit
    plan: Plan
    number: int  # of the pass
    place: Place
    settled: str | None  # file with the rows that the exchanges before this pass took out
    cuts: str | None = None  # file with what the exchange right before it found to be cut out of texts
    ordinals: tuple[int, ...] = ()  # of the unit's parts, for both
    suspect: tuple[int, int] | None = None  # records to be worked on one by one
    poison: Mapping[int, str] = field(default_factory=dict)  # record -> why it is not touched again
    lost_from: tuple[int, str] | None = None  # reading beyond this record kills workers: where, and how

    @property
    def one(self) -> Pass:
        return self.plan.passes[self.number]


@dataclass(slots=True)
class Progress:
    """News of finished chunks: records, raw bytes, rows that each line ended, seconds in each line."""

    records: int
    raw_bytes: int
    ended: dict[int, int]
    seconds: dict[str, float]


def run_unit(job: UnitJob, context: Context) -> int:
    """Take a unit through a pass; returns how many parts it has."""
    began = time.perf_counter()
    in_lines = reading = 0.0
    names = _stores_of_pass(job.plan, job.number)
    wanted = [f"verdicts{job.number}", *_stores_behind(job.plan, job.number)]
    source: Source | None = None
    part = seen = 0
    while True:
        info = PartInfo.load(job.place, part)
        stores = PartStores(job.place, part, empty=info is None)
        if info is None or not all(stores[name] for name in wanted):
            work = _PartWork(job, context, part, seen, stores, names)
            if info is not None:
                try:
                    work.from_stores(info)
                except NeedsSourceError:
                    info = None
            if info is None:
                source = source if source and source.seen == seen else _open(job, context, seen)
                before = source.seconds
                info = work.from_source(source)
                reading += source.seconds - before
            in_lines += work.seconds
        else:
            context.report(Progress(info.rows, info.raw_bytes, {}, {}))
        seen = info.seen
        part += 1
        if info.last:
            storing = time.perf_counter() - began - in_lines - reading
            context.report(Progress(0, 0, {}, {READING: reading, STORING: storing}))
            return part


def _open(job: UnitJob, context: Context, seen: int) -> Source:
    context.tick(seen, seen)
    return Source(job.reader, job.unit, seen, job.lost_from)


def _stores_of_pass(plan: Plan, number: int) -> list[str]:
    one = plan.passes[number]
    texts = [text_store(number, index) for index, stretch in enumerate(one.stretches) if stretch.edits]
    lines = [line_store(line) for line in one.lines if line.signals or line.step.edits]
    return [*(["base"] if number == 0 else []), *texts, *lines, *_stores_behind(plan, number)]


def _stores_behind(plan: Plan, number: int) -> list[str]:
    """What a pass prepares for the meeting behind it: no verdict of its own depends on these settings."""
    one = plan.passes[number]
    return [*(line_store(line) for line in one.corpus), *([piece_store(one.cut)] if one.cut else [])]


class _PartWork:
    """One part in one pass."""

    def __init__(
        self, job: UnitJob, context: Context, part: int, seen: int, stores: PartStores, names: list[str]
    ) -> None:
        self.job, self.context, self.part, self.stores = job, context, part, stores
        self.at = seen  # record of the unit that the next chunk begins with
        self.begin = seen
        self.seconds = 0.0  # spent in lines
        self.verdicts = f"verdicts{job.number}"
        self.writers = PartWriters(job.place, part, [*names, self.verdicts])
        self.lost = Settled.load(job.settled).lost(job.ordinals[part]) if job.settled else None
        cuts = Cuts.load(job.cuts) if job.cuts else None
        self.cuts = cuts.of(job.ordinals[part]) if cuts else None

    def from_stores(self, info: PartInfo) -> None:
        """Decide from what is stored, computing what rows that came this far for the first time need."""
        begin = self.at
        try:
            for index in range(info.chunks):
                self._chunk(index, None, info.raw_bytes if index == info.chunks - 1 else 0)
            self.writers.commit()
        except NeedsSourceError:
            self.at = begin
            raise
        finally:
            self.writers.abort()

    def from_source(self, source: Source) -> PartInfo:
        """Read the part's records from its source."""
        known = PartInfo.load(self.job.place, self.part)
        raw = rows = chunks = size = 0
        skipped: dict[str, int] = {}
        try:
            while True:
                chunk = source.chunk()
                fresh = with_problems(chunk)
                self._chunk(chunks, fresh, chunk.raw_bytes)
                raw += chunk.raw_bytes
                rows += len(fresh)
                size += fresh.nbytes
                chunks += 1
                for name, count in chunk.skipped:
                    skipped[name] = skipped.get(name, 0) + count
                full = chunks == known.chunks if known else size >= PART_BYTES or chunks >= PART_CHUNKS
                self.context.tick(self.at, self.at)
                if source.done or full:
                    break
            info = PartInfo(chunks, rows, source.seen, source.done, raw, skipped)
            self.writers.commit()
            info.save(self.job.place, self.part)
        finally:
            self.writers.abort()
        return info

    def _chunk(self, index: int, fresh: pa.RecordBatch | None, raw_bytes: int) -> None:
        stored = ChunkStored(self.stores, index)
        length = len(fresh) if fresh is not None else len(stored.stores["base"].batch(index, [DONE]))
        first, last = self.at, self.at + length
        suspect = self.job.suspect
        if suspect and suspect[0] < last and suspect[1] > first and length > 1:
            made, seconds = self._one_by_one(stored, fresh, length)
        else:
            self.context.tick(first, last)
            made, seconds = self._run(stored, fresh, 0, length)
        self.writers.add(made)
        self.seconds += sum(seconds.values())
        self.at = last
        ended = made[self.verdicts].column("ended").value_counts()
        counts = {value["values"].as_py(): value["counts"].as_py() for value in ended}
        self.context.report(Progress(length, raw_bytes, counts, seconds))

    def _one_by_one(
        self, stored: ChunkStored, fresh: pa.RecordBatch | None, length: int
    ) -> tuple[dict[str, pa.RecordBatch], dict[str, float]]:
        """The same answers a row at a time, so that a row that kills its worker is known by the last tick."""
        pieces = []
        seconds: dict[str, float] = {}
        for row in range(length):
            self.context.tick(self.at + row, self.at + row + 1)
            one = ChunkStored(stored.stores, stored.chunk, slice(row, row + 1))
            made, spent = self._run(one, None if fresh is None else fresh.slice(row, 1), row, 1)
            pieces.append((one, made))
            for name, value in spent.items():
                seconds[name] = seconds.get(name, 0.0) + value
        whole = {}
        for name in sorted({name for _, made in pieces for name in made}):
            batches = [made[name] if name in made else one.batch(name) for one, made in pieces]
            whole[name] = pa.concat_batches([_like(batch, batches) for batch in batches])
        return whole, seconds

    def _run(
        self, stored: ChunkStored, fresh: pa.RecordBatch | None, offset: int, length: int
    ) -> tuple[dict[str, pa.RecordBatch], dict[str, float]]:
        job = self.job
        begin = start_store(job.plan, job.number)
        made = {"base": stored_base(fresh)} if fresh is not None and stored.batch("base", [DONE]) is None else {}
        run = ChunkRun(
            job.one,
            job.number,
            stored,
            fresh,
            np.full(length, ALIVE, np.int16),
            columns_before(job.plan, job.number, stored) | self._cut_columns(offset, length),
            begin,
            made,
        )
        self._begin(run, offset)
        run.run()
        return {**run.out, self.verdicts: verdicts(run, begin)}, run.seconds

    def _cut_columns(self, offset: int, length: int) -> dict[str, pa.Array]:
        """What is to be cut out of the texts of the chunk, for the line that does it."""
        return {} if self.cuts is None else columns(self.cuts, self.at - self.begin + offset, length)

    def _begin(self, run: ChunkRun, offset: int) -> None:
        """Who does not take part: records that could not be read, that went before, that kill workers."""
        base = run.known("base", [ERROR])
        if base is not None and base.column(0).null_count < run.length:
            for row, sentence in enumerate(base.column(0).to_pylist()):
                if sentence is not None:
                    run.ended[row] = READ
                    run.errors[row] = (READ, sentence)
        before = run.known(f"verdicts{self.job.number - 1}", ["ended"])
        if before is not None:
            gone = before.column(0).to_numpy() != ALIVE
            if self.lost is not None:
                start = self.at - self.begin + offset
                gone[self.lost[(self.lost >= start) & (self.lost < start + run.length)] - start] = True
            run.ended[gone] = GONE
            run.errors.clear()
        for record, sentence in self.job.poison.items():
            row = record - self.at - offset
            if 0 <= row < run.length and run.ended[row] == ALIVE:
                run.ended[row] = WORKER
                run.errors[row] = (WORKER, sentence)


def _like(batch: pa.RecordBatch | None, others: list[pa.RecordBatch | None]) -> pa.RecordBatch:
    """The batch, or one row of nulls where this row has nothing in a store that others have."""
    if batch is not None:
        return batch
    schema = next(other.schema for other in others if other is not None)
    nulls = [pa.array([False]) if f.name == DONE else pa.nulls(1, f.type) for f in schema]
    return pa.record_batch(nulls, schema=schema)
