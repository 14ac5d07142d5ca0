"""How each rule of a build did: what it saw, what it broke, what it alone broke, and a few of those records."""

from __future__ import annotations

# ruff: noqa: S608 - names of columns are quoted
from dataclasses import dataclass

from gristmill.build.finished import Finished
from gristmill.build.manifest import RuleEntry, StepEntry


@dataclass(frozen=True, slots=True)
class Outcome:
    """A rule over the whole build. A record counts for every rule of the step that dropped it."""

    step: StepEntry
    rule: RuleEntry
    seen: int
    hits: int
    alone: int
    rids: tuple[str, ...]

    @property
    def column(self) -> str:
        return self.step.column(self.rule.signal)


SAMPLE_KEY = "right(rid, 16)"
"""Orders a sample. A rid is a hash, so its half is a draw; its other half settles which duplicate stays."""


def outcomes(build: Finished, samples: int) -> list[Outcome]:
    """Every rule of the recipe, in its order, with the rids of a few records it dropped."""
    seen = _seen(build)
    broken = {
        (step, reason, signal): (hits, alone, tuple(rids))
        for step, reason, signal, hits, alone, rids in build.query(
            f"""
            SELECT step, r.reason, r.signal, count(*), count(*) FILTER (rules = 1), arg_min(rid, {SAMPLE_KEY}, ?)
            FROM (
                SELECT rid, step, len(reasons) AS rules, unnest(reasons) AS r FROM records WHERE fate = 'dropped'
            )
            GROUP BY ALL
            """,
            [max(samples, 1)],
        )
    }
    found = []
    for step in build.manifest.steps:
        for rule in step.rules:
            column = step.column(rule.signal)
            hits, alone, rids = broken.get((step.name, rule.reason, column), (0, 0, ()))
            found.append(Outcome(step, rule, seen.get(column, 0), hits, alone, rids[:samples]))
    return found


def _seen(build: Finished) -> dict[str, int]:
    """How many records each bounded signal was measured of."""
    bounded = {step.column(rule.signal) for step in build.manifest.steps for rule in step.rules}
    return build.measured(sorted(bounded & build.signal_columns))
