"""What a linter looks for, as a table: each check has a name, a severity and what it means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from gristmill.contracts.rules import Rule, Signal

Severity = Literal["error", "warning"]
"""An error makes a record unfit for what it is for; a warning is for a person to weigh."""


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    severity: Severity
    means: str
    source: str = ""

    @property
    def signal(self) -> Signal:
        return Signal(self.name, "count", f"{self.severity}: {self.means}")


def errors(checks: Iterable[Check]) -> tuple[str, ...]:
    """The names of those that drop unless the recipe says otherwise."""
    return tuple(check.name for check in checks if check.severity == "error")


def rules_of(checks: Iterable[Check], drop: Sequence[str]) -> tuple[Rule, ...]:
    """A rule for each check that drops."""
    return tuple(
        Rule(check.name, check.name, high=0, source=check.source, option="drop")
        for check in checks
        if check.name in drop
    )


Found = dict[str, int]
"""How often each check that applies to a record found something; one that does not apply is not in it."""


def counted(checks: Iterable[Check], found: Sequence[Mapping[str, int] | None]) -> dict[str, pa.Array]:
    """The signal of each check: null where it does not apply."""
    return {check.name: pa.array([one and one.get(check.name) for one in found], pa.int64()) for check in checks}
