"""Runs the corpus lines after a pass: keys meet, ties are settled, and the table says who went for whom."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.chunk import ALIVE, KEYS, line_store, piece_store
from gristmill.build.fingerprint import fingerprint, settings
from gristmill.build.parts import ChunkStored, PartStores, Place
from gristmill.build.settled import SETTLED, Settled
from gristmill.build.unit import state_before
from gristmill.contracts.step import CorpusStep, Evidence
from gristmill.contracts.step import Settled as Decision
from gristmill.contracts.view import View
from gristmill.engine.protocol import Context, Death, Engine
from gristmill.errors import BuildError
from gristmill.recipe.plan import CorpusLine, Plan

Refs = npt.NDArray[np.int64]

PART_SHIFT = 32
"""A row of the corpus is (ordinal of its part << 32 | row in the part): parts in order of source, so rows too."""


@dataclass(frozen=True, slots=True)
class PartRef:
    """A part of the build: its place, its number in its unit, and its ordinal among all parts."""

    place: Place
    part: int
    ordinal: int
    chunks: int


@dataclass(frozen=True, slots=True)
class EvidenceJob:
    """Rows of one part whose evidence is wanted, and where to put it."""

    ref: PartRef
    plan: Plan
    number: int
    line: CorpusLine
    rows: Refs
    path: str


def gather_evidence(job: EvidenceJob, context: Context) -> str:
    """Write the evidence of the wanted rows, in order, as one Arrow list column."""
    stores = PartStores(job.ref.place, job.ref.part)
    start = 0
    with pa.ipc.new_file(job.path, pa.schema([("evidence", pa.large_list(pa.uint64()))])) as writer:
        for chunk in range(job.ref.chunks):
            context.tick(chunk, chunk + 1)
            stored = ChunkStored(stores, chunk)
            length = stores["base"].batch(chunk, ["_done"]).num_rows
            rows = job.rows[(job.rows >= start) & (job.rows < start + length)] - start
            start += length
            if len(rows):
                view = View(state_before(job.plan, job.number + 1, stored), rows)
                values, offsets = job.line.step.evidence(view)
                lists = pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), pa.array(values, pa.uint64()))
                writer.write_batch(pa.record_batch([lists], ["evidence"]))
    return job.path


class Meeting:
    """The corpus lines of one pass over all parts of a build."""

    def __init__(
        self,
        engine: Engine,
        plan: Plan,
        number: int,
        parts: Sequence[PartRef],
        folder: Path,
        before: Settled | None,
        on_report: Callable[[Any], None],
    ) -> None:
        self.engine, self.plan, self.number, self.parts, self.folder = engine, plan, number, parts, folder
        self.on_report = on_report
        self._gone = {part.ordinal: before.lost(part.ordinal) for part in parts} if before else {}
        self._tables: list[pa.Table] = []

    def settle_all(self) -> Settled:
        """One corpus line after another, on key tables; who went in one is not there for the next."""
        for line in self.plan.passes[self.number].corpus:
            self._settle(line)
        table = pa.concat_tables(self._tables) if self._tables else SETTLED.empty_table()
        return Settled(table.sort_by([("part", "ascending"), ("row", "ascending"), ("line", "ascending")]))

    def _settle(self, line: CorpusLine) -> None:
        pairs = list(self.engine.exchange(self._rows(line), line.step.link))
        low = np.concatenate([pair[0] for pair in pairs]) if pairs else np.empty(0, np.int64)
        high = np.concatenate([pair[1] for pair in pairs]) if pairs else np.empty(0, np.int64)
        nodes = np.union1d(low, high)
        if not len(nodes):
            return
        rids, rank = self._standing(line.step, nodes)
        decision = self._with_evidence(line, nodes, np.searchsorted(nodes, low), np.searchsorted(nodes, high), rank)
        table = _table(line.index, nodes, rids, decision)
        self._tables.append(table)
        for ordinal in np.unique(nodes[decision.lost] >> PART_SHIFT).tolist():
            mine = nodes[decision.lost][nodes[decision.lost] >> PART_SHIFT == ordinal] & 0xFFFFFFFF
            self._gone[ordinal] = np.union1d(self._gone.get(ordinal, np.empty(0, np.int64)), mine)

    def alive(self, part: PartRef, stored: ChunkStored, start: int) -> npt.NDArray[np.bool_]:
        """Which rows of a chunk that begins at row `start` of its part are still there."""
        batch = stored.batch(f"verdicts{self.number}", ["ended"])
        if batch is None:
            raise BuildError(f"part {part.ordinal} has no verdicts; delete the build's .work folder and build again")
        alive: npt.NDArray[np.bool_] = batch.column(0).to_numpy() == ALIVE
        gone = self._gone.get(part.ordinal)
        if gone is not None:
            alive[gone[(gone >= start) & (gone < start + len(alive))] - start] = False
        return alive

    def _rows(self, line: CorpusLine) -> Iterator[pa.RecordBatch]:
        """(key, row) of every row that is still there."""
        for part in self.parts:
            stores = PartStores(part.place, part.part)
            start = 0
            for chunk in range(part.chunks):
                stored = ChunkStored(stores, chunk)
                alive = self.alive(part, stored, start)
                batch = stored.batch(line_store(line), [KEYS])
                if batch is not None and alive.any():
                    lists = batch.column(0).filter(pa.array(alive))
                    counts = pc.list_value_length(lists).to_numpy()
                    rows = np.repeat(np.flatnonzero(alive) + start, counts) + (part.ordinal << PART_SHIFT)
                    yield pa.record_batch([lists.flatten(), pa.array(rows, pa.int64())], ["key", "row"])
                start += len(alive)

    def _standing(self, step: CorpusStep, nodes: Refs) -> tuple[pa.Array, Refs]:
        """The rid of each node, and its rank by the keep policy; ties by the lowest rid."""
        rids, values = [], []
        for part, rows in self._by_part(nodes):
            stores = PartStores(part.place, part.part)
            start = 0
            for chunk in range(part.chunks):
                stored = ChunkStored(stores, chunk)
                base = stored.batch("base", ["rid", "time"])
                length = len(base) if base is not None else 0
                mine = pa.array(rows[(rows >= start) & (rows < start + length)] - start)
                if base is not None and len(mine):
                    rids.append(base.column("rid").take(mine))
                    values.append(self._worth(step, stored, base).take(mine))
                start += length
        rid = pa.concat_arrays(rids)
        worth = pc.fill_null(pa.concat_arrays(values), -np.inf)
        keys = pa.table({"worth": worth, "rid": rid})
        by = [("worth", "descending"), ("rid", "ascending")]
        order = pc.sort_indices(keys, sort_keys=by).to_numpy()
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        return rid, rank

    def _worth(self, step: CorpusStep, stored: ChunkStored, base: pa.RecordBatch) -> pa.Array:
        """A number for each row of a chunk; the highest stays, null comes last."""
        length = len(base)
        match step.keep:
            case "longest":
                batch = stored.batch(f"verdicts{self.number}", ["bytes"])
                return pa.nulls(length, pa.float64()) if batch is None else batch.column(0).cast(pa.float64())
            case "newest":
                return base.column("time").cast(pa.int64()).cast(pa.float64(), safe=False)
            case "oldest":
                return pc.negate(base.column("time").cast(pa.int64()).cast(pa.float64(), safe=False))
            case "best_signal":
                return self._signal(step.keep_signal or "", stored, length)
        return pa.nulls(length, pa.float64())

    def _signal(self, name: str, stored: ChunkStored, length: int) -> pa.Array:
        line_name, _, signal = name.rpartition(".")
        for one in self.plan.passes[: self.number + 1]:
            for line in one.lines:
                if line.name == line_name:
                    batch = stored.batch(line_store(line), [signal])
                    if batch is not None:
                        return batch.column(0).cast(pa.float64(), safe=False)
        return pa.nulls(length, pa.float64())

    def _by_part(self, nodes: Refs) -> Iterator[tuple[PartRef, Refs]]:
        ordinals = nodes >> PART_SHIFT
        by_ordinal = {part.ordinal: part for part in self.parts}
        for ordinal in np.unique(ordinals).tolist():
            first, last = np.searchsorted(ordinals, [ordinal, ordinal + 1])
            yield by_ordinal[ordinal], nodes[first:last] & 0xFFFFFFFF

    def _with_evidence(self, line: CorpusLine, nodes: Refs, low: Refs, high: Refs, rank: Refs) -> Decision:
        """Fetch the evidence of the nodes on the workers, lay it end to end on disk, and settle over it."""
        folder = self.folder / f"evidence-{os.getpid()}"
        folder.mkdir(parents=True, exist_ok=True)
        jobs = [
            EvidenceJob(part, self.plan, self.number, line, rows, str(folder / f"{part.ordinal:08d}.arrow"))
            for part, rows in self._by_part(nodes)
        ]
        try:
            list(self.engine.run(gather_evidence, jobs, on_report=self.on_report, on_death=_again))
            evidence = _join([job.path for job in jobs], folder / "evidence.u64", len(nodes))
            return line.step.settle(low, high, rank, evidence)
        finally:
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()


def meeting_print(plan: Plan, number: int, parts: Sequence[PartRef], before: str) -> str:
    """What the outcome of a meeting depends on: every part's verdicts and keys, in order, and the settings."""
    one = plan.passes[number]
    stores = [line_store(line) for line in one.corpus] + ([piece_store(one.cut)] if one.cut else [])
    inputs = [
        [part.place.unit, part.part, part.place.prints[f"verdicts{number}"]]
        + [part.place.prints[store] for store in stores]
        for part in parts
    ]
    lines = [[line.index, line.name, settings(line.step)] for line in one.meeting]
    return fingerprint("meeting", inputs, lines, before)


