"""Calls a step so that a record that makes it raise costs that record alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
import pyarrow as pa

from gristmill.contracts.rules import Mask
from gristmill.contracts.step import Counts
from gristmill.contracts.view import Rows, View
from gristmill.errors import GristmillError

R = TypeVar("R")


@dataclass(slots=True)
class Answers(Generic[R]):
    """What a step said of the rows it could answer for, piece by piece, and the errors of the others."""

    pieces: list[tuple[Rows, R]] = field(default_factory=list)
    errors: dict[int, str] = field(default_factory=dict)


def ask(call: Callable[[View], R], view: View) -> Answers[R]:
    """Call on all rows; where that raises, on halves, until the rows that raise stand alone."""
    answers: Answers[R] = Answers()
    pending = [view]
    while pending:
        part = pending.pop()
        if not len(part):
            continue
        try:
            answers.pieces.append((part.rows, call(part)))
        except GristmillError:
            raise  # a package that is not installed, a list that has changed: no record's fault
        except Exception as error:  # noqa: BLE001 (the one place where a step's failure becomes a record's)
            if len(part) == 1:
                answers.errors[int(part.rows[0])] = f"{type(error).__name__}: {error}"[:500]
            else:
                half = len(part) // 2
                pending.extend((View(part.batch, part.rows[half:]), View(part.batch, part.rows[:half])))
    return answers


def scatter(length: int, pieces: list[tuple[Rows, pa.Array]], kind: pa.DataType) -> pa.Array:
    """One array over all rows of the batch from answers for some of them; null elsewhere."""
    for rows, values in pieces:
        if len(rows) != len(values):
            raise TypeError(f"a step gave {len(values)} values for {len(rows)} rows")
    if len(pieces) == 1 and len(pieces[0][0]) == length:
        return _typed(pieces[0][1], kind)
    index = np.full(length, -1, np.int64)
    count = 0
    for rows, _ in pieces:
        index[rows] = np.arange(count, count + len(rows))
        count += len(rows)
    values = pa.concat_arrays([_typed(values, kind) for _, values in pieces]) if pieces else pa.array([], kind)
    return values.take(pa.array(index, mask=index < 0))


def scatter_all(
    length: int, pieces: list[tuple[Rows, Mapping[str, pa.Array]]], kinds: Mapping[str, pa.DataType]
) -> dict[str, pa.Array]:
    """`scatter` for each name of `kinds`."""
    return {
        name: scatter(length, [(rows, answer[name]) for rows, answer in pieces], kind) for name, kind in kinds.items()
    }


def scatter_counts(length: int, pieces: list[tuple[Rows, Mapping[str, Counts]]]) -> dict[Hashable, Counts]:
    """One array over all rows of the batch for each name that every piece has; 0 elsewhere."""
    out: dict[Hashable, Counts] = {}
    for name in set.intersection(*(set(counts) for _, counts in pieces)) if pieces else ():
        out[name] = np.zeros(length, np.int64)
        for rows, counts in pieces:
            out[name][rows] = counts[name]
    return out


def fill(mask: Mask, new: pa.Array, old: pa.Array) -> pa.Array:
    """`new` where the mask holds, else `old`."""
    index = np.arange(len(mask), dtype=np.int64)
    index[~mask] += len(mask)
    return pa.concat_arrays([new, _typed(old, new.type)]).take(pa.array(index))


def _typed(values: pa.Array | pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return values if values.type == kind else values.cast(kind)
