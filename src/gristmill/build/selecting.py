"""Settles a line that selects: all records that come to it are gathered, chosen from at once, and told what became of
them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.part_groups import (
    PART_SHIFT,
    PartGroup,
    alive_rows,
    end_to_end,
    evidence_of,
    is_signal,
    signal_values,
)
from gristmill.build.parts import ChunkStored
from gristmill.build.selected import CHOSEN, nan_as_null, write_chosen
from gristmill.build.settle_task import group_of_row
from gristmill.build.settled import SETTLED
from gristmill.build.state import state_before
from gristmill.contracts.selecting import SELECTED, Candidates, Choice, SelectStep
from gristmill.contracts.turnwise import seen_by
from gristmill.contracts.view import View
from gristmill.engine.protocol import Context, Refs, Task
from gristmill.engine.shuffle import Shuffle
from gristmill.errors import BuildError
from gristmill.recipe.plan import CorpusLine

MOST_CANDIDATES = 50_000_000
"""Records that one line selects from, in about 150 bytes each beside their vectors."""

_CANDIDATES = pa.schema(
    [
        ("node", pa.int64()),
        ("rid", pa.string()),
        ("scores", pa.list_(pa.float64())),
        ("stratum", pa.large_string()),
        ("evidence", pa.large_list(pa.uint64())),
    ]
)
Run = Callable[[Task, Iterable[Any]], list[Any]]


@dataclass(frozen=True, slots=True)
class _GatherJob:
    group: PartGroup[CorpusLine]
    step: SelectStep
    target: Shuffle  # _CANDIDATES, all in one partition


@dataclass(frozen=True, slots=True)
class _ChooseJob:
    line: CorpusLine
    step: SelectStep
    candidates: Shuffle
    scratch: str
    ordinals: tuple[int, ...]
    gone: Shuffle  # SETTLED, by group of parts
    chosen: Shuffle  # CHOSEN, by group of parts


@dataclass(frozen=True, slots=True)
class _CollectJob:
    chosen: Shuffle
    group: int
    target: str


def select_records(
    run: Run, line: CorpusLine, step: SelectStep, groups: Sequence[PartGroup[CorpusLine]], folder: Path, target: Path
) -> Shuffle:
    """Write what became of every record to `target`; gives the table of those that were not selected."""
    ordinals = tuple(group.parts[0].ordinal for group in groups)
    candidates = Shuffle(str(folder / "candidates"), len(groups), 1)
    run(_gather, [_GatherJob(group, step, candidates) for group in groups])
    gone = Shuffle(str(folder / f"line-{line.index}"), 1, len(groups))
    chosen = Shuffle(str(folder / "chosen"), 1, len(groups))
    run(_choose, [_ChooseJob(line, step, candidates, str(folder / "evidence"), ordinals, gone, chosen)])
    candidates.remove()
    run(
        _collect,
        [_CollectJob(chosen, number, str(target / f"{ordinal:08d}.arrow")) for number, ordinal in enumerate(ordinals)],
    )
    chosen.remove()
    return gone


def _gather(job: _GatherJob, context: Context) -> None:
    """What is to be known of each record of a group that is still there."""
    with job.target.scatter(job.group.number, _CANDIDATES) as out:
        for part in job.group.parts:
            for stored, start, alive in alive_rows(job.group, part):
                context.tick(start, start + len(alive))
                rows = np.flatnonzero(alive)
                if not len(rows):
                    continue
                base = stored.batch("base", ["rid"])
                if base is None:
                    raise FileNotFoundError(part.place.path("base", part.part))
                state = View(state_before(job.group.plan, job.group.pass_number + 1, stored), rows)
                columns = [
                    (part.ordinal << PART_SHIFT) + start + rows,
                    base.column(0).take(pa.array(rows)),
                    _scores(job, stored, state, len(alive)),
                    job.step.strata(state),
                    evidence_of(job.group, stored, rows),
                ]
                out.add(columns, np.zeros(len(rows), np.int64))


def _scores(job: _GatherJob, stored: ChunkStored, state: View, length: int) -> pa.Array:
    """A list of each row's scores, null where it has none."""
    seen = seen_by(job.step, job.group.line.of, state)
    columns = [
        signal_values(job.group, name, stored, length).take(pa.array(state.rows))
        if is_signal(job.group, name)
        else job.step.field_scores(seen, name)
        for name in job.step.ranked_by
    ]
    if not columns:
        return pa.array([[]] * len(state), pa.list_(pa.float64()))
    numbers = [pc.fill_null(column, np.nan).to_numpy(zero_copy_only=False) for column in columns]
    offsets = np.arange(len(state) + 1, dtype=np.int32) * len(columns)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(np.stack(numbers, 1).ravel()))


def _choose(job: _ChooseJob, context: Context) -> None:
    """Who is selected of all, to the groups of the parts."""
    found = list(job.candidates.gathered(0))
    count = sum(map(len, found))
    if count > MOST_CANDIDATES:
        raise BuildError(
            f"{job.line.name}: {count:,} records are too many to be selected from at once; drop more before it"
        )
    with job.gone.scatter(0, SETTLED) as gone, job.chosen.scatter(0, CHOSEN) as chosen:
        if not count:
            return
        nodes = np.concatenate([batch.column("node").to_numpy() for batch in found])
        rids = pa.chunked_array([batch.column("rid") for batch in found]).combine_chunks()
        ids = np.empty(count, np.int64)
        ids[pc.sort_indices(rids).to_numpy()] = np.arange(count)
        scores = np.concatenate([batch.column("scores").flatten().to_numpy() for batch in found])
        strata = pa.chunked_array([batch.column("stratum") for batch in found]).combine_chunks()
        try:
            evidence = end_to_end(found, Path(job.scratch), count)
            width = len(job.step.ranked_by)
            choice = job.step.choose(Candidates(scores.reshape(count, width), ids, strata, evidence))
        except ValueError as error:
            raise BuildError(f"{job.line.name}: {error}") from error
        finally:
            Path(job.scratch).unlink(missing_ok=True)
        groups = group_of_row(nodes, job.ordinals)
        chosen.add(_told(nodes, rids, choice), groups)
        lost = np.flatnonzero(choice.outcome != SELECTED)
        gone.add(_gone(nodes[lost], job.line.index), groups[lost])


def _told(nodes: Refs, rids: pa.Array, choice: Choice) -> list[Any]:
    """The columns of CHOSEN."""
    return [
        nodes >> PART_SHIFT,
        nodes & 0xFFFFFFFF,
        choice.outcome,
        nan_as_null(choice.score),
        choice.rank,
        choice.stratum.cast(pa.string()),
        choice.last,
        nan_as_null(choice.cut_off),
        rids.take(pa.array(choice.neighbour, mask=choice.neighbour < 0)),
        nan_as_null(choice.distance),
        nan_as_null(choice.reach),
    ]


def _gone(nodes: Refs, line: int) -> list[Any]:
    """The columns of SETTLED: they went, and in favour of no other."""
    told: dict[str, Any] = {
        "part": nodes >> PART_SHIFT,
        "row": nodes & 0xFFFFFFFF,
        "line": np.full(len(nodes), line),
        "lost": np.ones(len(nodes), np.bool_),
    }
    return [told.get(field.name, pa.nulls(len(nodes), field.type)) for field in SETTLED]


def _collect(job: _CollectJob, context: Context) -> None:
    """One file for each group of parts."""
    write_chosen(pa.Table.from_batches(list(job.chosen.gathered(job.group)), schema=CHOSEN), Path(job.target))
