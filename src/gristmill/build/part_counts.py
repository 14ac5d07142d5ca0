"""What the steps did to the records of a part, in numbers: the funnel, and how often each rule was broken."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gristmill.build.chunk import BYTES, BYTES_READ, READ, WORDS, WORKER, line_store
from gristmill.build.fates import Fates
from gristmill.build.funnel import Funnel
from gristmill.build.parts import ChunkStored
from gristmill.build.state import text_at
from gristmill.recipe.plan import Plan


class PartCounts:
    """Counts over the chunks of a part."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._funnel = Funnel()
        self._rules: dict[tuple[str, str, str], list[int]] = {}

    def add(self, stored: ChunkStored, base: pa.RecordBatch, fates: Fates) -> None:
        self._count_records(stored, base, fates)
        self._count_rules(stored, fates)

    def as_json(self) -> dict[str, object]:
        return {"funnel": self._funnel.as_json(), "rules": [[*rule, *counts] for rule, counts in self._rules.items()]}

    def _count_records(self, stored: ChunkStored, base: pa.RecordBatch, fates: Fates) -> None:
        """How many records, bytes and words come out of each line."""
        unread = (fates.ended == READ) | (fates.ended == WORKER)
        sizes: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        size, words = (int(pc.sum(base.column(name)).as_py() or 0) for name in (BYTES_READ, WORDS))
        self._funnel.read(len(base), size, words, int(unread.sum()))
        alive = ~unread
        for number, one in enumerate(self._plan.passes):
            for line in one.counted:
                gone = fates.ended == line.index
                alive &= ~gone
                store = text_at(self._plan, number, line.index)
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
                self._funnel.line(
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
        for line in (line for one in self._plan.passes for line in one.lines if line.rules):
            rules = line.rules
            came = fates.came_to(line.index)
            signals = stored.batch(line_store(line), sorted({rule.signal for rule in rules}))
            broken = _how_often(fates.failed.filter(pa.array(fates.ended == line.index)).flatten())
            for rule in rules:
                counts = self._rules.setdefault((line.name, rule.reason, rule.signal), [0, 0])
                if signals is not None:
                    measured = pc.is_valid(signals.column(rule.signal)).to_numpy(zero_copy_only=False)
                    counts[0] += int((measured & came).sum())
                counts[1] += broken.get(f"{rule.reason}{_BETWEEN}{line.name}.{rule.signal}", 0)


_BETWEEN = "\0"  # of a reason and a signal, in neither of which it is
_BETWEEN_THEM = pa.scalar(_BETWEEN, pa.string())  # made once: of a bare string Arrow asks each time what it may be


def _how_often(broken: pa.StructArray) -> dict[str, int]:
    """How many times each reason is there with each signal."""
    named = pc.binary_join_element_wise(broken.field("reason"), broken.field("signal"), _BETWEEN_THEM)
    found = named.value_counts()
    return dict(zip(found.field("values").to_pylist(), found.field("counts").to_pylist(), strict=True))
