"""Signals, the rules that bound them, and the verdict over a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]


SPANS = pa.list_(
    pa.struct(
        [
            ("kind", pa.string()),  # what stands there
            ("start", pa.int64()),  # bytes of the text as it came to the step, from its beginning
            ("stop", pa.int64()),
            ("action", pa.string()),  # what the step did with it
            ("hash", pa.string()),  # a keyed hash of what stood there; null without a key
        ]
    )
)
"""Stretches of a text that a step names. Never what stands there: the ledger must not say it again."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A number, label or list of spans computed from one record; one array a signal comes out of `measure` or `edit`.

    `low` and `high` are the values it can take at all: a rule that bounds it outside them can never
    or always fire, and `check` refuses it. A signal with `column=True` is also a column of the record.
    """

    name: str
    kind: Literal["share", "count", "number", "label", "spans"]
    description: str
    column: bool = False

    @property
    def low(self) -> float:
        return 0.0 if self.kind in ("share", "count") else -np.inf

    @property
    def high(self) -> float:
        return 1.0 if self.kind == "share" else np.inf

    @property
    def arrow_type(self) -> pa.DataType:
        return {"label": pa.string(), "count": pa.int64(), "spans": SPANS}.get(self.kind, pa.float64())


@dataclass(frozen=True, slots=True)
class Rule:
    """A bound on a signal. A record stays while `low <= value <= high` and, for a label, `value in values`.

    A null value was not measured and breaks no rule. With `open_low` (`open_high`) the bound itself fails.
    `option` names the setting of the step that holds the bound, so that `check` can point at it.
    """

    reason: str
    signal: str
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] | None = None
    open_low: bool = False
    open_high: bool = False
    source: str = ""
    option: str = ""

    def broken_by(self, values: pa.Array) -> Mask:
        """Which rows fail this rule."""
        fails = np.zeros(len(values), np.bool_)
        if self.values is not None:
            known = pc.is_in(values, pa.array(self.values, values.type))
            fails |= ~np.asarray(known) & np.asarray(pc.is_valid(values))
        if self.low is not None or self.high is not None:
            numbers = pc.fill_null(pc.cast(values, pa.float64(), safe=False), np.nan).to_numpy(zero_copy_only=False)
            with np.errstate(invalid="ignore"):
                if self.low is not None:
                    fails |= (numbers <= self.low) if self.open_low else (numbers < self.low)
                if self.high is not None:
                    fails |= (numbers >= self.high) if self.open_high else (numbers > self.high)
        return fails

    @property
    def bound(self) -> str:
        """The rule as a person reads it: `0.1 <= x <= 3`."""
        if self.values is not None:
            return "in " + ", ".join(self.values)
        parts = []
        if self.low is not None:
            parts.append(f"{'>' if self.open_low else '>='} {self.low:g}")
        if self.high is not None:
            parts.append(f"{'<' if self.open_high else '<='} {self.high:g}")
        return " and ".join(parts)


def broken(rules: Sequence[Rule], signals: Mapping[str, pa.Array]) -> list[Mask]:
    """One mask a rule, in order: the rows that fail it."""
    return [rule.broken_by(signals[rule.signal]) for rule in rules]
