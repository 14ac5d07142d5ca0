"""Settles a line that splits: groups are summed up, assigned as a whole, and every record learns its split.

`split_records` makes four runs of tasks: weigh (the records of a group of parts go to the partitions of their groups),
sum (the groups of a partition), and, once all groups are assigned, answer (the splits of a partition's records go back
to their parts) and collect (one table for a group of parts). Groups alone come together in this process, about 100
bytes of each; records stay in files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.earlier import Earlier
from gristmill.build.part_groups import PART_SHIFT, PartGroup, alive_rows, signal_values
from gristmill.build.settle_task import group_of_row, met_in
from gristmill.build.split_groups import WEIGHED, SumJob, loaded, sum_groups
from gristmill.build.split_summary import split_summary
from gristmill.build.splits import SPLITS, write_splits
from gristmill.build.state import state_before
from gristmill.build.store import write_json
from gristmill.contracts.splitting import NOT_YET, SplitStep
from gristmill.contracts.view import View
from gristmill.engine.protocol import Context, Refs, Task
from gristmill.engine.shuffle import Shuffle, partitions, spread
from gristmill.recipe.plan import CorpusLine

_RECORDS_AT_ONCE = 1_000_000

_MET = pa.schema(
    [
        ("node", pa.int64()),
        ("key", pa.uint64()),  # of the group
        ("group", pa.string()),
        ("ties", pa.uint64()),
        ("twin", pa.string()),
        ("similarity", pa.float64()),
    ]
)
"""A record that was tied to another: the group both are in, by which keys (bits of `ties`), and to whom."""

_ANSWERED = pa.schema(
    [
        ("node", pa.int64()),
        ("split", pa.int64()),
        ("size", pa.int64()),
        ("content", pa.uint64()),
        ("before", pa.int64()),
    ]
)
"""A record's split, the size of its group, and the split it was in before, if it was in one."""

Run = Callable[[Task, Iterable[Any]], list[Any]]


@dataclass(frozen=True, slots=True)
class TieJob:
    """Whole components of a line that splits: which of their ties hold."""

    line: CorpusLine
    step: SplitStep
    batch: int
    ties: Shuffle
    standing: Shuffle
    scratch: str
    target: Shuffle  # _MET, by group of parts
    ordinals: tuple[int, ...]
    most: int


@dataclass(frozen=True, slots=True)
class _WeighJob:
    """A group of parts whose records are weighed."""

    group: PartGroup[CorpusLine]
    step: SplitStep
    met: Shuffle | None
    earlier: Earlier | None
    target: Shuffle  # WEIGHED, by key


@dataclass(frozen=True, slots=True)
class _AnswerJob:
    """A partition whose groups are assigned: `groups` and `splits` are files of arrays, an entry for each group."""

    weighed: Shuffle
    partition: int
    groups: str
    splits: str
    ordinals: tuple[int, ...]
    target: Shuffle  # _ANSWERED, by group of parts


@dataclass(frozen=True, slots=True)
class _CollectJob:
    """A group of parts whose records have their splits."""

    met: Shuffle | None
    answered: Shuffle
    group: int
    target: str


def tie_batch(job: TieJob, context: Context) -> None:
    """Of each record that met another the group it is in and what ties it, to the groups of the parts."""
    instead = "group by less, or ask for more likeness"
    with job.target.scatter(job.batch, _MET) as out, met_in(job, instead) as met:
        if met is None:
            return
        nodes, rids = met.nodes, met.rids
        tied = job.step.tie(met.low, met.high, len(met), met.evidence)
        mine = np.flatnonzero(tied.twin >= 0)
        columns = [
            nodes[mine],
            _keys(nodes[tied.group[mine]]),
            rids.take(pa.array(tied.group[mine])),
            tied.ties[mine],
            rids.take(pa.array(tied.twin[mine])),
            pa.array(tied.similarity[mine], mask=np.isnan(tied.similarity[mine])),
        ]
        out.add(columns, group_of_row(nodes[mine], job.ordinals))


def split_records(
    run: Run,
    line: CorpusLine,
    step: SplitStep,
    groups: Sequence[PartGroup[CorpusLine]],
    met: Shuffle | None,
    folder: Path,
    target: Path,
) -> None:
    """Assign every record that came to the line, and write what is to be known of it to `target`."""
    records = sum(part.chunks for group in groups for part in group.parts) * 1024
    count = partitions(records, _RECORDS_AT_ONCE)
    ordinals = tuple(group.parts[0].ordinal for group in groups)
    previous = step.previous_folder
    earlier = Earlier.of(previous, step.names, folder / "earlier") if previous else None
    weighed = Shuffle(str(folder / "weighed"), len(groups), count)
    told = run(_weigh, [_WeighJob(group, step, met, earlier, weighed) for group in groups])
    run(sum_groups, [SumJob(weighed, n, step, str(folder / f"groups-{n:05d}.npz")) for n in range(count)])
    summed, bounds = loaded([folder / f"groups-{n:05d}.npz" for n in range(count)])
    assigned = step.assigned(summed.groups)
    jobs = []
    answered = Shuffle(str(folder / "answered"), count, len(groups))
    for n in range(count):
        np.save(folder / f"splits-{n:05d}.npy", assigned[bounds[n] : bounds[n + 1]])
        names = str(folder / f"groups-{n:05d}.npz"), str(folder / f"splits-{n:05d}.npy")
        jobs.append(_AnswerJob(weighed, n, *names, ordinals, answered))
    run(_answer, jobs)
    weighed.remove()
    run(
        _collect,
        [
            _CollectJob(met, answered, group.number, str(target / f"{ordinal:08d}.arrow"))
            for group, ordinal in zip(groups, ordinals, strict=True)
        ],
    )
    write_json(target / "summary.json", split_summary(line, step, summed, assigned, told))


