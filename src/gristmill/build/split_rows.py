"""What a split says of the rows of a chunk, as delivery wants it: names, drops with a reason, rows of the ledger."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.chunk import ALIVE
from gristmill.build.fates import Fates
from gristmill.build.ledger import FAILED_RULE, SPLIT_OF
from gristmill.build.settled import between
from gristmill.build.splits import SPLITS, SplitTable
from gristmill.contracts.splitting import SplitStep
from gristmill.recipe.plan import CorpusLine, Plan


@dataclass(frozen=True, slots=True)
class SplitRows:
    """A line that splits, and its table of one part."""

    line: CorpusLine
    step: SplitStep
    table: pa.Table

    @classmethod
    def of(cls, plan: Plan, settled: str | None, part: int) -> SplitRows | None:
        """None where no line splits."""
        line = splitting(plan)
        table = SplitTable.load(settled) if settled else None
        if line is None or not isinstance(line.step, SplitStep) or table is None:
            return None
        return cls(line, line.step, table.of(part))

    def numbers(self, start: int, length: int) -> npt.NDArray[np.int64]:
        """The split of each row of a chunk; negative where it is in none."""
        mine = between(self.table, start, start + length)
        numbers = np.full(length, -1, np.int64)
        numbers[mine.column("row").to_numpy() - start] = mine.column("split").to_numpy()
        return numbers

    def take_out(self, fates: Fates, start: int) -> None:
        """End the way of records that the step puts into no split."""
        mine = between(self.table, start, start + len(fates.ended))
        mine = mine.filter(pc.less(mine.column("split"), 0))
        rows, numbers = mine.column("row").to_numpy() - start, mine.column("split").to_numpy()
        alive = fates.ended[rows] == ALIVE
        rows, numbers = rows[alive], numbers[alive]
        if not len(rows):
            return
        fates.ended[rows] = self.line.index
        told: list[list[dict[str, str | float | None]] | None] = fates.failed.to_pylist()
        why = self.step.left_out()
        for row, number in zip(rows.tolist(), numbers.tolist(), strict=True):
            reason, bound = why[number]
            signal = f"{self.line.name}.time"
            told[row] = [{"reason": reason, "signal": signal, "value": None, "label": None, "bound": bound}]
        fates.failed = pa.array(told, pa.list_(FAILED_RULE))

    def names(self, numbers: npt.NDArray[np.int64]) -> pa.Array:
        return pa.array(self.step.names, pa.string()).take(pa.array(numbers, mask=numbers < 0))

    def ledger(self, rids: pa.Array, start: int) -> pa.RecordBatch:
        """The rows of `ledger/splits` for a chunk of records with these rids."""
        mine = between(self.table, start, start + len(rids))
        columns = {name: mine.column(name) for name in SPLITS.names}
        before = columns["before"].to_numpy().astype(np.int64)
        ties = columns["ties"]
        names = [
            None if bits is None else [name for at, name in enumerate(self.step.groups) if bits >> at & 1]
            for bits in ties.to_pylist()
        ]
        own = rids.take(pa.array(columns["row"].to_numpy() - start))
        told = {
            "rid": own,
            "split": self.names(columns["split"].to_numpy().astype(np.int64)),
            "group": pc.coalesce(columns["group"].combine_chunks(), own),
            "group_size": columns["size"],
            "ties": pa.array(names, pa.list_(pa.string())),
            "twin": columns["twin"],
            "similarity": columns["similarity"],
            "before": self.names(before),
            "content": columns["content"],
        }
        flat = [
            told[f.name].combine_chunks() if isinstance(told[f.name], pa.ChunkedArray) else told[f.name]
            for f in SPLIT_OF
        ]
        return pa.RecordBatch.from_arrays(flat, schema=SPLIT_OF)


def splitting(plan: Plan) -> CorpusLine | None:
    """The line that splits, which is the last one."""
    corpus = plan.passes[-1].corpus
    return corpus[-1] if corpus and isinstance(corpus[-1].step, SplitStep) else None
