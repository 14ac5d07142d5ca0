"""What a line that selects said of each record: its table, and what delivery makes of it, reasons and ledger rows."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.fates import Fates
from gristmill.build.ledger import FAILED_RULE, SELECTION
from gristmill.build.settled import between, rows_of
from gristmill.contracts.selecting import (
    CIRCLE,
    CONTRADICTED,
    COVERED,
    LABEL_ERROR,
    NO_SCORE,
    NO_VECTOR,
    OUTRANKED,
    REASONS,
    SELECTED,
    SelectStep,
)
from gristmill.engine.files import unfinished
from gristmill.recipe.plan import CorpusLine, Plan

CHOSEN = pa.schema(
    [
        ("part", pa.int32()),  # ordinal of the part
        ("row", pa.int32()),  # row in it
        ("outcome", pa.int8()),  # a number among the reasons
        ("score", pa.float64()),
        ("rank", pa.int64()),
        ("stratum", pa.string()),
        ("last", pa.int64()),
        ("cut_off", pa.float64()),
        ("neighbour", pa.string()),  # rid
        ("distance", pa.float64()),
        ("reach", pa.float64()),
    ]
)
"""One row for every record that came to the line, sorted by part and row. See `Choice` in `contracts/selecting.py`."""


def folder_of(table: Path, line: CorpusLine) -> Path:
    """Where the tables of a line lie, in the folder of what a meeting decided."""
    return table / f"selected-{line.index}"


def write_chosen(table: pa.Table, path: Path) -> None:
    """The table of a group of parts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = unfinished(path)
    with pa.ipc.new_file(os.fspath(temporary), CHOSEN) as writer:
        writer.write_table(table.sort_by([("part", "ascending"), ("row", "ascending")]), max_chunksize=1 << 16)
    temporary.replace(path)


@dataclass(frozen=True, slots=True)
class Selected:
    """What one line said of the records of a part."""

    pass_number: int
    line: CorpusLine
    table: pa.Table

    @classmethod
    def all_of(cls, plan: Plan, settled: Sequence[str | None], part: int) -> list[Selected]:
        """Every line that selects; `settled` has the folder of each pass."""
        return [
            cls(number, line, _table(folder_of(Path(folder), line), part))
            for number, folder in enumerate(settled)
            if folder is not None
            for line in plan.passes[number].corpus
            if isinstance(line.step, SelectStep)
        ]

    def tell(self, fates: Fates, start: int) -> None:
        """The reason of each record that the line ended the way of, `start` being the first row of the chunk."""
        mine = between(self.table, start, start + len(fates.ended))
        mine = mine.filter(pc.not_equal(mine.column("outcome"), SELECTED))
        if not len(mine):
            return
        told: list[Any] = fates.failed.to_pylist()
        for row in mine.to_pylist():
            told[row["row"] - start] = [self._reason(row)]
        fates.failed = pa.array(told, pa.list_(FAILED_RULE))

    def _reason(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row as a broken rule: what was measured, and what was asked."""
        outcome = row["outcome"]
        if outcome in (NO_SCORE, NO_VECTOR):
            signal, value, bound = ("score" if outcome == NO_SCORE else "distance"), None, "a number"
        elif outcome == OUTRANKED:
            signal, value, bound = "rank", float(row["rank"]), f"<= {row['last']}"
        elif outcome == LABEL_ERROR:
            signal, value, bound = "score", row["score"], f"above that of another label, {row['reach']:.6g}"
        elif outcome == CONTRADICTED:
            signal, value, bound = "score", row["score"], "> 0.5 of those that judged the two"
        elif outcome == CIRCLE:
            signal, value, bound = "score", row["score"], "no circle among the answers to the prompt"
        else:
            signal, value, bound = "distance", row["distance"], f"> {row['reach']:.6g}"
        return {
            "reason": REASONS[outcome],
            "signal": f"{self.line.name}.{signal}",
            "value": value,
            "label": None,
            "bound": bound,
        }

    def ledger(self, rids: pa.Array, start: int) -> Iterator[pa.RecordBatch]:
        """The rows of `ledger/selection` for a chunk of records with these rids."""
        mine = between(self.table, start, start + len(rids))
        if not len(mine):
            return
        names = {name: mine.column(name).combine_chunks() for name in CHOSEN.names}
        outcome = names["outcome"].to_numpy()
        rank = names["rank"].to_numpy()
        last = names["last"].to_numpy()
        told = {
            **names,
            "rid": rids.take(pa.array(names["row"].to_numpy() - start)),
            "step": pa.repeat(pa.scalar(self.line.name), len(mine)),
            "selected": pa.array(outcome == SELECTED),
            "reason": pa.array(REASONS).take(pa.array(outcome, mask=outcome == SELECTED)),
            "rank": pa.array(rank, mask=rank == 0),
            # Where the farthest is always taken next, no rank says who is.
            "last_rank": pa.array(last, mask=(last == 0) | (outcome == COVERED)),
        }
        yield pa.RecordBatch.from_arrays([told[f.name].cast(f.type) for f in SELECTION], schema=SELECTION)


def _table(folder: Path, part: int) -> pa.Table:
    firsts = sorted(int(path.stem) for path in folder.glob("*.arrow"))
    return rows_of(folder, firsts, CHOSEN, part)


def nan_as_null(values: np.ndarray) -> pa.Array:
    """Numbers, null where there is none."""
    return pa.array(values, mask=np.isnan(values))
