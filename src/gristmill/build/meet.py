"""Runs the corpus lines after a pass: keys meet, ties are settled, and the table says who went for whom.

Each stage is a task over files in parts of bounded size, on any engine; this process sees their names alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from gristmill.build.chunk import line_store, piece_store
from gristmill.build.fingerprint import fingerprint, settings
from gristmill.build.indexes import (
    FIRST,
    AgainstJob,
    IndexedJob,
    check_index_file,
    check_jobs,
    shuffle_indexed,
    tie_to_indexes,
)
from gristmill.build.part_groups import (
    KeysJob,
    PartGroup,
    estimate_keys,
    grouped,
    shuffle_keys,
)
from gristmill.build.parts import PartRef
from gristmill.build.recall import Recall
from gristmill.build.recall_task import DrawJob, RecallJob, draw_sample, measure_recall
from gristmill.build.sampled import Sampled
from gristmill.build.selected import folder_of
from gristmill.build.selecting import select_records
from gristmill.build.settle_task import SettleJob, group_of_row, settle_batch
from gristmill.build.settled import SETTLED, write_settled
from gristmill.build.splits import FOLDER as SPLITS
from gristmill.build.splitting import TieJob, split_records, tie_batch
from gristmill.build.standing_task import NODES, StandingJob, shuffle_standing
from gristmill.build.store import read_json, write_json
from gristmill.contracts.indexes import Index
from gristmill.contracts.selecting import SelectStep
from gristmill.contracts.splitting import SplitStep
from gristmill.engine.engine import Engine
from gristmill.engine.exchange import ROWS, TIES, Further, Tied, lowest, tied
from gristmill.engine.protocol import Context, Death, Task
from gristmill.engine.shuffle import Shuffle, partitions, spread
from gristmill.errors import BuildError
from gristmill.recipe.plan import CorpusLine, Plan

NODES_AT_ONCE = 20_000
"""Nodes that settle together, about; their evidence is some kilobytes of each."""

RECALL = "recall.json"

MOST_IN_CLUSTER = 50_000_000
"""Nodes that hang together settle at once, in about 400 bytes each beside their evidence."""


@dataclass(frozen=True, slots=True)
class _TagJob:
    """The ties of a partition to the batches in which they settle, and the nodes to the groups of their parts."""

    tied: Tied
    partition: int
    ties: Shuffle
    nodes: Shuffle
    ordinals: tuple[int, ...]  # the first part of each group


@dataclass(frozen=True, slots=True)
class _CollectJob:
    """What all lines decided of the rows of a group of parts."""

    tables: tuple[Shuffle, ...]
    group: int
    target: str


class Meeting:
    """The corpus lines of one pass over all parts of a build."""

    def __init__(
        self,
        engine: Engine,
        plan: Plan,
        number: int,
        parts: Sequence[PartRef],
        folder: Path,
        before: str | None,
        on_report: Callable[[Any], None],
    ) -> None:
        self.engine, self.plan, self.number, self.folder, self.before = engine, plan, number, folder, before
        self.on_report = on_report
        self._groups = grouped(parts)
        self._ordinals = tuple(group[0].ordinal for group in self._groups)
        self._tables: list[Shuffle] = []
        self._recall: dict[str, Recall] = {}  # by line

    def settle_all(self, target: Path) -> None:
        """One corpus line after another: who went in one is not there for the next. The folder of tables appears
        when all is settled."""
        table = self.folder / "table"
        table.mkdir(parents=True, exist_ok=True)
        for line in self.plan.passes[self.number].corpus:
            self._settle(line)
        self._run(
            _collect,
            [
                _CollectJob(tuple(self._tables), group, str(table / f"{ordinal:08d}.arrow"))
                for group, ordinal in enumerate(self._ordinals)
            ],
        )
        write_json(table / RECALL, {line: asdict(recall) for line, recall in self._recall.items()})
        target.parent.mkdir(parents=True, exist_ok=True)
        table.replace(target)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _settle(self, line: CorpusLine) -> None:
        groups = [
            PartGroup(number, parts, self.plan, self.number, line, self.before, tuple(self._tables))
            for number, parts in enumerate(self._groups)
        ]
        if isinstance(line.step, SelectStep):
            target = folder_of(self.folder / "table", line)
            self._tables.append(select_records(self._run, line, line.step, groups, self.folder, target))
            return
        count = partitions(sum(self._run(estimate_keys, groups)), ROWS)
        keys = self._shuffle("keys", len(groups), count)
        self._run(shuffle_keys, [KeysJob(group, keys) for group in groups])
        indexes = line.step.indexes()
        self._run(check_index_file, check_jobs(indexes))
        met = tied(self._run, keys, line.step.link, self.folder, _against(indexes))
        sampled = self._draw(line, groups) if line.step.measures_recall() else None
        table = self._settle_tied(line, groups, met, indexes, sampled) if met.nodes else None
        met.remove()
        if isinstance(line.step, SplitStep):
            split_records(self._run, line, line.step, groups, table, self.folder, self.folder / "table" / SPLITS)
            return
        if sampled is not None:
            if table is None:
                none = self._shuffle("standing", len(groups), 1)
                self._run(shuffle_standing, [StandingJob(group, None, none, sampled) for group in groups])
                none.remove()
            job = RecallJob(line, sampled, table, len(groups), str(self.folder / "sample"))
            (self._recall[line.name],) = self._run(measure_recall, [job])
            sampled.remove()
        if table is not None:
            self._tables.append(table)

    def _draw(self, line: CorpusLine, groups: Sequence[PartGroup[CorpusLine]]) -> Sampled:
        sampled = Sampled(str(self.folder / "sample.npz"), self._shuffle("sampled", len(groups), 1))
        self._run(draw_sample, [DrawJob(tuple(groups), sampled)])
        return sampled

    def _settle_tied(
        self,
        line: CorpusLine,
        groups: Sequence[PartGroup[CorpusLine]],
        met: Tied,
        indexes: tuple[Index, ...],
        sampled: Sampled | None,
    ) -> Shuffle:
        batches = partitions(met.nodes, NODES_AT_ONCE)
        count = met.ties.partitions
        ordinals = (*self._ordinals, FIRST) if indexes else self._ordinals  # indexed records are a group of their own
        ties, nodes = self._shuffle("tagged", count, batches), self._shuffle("nodes", count, len(ordinals))
        self._run(_tag, [_TagJob(met, n, ties, nodes, ordinals) for n in range(count)])
        standing = self._shuffle("standing", len(ordinals), batches)
        self._run(shuffle_standing, [StandingJob(group, nodes, standing, sampled) for group in groups])
        if indexes:
            self._run(shuffle_indexed, [IndexedJob(indexes, nodes, len(groups), standing)])
        nodes.remove()
        table = self._shuffle(f"line-{line.index}", batches, len(groups))
        scratch = str(self.folder / "evidence")
        if isinstance(line.step, SplitStep):
            self._run(
                tie_batch,
                [
                    TieJob(line, line.step, n, ties, standing, f"{scratch}-{n}", table, self._ordinals, MOST_IN_CLUSTER)
                    for n in range(batches)
                ],
            )
        else:
            self._run(
                settle_batch,
                [
                    SettleJob(
                        line, n, ties, standing, f"{scratch}-{n}", table, self._ordinals, indexes, MOST_IN_CLUSTER
                    )
                    for n in range(batches)
                ],
            )
        ties.remove()
        standing.remove()
        return table

    def _shuffle(self, name: str, writers: int, count: int) -> Shuffle:
        return Shuffle(str(self.folder / name), writers, count)

    def _run(self, task: Task, jobs: Iterable[Any]) -> list[Any]:
        return list(self.engine.run(task, jobs, on_report=self.on_report, on_death=again))


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


def recall_of(settled: str) -> dict[str, Any]:
    """What a meeting measured of its lines, by their names."""
    return dict(read_json(Path(settled) / RECALL) or {})


def again(death: Death) -> Any:
    """The job of a task of an exchange once more, twice at most."""
    if death.times >= 3:
        raise BuildError(f"comparing texts {death.cause} three times; is there enough memory?")
    return death.job


def _tag(job: _TagJob, context: Context) -> None:
    """What hangs together goes to the same batch."""
    found = lowest(job.tied, job.partition)
    batches = job.ties.partitions
    with job.nodes.scatter(job.partition, NODES) as out:
        out.add([found.nodes, spread(found.lowest, batches)], group_of_row(found.nodes, job.ordinals))
    with job.ties.scatter(job.partition, TIES) as out:
        for batch in job.tied.ties.gathered(job.partition):
            low, high = batch.column(0).to_numpy(), batch.column(1).to_numpy()
            out.add([low, high], spread(found.at(high), batches))


def _collect(job: _CollectJob, context: Context) -> None:
    batches = [batch for table in job.tables for batch in table.gathered(job.group)]
    if batches:
        write_settled(pa.Table.from_batches(batches, schema=SETTLED), Path(job.target))


def _against(indexes: tuple[Index, ...]) -> Further | None:
    if not indexes:
        return None
    return Further(tie_to_indexes, lambda keys, n, target, writer: AgainstJob(indexes, keys, n, target, writer))
