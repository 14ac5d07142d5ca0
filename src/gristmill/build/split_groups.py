"""Sums up the groups of a line that splits: a partition of their records in a task, then all groups as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gristmill.contracts.splitting import NO_TIME, Groups, Numbers, SplitStep
from gristmill.engine.protocol import Context
from gristmill.engine.shuffle import Shuffle

WEIGHED = pa.schema(
    [
        ("node", pa.int64()),
        ("key", pa.uint64()),
        ("content", pa.uint64()),
        ("weight", pa.float64()),
        ("stratum", pa.uint64()),
        ("time", pa.int64()),
        ("before", pa.int64()),
    ]
)
"""What the assignment needs of each record, shuffled by the key of its group."""


@dataclass(frozen=True, slots=True)
class SumJob:
    """A partition of weighed records, and the file that its groups go to."""

    weighed: Shuffle
    partition: int
    step: SplitStep
    target: str


def sum_groups(job: SumJob, context: Context) -> None:
    """Write what each group of a partition comes to, as arrays of equal length in one .npz file, by ascending key."""
    batches = list(job.weighed.gathered(job.partition))
    rows = pa.Table.from_batches(batches, schema=WEIGHED)
    column = {name: rows.column(name).to_numpy() for name in WEIGHED.names}
    place = job.step.placed(column["content"])
    order = np.lexsort((column["node"], place, column["key"]))
    key = column["key"][order]
    new = np.ones(len(key), np.bool_)
    new[1:] = key[1:] != key[:-1]
    starts = np.flatnonzero(new)
    late = column["time"][order]
    early = np.where(late == NO_TIME, np.iinfo(np.int64).max, late)
    before = column["before"][order]

    def over(ufunc: Any, values: np.ndarray) -> np.ndarray:
        reduced: np.ndarray = ufunc.reduceat(values, starts) if len(starts) else values
        return reduced

    np.savez(
        job.target,
        key=key[starts],
        place=place[order][starts],
        weight=over(np.add, column["weight"][order]),
        stratum=column["stratum"][order][starts],
        earliest=over(np.minimum, early),
        latest=over(np.maximum, late),
        before=over(np.maximum, before),
        records=np.diff(starts, append=len(key)),
        parted=over(np.minimum, np.where(before < 0, np.iinfo(np.int64).max, before)),
    )


@dataclass(frozen=True, slots=True)
class Summed:
    """All groups, an entry of each array for each; `records` is how many members one has."""

    groups: Groups
    records: Numbers
    parted: Numbers  # the least held-out split of an earlier build that a member was in


def loaded(paths: Sequence[Path]) -> tuple[Summed, Numbers]:
    """The groups of all partitions in a row, and where those of each begin (and the last end)."""
    files = []
    for path in paths:
        with np.load(path) as file:
            files.append({name: file[name] for name in file.files})
    one = {name: np.concatenate([file[name] for file in files]) for name in files[0]}
    bounds = np.cumsum([0, *(len(file["key"]) for file in files)])
    names = ("key", "place", "weight", "stratum", "earliest", "latest", "before")
    return Summed(Groups(**{name: one[name] for name in names}), one["records"], one["parted"]), bounds