def _weigh(job: _WeighJob, context: Context) -> list[int]:
    """Send what the assignment needs of each record to the partition of its group.

    Gives for each of the step's groupings how many records have no value in it, and last the records looked at.
    """
    nodes, keys = _met_of(job.met, job.group.number)
    absent = np.zeros(len(job.step.groups) + 1, np.int64)
    with job.target.scatter(job.group.number, WEIGHED) as out:
        for part in job.group.parts:
            for stored, start, alive in alive_rows(job.group, part):
                rows = np.flatnonzero(alive)
                if not len(rows):
                    continue
                traits = job.step.traits(View(state_before(job.group.plan, job.group.pass_number + 1, stored), rows))
                mine = (part.ordinal << PART_SHIFT) + start + rows
                key = _group_keys(mine, nodes, keys)
                weight = _weights(job, stored, len(alive))[rows]
                before = job.earlier.splits(traits.content) if job.earlier else np.full(len(rows), NOT_YET)
                columns = [mine, key, traits.content, weight, traits.stratum, traits.time, before]
                out.add(columns, spread(key, job.target.partitions))
                for number in range(len(job.step.groups)):
                    absent[number] += int((traits.absent >> np.uint64(number) & np.uint64(1)).sum())
                absent[-1] += len(rows)
    return absent.tolist()


def _group_keys(mine: Refs, nodes: Refs, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The key of each row's group: that of its node where it met another, else its own."""
    key = _keys(mine)
    if len(nodes):
        at = np.minimum(np.searchsorted(nodes, mine), len(nodes) - 1)
        found = nodes[at] == mine
        key[found] = keys[at[found]]
    return key


def _weights(job: _WeighJob, stored: Any, length: int) -> npt.NDArray[np.float64]:
    """What each row counts by the step's measure: 1, words, bytes or a signal; 0 where that is no positive number."""
    measure = job.step.measure
    if measure == "records":
        return np.ones(length)
    if measure in ("words", "bytes"):
        batch = stored.batch(f"verdicts{job.group.pass_number}", [measure])
        values = pa.nulls(length, pa.float64()) if batch is None else batch.column(0).cast(pa.float64())
    else:
        values = signal_values(job.group, measure, stored, length)
    weights: npt.NDArray[np.float64] = pc.fill_null(values, 0.0).to_numpy(zero_copy_only=False)
    return np.where(np.isfinite(weights), np.maximum(weights, 0.0), 0.0)


def _answer(job: _AnswerJob, context: Context) -> None:
    """Send each record its group's split, to the parts."""
    with np.load(job.groups) as file:
        keys, records = file["key"], file["records"]
    splits = np.load(job.splits)
    with job.target.scatter(job.partition, _ANSWERED) as out:
        for batch in job.weighed.gathered(job.partition):
            at = np.searchsorted(keys, batch.column("key").to_numpy())
            nodes = batch.column("node").to_numpy()
            columns = [nodes, splits[at], records[at], batch.column("content"), batch.column("before")]
            out.add(columns, group_of_row(nodes, job.ordinals))


def _collect(job: _CollectJob, context: Context) -> None:
    """Write one row for each record of a group of parts, in the order of the parts and rows."""
    answered = pa.Table.from_batches(list(job.answered.gathered(job.group)), schema=_ANSWERED).sort_by("node")
    met = pa.Table.from_batches([] if job.met is None else list(job.met.gathered(job.group)), schema=_MET)
    nodes, known = answered.column("node").to_numpy(), met.column("node").to_numpy()
    at = np.full(len(nodes), -1, np.int64)
    at[np.searchsorted(nodes, known)] = np.arange(len(known))
    found = met.take(pa.array(at, mask=at < 0))
    columns = {"part": pa.array(nodes >> PART_SHIFT), "row": pa.array(nodes & 0xFFFFFFFF)}
    columns |= {name: answered.column(name) for name in ("split", "content", "before", "size")}
    columns |= {name: found.column(name) for name in ("group", "ties", "twin", "similarity")}
    write_splits(pa.table([columns[f.name].cast(f.type) for f in SPLITS], schema=SPLITS), Path(job.target))


def _met_of(met: Shuffle | None, group: int) -> tuple[Refs, npt.NDArray[np.uint64]]:
    """The nodes of a group of parts that met another, ascending, and the key of the group each is in."""
    table = pa.Table.from_batches([] if met is None else list(met.gathered(group)), schema=_MET)
    nodes, keys = table.column("node").to_numpy(), table.column("key").to_numpy()
    order = np.argsort(nodes)
    return nodes[order], keys[order]


def _keys(nodes: Refs) -> npt.NDArray[np.uint64]:
    """What a group is known by: the lowest of its rows."""
    return nodes.astype(np.uint64)