def _again(death: Death) -> Any:
    if death.times >= 3:
        raise BuildError(f"comparing texts {death.cause} three times; is there enough memory?")
    return death.job


def _join(paths: list[str], target: Path, nodes: int) -> Evidence:
    offsets = np.zeros(nodes + 1, np.int64)
    node = total = 0
    with target.open("wb") as out:
        for path in paths:
            with pa.memory_map(path) as source:
                file = pa.ipc.open_file(source)
                for index in range(file.num_record_batches):
                    lists = file.get_batch(index).column(0)
                    counts = pc.list_value_length(lists).to_numpy()
                    values = lists.flatten().to_numpy()
                    out.write(np.ascontiguousarray(values).tobytes())
                    offsets[node + 1 : node + 1 + len(counts)] = total + np.cumsum(counts)
                    node += len(counts)
                    total += len(values)
    values = np.memmap(target, np.uint64, "r", shape=(total,)) if total else np.empty(0, np.uint64)
    return Evidence(np.asarray(values), offsets)


def _table(line: int, nodes: Refs, rids: pa.Array, decision: Decision) -> pa.Table:
    """One row for each node of a cluster with more than one member."""
    size = np.bincount(decision.cluster, minlength=len(nodes))
    lost = np.zeros(len(nodes), np.bool_)
    lost[decision.lost] = True
    twin = np.full(len(nodes), -1, np.int64)
    twin[decision.lost] = decision.kept
    similarity = np.full(len(nodes), np.nan)
    similarity[decision.lost] = decision.similarity
    member = np.flatnonzero((size[decision.cluster] > 1) | lost)
    return pa.table(
        [
            pa.array(nodes[member] >> PART_SHIFT, pa.int32()),
            pa.array(nodes[member] & 0xFFFFFFFF, pa.int32()),
            pa.array(np.full(len(member), line), pa.int16()),
            pa.array(lost[member]),
            rids.take(pa.array(twin[member], mask=twin[member] < 0)),
            pa.array(similarity[member], mask=np.isnan(similarity[member])),
            rids.take(pa.array(decision.cluster[member])),
        ],
        schema=SETTLED,
    )
